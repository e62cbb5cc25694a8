/**
 * Brings one message to where it should stand in one place: put, edit, ring anew, or leave a stub. The row is written
 * before anything is sent, so a card id never means more than its reader saw. Must never ring for an edit.
 */
import { SopwithError, UnavailableError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import type { SurfaceName } from "../engine/event.ts";
import type { PostRow, Posts } from "../engine/kept.ts";
import type { Message } from "../engine/message.ts";
import type { Run } from "../engine/run.ts";
import { viaWords } from "../engine/via-words.ts";
import type { PersonId, Who } from "../sop/sop.ts";
import type { Addressee } from "./audience.ts";
import type { Fill } from "./fill.ts";
import { isOwn } from "./own-card.ts";
import { drawn, stubFor } from "./post-draw.ts";
import {
	asksTheSame,
	digestOf,
	goesBelow,
	isDue,
	isLoud,
	isNeeded,
	isPutAnew,
	isQuiet,
	isRungAnew,
	kept,
	LEAVING,
	LEFT,
	leftAlone,
	mayStand,
	owesStub,
	rowFor,
	rowOf,
	UNSENT,
} from "./post-row.ts";
import { dataOf } from "./posts.ts";
import { RefusedPost, type Surface } from "./surface.ts";

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

/** `againInMs`: it could not be done now. `paced`: only for a limit of our own. `aloneMs`: this one waits longer. */
export type Sent = "done" | { readonly againInMs: number; readonly paced?: boolean; readonly aloneMs?: number };

/** Does what is needed and no more. Errors: none; what cannot be done for good is counted and logged. Repeat: safe. */
export async function send(parts: SendParts, job: Send, tries: number): Promise<Sent> {
	const surface = parts.surfaces.find((each) => each.name === job.place.to.surface);
	if (surface === undefined) return "done";
	try {
		const sent = await stand(parts, surface, job);
		if (sent === "done" && !job.leave) await stubAbove(parts, surface, job);
		return sent;
	} catch (error) {
		return failed(parts, job, error, tries);
	}
}

async function stand(parts: SendParts, surface: Surface, job: Send): Promise<Sent> {
	const row = rowOf(parts.posts, job);
	if (!isDue(row, job)) return "done";
	if (row !== undefined && job.leave) return leave(parts, surface, job, row);
	const digest = digestOf(job);
	if (row?.ref === undefined) return put(parts, surface, { job, row, digest, rings: !isQuiet(row, job) });
	if (!goesBelow(row, job, parts)) return edit(parts, surface, job, { row, digest });
	return put(parts, surface, { job, row, digest, rings: isRungAnew(row, job.message) || isNeeded(job) });
}

type Put = {
	readonly job: Send;
	readonly row: PostRow | undefined;
	readonly digest: string;
	readonly rings: boolean;
	/** The message before is not there any more. */
	readonly gone?: boolean;
};

async function put(parts: SendParts, surface: Surface, about: Put): Promise<Sent> {
	const { job, row, digest, rings, gone } = about;
	const before = row === undefined ? undefined : dataOf(row);
	const above = [...(before?.above ?? []), ...(row?.ref === undefined || gone === true ? [] : [row.ref])];
	const data = { ...kept(row), putAt: parts.clock.now(), ...(above.length === 0 ? {} : { above }) };
	const fresh = rowFor(parts, job, { card: cardIdFor(parts, row, job), data });
	const trying = (lost: number): PostRow => {
		const more = { tried: digest, ...(lost === 0 ? {} : { lost }), ...(rings ? {} : { quiet: true }) };
		return { ...fresh, data: { ...dataOf(fresh), ...more } };
	};
	const card = drawn(parts, job, fresh.card);
	parts.posts.save(trying(before?.lost ?? 0));
	const isAgain = row !== undefined && mayStand(row);
	let ref: string;
	try {
		({ ref } = await surface.put(job.place.to, card, rings && isLoud(job.message)));
	} catch (error) {
		if (!isLost(error)) {
			// Certainly not there: what stood before is still so.
			if (isNo(error)) parts.posts.save(row ?? { ...trying(0), digest: UNSENT });
			throw error;
		}
		if (isAgain) parts.counters.extra += 1;
		parts.posts.save(trying((before?.lost ?? 0) + 1));
		if (isNeeded(job)) throw error;
		return "done";
	}
	parts.counters.puts += 1;
	if (isAgain) parts.counters.extra += 1;
	parts.posts.save({ ...fresh, ref, digest });
	return "done";
}

function isLost(error: unknown): boolean {
	return error instanceof UnavailableError && error.code === "unconfirmed";
}

function isNo(error: unknown): boolean {
	return error instanceof UnavailableError || error instanceof RefusedPost;
}

/** Where the same is asked, the same is answered: of two copies, because an answer was lost, either decides. */
function cardIdFor({ newId }: Pick<SendParts, "newId">, row: PostRow | undefined, job: Send): string {
	return row !== undefined && asksTheSame(row, job) ? row.card : newId();
}

/** What stays of a card that was put anew. */
export function belowWords({ wait }: Pick<Message, "wait">): string {
	return wait === undefined ? "This goes on below." : "Asked again below.";
}

/** Takes the buttons of what was put anew, once that stands. Kept until it is done, for there they still answer. */
async function stubAbove(parts: SendParts, surface: Surface, job: Send): Promise<void> {
	const words = job.leave ? leftWords(job) : belowWords(job.message);
	for (;;) {
		const row = rowOf(parts.posts, job);
		const [ref] = row === undefined ? [] : (dataOf(row).above ?? []);
		if (row === undefined || ref === undefined || (row.ref === undefined && !job.leave)) return;
		try {
			await surface.edit(job.place.to, ref, stubFor(parts, job, words));
		} catch (error) {
			if (error instanceof UnavailableError) throw error;
			tellRefused(parts, job, error);
		}
		const now = rowOf(parts.posts, job) ?? row;
		const above = (dataOf(now).above ?? []).filter((each) => each !== ref);
		parts.posts.save({ ...now, data: { ...dataOf(now), above } });
	}
}

async function edit(
	parts: SendParts,
	surface: Surface,
	job: Send,
	now: { row: PostRow; digest: string },
): Promise<Sent> {
	const { row, digest } = now;
	const { putAt } = dataOf(row);
	const card = cardIdFor(parts, row, job);
	const fresh: PostRow = { ...rowFor(parts, job, { card, data: { ...kept(row), putAt } }), ref: row.ref ?? "" };
	// What answers nothing any more, and never will as it did, can be written down afterwards.
	if (!(job.message.closed && !isOwn(job.message))) parts.posts.save(fresh);
	const done = await surface.edit(job.place.to, row.ref ?? "", drawn(parts, job, fresh.card));
	if (done === "gone" && isPutAnew(job.message)) {
		return put(parts, surface, { job, row: { ...row, digest: "" }, digest, rings: isNeeded(job), gone: true });
	}
	if (done === "edited") parts.counters.edits += 1;
	parts.posts.save({ ...fresh, digest });
	return "done";
}

async function leave(parts: SendParts, surface: Surface, job: Send, row: PostRow): Promise<Sent> {
	const gone = { ...row, card: parts.newId(), closed: true };
	const isThere = row.ref !== undefined || owesStub(row);
	parts.posts.save({ ...gone, digest: isThere ? LEAVING : LEFT });
	if (row.ref !== undefined) await surface.edit(job.place.to, row.ref, stubFor(parts, job, leftWords(job)));
	await stubAbove(parts, surface, job);
	const now = rowOf(parts.posts, job);
	// Otherwise they are asked again meanwhile.
	if (now?.digest === LEAVING) parts.posts.save({ ...now, digest: LEFT });
	return "done";
}

/** What stays with somebody who is not asked any more, or not there. */
export function leftWords({ moved }: Pick<Send, "moved">): string {
	if (moved === undefined) return "Someone else is asked now. Nothing is needed from you.";
	return `Asked again ${viaWords(moved) ?? "elsewhere"}.`;
}

/** After the second lost answer in a row each further post waits twice as long, so that nobody gets copy after copy. */
const LOST_MS = 30_000;
const MOST_LOST_MS = 300_000;

function failed(parts: SendParts, job: Send, error: unknown, tries: number): Sent {
	if (!(error instanceof UnavailableError)) return giveUp(parts, job, error);
	const row = rowOf(parts.posts, job);
	const wait = delayed(parts, error, tries);
	const lost = error.code === "unconfirmed" && row !== undefined ? (dataOf(row).lost ?? 0) : 0;
	if (lost < 2) return wait;
	return { ...wait, aloneMs: Math.min(MOST_LOST_MS, LOST_MS * 2 ** Math.min(lost - 2, 10)) };
}

/** It could not be done now: counts that, and says when to try again. */
export function delayed({ counters }: Pick<SendParts, "counters">, error: UnavailableError, tries: number) {
	counters.delayed += 1;
	const againInMs = error.retryAfterMs ?? Math.min(60_000, 1000 * 2 ** Math.min(tries, 6));
	// A wait that nobody over there asked for holds back no decision.
	return { againInMs, paced: error.code === "paced" || error.retryAfterMs === undefined };
}

/** It cannot be done for good: counts and logs that, and leaves it until something changes. */
export function giveUp(parts: SendParts, job: Send, error: unknown): "done" {
	const row = rowOf(parts.posts, job);
	if (row !== undefined && !job.leave) parts.posts.save(leftAlone(row, job));
	tellRefused(parts, job, error);
	return "done";
}

function tellRefused(parts: SendParts, job: Send, error: unknown): void {
	parts.counters.refused += 1;
	parts.log(error instanceof RefusedPost ? "a message was refused for good" : "a message could not be sent", {
		run: job.run.id,
		key: job.message.key,
		surface: job.place.to.surface,
		code: error instanceof SopwithError ? error.code : "unexpected",
		why: error instanceof Error ? error.message : String(error),
	});
}
