/**
 * Brings one message to where it should stand in one place: put, edit, ring anew, or leave a stub. The row is written
 * before anything is sent, so a card id never means more than its reader saw. Must never ring for an edit.
 */
import { SopwithError, UnavailableError } from "../base/errors.ts";
import { type Json, sha256 } from "../base/json.ts";
import { type Clock, toMs } from "../base/time.ts";
import type { SurfaceName } from "../engine/event.ts";
import type { Message } from "../engine/message.ts";
import type { Run } from "../engine/run.ts";
import { viaWords } from "../engine/via-words.ts";
import type { PersonId, Who } from "../sop/sop.ts";
import { type Addressee, addresseeOf } from "./audience.ts";
import type { Fill } from "./fill.ts";
import { isOwn } from "./own-card.ts";
import { drawn, planOf, stubFor } from "./post-draw.ts";
import { dataOf, type PostRow, type Posts, type RowData } from "./posts.ts";
import { RefusedPost, type Surface } from "./surface.ts";

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

/** `againInMs`: it could not be done now. `paced`: only for a limit of our own. `aloneMs`: this one waits longer. */
export type Sent = "done" | { readonly againInMs: number; readonly paced?: boolean; readonly aloneMs?: number };

/** Does what is needed and no more. Errors: none; what cannot be done for good is counted and logged. Repeat: safe. */
export async function send(parts: SendParts, job: Send, tries: number): Promise<Sent> {
	const surface = parts.surfaces.find((each) => each.name === job.place.to.surface);
	if (surface === undefined) return "done";
	try {
		const sent = await stand(parts, surface, job);
		if (sent === "done") await stubAbove(parts, surface, job);
		return sent;
	} catch (error) {
		return failed(parts, job, error, tries);
	}
}

async function stand(parts: SendParts, surface: Surface, job: Send): Promise<Sent> {
	const row = rowOf(parts.posts, job);
	if (job.leave) return leave(parts, surface, job, row);
	const digest = digestOf(job);
	const rings = row !== undefined && row.rings < job.message.rings && !job.message.closed;
	if (!rings && (row?.digest === digest || isForgone(row, job, digest))) return "done";
	if (row?.ref === undefined || rings) return put(parts, surface, { job, row, digest, rings: true });
	return edit(parts, surface, job, { row, digest });
}

/** Notes that a message is wanted there, so that a crash between two places forgets neither. Repeat: safe. */
export function reserve(parts: Pick<SendParts, "posts" | "clock" | "newId">, job: Omit<Send, "who" | "leave">): void {
	if (rowOf(parts.posts, job) !== undefined) return;
	const now = parts.clock.now();
	parts.posts.save({ ...rowFor(parts, job, { card: parts.newId(), data: { putAt: now } }), digest: UNSENT });
}

/** Put, and never answered, as far as we know. */
function isLost(row: PostRow): boolean {
	return row.ref === undefined && row.digest === "";
}

