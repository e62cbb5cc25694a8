/**
 * The row of one message in one place: whether what stands there is what should, and how it is written down. Must never
 * send anything.
 */
import { type Json, sha256 } from "../base/json.ts";
import { toMs } from "../base/time.ts";
import type { PostRow, Posts } from "../engine/kept.ts";
import type { Message } from "../engine/message.ts";
import type { Run } from "../engine/run.ts";
import { addresseeOf } from "./audience.ts";
import { isOwn } from "./own-card.ts";
import { planOf } from "./post-draw.ts";
import type { Send, SendParts } from "./post-one.ts";
import { dataOf, type RowData } from "./posts.ts";
import { isChat } from "./surface.ts";

/** Digest of a row whose reader is not asked any more. */
export const LEFT = "left";
/** Digest of one whose reader is being told that they are not asked any more. */
export const LEAVING = "leaving";
/** Digest of a row that was certainly not sent yet. Empty: it may have been. */
export const UNSENT = "unsent";
const OLD_MS = 30 * 24 * 3_600_000;

/** One message for one place. */
type Spot = Pick<Send, "run" | "message" | "place">;

/** The row as it is by now. */
export function rowOf(posts: Posts, { run, message, place }: Spot): PostRow | undefined {
	return posts.find(run.id, message.key, addresseeOf(place.to));
}

/** Whether something else should stand there than does. */
export function isDue(row: PostRow | undefined, job: Spot & Pick<Send, "leave">): boolean {
	if (job.leave) return row !== undefined && row.digest !== LEFT;
	if (row === undefined || isRungAnew(row, job.message)) return true;
	const digest = digestOf(job);
	return row.digest !== digest && !isForgone(row, job, digest);
}

/** Its buttons still answer something, in a chat that others have to be told over. */
export function asksThere({ wait, closed, ref, surface }: PostRow): boolean {
	return wait !== undefined && !closed && ref !== undefined && isChat(surface);
}

/** Cards above it still have their buttons. */
export function owesStub(row: PostRow): boolean {
	return (dataOf(row).above ?? []).length > 0;
}

type ReserveParts = Pick<SendParts, "posts" | "clock" | "newId">;

/**
 * Notes that messages are wanted in places, again where their readers were told otherwise, so that a crash between two of
 * them forgets none. Repeat: safe.
 */
export function reserve(parts: ReserveParts, run: Run, wanted: readonly Omit<Send, "run" | "who">[]): void {
	const data = { putAt: parts.clock.now() };
	const rows = wanted.flatMap((each): readonly PostRow[] => {
		const spot = { ...each, run };
		const row = rowOf(parts.posts, spot);
		if (row === undefined) return [{ ...rowFor(parts, spot, { card: parts.newId(), data }), digest: UNSENT }];
		const isLeft = row.digest === LEFT || row.digest === LEAVING;
		return isLeft && !each.leave ? [askedAgain(row)] : [];
	});
	if (rows.length > 0) parts.posts.save(...rows);
}

function askedAgain(row: PostRow): PostRow {
	const { tried: _tried, lost: _lost, quiet: _quiet, ...data } = dataOf(row);
	return { ...row, digest: row.ref === undefined ? UNSENT : "", data };
}

/** What is to be written there. Its digest is empty until it stands. */
export function rowFor(
	parts: Pick<SendParts, "clock">,
	{ run, message, place }: Spot,
	about: { readonly card: string; readonly data: RowData },
): PostRow {
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

/** What a row still knows of before: which cards above it have buttons, and what was asked in it last. */
export function kept(row: PostRow | undefined): Pick<RowData, "above" | "was"> {
	if (row === undefined) return {};
	const { above, was } = dataOf(row);
	const last = row.wait ?? was;
	return { ...(above === undefined ? {} : { above }), ...(last === undefined ? {} : { was: last }) };
}

/** Over the sentences with their holes, so that passing time is no change. */
export function digestOf({ run, message }: Pick<Send, "run" | "message">): string {
	const { card, data, closed, wait } = message;
	return sha256({ card, data, closed, wait: wait ?? null, plan: planOf(run, wait) ?? null } as unknown as Json);
}

/** It rings again. */
export function isRungAnew(row: PostRow, message: Message): boolean {
	return row.rings < message.rings && !message.closed;
}

/** Its buttons still ask the same, so they keep their id. */
export function asksTheSame(row: PostRow, { run, message }: Spot): boolean {
	return row.wait === message.wait && dataOf(row).plan === planOf(run, message.wait);
}

/** It is put below, and what stands becomes a stub: it rings again, or goes on where nobody scrolls up to any more. */
export function goesBelow(row: PostRow, { message }: Spot, { clock }: Pick<SendParts, "clock">): boolean {
	const isOld = toMs(clock.now()) - toMs(dataOf(row).putAt) > OLD_MS;
	return isRungAnew(row, message) || (isOld && !message.closed);
}

/** Where it is not there any more it is put anew; but what was asked and is over needs no new message. */
export function isPutAnew(message: Message): boolean {
	return !message.closed || isOwn(message);
}

/** Asks somebody, or rang before and is not over; but how a run ended is told as loudly as it went on. */
export function isLoud(message: Message): boolean {
	const { wait, closed, rings } = message;
	return closed ? rings > 0 && isOwn(message) : rings > 0 || wait !== undefined;
}

/** Somebody must act on it, or nothing will come after it that could carry it. */
export function isNeeded({ message, run }: Pick<Send, "message" | "run">): boolean {
	return (message.wait !== undefined && !message.closed) || run.ended !== undefined;
}

/** Put, and never answered, as far as we know. */
export function mayStand(row: PostRow): boolean {
	return row.ref === undefined && row.digest !== UNSENT;
}

/** It goes below what stands, or did; that rang for it, and nobody has to act. */
export function isQuiet(row: PostRow | undefined, job: Spot): boolean {
	return row !== undefined && dataOf(row).quiet === true && !isRungAnew(row, job.message) && !isNeeded(job);
}

/** What was refused for good is not tried again as it is: neither that state, nor that ring. */
export function leftAlone(row: PostRow, job: Spot): PostRow {
	const digest = digestOf(job);
	const rung = { ...row, rings: Math.max(row.rings, job.message.rings) };
	if (row.digest !== UNSENT) return { ...rung, digest };
	return { ...rung, data: { ...dataOf(row), tried: digest } };
}

/**
 * It waits for a change: it was refused, or may have arrived as it is and nobody needs it. Or it was over before it could be
 * sent.
 */
function isForgone(row: PostRow, job: Spot, digest: string): boolean {
	if (row.ref !== undefined) return false;
	const isUnsent = row.digest === UNSENT;
	if (isUnsent && job.message.closed && !isOwn(job.message)) return true;
	return dataOf(row).tried === digest && (isUnsent || (row.digest === "" && !isNeeded(job)));
}
