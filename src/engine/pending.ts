/**
 * What should be in flight now, read off the state alone. `decide` orders the difference; a host that forgot everything
 * asks here again. Pure.
 */
import type { Sop, Step } from "../sop/sop.ts";
import { startsOf } from "./child.ts";
import { type Effect, effectId } from "./effect.ts";
import type { Path } from "./event.ts";
import { turnedAt, turning } from "./leave.ts";
import { placeOf } from "./path.ts";
import type { Run, StepState } from "./run.ts";
import { undoStart } from "./undo.ts";

const known = new WeakMap<Run, readonly Effect[]>();

/** All effects a run wants now. An attempt that began is not among them: it is under way, or its answer is lost. */
export function pending(sop: Sop, run: Run): readonly Effect[] {
	let effects = known.get(run);
	if (effects === undefined) {
		effects = run.ended === undefined ? derive(sop, run) : [];
		known.set(run, effects);
	}
	return effects;
}

/** What is wanted after an event and was not before it. */
export function ordered(sop: Sop, before: Run | undefined, after: Run): readonly Effect[] {
	if (before === undefined) return pending(sop, after);
	if (before === after) return [];
	const had = new Set(pending(sop, before).map(effectId));
	return pending(sop, after).filter((effect) => !had.has(effectId(effect)));
}

function derive(sop: Sop, run: Run): readonly Effect[] {
	const effects: Effect[] = [];
	const held = run.paused !== undefined || run.stopping !== undefined;
	for (const path of Object.keys(run.steps)) {
		const state = run.steps[path] as StepState;
		if (state.wait !== undefined) effects.push(...timersOf(state.wait));
		if (state.state === "running" && state.children !== undefined && run.paused === undefined)
			effects.push(...startsOf(sop, run, path));
		if (held) continue;
		if (state.try !== undefined && state.try.begun === undefined && state.state !== "asking")
			effects.push(...attemptOf(sop, run, { path, state }));
		if (state.wait?.kind === "plan" && state.wait.timers.again === undefined)
			effects.push(planOf(sop, path, state.wait.id));
	}
	const undo = run.paused === undefined ? undoStart(sop, run) : undefined;
	if (undo !== undefined) effects.push(undo);
	return effects;
}

function timersOf(wait: NonNullable<StepState["wait"]>): readonly Effect[] {
	return Object.entries(wait.timers).map(([timer, at]) => ({ kind: "timer", wait: wait.id, timer, at }));
}

function planOf(sop: Sop, path: Path, wait: string): Effect {
	const step = placeOf(sop, path)?.step;
	return { kind: "plan", wait, range: step?.kind === "approve" ? step.guards : [] };
}

function attemptOf(
	sop: Sop,
	run: Run,
	{ path, state }: { readonly path: Path; readonly state: StepState },
): readonly Effect[] {
	const turned = state.turns === true ? turnedAt(run, path) : undefined;
	const step = turned === undefined ? placeOf(sop, path)?.step : turning(sop, turned).step;
	const act = step === undefined ? undefined : actOf(step);
	if (state.try === undefined || act === undefined) return [];
	const { mode, input } = state.try;
	return [
		{
			kind: "attempt",
			step: path,
			attempt: state.attempt,
			action: act.name,
			input,
			mode,
			timeoutMs: act.timeoutMs,
			proveWithinMs: act.proveWithinMs,
		},
	];
}

const LOOK_TIMEOUT_MS = 30_000;

function actOf(
	step: Step,
): { readonly name: string; readonly timeoutMs: number; readonly proveWithinMs: number } | undefined {
	if (step.kind === "do")
		return { name: step.action.name, timeoutMs: step.timeoutMs, proveWithinMs: step.proveWithinMs };
	if (step.kind === "tell" && step.mail !== undefined)
		return { name: step.mail.action.name, timeoutMs: step.mail.timeoutMs, proveWithinMs: 0 };
	if (step.kind === "wait" && step.wait.kind === "for")
		return { name: step.wait.action.name, timeoutMs: LOOK_TIMEOUT_MS, proveWithinMs: 0 };
	return undefined;
}
