/**
 * Makes one tick durable: every event, timer, snapshot and summary of it in one transaction, then the head file. All of it
 * or nothing. Must never call out.
 */
import type { Instant } from "../../base/time.ts";
import type { Head } from "./anchor.ts";
import { headHash, sha } from "./chain.ts";
import type { Core, Log, Summary } from "./core.ts";
import { type Entry, isUnderWay, type TimerEffect } from "./entry.ts";
import { lastHead } from "./health.ts";
import type { Described, Journal } from "./journal.ts";
import type { Store } from "./open.ts";
import type { Step } from "./stage.ts";

export type Committer = {
	/** Errors: those of `Store.write`; nothing has changed then, in memory neither. Returns the earliest new timer. */
	commit(steps: readonly Step[], touched: ReadonlySet<Entry>, now: Instant): Instant | undefined;
	/** Writes the summaries that wait. */
	flush(): void;
	/** Tells that a run's summary may be older than its state. */
	mark(entry: Entry): void;
	/** Whether summaries wait. */
	dirty(): boolean;
};

/** What is to be written for one run of the tick. */
type Plan = {
	readonly entry: Entry;
	readonly inFlight: boolean;
	readonly row: boolean;
	readonly snapshot: boolean;
	readonly adds: readonly TimerEffect[];
	readonly drops: readonly TimerEffect[];
};

/** An open run is kept whole when it parks, and any run so often; an ended one is folded again when somebody looks. */
const SNAPSHOT_EVERY = 64;

export function createCommitter(parts: {
	readonly store: Store;
	readonly core: Core;
	readonly journal: Journal;
	readonly log: Log;
}): Committer {
	const { store, core, journal, log } = parts;
	const unwritten = new Set<Entry>();
	let head = lastHead(store.db);

	const commit = (steps: readonly Step[], touched: ReadonlySet<Entry>, now: Instant): Instant | undefined => {
		const plans = [...touched].map(planOf);
		const next = steps.length === 0 ? head : headAfter(head, steps);
		store.write(() => {
			let total = head.total;
			for (const step of steps) {
				total++;
				if (step.fresh) writeRun(core, journal, step, log);
				writeEvent(journal, step, total);
			}
			for (const plan of plans) writePlan(parts, plan);
			if (next !== head) journal.addHead.run(next.tick, next.total, now, next.hash);
		});
		if (next !== head) writeAnchor(store, next);
		head = next;
		for (const plan of plans) settle(plan, unwritten);
		return earliest(plans);
	};
	const flush = (): void => {
		if (unwritten.size === 0) return;
		store.write(() => {
			for (const entry of unwritten) journal.setRun.run({ no: entry.no, ...described(core, entry, log) });
		});
		for (const entry of unwritten) entry.dirty = false;
		unwritten.clear();
	};
	const mark = (entry: Entry): void => {
		entry.dirty = true;
		unwritten.add(entry);
	};
	return { commit, flush, mark, dirty: () => unwritten.size > 0 };
}

function headAfter(head: Head, steps: readonly Step[]): Head {
	const hash = headHash(
		head.hash,
		steps.map((s) => s.hash),
	);
	return { tick: head.tick + 1, total: head.total + steps.length, hash };
}

function planOf(entry: Entry): Plan {
	const inFlight = isUnderWay(entry);
	const ended = entry.run.ended !== undefined;
	const moved = entry.seq > entry.snapshotSeq;
	const timers = entry.nextTimers ?? entry.timers;
	const adds = [...timers].filter(([id]) => !entry.timers.has(id)).map(([, timer]) => timer);
	const drops = [...entry.timers].filter(([id]) => !timers.has(id)).map(([, timer]) => timer);
	return {
		entry,
		inFlight,
		row: (!inFlight && moved) || inFlight !== entry.inFlight,
		snapshot: (!inFlight && !ended && moved) || entry.seq - entry.snapshotSeq >= SNAPSHOT_EVERY,
		adds,
		drops,
	};
}

