/**
 * One attempt of one step: look, plan, begin, apply each change, prove. Nothing is written before the host answers go, and
 * every way out is delivered as exactly one outcome that names what was applied.
 */
import type { Values } from "../../base/json.ts";
import { toMs } from "../../base/time.ts";
import type { Sop } from "../../sop/sop.ts";
import type { Facts, World } from "../action.ts";
import type { Effect } from "../effect.ts";
import type { Change, ChangeId, Check, NewEvent, Outcome } from "../event.ts";
import type { Host } from "../ports.ts";
import { outcomeOf, RemoteError } from "../remote.ts";
import type { Run } from "../run.ts";
import { deliver } from "./deliver.ts";
import { type Desired, isRefusal, lookAndPlan, obstacleOf, proveDesired, readDesired } from "./desired.ts";
import { Stopped, TimeUp, within } from "./limit.ts";
import type { Parts } from "./performer.ts";
import { proveWithin } from "./prove.ts";
import { settling, settlingObstacle, settlingUndo } from "./settle.ts";

type AttemptEffect = Extract<Effect, { kind: "attempt" }>;
export type AttemptOrder = {
	readonly run: Run;
	readonly sop: Sop;
	readonly effect: AttemptEffect;
	readonly host: Pick<Host, "deliver" | "read">;
	readonly signal: AbortSignal;
};

/** Performs one attempt. Errors: throws only what `deliver` throws. */
export async function performAttempt(parts: Parts, order: AttemptOrder): Promise<void> {
	const { run, effect } = order;
	const begun = run.steps[effect.step]?.try?.begun !== undefined && run.steps[effect.step]?.attempt === effect.attempt;
	if (begun && effect.mode === "apply") return endElsewhere(parts, order);
	const desired = readDesired(parts.actions.get(effect.action), effect.action, effect.input);
	if (isRefusal(desired))
		return endUnbegun(parts, order, { kind: "refused", applied: [], retryable: false, ...desired });
	let world: World;
	let looked: Awaited<ReturnType<typeof lookAndPlan>>;
	try {
		const built = await parts.worldOf(run, order.sop, effect.step);
		world = { ...built, lookOnly: effect.mode === "look", promised: false };
		looked = await within(effect.timeoutMs, order.signal, (signal) => lookAndPlan(desired, { ...world, signal }));
	} catch (error) {
		if (error instanceof Stopped) return;
		return endUnbegun(parts, order, notBegun(parts, order, error));
	}
	const outcome = before(parts, order, { desired, world, ...looked });
	if (outcome !== undefined) return endUnbegun(parts, order, outcome);
	const { planned, facts } = looked;
	const began: NewEvent = {
		kind: "attempt-began",
		step: effect.step,
		attempt: effect.attempt,
		changes: planned.changes,
		input: effect.input,
	};
	const key = `began:${effect.step}/${effect.attempt}`;
	const receipt = await deliver(parts, { ...order, run: run.id, event: began, key });
	const already = receipt.outcome === "duplicate" || receipt.reason?.code === "begun-already";
	if (already) return endElsewhere(parts, order);
	if (receipt.verdict !== "go") return;
	const { changes } = planned;
	const after = { ...world, begun: [...(world.begun ?? []), ...changes] };
	await end(parts, order, await writeTraced(parts, order, { desired, world: after, changes, facts }));
}

const begunElsewhere: Outcome = {
	kind: "unknown",
	applied: [],
	code: "begun-elsewhere",
	detail: "this attempt had begun before; what it wrote is not known",
};

