/**
 * The one card of a run: first the plan, then how it goes, at the end the proof. Pure; whoever it is for, it says the same.
 */
import { words } from "../base/words.ts";
import { type CardData, type CardName, emptyCard } from "../cards/card.ts";
import { truthy } from "../sop/expression.ts";
import type { Sop, Step } from "../sop/sop.ts";
import type { Path } from "./event.ts";
import { placesOf, scopeOf } from "./path.ts";
import { phase } from "./phase.ts";
import { planDetails, planLines, planSum } from "./plan-words.ts";
import { proofsOf } from "./proofs.ts";
import type { Run, StepState } from "./run.ts";
import { runName } from "./run-name.ts";
import { nameOf, resultOf, scopeFor } from "./scope.ts";
import { stepWords, waitingParts } from "./sentences.ts";
import { type StepLine, stepLines } from "./step-look.ts";
import { whereWords } from "./via-words.ts";
import { headerOf } from "./wait-card.ts";

type Made = { readonly card: CardName; readonly data: CardData; readonly rings: number };

export function runCard(sop: Sop, run: Run): Made {
	if (run.ended !== undefined)
		return { card: "notice", data: endCard(sop, run), rings: run.ended.phase === "done" ? 0 : 1 };
	const approving = Object.values(run.steps).find((s) => s.wait?.kind === "approval" || s.wait?.kind === "plan");
	if (approving !== undefined && run.approvals.length === 0)
		return { card: "plan", data: planCard(sop, run, approving), rings: 0 };
	return { card: "progress", data: progressCard(sop, run), rings: 0 };
}

function titleOf(sop: Sop, run: Run): string {
	return runName({ subject: run.subject.name ?? "", title: sop.title });
}

function waiting(sop: Sop, run: Run): NonNullable<CardData["waiting"]> {
	const { strong, rest } = waitingParts(sop, run);
	const tone = phase(run) === "asking" ? "warning" : run.ended?.phase === "done" ? "good" : "accent";
	return { strong: words(...strong), rest: words(...rest), tone };
}

function openRun(run: Run): CardData["buttons"][number] {
	return { title: "Open the run", style: "default", url: `/runs/${run.id}` };
}

function planCard(sop: Sop, run: Run, approving: StepState): CardData {
	const plan = approving.wait?.plan;
	const about = run.subject.name ?? sop.title;
	const undoes = run.request.undo !== undefined;
	const base = {
		...emptyCard,
		header: headerOf(sop, run),
		title: `${undoes ? "Undo" : "Plan"} for ${about}`,
		waiting: waiting(sop, run),
	};
	if (plan === undefined) {
		return {
			...base,
			lead: ["The plan is being worked out. Nothing has changed yet."],
			buttons: [openRun(run)],
			summary: `The plan for ${about} is being worked out.`,
		};
	}
	const lead =
		plan.problems.length === 0 ? [`${planSum(plan)} Nothing has changed yet.`] : plan.problems.map((p) => p.message);
	return {
		...base,
		lead,
		lines: planLines(plan, approving.wait?.covered),
		details: planDetails(plan),
		buttons: [
			openRun(run),
			{ title: "Change the form", style: "default", verb: "amend" },
			{ title: "Details", style: "default", reveal: "details" },
		],
		summary: words(`Plan for ${about}: ${planSum(plan)} Nothing has changed yet.`),
	};
}

function progressCard(sop: Sop, run: Run): CardData {
	const title = titleOf(sop, run);
	return {
		...emptyCard,
		header: headerOf(sop, run),
		title,
		waiting: waiting(sop, run),
		...stepLines(stepsOf(sop, run)),
		buttons: [openRun(run), { title: "Change the form", style: "default", verb: "amend" }],
		summary: words(`${title}: `, ...waitingParts(sop, run).strong, ...waitingParts(sop, run).rest),
	};
}

