/**
 * What the web chat keeps, because no vendor keeps it: the cards of each person's conversation. A port; the embedded store
 * fills it. Must never hold a reply to a person's own act.
 */
import type { Json } from "../../base/json.ts";
import type { Instant } from "../../base/time.ts";

export type WebMessage = {
	readonly ref: string;
	readonly place: string;
	/** When it was put. */
	readonly at: Instant;
	/** Order within all messages. */
	readonly no: number;
	/** Rises with every put and edit, over all messages: ask for what is newer. */
	readonly seq: number;
	/** Put to be noticed. */
	readonly rings: boolean;
	/** The card as it was drawn last. */
	readonly drawn: Json;
};

export interface WebMessages {
	/** Durable on return. */
	put(message: Pick<WebMessage, "ref" | "place" | "at" | "rings" | "drawn">): WebMessage;
	/** Undefined: there is no such message there. */
	edit(place: string, ref: string, drawn: Json): WebMessage | undefined;
	/** What changed after that number, oldest change first, at most 500. */
	after(place: string, seq: number): readonly WebMessage[];
	/** The newest by order, oldest first. */
	latest(place: string, most: number): readonly WebMessage[];
	/** Runs what writes messages, or rows of posts, as one commit: all of it is durable on return, or none of it. */
	together<T>(work: () => T): T;
}
