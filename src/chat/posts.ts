/**
 * What the chat makes of what is kept for it: what else a posted row says, and the forms that were handed out. Must never
 * hold a run's state: a lost row costs one extra post, nothing else.
 */
import { asRecord, isRecord, type Values } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import type { PlanHash, RunId, WaitId } from "../engine/event.ts";
import type { DraftStore, PostRow } from "../engine/kept.ts";
import type { Actor } from "../people/roster.ts";
import type { ClientId, SopId } from "../sop/sop.ts";
import type { Address } from "./surface.ts";

/** What else a row keeps. */
export type RowData = {
	readonly putAt: Instant;
	/** Of the plan that card shows: what Approve means there. */
	readonly plan?: PlanHash;
	/** References of earlier messages that rang for the same and still have their buttons. */
	readonly above?: readonly string[];
	/** Digest of what was put last: what may stand there when nobody answered. */
	readonly tried?: string;
	/** How many answers to the put were lost in a row. */
	readonly lost?: number;
	/** The last wait that was answered here; stays once nothing is asked any more. */
	readonly was?: WaitId;
	/** Whose direct messages these are; absent for a channel. */
	readonly person?: { readonly id: string; readonly client?: string };
};

/** Reads what else a row keeps. */
export function dataOf(row: PostRow): RowData {
	return isRecord(row.data) ? (row.data as unknown as RowData) : { putAt: row.at };
}

export function placeOf(row: PostRow): { readonly to: Address; readonly person?: Actor } {
	const { person } = dataOf(row);
	const to = { surface: row.surface, kind: row.kind, ref: row.place };
	return person === undefined ? { to } : { to, person };
}

/** A form or a question that was handed to one person. Its id is the key of what they send back. */
export type Draft = {
	readonly id: string;
	readonly at: Instant;
	readonly person: Actor;
	readonly purpose: "start" | "amend" | "undo" | "cancel" | "note" | "which-client" | "link";
	readonly client?: ClientId;
	readonly sop?: SopId;
	readonly run?: RunId;
	/** What was typed, to go on with once the client is known; for a correction how often it came, and the last one's hash. */
	readonly typed?: Values;
};

export type Drafts = { readonly keep: (draft: Draft) => void; readonly find: (id: string) => Draft | undefined };

/** Keeps drafts in a store. */
export function draftsIn(store: DraftStore): Drafts {
	return {
		keep: ({ purpose, typed, client, sop, ...rest }) => {
			const kept = { purpose, values: typed ?? {} };
			store.saveDraft({ ...rest, client: client ?? "", sop: sop ?? "", typed: kept, problems: [], state: "open" });
		},
		find: (id) => {
			const row = store.draft(id);
			if (row === undefined || typeof row.typed.purpose !== "string") return undefined;
			return {
				id,
				at: row.at,
				person: row.person,
				purpose: row.typed.purpose as Draft["purpose"],
				typed: asRecord(row.typed.values),
				...(row.client === "" ? {} : { client: row.client }),
				...(row.sop === "" ? {} : { sop: row.sop }),
				...(row.run === undefined ? {} : { run: row.run }),
			};
		},
	};
}
