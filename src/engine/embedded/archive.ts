/**
 * Reads what happened: lists of runs, one run's journal, by id or the beginning of one. Must never write, and never judge
 * who may see what.
 */
import type { Json } from "../../base/json.ts";
import type { EventKind, Phase } from "../event.ts";
import type { Archive, Page, Recorded, RunQuery, RunSummary } from "../ports.ts";
import { readPrefix } from "../run-id.ts";
import { GENESIS, sha } from "./chain.ts";
import type { Store } from "./open.ts";

const MOST = 200;
const USUAL = 50;
const ROWS_AT_ONCE = 200;

type Row = {
	readonly no: number;
	readonly id: string;
	readonly client: string;
	readonly sop: string;
	readonly title: string;
	readonly phase: Phase;
	readonly subject: string;
	readonly by: string;
	readonly started_at: string;
	readonly at: string;
	readonly visibility: "all" | "involved";
	readonly waiting_for: string;
	readonly parent: string | null;
};
type EventRow = {
	readonly seq: number;
	readonly at: string;
	readonly kind: EventKind;
	readonly payload: string;
	readonly hash: string;
};

/** `flush` writes the summaries that wait, so that a list shows the last event. */
export function createArchive(store: Store, flush: () => void): Archive {
	const { db } = store;
	const find = db.prepare<[string, string], string>("SELECT id FROM runs WHERE id >= ? AND id < ? LIMIT 2").pluck();
	const undo = db.prepare<[string], string>("SELECT id FROM runs WHERE undoes = ? ORDER BY no LIMIT 1").pluck();
	return {
		list: async (query) => list(store, query, flush),
		find: async (prefix) => {
			const start = readPrefix(prefix);
			const hits = start === "" ? [] : find.all(start, `${start}~`);
			return hits.length === 1 || hits[0] === start ? hits[0] : undefined;
		},
		journal: (run, from = 1) => journal(store, run, from),
		undoOf: async (run) => undo.get(run),
	};
}

/** Newest first. The cursor is where the page ended; it stays good whatever is added. */
function list({ db }: Store, query: RunQuery, flush: () => void): Page<RunSummary> {
	flush();
	const most = Math.max(1, Math.min(query.most ?? USUAL, MOST));
	const { where, values } = conditions(query);
	const sql = `SELECT * FROM runs ${where} ORDER BY no DESC LIMIT ${most + 1}`;
	const rows = db.prepare<unknown[], Row>(sql).all(...values);
	const items = rows.slice(0, most).map(summary);
	const last = rows[most - 1];
	return rows.length > most && last ? { items, cursor: String(last.no) } : { items };
}

function conditions(query: RunQuery): { readonly where: string; readonly values: readonly unknown[] } {
	const parts: string[] = [];
	const values: unknown[] = [];
	const add = (sql: string, value: unknown): void => {
		if (value === undefined) return;
		parts.push(sql);
		values.push(value);
	};
	add("client = ?", query.client);
	add("client IN (SELECT value FROM json_each(?))", query.clients && JSON.stringify(query.clients));
	add("sop = ?", query.sop);
	if (query.phase === "open") parts.push("open = 1");
	else add("phase = ?", query.phase);
	add("instr(lower(subject), lower(?)) > 0", query.subject);
	add("by = ?", query.by);
	add("parent = ?", query.parent);
	add("no < ?", /^\d{1,15}$/.test(query.cursor ?? "") ? Number(query.cursor) : undefined);
	return { where: parts.length === 0 ? "" : `WHERE ${parts.join(" AND ")}`, values };
}

function summary(row: Row): RunSummary {
	const { id, client, sop, title, phase, subject, by, at, visibility } = row;
	return {
		id,
		client,
		sop,
		title,
		phase,
		subject,
		by,
		startedAt: row.started_at,
		at,
		visibility,
		waitingFor: JSON.parse(row.waiting_for) as Json,
		...(row.parent === null ? {} : { parent: row.parent }),
	};
}

/** A run's events in order, read in small portions so that a long journal holds nothing up. */
async function* journal({ db }: Store, run: string, from: number): AsyncGenerator<Recorded> {
	const no = db.prepare<[string], number>("SELECT no FROM runs WHERE id = ?").pluck().get(run);
	if (no === undefined) return;
	const rows = db.prepare<[number, number], EventRow>(
		`SELECT seq, at, kind, payload, hash FROM events WHERE run = ? AND seq >= ? ORDER BY seq LIMIT ${ROWS_AT_ONCE}`,
	);
	const link = db.prepare<[number, number], string>("SELECT hash FROM events WHERE run = ? AND seq = ?").pluck();
	let next = Math.max(1, from);
	let prev = next === 1 ? GENESIS : (link.get(no, next - 1) ?? GENESIS);
	for (;;) {
		const portion = rows.all(no, next);
		for (const row of portion) {
			yield { ...row, run, payload: JSON.parse(row.payload) as Json, payloadHash: sha(row.payload), prev };
			prev = row.hash;
			next = row.seq + 1;
		}
		if (portion.length < ROWS_AT_ONCE) return;
	}
}
