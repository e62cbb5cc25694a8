/**
 * Every statement the host runs, prepared once: events, runs, snapshots, timers, heads, definitions. Must never decide
 * anything, and never start a transaction.
 */
import type { Sop } from "../../sop/sop.ts";
import type { Store } from "./open.ts";

export type RunRow = {
	readonly no: number;
	readonly id: string;
	readonly definition: string;
	readonly in_flight: number;
	readonly quarantined: string | null;
};
export type EventRow = {
	readonly seq: number;
	readonly at: string;
	readonly kind: string;
	readonly payload: string;
	readonly hash: string;
};
type KeyRow = {
	readonly key: string;
	readonly seq: number;
	readonly kind: string;
	readonly verdict: string | null;
	readonly reason: string | null;
};
type SnapshotRow = {
	readonly seq: number;
	readonly chain: string;
	readonly core: number;
	readonly state: string;
	readonly hash: string;
};
type TimerRow = { readonly wait: string; readonly timer: string; readonly at: string };
export type DueRow = TimerRow & { readonly id: string };
/** The columns of a run that follow from its state. */
export type Described = {
	readonly title: string;
	readonly phase: string;
	readonly subject: string;
	readonly at: string;
	readonly visibility: string;
	readonly waitingFor: string;
	readonly open: number;
	readonly inFlight: number;
	/** 0 gives the `unique` key free. */
	readonly holdsUniq: number;
};

export type Journal = ReturnType<typeof prepareJournal>;

export function prepareJournal(store: Store) {
	return { ...events(store), ...runs(store), ...timers(store), ...definitions(store) };
}

function events({ db }: Store) {
	return {
		addEvent: db.prepare(
			"INSERT INTO events(total, run, seq, at, kind, payload, hash, key, verdict, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		),
		tail: db.prepare<[number, number], EventRow>(
			"SELECT seq, at, kind, payload, hash FROM events WHERE run = ? AND seq > ? ORDER BY seq",
		),
		keys: db.prepare<[number], KeyRow>("SELECT key, seq, kind, verdict, reason FROM events WHERE run = ? ORDER BY seq"),
		addHead: db.prepare("INSERT INTO heads(tick, total, at, hash) VALUES (?, ?, ?, ?)"),
		snapshot: db.prepare<[number], SnapshotRow>("SELECT seq, chain, core, state, hash FROM snapshots WHERE run = ?"),
		putSnapshot: db.prepare(
			`INSERT INTO snapshots(run, seq, chain, core, state, hash) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(run) DO UPDATE SET
			 seq = excluded.seq, chain = excluded.chain, core = excluded.core, state = excluded.state, hash = excluded.hash`,
		),
	};
}

function runs({ db }: Store) {
	const row = "SELECT no, id, definition, in_flight, quarantined FROM runs";
	return {
		run: db.prepare<[string], RunRow>(`${row} WHERE id = ?`),
		inFlight: db.prepare<[], string>("SELECT id FROM runs WHERE in_flight = 1 ORDER BY no").pluck(),
		lastNo: db.prepare<[], number | null>("SELECT max(no) FROM runs").pluck(),
		byUniq: db
			.prepare<[string, string, string], string>("SELECT id FROM runs WHERE client = ? AND sop = ? AND uniq = ?")
			.pluck(),
		addRun: db.prepare(
			`INSERT INTO runs(no, id, client, sop, definition, by, started_at, parent, undoes, uniq, title, phase, subject, at,
			 visibility, waiting_for, open, in_flight) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		),
		setRun: db.prepare(
			`UPDATE runs SET title = @title, phase = @phase, subject = @subject, at = @at, visibility = @visibility,
			 waiting_for = @waitingFor, open = @open, in_flight = @inFlight,
			 uniq = CASE WHEN @holdsUniq = 1 THEN uniq END WHERE no = @no`,
		),
		dropUniq: db.prepare("UPDATE runs SET uniq = NULL WHERE id = ?"),
		setQuarantined: db.prepare("UPDATE runs SET quarantined = ? WHERE id = ?"),
	};
}

function timers({ db }: Store) {
	return {
		timersOf: db.prepare<[number], TimerRow>("SELECT wait, timer, at FROM timers WHERE run = ?"),
		putTimer: db.prepare("INSERT OR REPLACE INTO timers(run, wait, timer, at) VALUES (?, ?, ?, ?)"),
		dropTimer: db.prepare("DELETE FROM timers WHERE run = ? AND wait = ? AND timer = ? AND at = ?"),
		dropTimers: db.prepare("DELETE FROM timers WHERE run = ?"),
		due: db.prepare<[string], DueRow>(
			"SELECT runs.id, wait, timer, timers.at FROM timers JOIN runs ON runs.no = timers.run WHERE timers.at <= ? ORDER BY timers.at LIMIT 500",
		),
		nextDue: db.prepare<[], string | null>("SELECT min(at) FROM timers").pluck(),
	};
}

function definitions({ db }: Store) {
	const add = db.prepare("INSERT OR IGNORE INTO definitions(hash, sop) VALUES (?, ?)");
	const get = db.prepare<[string], string>("SELECT sop FROM definitions WHERE hash = ?").pluck();
	const known = new Map<string, Sop>();
	const remember = (hash: string, sop: Sop): Sop => {
		if (known.size >= 1000) known.clear();
		known.set(hash, sop);
		return sop;
	};
	return {
		/** The SOP as it was pinned first; undefined when it never was. */
		pinned: (hash: string): Sop | undefined => {
			const text = known.has(hash) ? undefined : get.get(hash);
			return text === undefined ? known.get(hash) : remember(hash, JSON.parse(text) as Sop);
		},
		/** Pins an SOP under its hash; the first one stays. Call it inside a transaction. */
		pin: (sop: Sop): void => {
			if (!known.has(sop.definition)) add.run(sop.definition, JSON.stringify(sop));
		},
	};
}
