/**
 * Folds the other facts: a timer, an amendment, a note, a hand on the wheel. Each answers false when it says nothing new.
 */
import { unreachable } from "../base/assert.ts";
import { isRecord, type Json, sameJson, type Values } from "../base/json.ts";
import { later } from "../base/time.ts";
import { fill } from "../sop/expression.ts";
import type { Remind, Sop, Step } from "../sop/sop.ts";
import { guardOf, next } from "./act.ts";
import {
	adjust,
	adjustWait,
	dueIn,
	type Fold,
	fail,
	finish,
	forget,
	move,
	reopenAround,
	waitFor,
	withoutTimer,
} from "./draft.ts";
import { clockDue, itemsOf } from "./enter.ts";
import type { Path, RunEvent } from "./event.ts";
import { partItems } from "./leave.ts";
import { pathOfWait, placeOf } from "./path.ts";
import type { Reason } from "./ports.ts";
import type { Run, StepState, Wait } from "./run.ts";

type Of<K extends RunEvent["kind"]> = Extract<RunEvent, { kind: K }>;

export function foldTimer(fold: Fold, event: Of<"timer-fired">): boolean {
	const path = pathOfWait(event.wait);
	const wait = fold.run.steps[path]?.wait;
	const due = wait?.timers[event.timer];
	if (wait === undefined || wait.id !== event.wait || due === undefined || fold.at < due) return false;
	adjustWait(fold, path, { timers: withoutTimer(wait.timers, event.timer) });
	ring(fold, { path, wait, timer: event.timer });
	return true;
}

function ring(fold: Fold, fired: { readonly path: Path; readonly wait: Wait; readonly timer: string }): void {
	const { path, wait } = fired;
	switch (fired.timer) {
		case "until":
			return finish(fold, path, {});
		case "again":
			if (wait.kind === "plan") return waitFor(fold, path, { state: "waiting", wait: { kind: "plan" } });
			return next(fold, path);
		case "look":
			return next(fold, path);
		case "give-up":
			if (wait.kind === "acknowledge") return unread(fold, path);
			return fail(fold, path, {
				code: "not-in-time",
				message: "It has not become so in the time given. Nothing was changed while waiting.",
			});
		case "remind":
			return remind(fold, path);
		case "overdue":
			return adjustWait(fold, path, { also: ruleAt(fold, path).overdue?.ask ?? ["owner"], rings: rings(fold, path) });
		case "due":
			return adjustWait(fold, path, { also: ["owner"], rings: rings(fold, path) });
	}
}

/** The time to read it is over: it ends, and says who has not. */
function unread(fold: Fold, path: Path): void {
	const output = fold.run.steps[path]?.output;
	adjust(fold, path, { output: { acknowledged: [], ...(isRecord(output) ? output : {}) } });
	finish(fold, path, { why: "not-in-time" });
}

function rings(fold: Fold, path: Path): number {
	return (fold.run.steps[path]?.wait?.rings ?? 0) + 1;
}

const QUESTION_REMIND = { remind: { clock: "working", ms: 4 * 3_600_000 } } as const;

function ruleAt(fold: Fold, path: Path): Remind {
	if (fold.run.steps[path]?.wait?.kind === "question") return QUESTION_REMIND;
	const step = placeOf(fold.sop, path)?.step;
	if (step?.kind === "approve" || step?.kind === "ask" || step?.kind === "task") return step;
	return guardOf(fold, path) ?? {};
}

function remind(fold: Fold, path: Path): void {
	const rule = ruleAt(fold, path).remind;
	const timers = fold.run.steps[path]?.wait?.timers ?? {};
	adjustWait(fold, path, {
		rings: rings(fold, path),
		timers: rule === undefined ? timers : { ...timers, remind: dueIn(fold, rule) },
	});
}

