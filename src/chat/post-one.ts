/**
 * Brings one message to where it should stand in one place: put, edit, ring anew, or leave a stub. The row is written
 * before anything is sent, so a card id never means more than its reader saw. Must never ring for an edit.
 */
import { SopwithError, UnavailableError } from "../base/errors.ts";
import { type Json, sha256 } from "../base/json.ts";
import { type Clock, toMs } from "../base/time.ts";
import { type CardData, emptyCard } from "../cards/card.ts";
import type { PlanHash, SurfaceName } from "../engine/event.ts";
import type { Message } from "../engine/message.ts";
import type { Run } from "../engine/run.ts";
import { viaWords } from "../engine/via-words.ts";
import type { PersonId, Who } from "../sop/sop.ts";
import { type Addressee, addresseeOf } from "./audience.ts";
import type { Fill } from "./fill.ts";
import { detailOf, isOwn } from "./own-card.ts";
import { dataOf, type PostRow, type Posts, type RowData } from "./posts.ts";
import { type Drawn, RefusedPost, type Surface } from "./surface.ts";

/** Digest of a row whose reader is not asked any more. */
export const LEFT = "left";
/** Digest of a row that was certainly not sent yet. Empty: it may have been. */
const UNSENT = "unsent";
const OLD_MS = 30 * 24 * 3_600_000;

export type Counters = { puts: number; edits: number; extra: number; refused: number; delayed: number };

export type SendParts = {
	readonly posts: Posts;
	readonly surfaces: readonly Surface[];
	readonly fill: Fill;
	readonly clock: Clock;
	readonly newId: () => string;
	readonly counters: Counters;
	readonly log: (what: string, facts: { readonly [name: string]: string | number }) => void;
};

export type Send = {
	readonly run: Run;
	readonly message: Message;
	readonly place: Addressee;
	/** They are not asked any more: what they have becomes a stub. */
	readonly leave: boolean;
	/** They are, but in this chat now. */
	readonly moved?: SurfaceName;
	readonly who: (who: readonly Who[]) => readonly PersonId[];
};

/** `againInMs`: it could not be done now. `paced`: only for a limit of our own. */
export type Sent = "done" | { readonly againInMs: number; readonly paced?: boolean };

/** Does what is needed and no more. Errors: none; what cannot be done for good is counted and logged. Repeat: safe. */
export async function send(parts: SendParts, job: Send, tries: number): Promise<Sent> {
	const surface = parts.surfaces.find((each) => each.name === job.place.to.surface);
	if (surface === undefined) return "done";
	const row = rowOf(parts.posts, job);
	try {
		if (job.leave) return await leave(parts, surface, job, row);
		const digest = digestOf(job);
		const rings = row !== undefined && row.rings < job.message.rings && !job.message.closed;
		if (!rings && (row?.digest === digest || isForgone(row, job))) return "done";
		if (row?.ref === undefined) return await put(parts, surface, { job, row, digest, rings: true });
		if (rings) return await ringAgain(parts, surface, job, { row, digest });
		return await edit(parts, surface, job, { row, digest });
	} catch (error) {
		return failed(parts, job, error, tries);
	}
}

/** Notes that a message is wanted there, so that a crash between two places forgets neither. Repeat: safe. */
export function reserve(parts: Pick<SendParts, "posts" | "clock" | "newId">, job: Omit<Send, "who" | "leave">): void {
	if (rowOf(parts.posts, job) !== undefined) return;
	const now = parts.clock.now();
	parts.posts.save({ ...rowFor(parts, job, { card: parts.newId(), putAt: now }), digest: UNSENT });
}

/** Put, and never answered, as far as we know. */
function isLost(row: PostRow): boolean {
	return row.ref === undefined && row.digest === "";
}

/** It may have arrived, and nobody needs it: it waits for the next change. Or it was over before it could be sent. */
function isForgone(row: PostRow | undefined, job: Send): boolean {
	if (row === undefined || row.ref !== undefined) return false;
	const isOver = row.digest === UNSENT && job.message.closed && !isOwn(job.message);
	return isOver || (isLost(row) && !isNeeded(job));
}

/** The plan that the message's wait shows, if it is one. */
export function planOf(run: Run, wait: Message["wait"]): PlanHash | undefined {
	if (wait === undefined) return undefined;
	return Object.values(run.steps).find((step) => step.wait?.id === wait)?.wait?.plan?.hash;
}

