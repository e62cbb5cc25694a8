/**
 * One tick: decide every delivery, make all of it durable in one commit, then answer, tell, and do, in this order. A tick
 * that cannot be written leaves no trace. Must never let one run's mistake cost another's event.
 */
import { UnavailableError } from "../../base/errors.ts";
import type { RunEvent, RunId } from "../event.ts";
import type { Host } from "../ports.ts";
import type { Alarm } from "./alarm.ts";
import type { Committer } from "./commit.ts";
import type { Doing } from "./doing.ts";
import type { Entry } from "./entry.ts";
import type { Store } from "./open.ts";
import { type Item, quarantinedError, type Staged, type StageParts, type Step, stage, unstage } from "./stage.ts";

export type Listener = Parameters<Host["onChange"]>[0];

/** What is counted. Must not throw. */
export type Metrics = {
	/** One commit: how many events, and how long it took in ms. */
	committed(events: number, ms: number): void;
	/** One event, by kind. */
	recorded(event: RunEvent): void;
	quarantined(run: RunId): void;
	diskFull(): void;
};

type TickParts = StageParts & {
	readonly store: Store;
	readonly committer: Committer;
	readonly doing: Pick<Doing, "perform" | "tellParent">;
	readonly alarm: Pick<Alarm, "expect">;
	readonly listeners: ReadonlySet<Listener>;
	readonly retry: (items: readonly Item[]) => void;
	readonly metrics?: Metrics;
};

const FLUSH_MS = 1000;

export function createTick(parts: TickParts): {
	readonly run: (items: readonly Item[]) => void;
	readonly flush: () => void;
} {
	let flusher: NodeJS.Timeout | undefined;
	const flush = (): void => {
		clearTimeout(flusher);
		flusher = undefined;
		parts.committer.flush();
	};
	const flushSoon = (): void => {
		if (flusher !== undefined || !parts.committer.dirty()) return;
		flusher = setTimeout(() => {
			flusher = undefined;
			try {
				parts.committer.flush();
			} catch (problem) {
				parts.log.warn({ err: problem, code: "summaries" }, "summaries could not be written and wait");
				flushSoon();
			}
		}, FLUSH_MS);
	};
	const run = (items: readonly Item[]): void => {
		runTick(parts, items);
		parts.cache.trim();
		flushSoon();
	};
	return { run, flush };
}

function runTick(parts: TickParts, items: readonly Item[]): void {
	const facts = { now: parts.store.clock.now(), uniqs: new Map<string, RunId>() };
	const staged = items.map((item) => stage(parts, item, facts));
	const steps: Step[] = [];
	const touched = new Set<Entry>();
	for (const one of staged) {
		if (!("receipt" in one)) continue;
		if (one.step !== undefined) steps.push(one.step);
		if (one.touched !== undefined) touched.add(one.touched);
	}
	const began = performance.now();
	try {
		if (touched.size > 0) {
			const due = parts.committer.commit(steps, touched, facts.now);
			if (due !== undefined) parts.alarm.expect(due);
		}
	} catch (problem) {
		unstage(parts, staged);
		recover(parts, items, problem);
		return;
	}
	parts.metrics?.committed(steps.length, performance.now() - began);
	answerAll(parts, staged);
	for (const step of steps) tell(parts, step);
	for (const entry of touched) parts.doing.perform(entry);
	for (const step of steps) {
		if (step.before.run.ended === undefined && step.run.ended !== undefined) parts.doing.tellParent(step.entry);
		else if (step.fresh && step.run.ended !== undefined) parts.doing.tellParent(step.entry);
	}
}

/** Nothing of the tick is durable: people hear it, our own deliveries wait, a mistake is found by trying one at a time. */
function recover(parts: TickParts, items: readonly Item[], problem: unknown): void {
	if (problem instanceof UnavailableError) {
		parts.metrics?.diskFull();
		parts.log.error(
			{ err: problem, code: problem.code, waiting: items.length },
			"a commit failed; nothing of it was kept",
		);
		const waits = problem.code === "disk-full";
		for (const item of items) if (!(item.internal && waits)) item.reject(problem);
		if (waits) parts.retry(items.filter((item) => item.internal));
		return;
	}
	if (items.length > 1) {
		for (const item of items) runTick(parts, [item]);
		return;
	}
	for (const item of items) {
		parts.log.error({ err: problem, run: item.run, code: "quarantined" }, "the run is quarantined");
		item.reject(quarantinedError(item.run));
		quarantine(parts, item.run);
	}
}

function answerAll(parts: TickParts, staged: readonly Staged[]): void {
	for (const one of staged) {
		if ("receipt" in one) {
			one.item.resolve(one.receipt);
			continue;
		}
		one.item.reject(one.problem);
		if (one.quarantine !== undefined) quarantine(parts, one.quarantine);
	}
}

/** Takes a run out of service until a person releases it. Its timers rest; its journal stays readable. */
function quarantine(parts: TickParts, run: RunId): void {
	const entry = parts.cache.get(run);
	if (entry !== undefined) {
		entry.quarantined = "decide";
		entry.timers = new Map();
	}
	parts.metrics?.quarantined(run);
	const row = parts.journal.run.get(run);
	if (row === undefined) return;
	try {
		parts.store.write(() => {
			parts.journal.setQuarantined.run("decide", run);
			parts.journal.dropTimers.run(row.no);
		});
	} catch (problem) {
		parts.log.error({ err: problem, run, code: "quarantine" }, "the quarantine could not be written");
	}
}

function tell(parts: TickParts, step: Step): void {
	parts.metrics?.recorded(step.event);
	for (const listener of parts.listeners) {
		try {
			listener({ run: step.run, sop: step.entry.sop, event: step.event });
		} catch (problem) {
			parts.log.error({ err: problem, run: step.entry.id, code: "listener" }, "a listener failed");
		}
	}
}
