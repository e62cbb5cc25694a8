/**
 * The cards people answer: an approval, a form, a task, a question; and what is left of them once they are decided. Pure.
 */
import { type Words, type WordsJson, words } from "../base/words.ts";
import { type Button, type CardData, type CardName, emptyCard } from "../cards/card.ts";
import type { Field, Sop } from "../sop/sop.ts";
import type { Path } from "./event.ts";
import { pathOfWait, placeOf } from "./path.ts";
import { planDetails, planLines, planSum } from "./plan-words.ts";
import type { Run, StepState, Wait } from "./run.ts";
import { scopeFor, textOf } from "./scope.ts";
import { changedSoFar, remindWords, stepWords, whoHole } from "./sentences.ts";
import { waysOn } from "./ways-on.ts";

type At = { readonly path: Path; readonly state: StepState };
type Made = { readonly card: CardName; readonly data: CardData };

/** The short form of a run's id, for people. */
export function refOf(run: Pick<Run, "id">): string {
	return run.id.slice(0, 6);
}

/** "Contoso · New employee · Sandbox · 7K2QX9" */
export function headerOf(sop: Sop, run: Run): readonly string[] {
	return [sop.client.name, sop.title, ...(sop.client.sandbox ? ["Sandbox"] : []), refOf(run)];
}

const details: Button = { title: "Details", style: "default", reveal: "details" };

export function openCard(sop: Sop, run: Run, at: At): Made {
	const wait = at.state.wait as Wait;
	switch (wait.kind) {
		case "approval":
			return wait.problems === undefined
				? { card: "approval", data: approvalCard(sop, run, wait) }
				: { card: "question", data: stuckCard(sop, run, wait) };
		case "ask":
			return { card: "form", data: askCard(sop, run, at) };
		case "task":
			return { card: "task", data: taskCard(sop, run, { ...at, wait }) };
		default:
			return { card: "question", data: questionCard(sop, run, { ...at, wait }) };
	}
}

function about(sop: Sop, run: Run): string {
	return run.subject.name ?? sop.title;
}

/** An undo takes back what a plan made: nobody should take the one for the other. */
function planOrUndo(run: Run): string {
	return run.request.undo === undefined ? "plan" : "undo";
}

function approvalCard(sop: Sop, run: Run, wait: Wait): CardData {
	const plan = wait.plan ?? { hash: "", entries: [], problems: [], waitsMs: 0 };
	const title = `Approve the ${planOrUndo(run)} for ${about(sop, run)}?`;
	const differs = (wait.covered?.length ?? 0) > 0;
	const before = run.approvals.findLast((a) => a.path === pathOfWait(wait.id));
	const ranOut: Words =
		before === undefined || before.until >= wait.since ? [] : ["The approval of ", { at: before.at }, " has run out. "];
	const votes: Words =
		(wait.votes?.length ?? 0) === 0 ? [] : [" So far: ", ...(wait.votes ?? []).map((v) => ({ person: v.by }))];
	return {
		...emptyCard,
		header: headerOf(sop, run),
		title,
		lead: [
			words(
				...ranOut,
				{ person: run.request.by },
				" asks. ",
				planSum(plan),
				differs ? " What is marked is approved already; only the rest is new." : ` ${changedSoFar(run)}`,
				...votes,
			),
		],
		lines: planLines(plan, wait.covered),
		details: planDetails(plan),
		footer: words(
			"Approving covers exactly these changes",
			plan.entries.some((e) => e.destructive && e.changes.length > 0) ? " for 24\u00a0h." : " for 14\u00a0days.",
			...remindFooter(wait),
		),
		buttons: [
			{ title: "Approve", style: "primary", verb: "approve" },
			{ title: "Send back…", style: "default", reveal: "send-back" },
			details,
		],
		summary: words(`${title} ${planSum(plan)} Asked for by `, { person: run.request.by }, "."),
	};
}

function remindFooter(wait: Wait): Words {
	const said = remindWords(wait);
	return said.length === 0 ? [] : [" Reminder ", ...said.slice(1), "."];
}

/** A plan that cannot be carried out: the ways on. */
function stuckCard(sop: Sop, run: Run, wait: Wait): CardData {
	const problems = wait.problems ?? [];
	const title = `A choice is needed for ${about(sop, run)}`;
	const choices = problems.flatMap((p) => p.choices);
	return {
		...emptyCard,
		header: headerOf(sop, run),
		title,
		lead: [...problems.map((p) => p.message), ...(run.ledger.length === 0 ? [] : [changedSoFar(run)])],
		lines: wait.plan === undefined ? [] : planLines(wait.plan, wait.covered),
		choices: waysOn({ verbs: wait.verbs, choices, about: "plan" }),
		details: wait.plan === undefined ? [] : planDetails(wait.plan),
		buttons: [
			{ title: "Answer", style: "primary", verb: "answer", inputs: true },
			{ title: "Change the form", style: "default", verb: "amend" },
			details,
		],
		summary: words(`${title}: ${problems.map((p) => p.message).join(" ")}`),
	};
}

