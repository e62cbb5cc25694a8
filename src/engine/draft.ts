/**
 * The working copy of a run while one event is folded, and the moves every fold is made of. Lives only inside `decide`;
 * must never outlive it or touch the run it was opened from.
 */
import type { Instant } from "../base/time.ts";
import { dueAt } from "../sop/duration.ts";
import type { Duration, OnFailure, Remind, Sop, Step, Who } from "../sop/sop.ts";
import type { Choice, Code, Path, Verb } from "./event.ts";
import { around, placeOf } from "./path.ts";
import type { Run, StepState, Wait } from "./run.ts";

type Draft = { -readonly [K in keyof Run]: Run[K] } & { steps: { [path: Path]: StepState } };
/** One event being folded: against which SOP, into which draft, at which instant. */
export type Fold = { readonly sop: Sop; readonly run: Draft; readonly at: Instant };

export function openDraft(run: Run): Draft {
	return { ...run, steps: { ...run.steps } };
}

type Kept =
	| "epoch"
	| "startedAt"
	| "name"
	| "attempt"
	| "failures"
	| "items"
	| "branch"
	| "children"
	| "output"
	| "last"
	| "redo"
	| "had"
	| "rings";

/**
 * Moves a step to another state. What the new state does not name is dropped (try, wait, proof, by, why); what belongs to
 * the step's whole life is kept. The epoch rises, so timers, questions and buttons of the old state are stale.
 */
export function move(
	fold: Fold,
	path: Path,
	next: { readonly state: StepState["state"] } & Partial<Omit<StepState, "epoch" | "since" | "state">>,
): StepState {
	const now = fold.run.steps[path];
	const before = now ?? fold.run.before?.[path];
	const kept: Partial<Pick<StepState, Kept>> = now === undefined ? askedBefore(before) : pick(now);
	const moved: StepState = {
		startedAt: fold.at,
		name: "",
		attempt: 0,
		failures: 0,
		...kept,
		...next,
		epoch: (before?.epoch ?? 0) + 1,
		since: fold.at,
	};
	fold.run.steps[path] = moved;
	return moved;
}

/** Of a step that is entered again: how far its attempts count, and what people were asked. */
function askedBefore(before: NonNullable<Run["before"]>[Path] | undefined): Partial<Pick<StepState, Kept>> {
	if (before === undefined) return {};
	const { epoch: _epoch, name: _name, output: _output, ...kept } = before;
	return kept;
}

function pick(state: StepState): Partial<Pick<StepState, Kept>> {
	const {
		try: _try,
		wait: _wait,
		proof: _proof,
		by: _by,
		via: _via,
		why: _why,
		state: _state,
		since: _since,
		...kept
	} = state;
	return kept;
}

/** Changes a step within its state: same epoch, so what is out there stays valid. */
export function adjust(fold: Fold, path: Path, patch: Partial<StepState>): void {
	const now = fold.run.steps[path];
	if (now !== undefined) fold.run.steps[path] = { ...now, ...patch };
}

export function adjustWait(fold: Fold, path: Path, patch: Partial<Wait>): void {
	const wait = fold.run.steps[path]?.wait;
	if (wait === undefined) return;
	adjust(fold, path, { wait: { ...wait, ...patch }, ...(patch.rings === undefined ? {} : { rings: patch.rings }) });
}

type NewWait = Omit<Wait, "id" | "since" | "rings" | "timers" | "verbs" | "who"> &
	Partial<Pick<Wait, "timers" | "verbs" | "who">>;

/** Opens a wait on a step. Its id names the state's epoch. */
export function waitFor(
	fold: Fold,
	path: Path,
	wanted: { readonly state: "waiting" | "asking"; readonly wait: NewWait } & Partial<
		Pick<StepState, "try" | "attempt" | "failures" | "last">
	>,
): void {
	const { wait, ...rest } = wanted;
	const state = fold.run.steps[path];
	const epoch = (state?.epoch ?? fold.run.before?.[path]?.epoch ?? 0) + 1;
	const { had = [], rings: rung } = state ?? fold.run.before?.[path] ?? {};
	const asks = wait.verbs !== undefined && wait.verbs.length > 0;
	const rings = !asks || had.length === 0 ? (rung ?? 0) : (rung ?? 0) + 1;
	move(fold, path, {
		...rest,
		...(asks ? { had: [...new Set([...had, wait.kind])], rings } : {}),
		wait: { verbs: [], who: [], timers: {}, ...wait, id: `${path}#${epoch}`, since: fold.at, rings },
	});
}

