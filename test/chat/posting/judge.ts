/**
 * What must be so once everything has come to rest, whatever was lost and however often the process ended. Must look at
 * the chats as people see them, and at rows only to know where to look.
 */
import { isDeepStrictEqual } from "node:util";
import { whoIn } from "../../../src/chat/audience.ts";
import { isOwn } from "../../../src/chat/own-card.ts";
import { drawn } from "../../../src/chat/post-draw.ts";
import { isNeeded, LEFT, UNSENT } from "../../../src/chat/post-row.ts";
import { dataOf } from "../../../src/chat/posts.ts";
import type { Address, Drawn } from "../../../src/chat/surface.ts";
import type { PostRow } from "../../../src/engine/kept.ts";
import type { Message } from "../../../src/engine/message.ts";
import { asks, type Copy, type Put, wordsOf } from "./chat.ts";
import type { Model } from "./model.ts";
import type { Stage } from "./play.ts";
import { pressOn } from "./press.ts";

/** A new message may ring where none stood, where it rings anew, where somebody has to act, and with the end. */
export function mayRing(model: Model, copy: Copy, known: readonly Copy[]): boolean {
	const before = known.filter(({ place, key }) => place === copy.place && key === copy.key);
	const isLast = model.run().ended !== undefined;
	return before.every(({ rings }) => rings < copy.first.rings) || copy.first.wait !== undefined || isLast;
}

/** What is over is news only where it was asked. */
export function mayTell({ copy }: Put, tried: number): boolean {
	return tried > 0 || !copy.drawn.closed || isOwn(copy);
}

export async function judge(stage: Stage): Promise<void> {
	const { model } = stage;
	stage.life().flush();
	if (stage.marked() > 0) stage.blame("the run is still marked");
	for (const message of model.view()) {
		for (const row of rowsOf(stage, message)) judgeRow(stage, message, row);
		judgeReach(stage, message);
		judgeCopies(stage, message);
	}
	judgeExtra(stage);
	for (const { copies } of stage.chats) {
		for (const copy of copies.filter((each) => asks(each.drawn)))
			await pressOn(
				stage.presser(() => {}),
				copy,
			);
	}
}

function rowsOf(stage: Stage, { key }: Pick<Message, "key">): readonly PostRow[] {
	return stage
		.life()
		.posts.ofRun(stage.model.id)
		.filter((row) => row.key === key);
}

/** What stands in a place, as its reader sees it. */
function standing(stage: Stage, { surface, place, ref }: PostRow): Drawn | undefined {
	if (surface !== "web") return stage.chats.flatMap(({ copies }) => copies).find((copy) => copy.ref === ref)?.drawn;
	const found = stage
		.life()
		.messages.latest(place, 500)
		.find((each) => each.ref === ref);
	return found?.drawn as Drawn | undefined;
}

/** It cannot be edited any more; and for what is over nothing is put anew. */
function isFixed({ chats }: Stage, { ref }: PostRow): boolean {
	return chats.some(({ copies }) => copies.some((copy) => copy.ref === ref && copy.fixed));
}

/** The last that was heard was a no for good, or it may stand and nobody needs it: it waits for a change. */
function isExcused(stage: Stage, message: Message, row: PostRow): boolean {
	const how = stage.chats.flatMap(({ heard }) => heard.get(`${row.addressee} ${row.key}`)?.how ?? []);
	const mayStand = row.ref === undefined && row.digest !== UNSENT;
	const wasRefused = row.digest === UNSENT && dataOf(row).tried !== undefined;
	return how.includes("refused") || wasRefused || (mayStand && !isNeeded({ message, run: stage.model.run() }));
}

function judgeRow(stage: Stage, message: Message, row: PostRow): void {
	const where = `${message.key} at ${row.addressee}`;
	const now = standing(stage, row);
	if (isExcused(stage, message, row)) return;
	if (row.digest === LEFT) {
		if (now !== undefined && asks(now) && !isFixed(stage, row))
			stage.blame(`${where}: nobody is asked there any more, and there is a button`);
		return;
	}
	if (now === undefined) {
		const isLate = row.digest === UNSENT && message.closed && !isOwn(message);
		const has = stage.chats.some(({ copies }) =>
			copies.some(({ place, key }) => place === row.addressee && key === row.key),
		);
		if (!isLate || has) stage.blame(`${where}: nothing stands`);
		return;
	}
	const wanted = expected(stage, message, row);
	if (message.closed && !isOwn(message) && isFixed(stage, row)) return;
	// Who is asked is named anew with the next change; the roster alone is none.
	const named = stage.script.last === "nothing" || isDeepStrictEqual(now.asks, wanted.asks);
	if (!named || !isDeepStrictEqual(plain(now.data), plain(wanted.data)))
		stage.blame(`${where}: not its last state: ${wordsOf(now)} instead of ${wordsOf(wanted)}`);
}

