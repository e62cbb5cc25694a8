/**
 * Folds what planning found: the plan is shown and asked, passes by an approval in advance, or is tried again. Must never
 * let a plan with problems be approved.
 */
import { plusMs } from "../base/time.ts";
import type { Step } from "../sop/sop.ts";
import { guardOf } from "./act.ts";
import { uncovered } from "./cover.ts";
import { adjust, ask, dueIn, type Fold, finish, reminders, waitFor } from "./draft.ts";
import type { Path, Plan, RunEvent, Verb } from "./event.ts";
import { pathOfWait } from "./path.ts";
import type { Approval, Run, StepState } from "./run.ts";

type Planned = Extract<RunEvent, { kind: "planned" }>;
type PlanFailed = Extract<RunEvent, { kind: "plan-failed" }>;

/** False when the wait has moved on. */
export function foldPlanned(fold: Fold, event: Planned): boolean {
	const path = pathOfWait(event.wait);
	const state = planWait(fold.run, event.wait);
	const step = guardOf(fold, path);
	if (state === undefined || step === undefined) return false;
	adjust(fold, path, { failures: 0 });
	const { plan, standing } = event;
	if (plan.problems.length > 0) return show(fold, { path, step, plan });
	const again = fold.run.approvals.some((a) => a.path === path);
	const missing = again ? missingOf(fold, plan) : undefined;
	if (missing?.length === 0) {
		finish(fold, path, { why: "covered" });
		return true;
	}
	if (standing !== undefined && !again && !destroys(plan, step)) {
		approve(fold, path, { plan, by: [standing.by], standing });
		finish(fold, path, { by: standing.by, why: "standing" });
		return true;
	}
	return show(fold, { path, step, plan });
}

function planWait(run: Run, wait: string): StepState | undefined {
	const state = run.steps[pathOfWait(wait)];
	return state?.wait?.id === wait && state.wait.kind === "plan" ? state : undefined;
}

/** What an earlier approval does not cover; a deferred entry that was not approved counts by its path. */
function missingOf(fold: Fold, plan: Plan): readonly string[] {
	return plan.entries.flatMap((entry) =>
		uncovered(fold.run, entry.path, { changes: entry.changes, at: fold.at }).map((c) => c.id),
	);
}

function destroys(plan: Plan, step: Extract<Step, { kind: "approve" }>): boolean {
	return step.destructive || plan.entries.some((e) => e.destructive && e.changes.length > 0);
}

/** Shows the plan and asks. Its id differs from the wait the plan was made for, so the hash is kept with it. */
function show(
	fold: Fold,
	shown: { readonly path: Path; readonly step: Extract<Step, { kind: "approve" }>; readonly plan: Plan },
): true {
	const { path, step, plan } = shown;
	const stuck = plan.problems.length > 0;
	const choices = plan.problems.some((p) => p.choices.length > 0);
	const verbs: readonly Verb[] = stuck
		? [...(choices ? (["choose"] as const) : []), "retry", "send-back"]
		: ["approve", "send-back"];
	const missing = fold.run.approvals.some((a) => a.path === path) ? new Set(missingOf(fold, plan)) : undefined;
	const covered =
		missing === undefined
			? []
			: plan.entries.flatMap((e) => e.changes.map((c) => c.id)).filter((id) => !missing.has(id));
	waitFor(fold, path, {
		state: "waiting",
		wait: {
			kind: "approval",
			verbs,
			who: stuck ? ["requester", "owner", ...step.by] : step.by,
			timers: reminders(fold, step),
			plan,
			covered,
			votes: [],
			...(stuck ? { problems: plan.problems } : {}),
		},
	});
	return true;
}

/** Records an approval: what it covers, and until when. */
export function approve(
	fold: Fold,
	path: Path,
	given: { readonly plan: Plan } & Pick<Approval, "by" | "votes" | "standing">,
): void {
	const { plan, by, votes, standing } = given;
	const step = guardOf(fold, path);
	const until = plusMs(dueIn(fold, validOf(step, plan)), plan.waitsMs);
	fold.run.approvals = [
		...fold.run.approvals,
		{
			path,
			wait: fold.run.steps[path]?.wait?.id ?? path,
			at: fold.at,
			by,
			until,
			plan,
			...(votes === undefined ? {} : { votes }),
			...(standing === undefined ? {} : { standing }),
		},
	];
}

const DAY_MS = 86_400_000;

function validOf(
	step: Extract<Step, { kind: "approve" }> | undefined,
	plan: Plan,
): NonNullable<Extract<Step, { kind: "approve" }>["valid"]> {
	if (step?.valid !== undefined) return step.valid;
	const destructive = step === undefined || destroys(plan, step);
	return { clock: "wall", ms: destructive ? DAY_MS : 14 * DAY_MS };
}

const TRIES = 5;

/** Planning met something: try again where it may help, else ask the owner. */
export function foldPlanFailed(fold: Fold, event: PlanFailed): boolean {
	const path = pathOfWait(event.wait);
	const state = planWait(fold.run, event.wait);
	if (state === undefined) return false;
	const failures = state.failures + 1;
	const problem = event.problems[0];
	adjust(fold, path, {
		failures,
		last: {
			kind: "refused",
			code: problem?.code ?? "plan-failed",
			message: problem?.message ?? "The plan could not be made.",
			at: fold.at,
			attempt: failures,
		},
	});
	if (event.retryable === true && failures < TRIES) {
		const delay = Math.max(event.retryAfterMs ?? 0, Math.min(60_000, 1000 * 2 ** failures));
		waitFor(fold, path, { state: "waiting", wait: { kind: "plan", timers: { again: plusMs(fold.at, delay) } } });
		return true;
	}
	ask(fold, path, {
		who: ["owner"],
		verbs: ["retry", "stop", "claim"],
		trouble: {
			code: problem?.code ?? "plan-failed",
			message: `${problem?.message ?? "The plan could not be made."} Nothing has changed.`,
		},
	});
	return true;
}
