/**
 * Folds the other facts: a timer, a child's end, a note, a hand on the wheel. Each answers false when it says nothing new.
 */
import { unreachable } from "../base/assert.ts";
import { asRecord } from "../base/json.ts";
import type { Remind } from "../sop/sop.ts";
import { guardAt, guardOf, next } from "./act.ts";
import { childEnded, isWorkedOn } from "./child.ts";
import { adjust, adjustWait, dueIn, type Fold, fail, finish, waitFor, withoutTimer } from "./draft.ts";
import type { Path, RunEvent } from "./event.ts";
import { prefixOf, toTurn } from "./leave.ts";
import { pathOfWait, placeOf } from "./path.ts";
import type { Reason } from "./ports.ts";
import type { Wait } from "./run.ts";

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
	adjust(fold, path, { output: { acknowledged: [], ...asRecord(output) } });
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

/** Takes a child's end. What it did for an item that is gone is planned, once the last of them has ended. */
export function foldChildEnded(fold: Fold, event: Of<"child-ended">): boolean {
	if (!childEnded(fold, event)) return false;
	const [path, state] = Object.entries(fold.run.steps).find(([, one]) => one.children?.[event.child]) ?? [];
	if (path === undefined || state?.children?.[event.child]?.unwanted === undefined) return true;
	if ((state.gone ?? []).some(({ key }) => isWorkedOn(state, key))) return true;
	const owed = (state.gone ?? []).flatMap(({ key }) => toTurn(fold.run, prefixOf(path, key)));
	const guard = owed.map((entry) => guardAt(fold, entry.path)).find((at) => at !== undefined);
	if (guard === undefined || fold.run.steps[guard]?.state !== "done") return true;
	waitFor(fold, guard, { state: "waiting", wait: { kind: "plan" } });
	return true;
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
