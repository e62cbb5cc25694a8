/**
 * A host that dies: one durable journal, and everything else forgotten at any moment. Crashes before a write, between the
 * write and its answer, and after; loses, delays and repeats answers; forgets all effects and asks again.
 */
import { deepEqual } from "node:assert/strict";
import { itemSop } from "../../src/engine/child.ts";
import { decide } from "../../src/engine/decide.ts";
import type { Effect } from "../../src/engine/effect.ts";
import type { NewEvent, RunEvent, RunId, StartRequest } from "../../src/engine/event.ts";
import { pending } from "../../src/engine/pending.ts";
import { phase } from "../../src/engine/phase.ts";
import type { Performer, Receipt } from "../../src/engine/ports.ts";
import type { Run } from "../../src/engine/run.ts";
import { undoSop } from "../../src/engine/undo.ts";
import type { Sop } from "../../src/sop/sop.ts";
import type { Dice } from "./random.ts";
import type { Schedule } from "./schedule.ts";

/** Which rule of the design is switched off, to show that its absence is noticed. */
export type Without = "begun" | "go-once" | "applied" | "mark" | "settle" | "late" | undefined;

export type Stored = { run: Run; readonly sop: Sop; readonly events: RunEvent[]; readonly keys: Map<string, Receipt> };

export type SimHost = ReturnType<typeof createSimHost>;

type Parts = {
	readonly time: Schedule;
	readonly luck: Dice;
	readonly calm: boolean;
	readonly without: Without;
	readonly sops: { readonly [id: string]: Sop };
	readonly performer: (alive: () => boolean) => Performer;
	/** Told after each commit. */
	readonly changed: (stored: Stored, event: RunEvent) => void;
	/** Told when an answer has been taken for good: nothing of it may be forgotten. */
	readonly taken: (run: RunId, event: NewEvent) => void;
};

/** When the process dies, seen from one delivery. */
export type CrashPoint = "before" | "after" | "later";