function rowOf(posts: Posts, { run, message, place }: Pick<Send, "run" | "message" | "place">): PostRow | undefined {
	const addressee = addresseeOf(place.to);
	return posts.ofRun(run.id).find((row) => row.key === message.key && row.addressee === addressee);
}

/** Over the sentences with their holes, so that passing time is no change. */
function digestOf({ run, message }: Send): string {
	const { card, data, closed, wait } = message;
	return sha256({ card, data, closed, wait: wait ?? null, plan: planOf(run, wait) ?? null } as unknown as Json);
}

type Put = { readonly job: Send; readonly row: PostRow | undefined; readonly digest: string; readonly rings: boolean };

async function put(parts: SendParts, surface: Surface, { job, row, digest, rings }: Put): Promise<Sent> {
	const fresh = rowFor(parts, job, { card: parts.newId(), putAt: parts.clock.now() });
	parts.posts.save(fresh);
	if (row !== undefined && row.ref === undefined && row.digest !== UNSENT) parts.counters.extra += 1;
	try {
		const { ref } = await surface.put(job.place.to, drawn(parts, job, fresh.card), rings && isLoud(job.message));
		parts.counters.puts += 1;
		parts.posts.save({ ...fresh, ref, digest });
		return "done";
	} catch (error) {
		const lost = error instanceof UnavailableError && error.code === "unconfirmed";
		if (!lost && error instanceof UnavailableError) parts.posts.save({ ...fresh, digest: UNSENT });
		if (!lost || isNeeded(job)) throw error;
		parts.posts.save({ ...fresh, digest });
		return "done";
	}
}

/** Asks somebody, or rang before. */
function isLoud({ wait, closed, rings }: Message): boolean {
	return rings > 0 || (wait !== undefined && !closed);
}

/** Somebody must act on it, or nothing will come after it that could carry it. */
function isNeeded({ message, run }: Pick<Send, "message" | "run">): boolean {
	return (message.wait !== undefined && !message.closed) || run.ended !== undefined;
}

async function ringAgain(
	parts: SendParts,
	surface: Surface,
	job: Send,
	now: { row: PostRow; digest: string },
): Promise<Sent> {
	const sent = await put(parts, surface, { job, row: now.row, digest: now.digest, rings: true });
	if (now.row.ref !== undefined) {
		const stub = stubOf(job.message.data, "Asked again below.");
		await surface.edit(job.place.to, now.row.ref, stubFor(parts, job, stub));
	}
	return sent;
}

async function edit(
	parts: SendParts,
	surface: Surface,
	job: Send,
	now: { row: PostRow; digest: string },
): Promise<Sent> {
	const { row, digest } = now;
	const { putAt } = dataOf(row);
	const same = row.wait === job.message.wait && dataOf(row).plan === planOf(job.run, job.message.wait);
	const fresh: PostRow = {
		...rowFor(parts, job, { card: same ? row.card : parts.newId(), putAt }),
		ref: row.ref ?? "",
	};
	// What answers nothing any more can be written down afterwards.
	if (!same && !(job.message.closed && !isOwn(job.message))) parts.posts.save(fresh);
	const old = toMs(parts.clock.now()) - toMs(putAt) > OLD_MS;
	const done = old ? "gone" : await surface.edit(job.place.to, row.ref ?? "", drawn(parts, job, fresh.card));
	if (done === "edited") {
		parts.counters.edits += 1;
		parts.posts.save({ ...fresh, digest });
		return "done";
	}
	if (!job.message.closed) return put(parts, surface, { job, row, digest, rings: isNeeded(job) });
	parts.posts.save({ ...fresh, digest });
	return "done";
}

async function leave(parts: SendParts, surface: Surface, job: Send, row: PostRow | undefined): Promise<Sent> {
	if (row === undefined || row.digest === LEFT) return "done";
	parts.posts.save({ ...row, card: parts.newId(), closed: true, digest: "" });
	const now = job.moved === undefined ? "Someone else is asked now. Nothing is needed from you." : moved(job.moved);
	const stub = stubOf(job.message.data, now);
	if (row.ref !== undefined) {
		await surface.edit(job.place.to, row.ref, stubFor(parts, job, stub));
	}
	parts.posts.save({ ...row, card: parts.newId(), closed: true, digest: LEFT });
	return "done";
}

function moved(to: SurfaceName): string {
	return `Asked again ${viaWords(to) ?? "elsewhere"}.`;
}

