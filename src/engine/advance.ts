/**
 * Walks a run forward as far as it goes without anybody: enters steps whose turn has come, closes containers whose parts
 * are over, winds a stopping run down, ends a finished one. Must never look at the event that brought it here.
 */
import { unreachable } from "../base/assert.ts";
import type { Json } from "../base/json.ts";
import { isRecord } from "../base/json.ts";
import type { Step } from "../sop/sop.ts";
import { askChildren, endChildren, isWorkedOn, tellChildren } from "./child.ts";
import { type Fold, finish, move } from "./draft.ts";
import { enter } from "./enter.ts";
import type { Path } from "./event.ts";
import { leave, prefixOf } from "./leave.ts";
import { encodeKey, scopeOf } from "./path.ts";
import type { StepState } from "./run.ts";
import { filled, scopeFor } from "./scope.ts";
import { undoOpen } from "./undo.ts";

export function advance(fold: Fold): void {
	if (fold.run.ended !== undefined) return;
	const over = fold.run.stopping === undefined && walk(fold, fold.sop.steps, "");
	if (fold.run.stopping !== undefined) return windDown(fold);
	if (!over) return;
	fold.run.outputs = filled(fold.sop.outputs, scopeFor(fold.sop, fold.run, { path: "", at: fold.at }));
	fold.run.ended = { at: fold.at, phase: "done" };
}

/** Advances a list; true when all of it is over. A step that is not blocking is not waited for, except by the end. */
function walk(fold: Fold, steps: readonly Step[], prefix: string): boolean {
	let over = true;
	for (const step of steps) {
		if (settled(fold, step, prefix + step.id)) continue;
		over = false;
		if (step.blocking || fold.run.stopping !== undefined) return false;
	}
	return over;
}

/** Advances one step; true when it is over. */
function settled(fold: Fold, step: Step, path: Path): boolean {
	if (fold.run.steps[path] === undefined) {
		if (fold.run.paused !== undefined || fold.run.stopping !== undefined) return false;
		enter(fold, step, path);
	}
	const state = fold.run.steps[path];
	if (state?.state === "running") inside(fold, step, path);
	const after = fold.run.steps[path]?.state;
	return after === "done" || after === "skipped" || after === "failed" || after === "stopped";
}

function inside(fold: Fold, step: Step, path: Path): void {
	switch (step.kind) {
		case "parallel": {
			let over = true;
			for (const part of step.steps) over = settled(fold, part, scopeOf(path) + part.id) && over;
			if (over) finish(fold, path, {});
			return;
		}
		case "choose": {
			const branch = step.branches[fold.run.steps[path]?.branch ?? -1];
			if (branch === undefined || walk(fold, branch.steps, scopeOf(path))) finish(fold, path, {});
			return;
		}
		case "each":
			return insideEach(fold, step, path);
		case "do":
		case "approve":
		case "ask":
		case "task":
		case "tell":
		case "page":
		case "wait":
			return;
		case "run":
			tellChildren(fold, path);
			return askChildren(fold, path, 1);
		default:
			unreachable(step);
	}
}

function insideEach(fold: Fold, step: Extract<Step, { kind: "each" }>, path: Path): void {
	const { items = [], gone = [], children } = fold.run.steps[path] as StepState;
	tellChildren(fold, path);
	let left = true;
	for (const { key } of gone) left = leaveItem(fold, path, key) && left;
	if (children !== undefined) {
		askChildren(fold, path, step.atOnce);
		return left ? endChildren(fold, path) : undefined;
	}
	const first = step.steps[0]?.id ?? "";
	let open = 0;
	for (const item of items) {
		const prefix = `${path}[${encodeKey(item.key)}].`;
		const begun = fold.run.steps[prefix + first] !== undefined;
		if (!begun && open >= step.atOnce) return;
		if (!walk(fold, step.steps, prefix)) open += 1;
		if (fold.run.stopping !== undefined) return;
	}
	if (open === 0 && left)
		finish(fold, path, { output: items.map((item) => outputOf(fold, step, `${path}[${encodeKey(item.key)}].`)) });
}

/** Takes an item that is gone a step further, once nobody works on it any more; true when nothing of it is left. */
function leaveItem(fold: Fold, path: Path, key: string): boolean {
	const state = fold.run.steps[path] as StepState;
	return !isWorkedOn(state, key) && leave(fold, prefixOf(path, key));
}

/** What one item gives: the output of its only step, or those of all its steps by id. */
function outputOf(fold: Fold, step: Extract<Step, { kind: "each" }>, prefix: string): Json {
	const only = step.steps.length === 1 ? step.steps[0] : undefined;
	if (only !== undefined) return fold.run.steps[prefix + only.id]?.output ?? {};
	const outputs: { [id: string]: Json } = {};
	for (const part of step.steps) {
		const given = fold.run.steps[prefix + part.id]?.output;
		if (isRecord(given) || Array.isArray(given)) outputs[part.id] = given as Json;
	}
	return outputs;
}

/** Closes what is open. What began is waited for; then the run has ended. */
function windDown(fold: Fold): void {
	let underWay = false;
	for (const [path, state] of Object.entries(fold.run.steps)) {
		if (isUnderWay(state)) underWay = true;
		else if (state.state === "running" || state.state === "waiting" || state.state === "asking") {
			if (state.items === undefined && state.branch === undefined) move(fold, path, { state: "stopped" });
		}
	}
	if (underWay) return;
	for (const [path, state] of Object.entries(fold.run.steps)) {
		if (state.state === "running" && !isUnderWay(state)) move(fold, path, { state: "stopped" });
	}
	if (undoOpen(fold)) return;
	fold.run.ended = { at: fold.at, phase: fold.run.stopping?.cause === "cancel" ? "stopped" : "failed" };
}

function isUnderWay(state: StepState): boolean {
	if (state.try?.begun !== undefined) return true;
	return (
		state.state === "running" &&
		Object.values(state.children ?? {}).some((child) => child.asked && child.phase === undefined)
	);
}
