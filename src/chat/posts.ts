/**
 * What the chat keeps: which message stands where, which card id means what, and the forms handed out. Ports only; the
 * embedded store fills them. Must never hold a run's state: a lost row costs one extra post, nothing else.
 */
import type { Values } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import type { PlanHash, RunId, WaitId } from "../engine/event.ts";
import type { MessageKey } from "../engine/message.ts";
import type { Actor } from "../people/roster.ts";
import type { ClientId, SopId } from "../sop/sop.ts";
import type { Address } from "./surface.ts";

/** One message in one place. (run, key, addressee) names it; `id` is the random id its buttons carry now. */
export type PostRow = {
	readonly run: RunId;
	readonly key: MessageKey;
	/** `surface kind ref` of the place (see `addresseeOf`). */
	readonly addressee: string;
	readonly to: Address;
	/** Whose direct messages these are; absent for a channel. */
	readonly person?: Actor;
	readonly id: string;
	/** The surface's reference; absent until the answer to the put came back. */
	readonly ref?: string;
	/** Of what was last sent there. */
	readonly digest: string;
	readonly rings: number;
	readonly closed: boolean;
	readonly wait?: WaitId;
	/** Of the plan that card shows: what Approve means there. */
	readonly plan?: PlanHash;
	readonly putAt: Instant;
};

export interface Posts {
	/** Every row of a run, in the order they were first kept. */
	ofRun(run: RunId): Promise<readonly PostRow[]>;
	/** The row whose buttons carry this id now. An id that was replaced is not found. */
	byCard(id: string): Promise<PostRow | undefined>;
	/** Writes the row of (run, key, addressee) whole. Durable on return. Repeat: safe. */
	keep(row: PostRow): Promise<void>;
	/** Marks a run whose messages may not stand as they should. Repeat: safe. */
	mark(run: RunId): Promise<void>;
	/** Takes the mark away. */
	settle(run: RunId): Promise<void>;
	/** Runs that are marked. */
	marked(): Promise<readonly RunId[]>;
}

/** A form or a question that was handed to one person. Its id is the key of what they send back. */
export type Draft = {
	readonly id: string;
	readonly at: Instant;
	readonly person: Actor;
	readonly purpose: "start" | "amend" | "undo" | "cancel" | "note" | "which-client";
	readonly client?: ClientId;
	readonly sop?: SopId;
	readonly run?: RunId;
	/** What was typed, to go on with once the client is known. */
	readonly values?: Values;
};

export interface Drafts {
	keep(draft: Draft): Promise<void>;
	find(id: string): Promise<Draft | undefined>;
}