/** What ends an attempt before anything is begun: only looked, an obstacle, or a write that must settle first. */
function before(
	parts: Parts,
	order: AttemptOrder,
	looked: Awaited<ReturnType<typeof lookAndPlan>> & { readonly desired: Desired; readonly world: World },
): Outcome | undefined {
	const { planned, facts, desired, world } = looked;
	const now = toMs(parts.clock.now());
	const own = { run: order.run, step: order.effect.step };
	if (planned.obstacle !== undefined) {
		const doubt = order.effect.mode === "look" ? 0 : settlingObstacle(desired.action, own, now);
		if (doubt > 0) return notSettled(doubt);
		return { kind: "refused", applied: [], retryable: false, ...planned.obstacle };
	}
	if (order.effect.mode === "look") {
		if (planned.notYet === true || planned.changes.length > 0) return { kind: "not-yet", applied: [] };
		return finished(parts, order, desired, facts, []);
	}
	const held = obstacleOf(desired, world, planned);
	if (held !== undefined) return { kind: "refused", applied: [], retryable: false, ...held };
	const rest =
		desired.undo === undefined
			? settling(desired.action, own, planned.changes, now)
			: settlingUndo(planned.changes, desired.action.undo && order.effect.input.$at, now);
	return rest === 0 ? undefined : notSettled(rest);
}

function notSettled(rest: number): Outcome {
	return {
		kind: "refused",
		applied: [],
		code: "settling",
		message: "An earlier try may have done this. It is looked at again before anything is written.",
		retryable: true,
		retryAfterMs: rest,
	};
}

type Work = {
	readonly desired: Desired;
	readonly world: World;
	readonly changes: readonly Change[];
	readonly facts: Facts;
	/** What the other side calls the writes. */
	readonly requests: string[];
};

async function writeTraced(parts: Parts, order: AttemptOrder, work: Omit<Work, "requests">): Promise<Outcome> {
	const requests: string[] = [];
	const outcome = await write(parts, order, { ...work, requests });
	return requests.length === 0 ? outcome : { ...outcome, requests };
}

async function write(parts: Parts, order: AttemptOrder, work: Work): Promise<Outcome> {
	const applied: ChangeId[] = [];
	const proof: Check[] = [];
	let output: Values = {};
	for (const change of work.changes) {
		const outcome = await applyOne(parts, order, work, change);
		work.requests.push(...(outcome.requests ?? []));
		applied.push(...outcome.applied.filter((id) => !applied.includes(id)));
		if (outcome.kind === "unknown") return { ...outcome, applied };
		if (outcome.kind === "refused") return { ...outcome, applied, message: beside(applied, outcome.message) };
		output = { ...output, ...outcome.output };
		if (outcome.kind === "done") proof.push(...outcome.proof);
	}
	if (applied.length === 0 && work.changes.length === 0) {
		return finished(parts, order, work.desired, work.facts, applied);
	}
	const isOnce = work.desired.action.repeat.kind === "never";
	if (isOnce && work.changes.length > 0 && proof.length > 0) {
		return { kind: "done", applied, output, proof };
	}
	const proved = await proveWithin(parts, order, work.desired, work.world);
	if (proved === undefined || (!("proof" in proved) && isOnce)) return { kind: "not-yet", applied, output };
	if (!("proof" in proved)) {
		const message = "It was done. The other side asked us to wait; then it is read back.";
		return { kind: "refused", applied, message, retryable: true, ...proved };
	}
	return { kind: "done", applied, output: { ...output, ...proved.output }, proof: [...proof, ...proved.proof] };
}

/** A refusal speaks of its own change; what the try wrote before that stands. */
function beside(applied: readonly ChangeId[], message: string): string {
	return applied.length === 0 ? message : message.replace("Nothing changed.", "Nothing else changed.");
}

async function applyOne(parts: Parts, order: AttemptOrder, work: Work, change: Change): Promise<Outcome> {
	const { action, input } = work.desired;
	if (order.signal.aborted) return { kind: "unknown", applied: [], code: "stopping", detail: "the bot was stopping" };
	try {
		return await within(order.effect.timeoutMs, order.signal, (signal) =>
			action.apply(change, input, { ...work.world, signal }),
		);
	} catch (error) {
		if (error instanceof TimeUp) return { kind: "unknown", applied: [], code: "timeout", detail: change.id };
		if (error instanceof Stopped) return { kind: "unknown", applied: [], code: "stopping", detail: change.id };
		if (error instanceof RemoteError) return outcomeOf(error.answer, change.id);
		note(parts, order, error);
		return { kind: "unknown", applied: [], code: "bug", detail: nameOf(error) };
	}
}

