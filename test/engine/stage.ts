/**
 * A small stage for tests of the core: steps by hand, one run, and events told one after the other on a clock that the test
 * moves. Must never know how the core decides.
 */
import type { Values } from "../../src/base/json.ts";
import { fromMs } from "../../src/base/time.ts";
import { type Decision, decide } from "../../src/engine/decide.ts";
import type { Effect } from "../../src/engine/effect.ts";
import type { Change, NewEvent, Outcome, Plan, PlanEntry, StartRequest, Verb } from "../../src/engine/event.ts";
import type { Run, StepState, Wait } from "../../src/engine/run.ts";
import type { ActionFacts, Duration, Sop, Step } from "../../src/sop/sop.ts";
import { sopOf } from "../simulate/sops.ts";

export const START_MS = 1_780_000_000_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

type Only<K extends Step["kind"]> = Extract<Step, { kind: K }>;
/** What every step has unless a test says otherwise. */
export const base = { let: {}, blocking: true, onFailure: "ask" } as const;

export const settle: ActionFacts = {
	name: "thing.make",
	repeat: { kind: "settle", ms: 5000 },
	writes: true,
	destructive: false,
};
export const never: ActionFacts = { name: "mail.send", repeat: { kind: "never" }, writes: true, destructive: false };

export function approveStep(guards: readonly string[], more: Partial<Only<"approve">> = {}): Step {
	const step = { ...base, id: "approve", name: "Approve", kind: "approve", by: ["it-lead"], need: 1, guards } as const;
	return { ...step, destructive: false, ...more };
}

/** A guarded write. */
export function doStep(id: string, more: Partial<Only<"do">> = {}): Step {
	return {
		...{ ...base, id, name: `Do ${id}`, kind: "do", action: settle, with: { value: "${form.value}" } },
		...{ retry: { attempts: 3, firstMs: 1000, mostMs: 60_000 }, timeoutMs: 30_000, proveWithinMs: 6000 },
		guard: { id: "approve", depth: 0 },
		...more,
	};
}

/** A write that needs no approval. */
export function freeStep(id: string, more: Partial<Only<"do">> = {}): Step {
	const { guard: _guard, ...step } = doStep(id, more) as Only<"do">;
	return { ...step, unguarded: "a test" };
}

/** A notice to HR, and what is mailed of it. */
export function tellStep(id: string, mail: NonNullable<Only<"tell">["mail"]>): Step {
	return { ...base, id, name: `Tell ${id}`, kind: "tell", to: ["hr"], card: "c", data: {}, acknowledge: false, mail };
}

export function sopFor(steps: readonly Step[], more: Partial<Sop> = {}): Sop {
	return { ...sopOf("test", steps), ...more };
}

/** A question that nobody answers, so that the run stays open. */
export const stays: Step = { ...base, id: "q", name: "Q", kind: "ask", to: ["hr"], form: [] };

export function beside(id: string, ...steps: readonly Step[]): Step {
	return { ...base, id, name: id, kind: "parallel", steps };
}

export function wall(ms: number): Extract<Duration, { clock: "wall" }> {
	return { clock: "wall", ms };
}

export function change(id: string, more: Partial<Change> = {}): Change {
	const [kind, rest = ""] = id.split(":") as [Change["kind"], string?];
	const [target = "", facet = "thing"] = rest.split("#");
	return { id: `${kind}:${target}#${facet}`, kind, target, facet, words: id, detail: id, ...more };
}

export function entry(path: string, changes: readonly Change[], more: Partial<PlanEntry> = {}): PlanEntry {
	return { path, name: path, action: "thing.make", input: {}, changes, unknown: false, destructive: false, ...more };
}

export function planFor(entries: readonly PlanEntry[], more: Partial<Plan> = {}): Plan {
	return { hash: `hash of ${entries.length}`, entries, problems: [], waitsMs: 0, ...more };
}

export const make = change("create:x", { after: 1 });
export const size = change("set:x#size", { before: 0, after: 1 });

export type Told = ReturnType<typeof tell>;

/** Starts a run and tells it what happens. Each event is a second after the one before unless the clock was moved. */
export function tell(sop: Sop, form: Values = { value: "v0" }, more: Partial<StartRequest> = {}) {
	let now = START_MS;
	const at = (): string => fromMs(now);
	const request: StartRequest = { client: "sim", sop: sop.id, key: "k", by: "harriet", via: "web", form, ...more };
	let last: Decision = decide(sop, undefined, { at: at(), kind: "started", run: "RUN", request });
	const send = (event: NewEvent): Decision => {
		now += 1000;
		last = decide(sop, last.run, { at: at(), ...event });
		return last;
	};
	const state = (path: string): StepState => {
		const found = last.run.steps[path];
		if (found === undefined) throw new Error(`${path} was not entered; entered: ${Object.keys(last.run.steps)}`);
		return found;
	};
	const wait = (path: string): Wait => {
		const found = state(path).wait;
		if (found === undefined) throw new Error(`${path} waits for nothing: ${state(path).state}`);
		return found;
	};
	return {
		sop,
		send,
		state,
		wait,
		run: (): Run => last.run,
		effects: (): readonly Effect[] => last.effects,
		pass: (ms: number): void => {
			now += ms;
		},
		now: at,
		planned: (path: string, plan: Plan) => send({ kind: "planned", wait: wait(path).id, plan }),
		answer: (path: string, verb: Verb, by = "mo", values: Values = {}) =>
			send({ kind: "answered", wait: wait(path).id, verb, by, as: "it-lead", values, via: "web" }),
		began: (step: string, changes: readonly Change[]) =>
			send({
				kind: "attempt-began",
				step,
				attempt: state(step).attempt,
				changes,
				input: state(step).try?.input ?? {},
			}),
		ended: (step: string, outcome: Outcome, attempt = state(step).attempt) =>
			send({ kind: "attempt-ended", step, attempt, outcome }),
		/** Moves the clock to a timer of this step's wait and fires it. */
		fire: (path: string, timer: string) => {
			const due = wait(path).timers[timer];
			if (due === undefined) throw new Error(`no timer ${timer}: ${Object.keys(wait(path).timers)}`);
			now = Math.max(now, Temporal.Instant.from(due).epochMilliseconds);
			return send({ kind: "timer-fired", wait: wait(path).id, timer });
		},
		steer: (verb: "cancel" | "pause" | "resume") => send({ kind: "steered", verb, by: "tia", words: "" }),
		amend: (values: Values) => send({ kind: "amended", values, by: "harriet" }),
	};
}

/** Each step's state by its path. */
export function states(told: Told): { readonly [path: string]: string } {
	return Object.fromEntries(Object.entries(told.run().steps).map(([path, { state }]) => [path, state]));
}

export const done = (...applied: readonly string[]): Outcome => ({ kind: "done", applied, output: {}, proof: [] });
export const unknown = (...applied: readonly string[]): Outcome => ({ kind: "unknown", applied, code: "cut" });
export const refused = (retryable: boolean, ...applied: readonly string[]): Outcome => {
	return { kind: "refused", applied, code: "no", message: "No.", retryable };
};