/** Takes corrected values: waits move by themselves, writes are planned again, and only the difference is asked. */
export function foldAmended(fold: Fold, event: Of<"amended">): Reason | undefined {
	const { run } = fold;
	if (run.ended !== undefined || run.stopping !== undefined) return { code: "ended", words: "This run is over." };
	const form = { ...run.form, ...event.values };
	if (sameJson(form, run.form)) return undefined;
	run.form = form;
	run.subject = subjectOf(fold.sop, run as Run);
	for (const path of Object.keys(run.steps)) {
		const state = run.steps[path];
		if (state !== undefined) reconsider(fold, path, state);
	}
	return undefined;
}

/** What the run is called and who it is about, from the form. */
export function subjectOf(sop: Sop, run: Run): Run["subject"] {
	const scope: Values = { form: run.form, client: { id: sop.client.id, name: sop.client.name } };
	const text = (template: string | undefined): string | undefined => {
		const value: Json | undefined = template === undefined ? undefined : fill(template, scope);
		return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
	};
	const found = { name: text(sop.subject.name), manager: text(sop.subject.manager), email: text(sop.subject.email) };
	return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function reconsider(fold: Fold, path: Path, state: StepState): void {
	const step = placeOf(fold.sop, path)?.step;
	if (step === undefined || state.state === "skipped" || state.state === "stopped") return;
	if (step.kind === "approve") {
		adjust(fold, path, { failures: 0 });
		return waitFor(fold, path, { state: "waiting", wait: { kind: "plan" } });
	}
	if (step.kind === "wait") return step.wait.kind === "for" ? undefined : moveClock(fold, path, step.wait);
	if (step.kind === "each") return relist(fold, step, path);
	if (step.kind !== "do") return;
	if (state.try?.begun !== undefined) return adjust(fold, path, { redo: true });
	forget(fold, path);
}

/** From this core number on, what an item that is gone was given is taken back. */
const LEAVES = 2;

/** A list may be another one now: new items are worked through, what was done for those that are gone is taken back. */
function relist(fold: Fold, step: Extract<Step, { kind: "each" }>, path: Path): void {
	const state = fold.run.steps[path];
	if (state?.items === undefined || state.children !== undefined) return;
	const items = itemsOf({ sop: fold.sop, run: fold.run as Run, path, at: fold.at }, step);
	if (items === undefined || sameJson(items as Json, state.items as Json)) return;
	if (state.state === "done") move(fold, path, { state: "running" });
	if (fold.run.core < LEAVES) adjust(fold, path, { items });
	else partItems(fold, path, items);
	reopenAround(fold, path);
}

/** A clock that is open, or over too early now, waits for its new instant. */
function moveClock(fold: Fold, path: Path, rule: Parameters<typeof clockDue>[1]): void {
	if (rule.kind !== "until") return;
	const due = clockDue({ sop: fold.sop, run: fold.run as Run, path, at: fold.at }, rule);
	if (due === undefined) return;
	const state = fold.run.steps[path];
	if (state?.state === "done" && due <= fold.at) return;
	waitFor(fold, path, { state: "waiting", wait: { kind: "clock", timers: { until: later(due, fold.at) } } });
}

export function foldNoted(fold: Fold, event: Of<"noted">): boolean {
	fold.run.notes = [...fold.run.notes, { at: fold.at, by: event.by, words: event.words }];
	return true;
}

export function foldSteered(fold: Fold, event: Of<"steered">): Reason | undefined {
	const { run, at } = fold;
	if (run.ended !== undefined) return { code: "ended", words: "This run is over." };
	const { by, words } = event;
	switch (event.verb) {
		case "cancel":
			if (run.stopping !== undefined) return { code: "stopping", words: "This run is stopping already." };
			run.stopping = { at, by, words, cause: "cancel" };
			delete run.paused;
			return undefined;
		case "pause":
			if (run.paused !== undefined || run.stopping !== undefined)
				return { code: "paused", words: "This run is paused already." };
			run.paused = { at, by, words };
			return undefined;
		case "resume":
			if (run.paused === undefined) return { code: "not-paused", words: "This run is not paused." };
			delete run.paused;
			return undefined;
		default:
			return unreachable(event.verb);
	}
}
