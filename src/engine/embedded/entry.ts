/**
 * A run in memory and how it gets there: its last snapshot, the tail of its journal folded on it, every link checked. Must
 * never hold a state that is not durable, but for the length of one tick.
 */
import { InvariantError } from "../../base/errors.ts";
import type { Values } from "../../base/json.ts";
import type { Sop } from "../../sop/sop.ts";
import { type Effect, effectId } from "../effect.ts";
import type { NewEvent, RunEvent, RunId } from "../event.ts";
import type { DeliveryKey, Reason, Receipt } from "../ports.ts";
import type { Run } from "../run.ts";
import { eventHash, GENESIS, sha } from "./chain.ts";
import type { Core } from "./core.ts";
import type { EventRow, Journal, RunRow } from "./journal.ts";

export type TimerEffect = Extract<Effect, { kind: "timer" }>;
/** What was answered to a delivery, kept to answer its repetition. */
export type Answered = { readonly seq: number; readonly verdict: Receipt["verdict"]; readonly reason?: Reason };

export type Entry = {
	readonly no: number;
	readonly id: RunId;
	readonly sop: Sop;
	run: Run;
	seq: number;
	/** Hash of the last event. */
	chain: string;
	/** Answers by delivery key; loaded when first needed. */
	keys: Map<DeliveryKey, Answered> | undefined;
	/** Timers as they stand in the table, by effect id. */
	timers: ReadonlyMap<string, TimerEffect>;
	/** Timers as they should stand after this tick; undefined: unchanged. */
	nextTimers: ReadonlyMap<string, TimerEffect> | undefined;
	/** What should be in flight, timers apart, by effect id. */
	wanted: ReadonlyMap<string, Effect>;
	/** Children started from here since it was loaded. */
	readonly started: Set<string>;
	/** As it stands in the table. */
	inFlight: boolean;
	snapshotSeq: number;
	/** The row's description is older than the state. */
	dirty: boolean;
	quarantined: string | undefined;
	/** Orders being performed: it stays in memory meanwhile. */
	performing: number;
	/** Rough size in bytes. */
	weight: number;
};

/** Two halves of `pending`: what waits for a clock and what is to be done. */
export function splitPending(effects: readonly Effect[]): {
	readonly timers: ReadonlyMap<string, TimerEffect>;
	readonly wanted: ReadonlyMap<string, Effect>;
} {
	const timers = new Map<string, TimerEffect>();
	const wanted = new Map<string, Effect>();
	for (const effect of effects) {
		if (effect.kind === "timer") timers.set(effectId(effect), effect);
		else wanted.set(effectId(effect), effect);
	}
	return { timers, wanted };
}

/**
 * Loads a run as it stands in the journal. Errors: `InvariantError` when a link, a snapshot or the fold is broken; the run
 * is to be quarantined then.
 */
export function loadEntry(core: Core, journal: Journal, row: RunRow): Entry {
	const sop = journal.pinned(row.definition);
	if (sop === undefined) throw new InvariantError(`run ${row.id} has no definition`);
	const snapshot = journal.snapshot.get(row.no);
	if (snapshot !== undefined && sha(snapshot.state) !== snapshot.hash) {
		throw new InvariantError(`the snapshot of run ${row.id} is damaged`);
	}
	let run = snapshot && (JSON.parse(snapshot.state) as Run);
	let chain = snapshot?.chain ?? GENESIS;
	let seq = snapshot?.seq ?? 0;
	let weight = 4000 + (snapshot?.state.length ?? 0) * 3;
	for (const event of journal.tail.all(row.no, seq)) {
		chain = checkLink(row.id, seq, chain, event);
		run = core.decide(sop, run, readEvent(event)).run;
		seq = event.seq;
		weight += weightOf(event.payload);
	}
	if (run === undefined) throw new InvariantError(`run ${row.id} has no events`);
	const timers = new Map<string, TimerEffect>();
	for (const timer of journal.timersOf.all(row.no)) {
		const effect: TimerEffect = { kind: "timer", ...timer };
		timers.set(effectId(effect), effect);
	}
	return {
		no: row.no,
		id: row.id,
		sop,
		run,
		seq,
		chain,
		keys: undefined,
		timers,
		nextTimers: undefined,
		wanted: new Map(),
		started: new Set(),
		inFlight: row.in_flight === 1,
		snapshotSeq: snapshot?.seq ?? 0,
		dirty: false,
		quarantined: row.quarantined ?? undefined,
		performing: 0,
		weight,
	};
}

/** The first run of a fresh start, before anything is durable. */
export function newEntry(no: number, id: RunId, sop: Sop, run: Run): Entry {
	return {
		no,
		id,
		sop,
		run,
		seq: 0,
		chain: GENESIS,
		keys: new Map(),
		timers: new Map(),
		nextTimers: undefined,
		wanted: new Map(),
		started: new Set(),
		inFlight: false,
		snapshotSeq: 0,
		dirty: false,
		quarantined: undefined,
		performing: 0,
		weight: 4000,
	};
}

/** The answers given so far, from the journal when they are not in memory. */
export function answersOf(entry: Entry, journal: Journal): Map<DeliveryKey, Answered> {
	if (entry.keys !== undefined) return entry.keys;
	const keys = new Map<DeliveryKey, Answered>();
	for (const row of journal.keys.all(entry.no)) {
		const reason = row.reason === null ? {} : { reason: JSON.parse(row.reason) as Reason };
		const verdict = (row.verdict ?? "accepted") as Receipt["verdict"];
		keys.set(row.key, { seq: row.seq, verdict, ...reason });
	}
	entry.keys = keys;
	return keys;
}

/** Attempts whose first write may have been sent and whose end is not known. */
export function begunAttempts(entry: Entry): readonly { readonly step: string; readonly attempt: number }[] {
	if (entry.run.ended !== undefined) return [];
	return Object.entries(entry.run.steps)
		.filter(([, state]) => state.try?.begun !== undefined)
		.map(([step, state]) => ({ step, attempt: state.attempt }));
}

/** Whether a restart must look at this run: something is to be done, or was begun. */
export function isUnderWay(entry: Entry): boolean {
	if (entry.wanted.size > 0) return true;
	if (entry.run.ended !== undefined) return false;
	for (const path in entry.run.steps) if (entry.run.steps[path]?.try?.begun !== undefined) return true;
	return false;
}

/** Names the firing of a timer: it fires once. */
export function timerKey(timer: Pick<TimerEffect, "wait" | "timer" | "at">): DeliveryKey {
	return `timer:${timer.wait}:${timer.timer}:${timer.at}`;
}

export function weightOf(payload: string): number {
	return 400 + payload.length * 3;
}

function readEvent(row: EventRow): RunEvent {
	const payload = JSON.parse(row.payload) as Values;
	return { ...payload, kind: row.kind, at: row.at } as unknown as { readonly at: string } & NewEvent;
}

function checkLink(run: RunId, before: number, prev: string, event: EventRow): string {
	const { seq, at, kind } = event;
	if (seq !== before + 1) throw new InvariantError(`event ${before + 1} of run ${run} is missing`);
	const hash = eventHash({ prev, run, seq, at, kind, payloadHash: sha(event.payload) });
	if (hash !== event.hash) throw new InvariantError(`event ${seq} of run ${run} was changed`);
	return hash;
}