function questionCard(sop: Sop, run: Run, at: At & { readonly wait: Wait }): CardData {
	const { state, wait } = at;
	const problem = wait.problem;
	const back = problem?.code === "sent-back";
	const title = back ? `The plan for ${about(sop, run)} was sent back` : `${state.name}: a choice is needed`;
	const said: Words = back
		? [...(state.by === undefined ? [] : [{ person: state.by }, " wrote: "]), problem.message]
		: [problem?.message ?? ""];
	const lead: Words = back || run.subject.name === undefined ? said : [`For ${run.subject.name}. `, ...said];
	return {
		...emptyCard,
		header: headerOf(sop, run),
		title,
		lead: [words(...lead), ...standing(run, wait)],
		...(wait.claimedBy === undefined
			? {}
			: { waiting: { strong: words({ person: wait.claimedBy }, " has taken it."), rest: "", tone: "accent" } }),
		choices: waysOn({ verbs: wait.verbs, choices: problem?.choices ?? [], about: back ? "sent-back" : "step" }),
		details:
			state.last === undefined
				? []
				: [
						{
							title: "What was met",
							lines: [
								`${state.last.code}, try ${state.last.attempt}, ${state.last.at}`,
								...(state.last.detail === undefined ? [] : [state.last.detail]),
							],
						},
					],
		buttons: [
			{ title: "Answer", style: "primary", verb: "answer", inputs: true },
			...(back
				? [{ title: "Change the form", style: "default" as const, verb: "amend" }]
				: wait.claimedBy === undefined
					? [{ title: "I’ll take it", style: "default" as const, verb: "claim" }]
					: []),
			...(state.last === undefined ? [] : [details]),
		],
		summary: words("A choice is needed for ", about(sop, run), ": ", ...said),
	};
}

/** What did and did not change: what stands, and what is in doubt. */
function standing(run: Run, wait: Wait): readonly string[] {
	const made = run.ledger.filter((e) => e.state === "applied").length;
	const doubt = wait.problem?.doubt.length ?? 0;
	const stands =
		made === 0
			? "Nothing has changed."
			: `${made} ${made === 1 ? "change stands" : "changes stand"}; nothing else changed.`;
	return [doubt === 0 ? stands : `${stands} ${doubt} ${doubt === 1 ? "is" : "are"} in doubt.`];
}

function askCard(sop: Sop, run: Run, at: At): CardData {
	const step = placeOf(sop, at.path)?.step;
	const fields = step?.kind === "ask" ? step.form : [];
	return {
		...emptyCard,
		header: headerOf(sop, run),
		title: at.state.name,
		lead: [words({ person: run.request.by }, ` asks, for ${about(sop, run)}.`)],
		fields,
		buttons: [{ title: "Answer", style: "primary", verb: "submit", inputs: true }],
		summary: words(`${at.state.name}, for ${about(sop, run)}.`),
	};
}

/** The field a task asks for beside its ticks. */
export const EVIDENCE: Field = {
	name: "evidence",
	label: "What shows that it is done",
	type: "multiline",
	optional: false,
};

function taskCard(sop: Sop, run: Run, at: At & { readonly wait: Wait }): CardData {
	const step = placeOf(sop, at.path)?.step;
	const { wait } = at;
	return {
		...emptyCard,
		header: headerOf(sop, run),
		title: at.state.name,
		lead: [
			words(
				`For ${about(sop, run)}. Waiting for `,
				whoHole(wait),
				...(wait.timers.due === undefined ? ["."] : ([", due ", { at: wait.timers.due }, "."] as Words)),
			),
		],
		checklist: checklistOf(sop, run, at),
		...(step?.kind === "task" && step.evidence ? { fields: [EVIDENCE] } : {}),
		buttons: [
			{ title: "Done", style: "primary", verb: "complete", inputs: true },
			...(wait.claimedBy === undefined ? [{ title: "I’ll take it", style: "default" as const, verb: "claim" }] : []),
		],
		summary: words(`${at.state.name}, for ${about(sop, run)}.`),
	};
}

/** What a task asks to be ticked; the value is its place in the SOP. */
export function checklistOf(sop: Sop, run: Run, at: At): CardData["checklist"] {
	const step = placeOf(sop, at.path)?.step;
	if (step?.kind !== "task") return [];
	const scope = scopeFor(sop, run, { path: at.path, at: at.state.startedAt });
	const ticked = at.state.state === "done" ? undefined : (at.state.wait?.checked ?? []);
	return step.checklist.map((item, i) => ({
		value: String(i),
		title: textOf(item, scope),
		done: ticked === undefined || ticked.includes(String(i)),
	}));
}

/** What is left once it was decided: who, when, and no buttons. */
export function closedCard(sop: Sop, run: Run, at: At & { readonly kind: Wait["kind"] }): Made {
	const said =
		at.kind === "question" && at.state.state === "waiting" ? words("Answered; it goes on.") : stepWords(sop, run, at);
	const title = at.kind === "approval" ? `The ${planOrUndo(run)} for ${about(sop, run)}` : at.state.name;
	const plan = run.approvals.findLast((a) => a.path === at.path)?.plan;
	const data: CardData = {
		...emptyCard,
		header: headerOf(sop, run),
		title,
		lead: [capital(said)],
		lines: at.kind === "approval" && plan !== undefined ? planLines(plan) : [],
		buttons: [{ title: "Open the run", style: "default", url: `/runs/${run.id}` }],
		summary: words(`${title}: answered.`),
	};
	return {
		card: at.kind === "approval" ? "approval" : at.kind === "task" ? "task" : at.kind === "ask" ? "form" : "question",
		data,
	};
}

/** A sentence that stands alone begins with a capital. */
function capital(said: WordsJson): WordsJson {
	const [first, ...rest] = said.$words;
	if (typeof first !== "string" || first === "") return said;
	return { $words: [first.slice(0, 1).toUpperCase() + first.slice(1), ...rest] };
}