export function createSimHost(parts: Parts) {
	const { time, luck } = parts;
	const runs = new Map<RunId, Stored>();
	const chance = (often: number): boolean => !parts.calm && luck.happens(often);
	let generation = 0;
	let up = true;
	let deliveries = 0;
	const crashes = { before: 0, after: 0, later: 0 };
	const plannedCrashes = crashPlan(luck, parts.calm);
	const ending = new AbortController();

	const commit = (
		id: RunId,
		event: RunEvent,
		key: string,
	): { readonly receipt: Receipt; readonly effects: readonly Effect[] } => {
		const stored = runs.get(id) as Stored;
		const first = stored.keys.get(key);
		if (first !== undefined) {
			const again: Receipt = {
				...first,
				outcome: "duplicate",
				...(event.kind === "attempt-began" ? { verdict: "no" as const } : {}),
			};
			return { receipt: again, effects: [] };
		}
		const decision = decide(stored.sop, stored.run, event);
		if (decision.run !== stored.run) stored.events.push(event);
		stored.run = decision.run;
		const receipt: Receipt = {
			run: id,
			seq: stored.run.seq,
			outcome: "accepted",
			verdict: decision.verdict,
			...(decision.reason === undefined ? {} : { reason: decision.reason }),
		};
		stored.keys.set(key, receipt);
		return { receipt, effects: decision.effects };
	};

	/** Never resolves for a process that has died meanwhile. */
	const deliver = (id: RunId, event: NewEvent, key: string, born = generation): Promise<Receipt> =>
		new Promise((resolve) => {
			time.in(1 + luck.below(20), () => {
				const zombie = born !== generation && event.kind === "attempt-ended" && luck.happens(0.5);
				if (!up || (born !== generation && !zombie)) return;
				deliveries += 1;
				const point = plannedCrashes.get(deliveries);
				if (point === "before") return crash(point);
				const stored = runs.get(id);
				if (stored === undefined) return;
				parts.taken(id, event);
				if (parts.without === "late" && isLate(stored.run, event)) return zombie ? undefined : resolve(lost(id));
				const { receipt, effects } = commit(id, { at: time.clock.now(), ...event }, key);
				after(stored, { at: time.clock.now(), ...event }, effects);
				if (point === "after") return crash(point);
				if (zombie) return;
				if (point === "later") time.in(luck.below(9000), () => born === generation && crash(point));
				resolve(receipt);
			});
		});

	const after = (stored: Stored, event: RunEvent, effects: readonly Effect[]): void => {
		parts.changed(stored, event);
		for (const effect of effects) perform(stored, effect);
		if (chance(0.04)) time.in(luck.below(40), forget);
		const parent = stored.run.request.parent;
		if (stored.run.ended !== undefined && parent !== undefined) tell(stored, parent.run);
	};

	const tell = (child: Stored, parent: RunId): void => {
		void deliver(
			parent,
			{
				kind: "child-ended",
				child: child.run.id,
				phase: phase(child.run),
				outputs: child.run.outputs,
				ledger: child.run.ledger,
			},
			`child:${child.run.id}`,
		);
	};

	/** A host that lost its queue, and nothing durable, orders everything again. */
	const forget = (): void => {
		if (!up) return;
		for (const stored of runs.values()) for (const effect of pending(stored.sop, stored.run)) perform(stored, effect);
	};

	const perform = (stored: Stored, effect: Effect): void => {
		const born = generation;
		const id = stored.run.id;
		switch (effect.kind) {
			case "timer":
				return time.at(
					effect.at,
					() =>
						born === generation &&
						void deliver(
							id,
							{ kind: "timer-fired", wait: effect.wait, timer: effect.timer },
							`timer:${effect.wait}:${effect.timer}:${effect.at}`,
							born,
						),
				);
			case "start":
				start(effect.child, effect.request, sopFor(parts.sops, stored.sop, effect.request));
				if (effect.tell !== undefined) void deliver(effect.child, effect.tell.event, effect.tell.key);
				return;
			case "plan":
			case "attempt": {
				const alive = (): boolean => born === generation;
				const host = {
					deliver: (run: RunId, event: NewEvent, key: string) => answered(run, event, key, born),
					read: async (run: RunId) => runs.get(run),
				};
				const order = { run: stored.run, sop: stored.sop, effect };
				return time.in(luck.below(5), () => alive() && void parts.performer(alive).perform(order, host, ending.signal));
			}
		}
	};

	/** What the performer says, as it may come: late, twice, or with a rule of the house left out. */
	const answered = async (run: RunId, event: NewEvent, key: string, born: number): Promise<Receipt> => {
		if (event.kind === "attempt-began") {
			if (parts.without === "begun") return { run, seq: 0, outcome: "accepted", verdict: "go" };
			const receipt = await deliver(run, event, key, born);
			return parts.without === "go-once" &&
				receipt.verdict === "no" &&
				(receipt.outcome === "duplicate" || receipt.reason?.code === "begun-already")
				? { ...receipt, outcome: "accepted", verdict: "go" }
				: receipt;
		}
		const said =
			parts.without === "applied" && event.kind === "attempt-ended" && event.outcome.kind !== "done"
				? { ...event, outcome: { ...event.outcome, applied: [] } }
				: event;
		if (chance(0.03))
			time.in(luck.below(20_000), () => void deliver(run, said, luck.happens(0.5) ? key : `${key}:again`, born));
		if (chance(0.03)) await new Promise<void>((resolve) => time.in(luck.below(20_000), resolve));
		return deliver(run, said, key, born);
	};

	const start = (id: RunId, request: StartRequest, sop: Sop): void => {
		if (runs.has(id)) return;
		if (!up) return time.in(1000, () => start(id, request, sop));
		const event: RunEvent = { at: time.clock.now(), kind: "started", run: id, request };
		const decision = decide(sop, undefined, event);
		const stored: Stored = { run: decision.run, sop, events: [event], keys: new Map() };
		runs.set(id, stored);
		after(stored, event, decision.effects);
	};

	const crash = (point: CrashPoint): void => {
		generation += 1;
		up = false;
		crashes[point] += 1;
		const born = generation;
		time.in(luck.below(3000), () => born === generation && wake());
	};

	/** Comes back: folds every journal, doubts what had begun, performs what is pending. */
	const wake = (): void => {
		up = true;
		if (luck.happens(0.1)) foldAll(runs.values());
		for (const stored of [...runs.values()]) {
			if (stored.run.ended !== undefined) {
				if (stored.run.request.parent !== undefined) tell(stored, stored.run.request.parent.run);
				continue;
			}
			for (const [step, state] of Object.entries(stored.run.steps)) {
				if (state.try?.begun === undefined) continue;
				const event: RunEvent = {
					at: time.clock.now(),
					kind: "attempt-ended",
					step,
					attempt: state.attempt,
					outcome: { kind: "unknown", applied: [], code: "host-restarted" },
				};
				const { effects } = commit(stored.run.id, event, `restart:${generation}:${step}/${state.attempt}`);
				after(stored, event, effects);
			}
			for (const effect of pending(stored.sop, stored.run)) perform(stored, effect);
		}
	};

	return {
		runs,
		deliver,
		start,
		crashes,
		/** The play is over: nothing that still hangs may keep the process alive. Folds every journal once more. */
		close: (): void => {
			ending.abort();
			foldAll(runs.values());
		},
		forget,
	};
}

/** A few deaths a world, at any delivery and any point of it; now and then a storm of them. */
function crashPlan(luck: Dice, calm: boolean): ReadonlyMap<number, CrashPoint> {
	const plan = new Map<number, CrashPoint>();
	if (calm) return plan;
	const many = luck.happens(0.08) ? 12 : luck.below(5);
	for (let no = 0; no < many; no += 1)
		plan.set(1 + luck.below(luck.happens(0.7) ? 40 : 200), luck.pick(["before", "after", "later"]));
	return plan;
}

/** An answer about a try that is not under way any more. */
function isLate(run: Run, event: NewEvent): boolean {
	if (event.kind !== "attempt-ended") return false;
	const state = run.steps[event.step];
	return state === undefined || state.attempt !== event.attempt || state.try === undefined;
}

function lost(run: RunId): Receipt {
	return { run, seq: 0, outcome: "accepted", verdict: "accepted" };
}

/** A folded journal is the state it was. */
function foldAll(all: Iterable<Stored>): void {
	for (const { run, sop, events } of all) {
		const first = decide(sop, undefined, events[0] as RunEvent).run;
		const folded = events.slice(1).reduce((state, event) => decide(sop, state, event).run, first);
		deepEqual(folded, run, "a folded journal is the state it was");
	}
}

/** The SOP a child runs: a named one, one item of its parent's list, or the undo. */
function sopFor(sops: { readonly [id: string]: Sop }, parent: Sop, request: StartRequest): Sop {
	if (request.undo !== undefined) return undoSop(parent, request);
	const { parent: of } = request;
	if (of?.item !== undefined) return itemSop(parent, of.path);
	return sops[request.sop] as Sop;
}