function rowFor(
	parts: Pick<SendParts, "clock">,
	job: Pick<Send, "run" | "message" | "place">,
	about: { readonly card: string; readonly putAt: string },
): PostRow {
	const { run, message, place } = job;
	const plan = planOf(run, message.wait);
	const data: RowData = {
		putAt: about.putAt,
		...(plan === undefined ? {} : { plan }),
		...(place.person === undefined ? {} : { person: place.person }),
	};
	return {
		run: run.id,
		key: message.key,
		addressee: addresseeOf(place.to),
		surface: place.to.surface,
		kind: place.to.kind,
		place: place.to.ref,
		card: about.card,
		digest: "",
		rings: message.rings,
		closed: message.closed,
		...(message.wait === undefined ? {} : { wait: message.wait }),
		data,
		at: parts.clock.now(),
	};
}

function drawn(parts: SendParts, job: Send, id: string): Drawn {
	const { message } = job;
	const data = message.closed ? { ...message.data, buttons: message.data.buttons.filter(isLink) } : message.data;
	const asks = asksOf(job);
	const detail = detailOf(job.run, message);
	return {
		card: message.card,
		data: filled(parts, job, data),
		id,
		page: 1,
		closed: message.closed,
		...(asks === undefined ? {} : { asks }),
		...(detail === undefined ? {} : { detail }),
	};
}

/** What stands in a row, at one page. Undefined: the message has moved on, so its buttons would mean something else. */
export function drawnAt(parts: SendParts, job: Send, at: { row: PostRow; page: number }): Drawn | undefined {
	const { row, page } = at;
	const { message, run } = job;
	const same = row.wait === message.wait && dataOf(row).plan === planOf(run, message.wait);
	return same && row.closed === message.closed ? { ...drawn(parts, job, row.card), page } : undefined;
}

/** In a channel nobody is "you", so those who are asked can be named; elsewhere the card itself says it. */
function asksOf({ run, message, place, who }: Send): Drawn["asks"] {
	if (place.to.kind !== "channel" || message.closed) return undefined;
	const people = Object.values(run.steps).flatMap(({ wait }) => {
		if (wait === undefined || wait.verbs.length === 0) return [];
		return wait.claimedBy === undefined ? who([...wait.who, ...(wait.also ?? [])]) : [wait.claimedBy];
	});
	return people.length === 0 ? undefined : { client: run.client, people: [...new Set(people)] };
}

function isLink(button: CardData["buttons"][number]): boolean {
	return button.url !== undefined || STAYS.has(button.verb ?? "");
}

/** What a person may still want of a run's card once nothing is asked there. */
const STAYS: ReadonlySet<string> = new Set(["undo", "note"]);

function filled(parts: SendParts, { run, place, who }: Send, data: CardData): CardData {
	const actor = place.person === undefined ? {} : { actor: place.person };
	return parts.fill(data, { ...actor, client: run.client, who, surface: place.to.surface });
}

/** What stays of a message that was rung again or is for others now. */
function stubOf(data: CardData, words: string): CardData {
	return { ...emptyCard, header: data.header, title: data.title, lead: [words], summary: data.title };
}

/** It takes buttons away, so no limit of ours holds it back. */
function stubFor(parts: SendParts, job: Send, stub: CardData): Drawn {
	return { ...drawn(parts, job, parts.newId()), data: filled(parts, job, stub), closed: true };
}

function failed(parts: SendParts, job: Send, error: unknown, tries: number): Sent {
	const facts = { run: job.run.id, key: job.message.key, surface: job.place.to.surface };
	if (error instanceof UnavailableError) {
		parts.counters.delayed += 1;
		const againInMs = error.retryAfterMs ?? Math.min(60_000, 1000 * 2 ** Math.min(tries, 6));
		// A wait that nobody over there asked for holds back no decision.
		return { againInMs, paced: error.code === "paced" || error.retryAfterMs === undefined };
	}
	parts.counters.refused += 1;
	const code = error instanceof SopwithError ? error.code : "unexpected";
	const row = rowOf(parts.posts, job);
	if (row !== undefined) parts.posts.save({ ...row, digest: digestOf(job) });
	parts.log(error instanceof RefusedPost ? "a message was refused for good" : "a message could not be sent", {
		...facts,
		code,
		why: error instanceof Error ? error.message : String(error),
	});
	return "done";
}
