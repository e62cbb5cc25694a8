/**
 * Decides one delivery in memory: who it is for, whether it came before, what follows. Nothing here is durable yet, and
 * everything can be taken back. Must never write.
 */
import { ConflictError, UnavailableError } from "../../base/errors.ts";
import { type Instant, later } from "../../base/time.ts";
import type { Sop } from "../../sop/sop.ts";
import type { NewEvent, RunEvent, RunId } from "../event.ts";
import type { DeliveryKey, Receipt } from "../ports.ts";
import type { Run } from "../run.ts";
import type { Cache } from "./cache.ts";
import { eventHash, sha } from "./chain.ts";
import type { Core, Decision, Log } from "./core.ts";
import {
	type Answered,
	answersOf,
	type Entry,
	loadEntry,
	newEntry,
	splitPending,
	timerKey,
	weightOf,
} from "./entry.ts";
import type { Journal } from "./journal.ts";

/** A delivery on its way. */
export type Item = {
	readonly run: RunId;
	readonly event: NewEvent;
	/** Canonical JSON of the event without its kind. */
	readonly payload: string;
	readonly key: DeliveryKey;
	/** Set for the first event of a run. `uniq`: hash of what makes the request the same as another. */
	readonly start?: { readonly sop: Sop; readonly uniq: string | undefined };
	/** From inside the house: waits as long as it takes. */
	readonly internal: boolean;
	readonly resolve: (receipt: Receipt) => void;
	readonly reject: (problem: unknown) => void;
	/** When it was taken, on the monotonic clock, ms. */
	readonly since: number;
	/** Whether its caller was told to wait no longer. */
	told: boolean;
};

/** One event decided. `before` is what to put back when the commit fails. */
export type Step = {
	readonly entry: Entry;
	readonly event: RunEvent;
	readonly payload: string;
	readonly key: DeliveryKey;
	readonly seq: number;
	readonly hash: string;
	readonly answered: Answered;
	readonly run: Run;
	readonly fresh: boolean;
	readonly uniq: string | undefined;
	readonly before: Pick<Entry, "run" | "seq" | "chain" | "wanted" | "nextTimers">;
};

/** `receipt` is to be given once the tick is durable; `problem` at once. */
export type Staged = { readonly item: Item } & (
	| { readonly receipt: Receipt; readonly step?: Step; readonly touched?: Entry }
	| { readonly problem: unknown; readonly quarantine?: RunId }
);

export type StageParts = {
	readonly core: Core;
	readonly journal: Journal;
	readonly cache: Cache;
	readonly log: Log;
	/** A number for the next run. */
	readonly nextNo: () => number;
};

/** What one tick knows beyond the journal: its instant, and the `unique` keys it has already given away. */
type TickFacts = { readonly now: Instant; readonly uniqs: Map<string, RunId> };

export function stage(parts: StageParts, item: Item, tick: TickFacts): Staged {
	try {
		const entry = findEntry(parts, item.run);
		if (item.start !== undefined) return stageStart(parts, item, entry, tick);
		if (entry === undefined) {
			return { item, problem: new ConflictError("no-such-run", `There is no run ${item.run}.`) };
		}
		if (entry.quarantined !== undefined) return { item, problem: quarantinedError(item.run) };
		const before = answersOf(entry, parts.journal).get(item.key);
		if (before !== undefined) return { item, receipt: repeated(item, before) };
		return stageEvent(parts, item, entry, tick);
	} catch (problem) {
		parts.log.error(
			{ err: problem, run: item.run, kind: item.event.kind, code: "quarantined" },
			"the run is quarantined",
		);
		const entry = parts.cache.get(item.run);
		if (entry !== undefined) entry.quarantined = "decide";
		return { item, problem: quarantinedError(item.run), quarantine: item.run };
	}
}

/** The run in memory, loaded when it has to be. Errors: `InvariantError` when its journal is broken. */
export function findEntry(parts: StageParts, id: RunId): Entry | undefined {
	const known = parts.cache.get(id);
	if (known !== undefined) return known;
	const row = parts.journal.run.get(id);
	if (row === undefined) return undefined;
	const entry = loadEntry(parts.core, parts.journal, row);
	parts.cache.add(entry);
	return entry;
}

function stageStart(parts: StageParts, item: Item, known: Entry | undefined, tick: TickFacts): Staged {
	if (known !== undefined) return { item, receipt: first(item.run) };
	if (isHeld(parts, item.event)) return { item, receipt: heldBack(item.run) };
	const { sop: given, uniq } = item.start as NonNullable<Item["start"]>;
	const same = uniq === undefined ? undefined : `${given.client.id}\n${given.id}\n${uniq}`;
	if (uniq !== undefined && same !== undefined) {
		const other = tick.uniqs.get(same) ?? parts.journal.byUniq.get(given.client.id, given.id, uniq);
		if (other !== undefined) return { item, receipt: first(other) };
	}
	const sop = parts.journal.pinned(given.definition) ?? given;
	const event = { at: tick.now, ...item.event };
	const decision = parts.core.decide(sop, undefined, event);
	const entry = newEntry(parts.nextNo(), item.run, sop, decision.run);
	const step = record(parts, { item, entry, event, decision, fresh: true, uniq });
	parts.cache.add(entry);
	if (same !== undefined) tick.uniqs.set(same, item.run);
	return { item, receipt: receiptOf(item.run, step.answered, "accepted"), step, touched: entry };
}

