/**
 * Child runs: started when their parent wants them, and heard by it when they end. Repeating either changes nothing. Must
 * never let a parent wait for a child that cannot be.
 */
import type { Sop } from "../../sop/sop.ts";
import type { Effect } from "../effect.ts";
import type { NewEvent, RunId, StartRequest } from "../event.ts";
import type { DeliveryKey, Host, Receipt } from "../ports.ts";
import { guarded } from "../undo.ts";
import type { Log } from "./core.ts";
import type { Entry } from "./entry.ts";

type Start = Extract<Effect, { kind: "start" }>;

export type ChildParts = {
	readonly log: Log;
	/** Waits as long as it takes. */
	readonly inner: Pick<Host, "deliver">;
	readonly find: (run: RunId) => Entry | undefined;
	readonly startChild: (run: RunId, request: StartRequest, sop: Sop) => Promise<Receipt>;
	/** The SOP of a child run. Errors: throws when there is none. */
	readonly childSop: (request: StartRequest, parent: Sop) => Sop;
};

/** Starts a child unless that was done since its parent was loaded. */
export async function startChildOf(parts: ChildParts, parent: Entry, id: string, effect: Start): Promise<void> {
	if (parent.started.has(id)) return;
	parent.started.add(id);
	const sop = sopOf(parts, parent, effect);
	if (sop === undefined) {
		const event: NewEvent = { kind: "child-ended", child: effect.child, phase: "failed", outputs: {} };
		await parts.inner.deliver(parent.id, event, childKey(effect.child));
		return;
	}
	const { verdict } = await parts.startChild(effect.child, effect.request, sop);
	if (verdict === "no") return startAgain(parts, parent, id);
	if (effect.tell !== undefined) await parts.inner.deliver(effect.child, effect.tell.event, effect.tell.key);
	const started = parts.find(effect.child);
	if (started !== undefined) await tellParentOf(parts, started);
}

/** Its parent was paused before it had begun. It begins when the parent goes on, which may be by now. */
async function startAgain(parts: ChildParts, { id: parent }: Entry, id: string): Promise<void> {
	const entry = parts.find(parent);
	const effect = entry?.wanted.get(id);
	entry?.started.delete(id);
	if (entry !== undefined && effect?.kind === "start") await startChildOf(parts, entry, id, effect);
}

/** Delivers a run's end to its parent, when it has one and has ended. */
export async function tellParentOf(parts: Pick<ChildParts, "inner">, entry: Entry): Promise<void> {
	const parent = entry.run.request.parent;
	const phase = entry.run.ended?.phase;
	if (parent === undefined || phase === undefined) return;
	const { outputs, ledger } = entry.run;
	const made = ledger.length === 0 ? {} : { ledger: guarded(entry.sop, ledger) };
	const event: NewEvent = { kind: "child-ended", child: entry.id, phase, outputs, ...made };
	await parts.inner.deliver(parent.run, event, childKey(entry.id));
}

function sopOf(parts: ChildParts, parent: Entry, effect: Start): Sop | undefined {
	try {
		return parts.childSop(effect.request, parent.sop);
	} catch (problem) {
		parts.log.error({ err: problem, run: parent.id, code: "child-sop" }, "a child run has no procedure");
		return undefined;
	}
}

function childKey(child: RunId): DeliveryKey {
	return `child:${child}`;
}
