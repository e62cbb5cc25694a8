/**
 * Does what durable state orders: hands plans and attempts to the performer in fair turns, starts child runs. State is the
 * truth: an order that ended without an answer is given again or reported as unknown. Must never write itself.
 */
import type { Effect } from "../effect.ts";
import type { NewEvent, RunId } from "../event.ts";
import type { Host, Performer } from "../ports.ts";
import { type ChildParts, startChildOf, tellParentOf } from "./children.ts";
import { begunAttempts, type Entry } from "./entry.ts";
import type { Lanes } from "./lanes.ts";
import { createRetries } from "./retries.ts";

type DoingParts = ChildParts & {
	readonly performer: Performer;
	readonly lanes: Lanes;
	/** What the performer may call; waits as long as it takes. */
	readonly inner: Pick<Host, "deliver" | "read">;
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

export function createDoing(parts: DoingParts): Doing {
	const busy = new Set<string>();
	const retries = createRetries();
	let stopped = false;
	const quietly = async (work: Promise<unknown>): Promise<void> => {
		try {
			await work;
		} catch (problem) {
			if (!stopped) parts.log.warn({ err: problem, code: "undelivered" }, "an event could not be delivered");
		}
	};
	const perform = (entry: Entry): void => {
		if (stopped || entry.quarantined !== undefined || !parts.allowed()) return;
		for (const [id, effect] of entry.wanted) {
			if (effect.kind !== "start") order(entry, id, effect);
			else if (!entry.started.has(id)) void quietly(startChildOf(parts, entry, id, effect));
		}
	};
	const order = (entry: Entry, id: string, effect: Effect): void => {
		const name = `${entry.id} ${id}`;
		if (busy.has(name)) return;
		busy.add(name);
		entry.performing++;
		parts.lanes.add(entry.run.client, async () => {
			if (!stopped && parts.allowed() && entry.wanted.has(id)) await performOne(parts, entry, effect);
			busy.delete(name);
			entry.performing--;
			if (!isOpen(entry, id)) retries.forget(name);
			else if (!stopped) retries.later(name, () => void quietly(unanswered(entry.id)));
		});
	};
	/** An order that ended and is still wanted: what began is a doubt, what did not is given again. */
	const unanswered = async (run: RunId): Promise<void> => {
		const entry = parts.find(run);
		if (entry === undefined || entry.quarantined !== undefined) return;
		const begun = begunAttempts(entry).filter((b) => !busy.has(`${run} ${attemptId(b)}`));
		await Promise.all(begun.map((b) => quietly(doubt(parts, entry, b, "no-answer"))));
		if (!stopped) perform(entry);
	};
	return {
		perform,
		tellParent: (entry) => void quietly(tellParentOf(parts, entry)),
		doubts: async (entry, code) => {
			await Promise.all(begunAttempts(entry).map((b) => quietly(doubt(parts, entry, b, code))));
		},
		stop: () => {
			stopped = true;
			retries.stop();
		},
	};
}

async function performOne(parts: DoingParts, entry: Entry, effect: Effect): Promise<void> {
	try {
		await parts.performer.perform({ run: entry.run, sop: entry.sop, effect }, parts.inner, parts.signal);
	} catch (problem) {
		if (parts.signal.aborted) return;
		parts.log.error({ err: problem, run: entry.id, code: "performer" }, "an order ended in a mistake of ours");
	}
}

type Begun = { readonly step: string; readonly attempt: number };

/** Says that an attempt began and that nobody knows how it ended. */
async function doubt(parts: DoingParts, entry: Entry, { step, attempt }: Begun, code: string): Promise<void> {
	const outcome = { kind: "unknown", code, applied: [] } as const;
	const event: NewEvent = { kind: "attempt-ended", step, attempt, outcome };
	await parts.inner.deliver(entry.id, event, `${code}:${step}/${attempt}`);
}

/** Whether an order is still wanted, or began and has no end. */
function isOpen(entry: Entry, id: string): boolean {
	return entry.wanted.has(id) || begunAttempts(entry).some((b) => attemptId(b) === id);
}

function attemptId({ step, attempt }: Begun): string {
	return `attempt ${step}/${attempt}`;
}