function writeRun(core: Core, journal: Journal, step: Step, log: Log): void {
	const { entry, event, uniq } = step;
	const { request, startedAt } = step.run;
	journal.pin(entry.sop);
	const d = described(core, entry, log);
	const who = [request.by, startedAt, request.parent?.run ?? null, request.undo?.of ?? null];
	const words = [d.title, d.phase, d.subject, event.at, d.visibility, d.waitingFor, d.open, d.inFlight];
	const { client, id, definition } = entry.sop;
	journal.addRun.run(entry.no, entry.id, client.id, id, definition, ...who, uniq ?? null, ...words);
}

function writeEvent(journal: Journal, step: Step, total: number): void {
	const { entry, event, answered, payload, hash, key, seq } = step;
	const verdict = answered.verdict === "accepted" ? null : answered.verdict;
	const reason = answered.reason === undefined ? null : JSON.stringify(answered.reason);
	journal.addEvent.run(total, entry.no, seq, event.at, event.kind, payload, hash, key, verdict, reason);
}

function writePlan({ core, journal, log }: { core: Core; journal: Journal; log: Log }, plan: Plan): void {
	const { entry } = plan;
	const { no, run } = entry;
	for (const { wait, timer, at } of plan.drops) journal.dropTimer.run(no, wait, timer, at);
	for (const { wait, timer, at } of plan.adds) journal.putTimer.run(no, wait, timer, at);
	if (plan.row) journal.setRun.run({ no, ...described(core, entry, log) });
	if (plan.snapshot) {
		const state = JSON.stringify(run);
		journal.putSnapshot.run(no, entry.seq, entry.chain, core.CORE, state, sha(state));
	}
	if (run.ended?.phase === "done" && run.request.undo !== undefined) journal.dropUniq.run(run.request.undo.of);
}

/** Now that it is durable, memory follows. */
function settle(plan: Plan, unwritten: Set<Entry>): void {
	const { entry } = plan;
	entry.timers = entry.nextTimers ?? entry.timers;
	entry.nextTimers = undefined;
	entry.inFlight = plan.inFlight;
	if (plan.snapshot) entry.snapshotSeq = entry.seq;
	entry.dirty = !plan.row;
	if (plan.row) unwritten.delete(entry);
	else unwritten.add(entry);
}

function earliest(plans: readonly Plan[]): Instant | undefined {
	let first: Instant | undefined;
	for (const { adds } of plans) for (const { at } of adds) if (first === undefined || at < first) first = at;
	return first;
}

/** The commit stands even when the head file cannot be written: it only lags behind then. */
function writeAnchor(store: Store, head: Head): void {
	try {
		store.anchor.write(head);
	} catch (problem) {
		store.log.error({ err: problem, code: "head-file" }, "the head file could not be written");
	}
}

function described(core: Core, entry: Entry, log: Log): Described {
	const { run, sop } = entry;
	const summary = summaryOf(core, entry, log);
	return {
		title: summary.title,
		phase: run.ended?.phase ?? core.phase(sop, run),
		subject: summary.subject,
		at: run.at,
		visibility: summary.visibility,
		waitingFor: JSON.stringify(summary.waitingFor),
		open: run.ended === undefined ? 1 : 0,
		inFlight: isUnderWay(entry) ? 1 : 0,
		holdsUniq: run.ended === undefined || run.ended.phase === "done" ? 1 : 0,
	};
}

/** A summary that cannot be made must not cost the event. It shows as little as can be said. */
function summaryOf(core: Core, entry: Entry, log: Log): Summary {
	try {
		return core.summary(entry.sop, entry.run);
	} catch (problem) {
		log.error({ err: problem, run: entry.id, code: "summary" }, "the run could not be summed up");
		return { subject: "", title: entry.sop.title, waitingFor: null, visibility: "involved" };
	}
}