/** When a duration from now is over, by the clock it names. */
export function dueIn(fold: Pick<Fold, "sop" | "at">, duration: Duration): Instant {
	return dueAt(fold.at, duration, fold.sop.client.calendar, fold.sop.client.timezone);
}

/** The timers that keep people from being forgotten. */
export function reminders(fold: Fold, rule: Remind): { readonly [name: string]: Instant } {
	return {
		...(rule.remind === undefined ? {} : { remind: dueIn(fold, rule.remind) }),
		...(rule.overdue === undefined ? {} : { overdue: dueIn(fold, rule.overdue.after) }),
	};
}

export type Trouble = {
	readonly code: Code;
	readonly message: string;
	readonly detail?: string;
	readonly choices?: readonly Choice[];
	readonly applied?: readonly string[];
	readonly doubt?: readonly string[];
};

const ownerReminder: Duration = { clock: "working", ms: 2 * 3_600_000 };

/** A step that cannot go on by itself: what the author said for it, by default the owner is asked. */
export function fail(fold: Fold, path: Path, met: Trouble): void {
	const trouble = { ...met, doubt: [...new Set([...(met.doubt ?? []), ...doubtsAt(fold, path)])] };
	const step = placeOf(fold.sop, path)?.step;
	const rule: OnFailure = step?.onFailure ?? "ask";
	if (rule === "ask") return ask(fold, path, { trouble, who: ["owner"], verbs: verbsFor(step, trouble) });
	move(fold, path, { state: "failed", why: trouble.message });
	if (rule === "continue") return;
	fold.run.stopping ??= { at: fold.at, words: trouble.message, cause: rule === "undo" ? "undo" : "failure" };
}

/** What this step may have written in any of its attempts: whoever decides must know all of it. */
function doubtsAt(fold: Fold, path: Path): readonly string[] {
	return fold.run.ledger.filter((e) => e.path === path && e.state === "maybe").map((e) => e.change.id);
}

function verbsFor(step: Step | undefined, trouble: Trouble): readonly Verb[] {
	const again = step === undefined || step.kind === "do" || step.kind === "wait" || step.kind === "tell";
	const ways: Verb[] = again || step?.kind === "approve" ? ["retry"] : [];
	if ((trouble.choices?.length ?? 0) > 0) ways.push("choose");
	if (again) ways.push("done");
	if (step?.kind !== "approve") ways.push("skip");
	return [...ways, "stop", "claim"];
}

/** Asks people what to do with a step. */
export function ask(
	fold: Fold,
	path: Path,
	question: { readonly trouble: Trouble; readonly who: readonly Who[]; readonly verbs: readonly Verb[] },
): void {
	const { trouble } = question;
	waitFor(fold, path, {
		state: "asking",
		wait: {
			kind: "question",
			verbs: question.verbs,
			who: question.who,
			timers: { remind: dueIn(fold, ownerReminder) },
			problem: { choices: [], applied: [], doubt: [], ...trouble },
		},
	});
}

/** A step is over. */
export function finish(
	fold: Fold,
	path: Path,
	end: Partial<Pick<StepState, "output" | "proof" | "by" | "via" | "why" | "state">>,
): void {
	move(fold, path, { state: "done", ...end });
}

export function withoutTimer(
	timers: { readonly [name: string]: Instant },
	name: string,
): { readonly [name: string]: Instant } {
	return Object.fromEntries(Object.entries(timers).filter(([other]) => other !== name));
}

/** The step is entered again when its turn comes; attempts go on counting, and the look finds what is there already. */
export function forget(fold: Fold, path: Path): void {
	const state = fold.run.steps[path];
	if (state === undefined) return;
	delete fold.run.steps[path];
	const { epoch, attempt, name, output, had, rings } = state;
	const asked = had === undefined ? {} : { had, ...(rings === undefined ? {} : { rings }) };
	const was = { epoch, attempt, name, ...(output === undefined ? {} : { output }), ...asked };
	fold.run.before = { ...fold.run.before, [path]: was };
	reopenAround(fold, path);
}

/** Takes the containers around a step up again, so that what changed inside is walked to. */
export function reopenAround(fold: Fold, path: Path): void {
	for (const outer of around(fold.sop, path)) {
		if (fold.run.steps[outer]?.state === "done") move(fold, outer, { state: "running" });
	}
}