function finished(
	parts: Parts,
	order: AttemptOrder,
	desired: Desired,
	facts: Facts,
	applied: readonly ChangeId[],
): Outcome {
	try {
		return { kind: "done", applied, ...proveDesired(desired, facts) };
	} catch (error) {
		return notBegun(parts, order, error);
	}
}

/** A try that failed before its first write: nothing changed, whatever it was. */
function notBegun(parts: Parts, order: AttemptOrder, error: unknown): Outcome {
	if (error instanceof TimeUp) {
		return {
			kind: "refused",
			applied: [],
			code: "timeout",
			message: "No answer came in time. Nothing changed.",
			retryable: true,
		};
	}
	if (error instanceof RemoteError) {
		const { answer } = error;
		if (answer.kind === "refused") return outcomeOf(answer, "");
		const words = answer.kind === "unsent" ? answer.message : undefined;
		return {
			kind: "refused",
			applied: [],
			code: answer.code,
			message: words ?? "The other side did not answer when it was asked what is so. Nothing changed.",
			retryable: true,
			detail: answer.detail,
			...(answer.kind === "unsent" && answer.retryAfterMs !== undefined ? { retryAfterMs: answer.retryAfterMs } : {}),
		};
	}
	note(parts, order, error);
	return {
		kind: "refused",
		applied: [],
		code: "bug",
		message: "A fault in Sopwith stopped this before anything was written. Nothing changed.",
		retryable: false,
		detail: nameOf(error),
	};
}

function nameOf(error: unknown): string {
	return error instanceof Error ? error.name : typeof error;
}

function note(parts: Parts, order: AttemptOrder, error: unknown): void {
	parts.log?.({ what: "bug in an action", run: order.run.id, where: order.effect.step, error });
}

/** Ends a try that wrote nothing. Another try of the same attempt may have begun meanwhile: its own end is not this one. */
async function endUnbegun(parts: Parts, order: AttemptOrder, outcome: Outcome): Promise<void> {
	if (outcome.kind !== "refused") return end(parts, order, outcome);
	const message = besideDoubt(order, outcome.message);
	await end(parts, order, { ...outcome, message, unbegun: true }, ":unbegun");
}

/** A try that wrote nothing speaks of itself; what an earlier one of its step may have written stands. */
function besideDoubt({ run, effect }: AttemptOrder, message: string): string {
	const isDoubtful = run.ledger.some((one) => one.path === effect.step && one.state === "maybe" && !one.undone);
	const still = "This try changed nothing; whether an earlier one did is not known.";
	return isDoubtful ? message.replace("Nothing changed.", still) : message;
}

async function end(parts: Parts, order: AttemptOrder, outcome: Outcome, suffix = ""): Promise<void> {
	const key = `ended:${order.effect.step}/${order.effect.attempt}${suffix}`;
	await deliver(parts, { ...order, run: order.run.id, event: ended(order, outcome), key });
}

/** Under a key of its own: whoever began it may still deliver the true outcome. */
async function endElsewhere(parts: Parts, order: AttemptOrder): Promise<void> {
	const key = `ended:${order.effect.step}/${order.effect.attempt}:begun-elsewhere`;
	await deliver(parts, { ...order, run: order.run.id, event: ended(order, begunElsewhere), key });
}

function ended({ effect }: AttemptOrder, outcome: Outcome): NewEvent {
	return { kind: "attempt-ended", step: effect.step, attempt: effect.attempt, outcome };
}
