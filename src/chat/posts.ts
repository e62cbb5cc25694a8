/**
 * What the chat makes of what is kept for it: what else a posted row says, and the forms that were handed out. Must never
 * hold a run's state: a lost row costs one extra post, nothing else.
 */
import { asRecord, isList, type Json, type Values } from "../base/json.ts";
import { asInstant, type Instant } from "../base/time.ts";
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
	/** Digest of what was put last: what may stand there when nobody answered, or was refused when nothing was sent. */
	readonly tried?: string;
	/** The put under way rings for nothing: what it goes below did. */
	readonly quiet?: true;
	/** How many answers to the put were lost in a row. */
	readonly lost?: number;
	/** The last wait that was answered here; stays once nothing is asked any more. */
	readonly was?: WaitId;
	/** Whose direct messages these are; absent for a channel. */
	readonly person?: { readonly id: string; readonly client?: string };
};

/** Reads what else a row keeps, field by field: what an older version wrote otherwise is as if it were not there. */
export function dataOf({ data: kept, at }: PostRow): RowData {
	const data = asRecord(kept);
	const read: { readonly [name in keyof RowData]-?: RowData[name] | undefined } = {
		putAt: asInstant(data.putAt) ?? at,
		plan: textIn(data.plan),
		above: isList(data.above) ? data.above.filter((ref) => typeof ref === "string") : undefined,
		tried: textIn(data.tried),
		quiet: data.quiet === true ? true : undefined,
		lost: Number.isSafeInteger(data.lost) ? Math.max(0, Number(data.lost)) : undefined,
		was: textIn(data.was),
		person: personIn(data.person),
	};
	return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) as RowData;
}

function textIn(value: Json | undefined): string | undefined {
	return typeof value === "string" ? value : undefined;
}

function personIn(value: Json | undefined): Actor | undefined {
	const { id, client } = asRecord(value);
	if (typeof id !== "string") return undefined;
	if (client === undefined) return { id };
	return typeof client === "string" ? { id, client } : undefined;
}

export function placeOf(row: PostRow): { readonly to: Address; readonly person?: Actor } {
	const { person } = dataOf(row);
	const to = { surface: row.surface, kind: row.kind, ref: row.place };
	return person === undefined ? { to } : { to, person };
}

const PURPOSES = ["start", "amend", "undo", "cancel", "note", "which-client", "link"] as const;

/** A form or a question that was handed to one person. Its id is the key of what they send back. */
export type Draft = {
	readonly id: string;
	readonly at: Instant;
	readonly person: Actor;
	readonly purpose: (typeof PURPOSES)[number];
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
			const purpose = PURPOSES.find((one) => one === row?.typed.purpose);
			if (row === undefined || purpose === undefined) return undefined;
			return {
				id,
				at: row.at,
				person: row.person,
				purpose,
				typed: asRecord(row.typed.values),
				...(row.client === "" ? {} : { client: row.client }),
				...(row.sop === "" ? {} : { sop: row.sop }),
				...(row.run === undefined ? {} : { run: row.run }),
			};
		},
	};
}