function plain(data: unknown): unknown {
	return JSON.parse(JSON.stringify(data));
}

/** As it is drawn for whoever really reads there. */
function expected({ model, life }: Stage, message: Message, row: PostRow): Drawn {
	const id = row.place.replace("contoso/", "");
	const to: Address = { surface: row.surface, kind: row.kind, ref: row.place };
	const place = row.kind === "channel" ? { to } : { to, person: { id, client: "contoso" } };
	const who = whoIn(model.parts, model.state());
	const parts = { fill: life().fill, newId: () => "" };
	return drawn(parts, { run: model.run(), message, place, leave: false, who }, row.card);
}

/** Who was asked all the while has it; who was not at any time since it rang has no button. */
function judgeReach(stage: Stage, message: Message): void {
	const reach = stage.model.reach(message.key);
	const rows = rowsOf(stage, message);
	if (message.closed && !isOwn(message)) return;
	for (const place of reach?.must ?? []) {
		const row = rows.find(({ addressee }) => addressee === place);
		if (row === undefined || row.digest === LEFT) stage.blame(`${message.key} never came to ${place}`);
	}
	for (const row of rows) {
		if (reach?.may.has(row.addressee) === true || row.digest === LEFT || isExcused(stage, message, row)) continue;
		stage.blame(`${message.key} is still at ${row.addressee}`);
	}
}

/** Buttons stand only where they are wanted, and where the chat never said what became of a message. */
function judgeCopies(stage: Stage, message: Message): void {
	const rows = rowsOf(stage, message);
	for (const chat of stage.chats) {
		const mine = chat.copies.filter(({ key }) => key === message.key);
		for (const copy of mine) {
			const row = rows.find(({ addressee }) => addressee === copy.place);
			const isFree = copy.fixed || copy.refused || !stage.known.has(copy.ref) || row?.ref === copy.ref;
			const excused = row !== undefined && isExcused(stage, message, row);
			if (asks(copy.drawn) && !isFree && !excused) stage.blame(`${copy.ref} has a button though it is not the last`);
		}
		for (const [spot, copies] of Map.groupBy(mine, ({ place, first }) => `${place}, ring ${first.rings}`)) {
			const { lost = 0, gone = 0 } = chat.heard.get(`${copies[0]?.place} ${message.key}`) ?? {};
			const most = 1 + lost + gone + stage.told.deaths + stage.told.full + stage.olds();
			if (copies.length > most) stage.blame(`${message.key} at ${spot}: ${copies.length} copies, at most ${most}`);
		}
	}
}

function judgeExtra(stage: Stage): void {
	const { told, life, chats } = stage;
	const extra = told.extra + life().poster.counters.extra;
	const again = chats.reduce((sum, { copies }) => sum + copiesAgain(copies), 0);
	const anew = chats.reduce((sum, { heard }) => sum + [...heard.values()].reduce((all, { gone }) => all + gone, 0), 0);
	const least = again - anew - (told.deaths + told.full + stage.olds()) * stage.places();
	if (extra < least) stage.blame(`${extra} posts are counted as extra, and there are ${least}`);
	const lost = chats.reduce((sum, { counts }) => sum + counts.lost, 0);
	// Each place may have had a put under way when the process ended.
	const most = lost + (told.deaths + told.full) * stage.places();
	if (extra > most) stage.blame(`${extra} posts are counted as extra, with ${lost} lost and ${told.deaths} ends`);
}

/** Posts beyond the first of a message, in a place, for one ring. */
function copiesAgain(copies: readonly Copy[]): number {
	return copies.length - new Set(copies.map(({ place, key, first }) => `${place} ${key} ${first.rings}`)).size;
}
