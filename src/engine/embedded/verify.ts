/**
 * Checks the hash chains: of one run, or of everything, a little at a time. Finds the first thing that is not as it was
 * written. Must never repair.
 */
import type { Database } from "better-sqlite3";
import type { RunId } from "../event.ts";
import { eventHash, GENESIS, headHash, sha } from "./chain.ts";
import { isDamage } from "./faults.ts";
import type { Store } from "./open.ts";

/** What is wrong first, in words; `undefined` when all is as it was written. */
type Finding = { readonly run?: RunId; readonly seq?: number; readonly words: string };
type Verified = { readonly events: number; readonly runs: number; readonly finding?: Finding };

const PORTION = 1000;

type Row = {
	readonly total: number;
	readonly run: number;
	readonly id: string | null;
	readonly seq: number;
	readonly at: string;
	readonly kind: string;
	readonly payload: string;
	readonly hash: string;
};
type Head = { readonly tick: number; readonly total: number; readonly hash: string };

const COLUMNS = "total, run, runs.id, seq, events.at, kind, payload, hash FROM events LEFT JOIN runs ON runs.no = run";

/**
 * Checks every run's chain and the heads over all of them, 1,000 events at a time with a pause between, so that the host
 * goes on serving. Errors: those of SQLite when the file cannot be read at all.
 */
export async function verifyAll(db: Database): Promise<Verified> {
	const rows = db.prepare<[number], Row>(`SELECT ${COLUMNS} WHERE total > ? ORDER BY total LIMIT ${PORTION}`);
	const heads = db.prepare<[number], Head>("SELECT tick, total, hash FROM heads WHERE tick = ?");
	const chains: Chains = new Map();
	const end = endOf(db);
	let tick = 1;
	let links: string[] = [];
	let prev = GENESIS;
	let events = 0;
	for (;;) {
		const portion = rows.all(events).filter((row) => row.total <= end);
		for (const row of portion) {
			const at = place(row);
			if (row.total !== events + 1)
				return found(events, chains, { ...at, words: `Event ${events + 1} of all is missing.` });
			const finding = checkRow(chains, row);
			if (finding !== undefined) return found(events, chains, finding);
			events = row.total;
			links.push(row.hash);
			const head = heads.get(tick);
			if (head === undefined) return found(events, chains, { ...at, words: `Head ${tick} is missing.` });
			if (head.total !== row.total) continue;
			prev = headHash(prev, links);
			if (prev !== head.hash) return found(events, chains, { ...at, words: `Head ${tick} does not fit its events.` });
			links = [];
			tick++;
		}
		if (portion.length === 0) break;
		await new Promise((resolve) => setImmediate(resolve));
	}
	if (events < end) return found(events, chains, { words: `The last ${end - events} events are missing.` });
	return { events, runs: chains.size };
}

/** Checks everything; damage stops new work (`store.health`). For the nightly round, `doctor` and `audit verify`. */
export async function verifyStore(store: Store): Promise<Verified> {
	const verified = await readable(store.db);
	if (verified.finding !== undefined) {
		store.damage(
			`${verified.finding.words} Nothing new is accepted. Restore the last backup, or look closer with \`sopwith doctor\`.`,
		);
	}
	return verified;
}

/** Checks everything; a file that cannot even be read is a finding too. */
export async function readable(db: Database): Promise<Verified> {
	try {
		return await verifyAll(db);
	} catch (problem) {
		if (!isDamage(problem)) throw problem;
		return { events: 0, runs: 0, finding: { words: "The database file is broken." } };
	}
}

type Chains = Map<number, { readonly seq: number; readonly hash: string }>;

function checkRow(chains: Chains, row: Row): Finding | undefined {
	const at = place(row);
	if (row.id === null) return { seq: row.seq, words: `Event ${row.total} of all belongs to no run.` };
	const before = chains.get(row.run) ?? { seq: 0, hash: GENESIS };
	if (row.seq !== before.seq + 1) return { ...at, words: `Event ${before.seq + 1} of run ${row.id} is missing.` };
	const link = { prev: before.hash, run: row.id, seq: row.seq, at: row.at, kind: row.kind };
	if (eventHash({ ...link, payloadHash: sha(row.payload) }) !== row.hash) {
		return { ...at, words: `Event ${row.seq} of run ${row.id} is not as it was written.` };
	}
	chains.set(row.run, { seq: row.seq, hash: row.hash });
	return undefined;
}

function place(row: Row): { readonly run?: RunId; readonly seq: number } {
	return row.id === null ? { seq: row.seq } : { run: row.id, seq: row.seq };
}

function found(events: number, chains: Chains, finding: Finding): Verified {
	return { events, runs: chains.size, finding };
}

function endOf(db: Database): number {
	return db.prepare<[], number | null>("SELECT max(total) FROM heads").pluck().get() ?? 0;
}