/** Its lines are the proof; technical detail stands on the run's page and in a thread of Slack. */
function endCard(sop: Sop, run: Run): CardData {
	const proofs = proofsOf(run);
	const done = run.ended?.phase === "done";
	const title = done ? `${titleOf(sop, run)}: done` : `${titleOf(sop, run)}: stopped`;
	const undo = run.request.undo === undefined && run.ledger.some((e) => e.change.kind !== "send");
	const makes = run.ledger.some((e) => e.change.kind === "create");
	const approvals = run.approvals.map((a) => ({
		title: a.standing === undefined ? "Approved by" : "Approved",
		value: words(
			...(a.standing === undefined ? [] : ["in advance by "]),
			...a.by.flatMap((by, i) => [
				...(i === 0 ? [] : [", "]),
				{ person: by },
				...whereWords(a.votes?.find((vote) => vote.by === by)?.via),
			]),
			", ",
			{ at: a.at },
		),
	}));
	const { strong, rest } = waitingParts(sop, run);
	return {
		...emptyCard,
		header: headerOf(sop, run),
		title,
		waiting: waiting(sop, run),
		lead: [],
		...stepLines(
			done ? proofs.map(({ ok, words: text }) => ({ state: ok ? "done" : "failed", text })) : stepsOf(sop, run),
		),
		facts: [
			...approvals,
			{ title: "Asked for by", value: words({ person: run.request.by }, ", ", { at: run.startedAt }) },
			{ title: "Ended", value: words({ at: run.ended?.at ?? run.at }) },
		],
		...(undo && done && makes ? { footer: "Undo is possible until the account is used for the first time." } : {}),
		buttons: [openRun(run), ...(undo ? [{ title: "Undo…", style: "danger" as const, verb: "undo" }] : [])],
		summary: words(`${title}. `, ...strong, ...rest),
	};
}

/** A line a step of the outer list; an `each` is one line with a count. */
function stepsOf(sop: Sop, run: Run): readonly StepLine[] {
	const lines: StepLine[] = [];
	for (const { step, depth, id } of placesOf(sop).values()) {
		if (depth > 0 || step.kind === "parallel" || step.kind === "choose") continue;
		if (isBeside(sop, run, id)) continue;
		const state = run.steps[id];
		const text = state?.name || nameOf(step, scopeFor(sop, run, { path: id, at: run.at }));
		if (state === undefined)
			lines.push(
				run.ended === undefined ? { state: "planned", text } : { state: "stopped", text, meta: "not reached" },
			);
		else if (step.kind === "each") lines.push(eachLine(run, { step, path: id, state, name: text }));
		else
			lines.push({
				state: state.state,
				text,
				meta: stepWords(sop, run, { path: id, state }),
			});
	}
	return lines;
}

/** Whether a step lies in a branch that was not taken. */
function isBeside(sop: Sop, run: Run, id: string): boolean {
	const place = placesOf(sop).get(id);
	return (place?.within ?? []).some((outer) => {
		const around = placesOf(sop).get(outer)?.step;
		if (around?.kind !== "choose") return false;
		const branch = run.steps[outer]?.branch ?? branchAhead(sop, run, { path: outer, step: around });
		if (branch === undefined) return run.steps[outer]?.state === "skipped";
		return !hasStep(around.branches[branch]?.steps ?? [], place?.step);
	});
}

/** The branch a choice will take, where that hangs on nothing but the client and the form. */
function branchAhead(
	sop: Sop,
	run: Run,
	{ path, step }: { readonly path: Path; readonly step: Extract<Step, { kind: "choose" }> },
): number | undefined {
	if (scopeOf(path) !== "" || !step.branches.every(({ when }) => when === undefined || isKnownEarly(when)))
		return undefined;
	const scope = scopeFor(sop, run, { path, at: run.at });
	const found = step.branches.findIndex(({ when }) => when === undefined || truthy(resultOf(when, scope)));
	return found < 0 ? undefined : found;
}

/** `client.identity == 'hybrid'` is; `steps.account.upn` and what a `let` names are not. */
function isKnownEarly(expression: string): boolean {
	const bare = expression.replaceAll(/'[^']*'|"[^"]*"/g, "");
	const names = bare.match(/(?<![\w.])[A-Za-z_]\w*(?!\w*\s*\()/g) ?? [];
	return names.every((name) => ["client", "form", "true", "false", "null"].includes(name));
}

function hasStep(steps: readonly Step[], wanted: Step | undefined): boolean {
	return steps.some(
		(s) =>
			s === wanted ||
			("steps" in s && hasStep(s.steps, wanted)) ||
			(s.kind === "choose" && s.branches.some((b) => hasStep(b.steps, wanted))),
	);
}

function eachLine(
	run: Run,
	on: { readonly step: Step; readonly path: Path; readonly state: StepState; readonly name: string },
): StepLine {
	const total = on.state.items?.length ?? 0;
	const inner = Object.entries(run.steps).filter(([at]) => at.startsWith(`${on.path}[`) && scopeOf(at) !== "");
	const done = inner.filter(([, s]) => s.state === "done").length;
	const asks = inner.find(([, s]) => s.state === "asking");
	if (asks !== undefined)
		return { state: "asking", text: on.name, meta: asks[1].wait?.problem?.message ?? `${done} of ${total}` };
	const children = Object.values(on.state.children ?? {});
	const ended = children.length > 0 ? children.filter((c) => c.phase !== undefined).length : done;
	return {
		state: on.state.state,
		text: on.name,
		meta: on.state.state === "skipped" ? "does not apply" : `${ended} of ${total}`,
	};
}
