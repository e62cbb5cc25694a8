/**
 * Where a message needs looking at, and what it is to become there. Must never ring who was not found in the roster as it
 * is now.
 */
import { sameJson } from "../base/json.ts";
import type { PostRow } from "../engine/kept.ts";
import type { Message } from "../engine/message.ts";
import { type Addressee, type AudienceParts, addresseeOf, placesOf } from "./audience.ts";
import { isOwn } from "./own-card.ts";
import type { Send } from "./post-one.ts";
import { LEAVING, LEFT } from "./post-row.ts";
import { placeOf } from "./posts.ts";
import { isChat } from "./surface.ts";

/** One message for one place, and what it is to become there. */
export type Due = Pick<Send, "message" | "place" | "leave" | "moved">;

/** All of its rows, or afresh from the roster when it rings or nobody has it. */
export async function wanted(
	parts: AudienceParts,
	message: Message,
	{ mine, state }: { readonly mine: readonly PostRow[]; readonly state: Parameters<typeof placesOf>[2] },
): Promise<readonly Due[]> {
	const kept = mine.filter((row) => row.digest !== LEFT);
	if (message.closed && kept.length === 0 && !isOwn(message)) return [];
	const rings = kept.length === 0 || (!message.closed && kept.some((row) => row.rings < message.rings));
	if (!rings) {
		const isLeaving = (row: PostRow): boolean => row.digest === LEAVING && !message.closed;
		return kept.map((row) => ({ message, place: placeOf(row), leave: isLeaving(row) }));
	}
	const now = await placesOf(parts, message, state);
	const names = new Set(now.map(({ to }) => addresseeOf(to)));
	const gone = kept.filter((row) => !names.has(row.addressee));
	return [
		...now.map((place) => ({ message, place, leave: false })),
		...gone.map((row) => ({ message, place: placeOf(row), leave: true, ...movedTo(now, row) })),
	];
}

/** Whom it was for was found for an earlier ring, or before it was over: the look that is on its way finds that anew. */
export function isBygone({ message, leave }: Due, now: Message): boolean {
	return now.closed ? leave : now.rings > message.rings;
}

/** Whoever had it there may be asked in another chat by now. */
function movedTo(now: readonly Addressee[], row: PostRow): Pick<Send, "moved"> {
	const { person } = placeOf(row);
	const there = now.find((one) => isChat(one.to.surface) && sameJson(one.person ?? null, person ?? null));
	return person === undefined || there === undefined || !isChat(row.surface) ? {} : { moved: there.to.surface };
}
