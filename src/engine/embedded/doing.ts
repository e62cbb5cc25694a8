/**
 * Does what durable state orders: hands plans and attempts to the performer in fair turns, starts child runs. State is the
 * truth: an order that ended without an answer is given again or reported as unknown. Must never write itself.
 */
import type { Sop } from "../../sop/sop.ts";
import type { Effect } from "../effect.ts";
import type { NewEvent, RunId, StartRequest } from "../event.ts";
import type { DeliveryKey, Host, Performer, Receipt } from "../ports.ts";
import type { Log } from "./core.ts";
import { begunAttempts, type Entry } from "./entry.ts";
import type { Lanes } from "./lanes.ts";

export type DoingParts = {
	readonly performer: Performer;
	readonly lanes: Lanes;
	readonly log: Log;
	/** What the performer may call; waits as long as it takes. */
	readonly inner: Pick<Host, "deliver" | "read">;
	readonly find: (run: RunId) => Entry | undefined;
	readonly startChild: (run: RunId, request: StartRequest, sop: Sop) => Promise<Receipt>;
	/** The SOP of a child run. Errors: throws when there is none. */
	readonly childSop: (request: StartRequest, parent: Sop) => Sop;
	readonly signal: AbortSignal;
	/** False on a copy and on a damaged store: nothing is done then. */
	readonly allowed: () => boolean;
};

export type Doing = {
	/** Gives every order of this run that is not under way. */
	perform(entry: Entry): void;
	/** Tells the parent of a run that has ended. */
	tellParent(entry: Entry): void;
	/** Reports as unknown every attempt that had begun when the last process ended. */
	doubts(entry: Entry, code: string): Promise<void>;
	/** Gives no more orders. */
	stop(): void;
};

const FIRST_AGAIN_MS = 1000;
const LAST_AGAIN_MS = 60_000;

export function createDoing(parts: DoingParts): Doing {
	const { lanes, log, inner } = parts;
	const busy = new Set<string>();
	const tries = new Map<string, number>();
	const handles = new Set<NodeJS.Timeout>();
	let stopped = false;

	const later = (name: string, job: () => void): void => {
		const n = tries.get(name) ?? 0;
		tries.set(name, n + 1);
		const handle = setTimeout(
			() => {
				handles.delete(handle);
				if (!stopped) job();
			},
			Math.min(FIRST_AGAIN_MS * 2 ** n, LAST_AGAIN_MS),
		);
		handles.add(handle);
	};
	const perform = (entry: Entry): void => {
		if (stopped || entry.quarantined !== undefined || !parts.allowed()) return;
		for (const [id, effect] of entry.wanted) {
			if (effect.kind === "start") child(entry, id, effect);
			else order(entry, id, effect);
		}
	};
	const order = (entry: Entry, id: string, effect: Effect): void => {
		const name = `${entry.id} ${id}`;
		if (busy.has(name)) return;
		busy.add(name);
		entry.performing++;
		lanes.add(entry.run.client, async () => {
			if (!stopped && parts.allowed() && entry.wanted.has(id)) await performOne(entry, effect);
			busy.delete(name);
			entry.performing--;
			if (!isOpen(entry, id)) tries.delete(name);
			else if (!stopped) later(name, () => void unanswered(entry.id));
		});
	};
	const performOne = async (entry: Entry, effect: Effect): Promise<void> => {
		try {
			await parts.performer.perform({ run: entry.run, sop: entry.sop, effect }, inner, parts.signal);
		} catch (problem) {
			if (stopped) return;
			log.error({ err: problem, run: entry.id, code: "performer" }, "an order ended in a mistake of ours");
		}
	};
	/** An order that ended and is still wanted: what began is a doubt, what did not is given again. */
	const unanswered = async (run: RunId): Promise<void> => {
		const entry = parts.find(run);
		if (entry === undefined || entry.quarantined !== undefined) return;
		await doubts(entry, "no-answer", (name) => busy.has(`${run} ${name}`));
		if (!stopped) perform(entry);
	};
	const doubts = async (entry: Entry, code: string, except?: (id: string) => boolean): Promise<void> => {
		const begun = entry.run.ended === undefined ? begunAttempts(entry) : [];
		const open = begun.filter((b) => except === undefined || !except(attemptId(b)));
		await Promise.all(
			open.map(({ step, attempt }) => {
				const event: NewEvent = {
					kind: "attempt-ended",
					step,
					attempt,
					outcome: { kind: "unknown", code, applied: [] },
				};
				return quietly(inner.deliver(entry.id, event, `${code}:${step}/${attempt}`));
			}),
		);
	};
	const quietly = async (work: Promise<unknown>): Promise<void> => {
		try {
			await work;
		} catch (problem) {
			if (!stopped) log.warn({ err: problem, code: "undelivered" }, "an event could not be delivered");
		}
	};
	const tellParent = (entry: Entry): void => {
		const parent = entry.run.request.parent;
		const phase = entry.run.ended?.phase;
		if (parent === undefined || phase === undefined || stopped) return;
		const event: NewEvent = { kind: "child-ended", child: entry.id, phase, outputs: entry.run.outputs };
		void quietly(inner.deliver(parent.run, event, childKey(entry.id)));
	};
	const child = (entry: Entry, id: string, effect: Extract<Effect, { kind: "start" }>): void => {
		if (entry.started.has(id)) return;
		entry.started.add(id);
		void quietly(startOne(entry, effect));
	};
	const startOne = async (entry: Entry, effect: Extract<Effect, { kind: "start" }>): Promise<void> => {
		let sop: Sop;
		try {
			sop = parts.childSop(effect.request, entry.sop);
		} catch (problem) {
			log.error({ err: problem, run: entry.id, code: "child-sop" }, "a child run has no procedure");
			const event: NewEvent = { kind: "child-ended", child: effect.child, phase: "failed", outputs: {} };
			await inner.deliver(entry.id, event, childKey(effect.child));
			return;
		}
		await parts.startChild(effect.child, effect.request, sop);
		const started = parts.find(effect.child);
		if (started !== undefined) tellParent(started);
	};
	const stop = (): void => {
		stopped = true;
		for (const handle of handles) clearTimeout(handle);
	};
	return { perform, tellParent, doubts: (entry, code) => doubts(entry, code), stop };
}

/** Whether an order is still wanted, or began and has no end. */
function isOpen(entry: Entry, id: string): boolean {
	return entry.wanted.has(id) || begunAttempts(entry).some((b) => attemptId(b) === id);
}

function attemptId(begun: { readonly step: string; readonly attempt: number }): string {
	return `attempt ${begun.step}/${begun.attempt}`;
}

function childKey(child: RunId): DeliveryKey {
	return `child:${child}`;
}