/** Whether this is a part of a run that was paused after it had asked for it. */
function isHeld(parts: StageParts, event: NewEvent): boolean {
	const parent = event.kind === "started" ? event.request.parent : undefined;
	return parent !== undefined && findEntry(parts, parent.run)?.run.paused !== undefined;
}

function stageEvent(parts: StageParts, item: Item, entry: Entry, tick: TickFacts): Staged {
	const event = { at: later(tick.now, entry.run.at), ...item.event };
	const decision = parts.core.decide(entry.sop, entry.run, event);
	if (decision.run !== entry.run) {
		const step = record(parts, { item, entry, event, decision, fresh: false, uniq: undefined });
		return { item, receipt: receiptOf(item.run, step.answered, "accepted"), step, touched: entry };
	}
	const answered = answer(entry.seq, decision);
	// What was refused may be said again: a paused attempt begins after all once its run goes on.
	if (decision.verdict !== "no") entry.keys?.set(item.key, answered);
	const receipt = receiptOf(item.run, answered, "accepted");
	if (event.kind !== "timer-fired") return { item, receipt };
	entry.nextTimers = unfired(entry, entry.nextTimers ?? entry.timers);
	return { item, receipt, touched: entry };
}

function record(
	parts: StageParts,
	what: Pick<Step, "entry" | "event" | "fresh" | "uniq"> & { readonly item: Item; readonly decision: Decision },
): Step {
	const { entry, event, decision, item } = what;
	const pending = splitPending(parts.core.pending(entry.sop, decision.run));
	const { run, seq: last, chain, wanted, nextTimers } = entry;
	const before = { run, seq: last, chain, wanted, nextTimers };
	const seq = last + 1;
	const { at, kind } = event;
	const hash = eventHash({ prev: chain, run: item.run, seq, at, kind, payloadHash: sha(item.payload) });
	const answered = answer(seq, decision);
	entry.run = decision.run;
	entry.seq = seq;
	entry.chain = hash;
	entry.wanted = pending.wanted;
	entry.keys?.set(item.key, answered);
	entry.nextTimers = unfired(entry, pending.timers);
	parts.cache.grow(entry, weightOf(item.payload));
	const { fresh, uniq } = what;
	const { payload, key } = item;
	return { entry, event, payload, key, seq, hash, answered, run: decision.run, fresh, uniq, before };
}

/** Puts everything back as it was before the tick, newest first. */
export function unstage(parts: StageParts, staged: readonly Staged[]): void {
	for (const one of staged.toReversed()) {
		if (!("receipt" in one)) continue;
		const { step, touched } = one;
		if (touched !== undefined && step === undefined) touched.nextTimers = undefined;
		const entry = parts.cache.get(one.item.run);
		if (step === undefined) {
			if (entry !== undefined && one.receipt.outcome === "accepted") entry.keys?.delete(one.item.key);
			continue;
		}
		Object.assign(step.entry, step.before);
		step.entry.keys?.delete(step.key);
		if (step.fresh) parts.cache.drop(step.entry.id);
	}
}

export function quarantinedError(run: RunId): UnavailableError {
	const words = "This run is on hold because of a mistake in Sopwith. Nothing was changed; everything else goes on.";
	const advice = `Somebody who looks after Sopwith can see why in its log, under ${run}.`;
	return new UnavailableError("quarantined", words, { advice });
}

/** Without the timers that have fired. */
function unfired(entry: Entry, timers: NonNullable<Entry["nextTimers"]>): NonNullable<Entry["nextTimers"]> {
	if (timers.size === 0 || entry.keys === undefined) return timers;
	const left = new Map(timers);
	for (const [id, timer] of timers) if (entry.keys.has(timerKey(timer))) left.delete(id);
	return left;
}

function answer(seq: number, decision: Decision): Answered {
	const { verdict, reason } = decision;
	return reason === undefined ? { seq, verdict } : { seq, verdict, reason };
}

function receiptOf(run: RunId, answered: Answered, outcome: Receipt["outcome"]): Receipt {
	return { run, outcome, ...answered };
}

function first(run: RunId): Receipt {
	return { run, seq: 1, outcome: "duplicate", verdict: "accepted" };
}

function heldBack(run: RunId): Receipt {
	const reason = { code: "paused", words: "The run it is a part of is paused." };
	return { run, seq: 0, outcome: "accepted", verdict: "no", reason };
}

/** A delivery that came before gets its first answer, but an attempt never begins twice. */
function repeated(item: Item, before: Answered): Receipt {
	if (item.event.kind !== "attempt-began") return receiptOf(item.run, before, "duplicate");
	const reason = { code: "begun-already", words: "This try has begun already." };
	return { run: item.run, seq: before.seq, outcome: "duplicate", verdict: "no", reason };
}