/** It may have arrived as it is, and nobody needs it: it waits for a change. Or it was over before it could be sent. */
function isForgone(row: PostRow | undefined, job: Send, digest: string): boolean {
	if (row === undefined || row.ref !== undefined) return false;
	const isOver = row.digest === UNSENT && job.message.closed && !isOwn(job.message);
	return isOver || (isLost(row) && !isNeeded(job) && dataOf(row).tried === digest);
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

type Put = {
	readonly job: Send;
	readonly row: PostRow | undefined;
	readonly digest: string;
	readonly rings: boolean;
	/** The message before is not there any more. */
	readonly gone?: boolean;
};

async function put(parts: SendParts, surface: Surface, { job, row, digest, rings, gone }: Put): Promise<Sent> {
	const before = row === undefined ? undefined : dataOf(row);
	const above = [...(before?.above ?? []), ...(row?.ref === undefined || gone === true ? [] : [row.ref])];
	const data = { ...kept(row), putAt: parts.clock.now(), tried: digest, ...(above.length === 0 ? {} : { above }) };
	const lost = before?.lost ?? 0;
	const fresh = rowFor(parts, job, { card: parts.newId(), data });
	parts.posts.save(lost === 0 ? fresh : { ...fresh, data: { ...data, lost } });
	if (row !== undefined && row.ref === undefined && row.digest !== UNSENT) parts.counters.extra += 1;
	try {
		const { ref } = await surface.put(job.place.to, drawn(parts, job, fresh.card), rings && isLoud(job.message));
		parts.counters.puts += 1;
		parts.posts.save({ ...fresh, ref, digest });
		return "done";
	} catch (error) {
		const isLostNow = error instanceof UnavailableError && error.code === "unconfirmed";
		if (isLostNow && isNeeded(job)) parts.posts.save({ ...fresh, data: { ...dataOf(fresh), lost: lost + 1 } });
		if (!isLostNow && error instanceof UnavailableError) parts.posts.save({ ...fresh, digest: UNSENT });
		if (!isLostNow || isNeeded(job)) throw error;
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

/** Takes the buttons of what was rung again. Kept until it is done, for there they still answer. */
async function stubAbove(parts: SendParts, surface: Surface, job: Send): Promise<void> {
	for (;;) {
		const row = rowOf(parts.posts, job);
		const [ref, ...above] = row === undefined ? [] : (dataOf(row).above ?? []);
		if (row === undefined || ref === undefined) return;
		const done = (): unknown => parts.posts.save({ ...row, data: { ...dataOf(row), above } });
		try {
			await surface.edit(job.place.to, ref, stubFor(parts, job, "Asked again below."));
		} catch (error) {
			if (!(error instanceof UnavailableError)) done();
			throw error;
		}
		done();
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
	const same = row.wait === job.message.wait && dataOf(row).plan === planOf(job.run, job.message.wait);
	const card = same ? row.card : parts.newId();
	const fresh: PostRow = { ...rowFor(parts, job, { card, data: { ...kept(row), putAt } }), ref: row.ref ?? "" };
	// What answers nothing any more can be written down afterwards.
	if (!same && !(job.message.closed && !isOwn(job.message))) parts.posts.save(fresh);
	const old = toMs(parts.clock.now()) - toMs(putAt) > OLD_MS;
	const done = old ? "gone" : await surface.edit(job.place.to, row.ref ?? "", drawn(parts, job, fresh.card));
	if (done === "edited") {
		parts.counters.edits += 1;
		parts.posts.save({ ...fresh, digest });
		return "done";
	}
	if (!job.message.closed) return put(parts, surface, { job, row, digest, rings: isNeeded(job), gone: true });
	parts.posts.save({ ...fresh, digest });
	return "done";
}

async function leave(parts: SendParts, surface: Surface, job: Send, row: PostRow | undefined): Promise<Sent> {
	if (row === undefined || row.digest === LEFT) return "done";
	parts.posts.save({ ...row, card: parts.newId(), closed: true, digest: "" });
	const now = job.moved === undefined ? "Someone else is asked now. Nothing is needed from you." : moved(job.moved);
	if (row.ref !== undefined) await surface.edit(job.place.to, row.ref, stubFor(parts, job, now));
	parts.posts.save({ ...row, card: parts.newId(), closed: true, digest: LEFT });
	return "done";
}

function moved(to: SurfaceName): string {
	return `Asked again ${viaWords(to) ?? "elsewhere"}.`;
}

/** What a row still knows of before: which cards above it have buttons, and what was asked in it last. */
function kept(row: PostRow | undefined): Pick<RowData, "above" | "was"> {
	if (row === undefined) return {};
	const { above, was } = dataOf(row);
	const last = row.wait ?? was;
	return { ...(above === undefined ? {} : { above }), ...(last === undefined ? {} : { was: last }) };
}

function rowFor(
	parts: Pick<SendParts, "clock">,
	job: Pick<Send, "run" | "message" | "place">,
	about: { readonly card: string; readonly data: RowData },
): PostRow {
	const { run, message, place } = job;
	const plan = planOf(run, message.wait);
	const data: RowData = {
		...about.data,
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

/** After the second lost answer in a row each further post waits twice as long, so that nobody gets copy after copy. */
const LOST_MS = 30_000;
const MOST_LOST_MS = 300_000;

function failed(parts: SendParts, job: Send, error: unknown, tries: number): Sent {
	const facts = { run: job.run.id, key: job.message.key, surface: job.place.to.surface };
	const row = rowOf(parts.posts, job);
	if (error instanceof UnavailableError) {
		parts.counters.delayed += 1;
		const againInMs = error.retryAfterMs ?? Math.min(60_000, 1000 * 2 ** Math.min(tries, 6));
		const lost = error.code === "unconfirmed" && row !== undefined ? (dataOf(row).lost ?? 0) : 0;
		// A wait that nobody over there asked for holds back no decision.
		const paced = error.code === "paced" || error.retryAfterMs === undefined;
		if (lost < 2) return { againInMs, paced };
		return { againInMs, paced, aloneMs: Math.min(MOST_LOST_MS, LOST_MS * 2 ** Math.min(lost - 2, 10)) };
	}
	parts.counters.refused += 1;
	const code = error instanceof SopwithError ? error.code : "unexpected";
	if (row !== undefined) parts.posts.save({ ...row, digest: digestOf(job) });
	parts.log(error instanceof RefusedPost ? "a message was refused for good" : "a message could not be sent", {
		...facts,
		code,
		why: error instanceof Error ? error.message : String(error),
	});
	return "done";
}
