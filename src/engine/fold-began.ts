/**
 * Folds "may I write this?": go once per attempt, only while the run still wants it and the approval covers it. Without a
 * go there is no write; must never say go twice.
 */
import { type Json, sameJson } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import { type Act, actAt, guardAt, guardOf } from "./act.ts";
import { uncovered } from "./cover.ts";
import { adjust, type Fold, forget, reminders, waitFor } from "./draft.ts";
import type { Change, LedgerEntry, Path, PlanEntry, RunEvent } from "./event.ts";
import { turnedAt } from "./leave.ts";
import { planHash } from "./plan.ts";
import type { Reason } from "./ports.ts";
import type { Run, StepState } from "./run.ts";

type Began = Extract<RunEvent, { kind: "attempt-began" }>;

/** Answers "may I write this?": the reason why not, or undefined for go. Only a drift changes the run without a go. */
export function foldBegan(fold: Fold, event: Began): Reason | undefined {
	const { run, at } = fold;
	const state = run.steps[event.step];
	const act = actAt(fold, event.step);
	if (state?.try === undefined || act === undefined || state.attempt !== event.attempt)
		return no("not-wanted", "The run has moved on.");
	if (state.try.begun !== undefined) return no("begun-already", "This attempt began before.");
	if (run.stopping !== undefined || run.ended !== undefined) return no("stopping", "The run is stopping.");
	if (run.paused !== undefined) return no("paused", "The run is paused.");
	if (event.changes.length > 0 && state.try.mode === "look") return no("look-only", "This attempt may only look.");
	const missing =
		isGuarded(act) || isStray(fold, event) ? uncovered(run, event.step, { changes: event.changes, at }) : [];
	if (missing.length > 0) {
		if (!reopen(fold, event.step)) askAgain(fold, event, missing);
		return no("drift", "Since the approval, something else would be changed. It is asked again.");
	}
	adjust(fold, event.step, { try: { ...state.try, begun: { at, changes: event.changes } } });
	run.ledger = noteBegun(run.ledger, event, { at, action: act.action.name });
	return undefined;
}

function no(code: string, words: string): Reason {
	return { code, words };
}

function isGuarded(act: Act): boolean {
	return !(act.step.kind === "do" && act.step.unguarded !== undefined);
}

/** What is turned round without an approval is what this run itself made, and nothing beside it. */
function isStray({ run }: Fold, event: Began): boolean {
	if (run.steps[event.step]?.turns !== true) return false;
	const target = turnedAt(run as Run, event.step)?.change.target;
	return event.changes.some((change) => change.target !== target);
}

/**
 * An approval that has run out covers nothing any more: its step is asked again, once for everything it guards, and the
 * guarded step is entered anew after it. False when the approval still holds, so that only a difference is asked.
 */
function reopen(fold: Fold, path: Path): boolean {
	const { run, at } = fold;
	const guard = guardAt(fold, path);
	const given = run.approvals.findLast((a) => a.path === guard);
	// An item's own run holds its parent's approval but not its approve step: there only the step itself can ask.
	const step = guard === undefined ? undefined : run.steps[guard];
	if (guard === undefined || step === undefined || given === undefined || at <= given.until) return false;
	forget(fold, path);
	if (step.state === "done") waitFor(fold, guard, { state: "waiting", wait: { kind: "plan" } });
	return true;
}

/** The same change again is the same entry, at its latest time; another value for the same thing is an entry of its own. */
function noteBegun(
	ledger: readonly LedgerEntry[],
	event: Began,
	by: { readonly at: Instant; readonly action: string },
): readonly LedgerEntry[] {
	if (event.changes.length === 0) return ledger;
	const here = ledger.filter((e) => e.path === event.step && e.undone !== true);
	const kept = ledger.map((e) =>
		here.includes(e) && event.changes.some((c) => isSame(e.change, c)) ? { ...e, at: by.at } : e,
	);
	const fresh = event.changes
		.filter((c) => !here.some((e) => isSame(e.change, c)))
		.map(
			(change): LedgerEntry => ({
				path: event.step,
				attempt: event.attempt,
				action: by.action,
				input: event.input,
				change,
				state: "maybe",
				at: by.at,
			}),
		);
	return [...kept, ...fresh];
}

function isSame(a: Change, b: Change): boolean {
	return a.id === b.id && sameJson(a.after as Json | undefined, b.after as Json | undefined);
}

/** Opens the approval of a difference on the step itself, with what is covered already shown as such. */
function askAgain(fold: Fold, event: Began, missing: readonly Change[]): void {
	const { sop, run } = fold;
	const state = run.steps[event.step] as StepState;
	const act = actAt(fold, event.step) as Act;
	const guard = guardOf(fold, event.step);
	const asked = new Set(missing.map((c) => c.id));
	const entry: PlanEntry = {
		path: event.step,
		name: state.name,
		action: act.action.name,
		input: event.input,
		changes: event.changes,
		unknown: false,
		destructive: act.action.destructive,
	};
	const wait = `${event.step}#${state.epoch + 1}`;
	const plan = { hash: planHash(sop, run, { wait, entries: [entry] }), entries: [entry], problems: [], waitsMs: 0 };
	waitFor(fold, event.step, {
		state: "waiting",
		wait: {
			kind: "approval",
			verbs: ["approve", "send-back"],
			who: guard?.by ?? ["owner"],
			timers: guard === undefined ? {} : reminders(fold, guard),
			plan,
			covered: event.changes.filter((c) => !asked.has(c.id)).map((c) => c.id),
			votes: [],
		},
	});
}
