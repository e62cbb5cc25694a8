/**
 * A run as people and programs read it: every step in reading order, with the sentence beside its state. Pure; must never
 * show a secret, and names people by id only.
 */
import { isRecord } from "../base/json.ts";
import { words } from "../base/words.ts";
import { settleOpeners } from "../people/openers.ts";
import { resolveWho } from "../people/resolve.ts";
import type { Involved, Roster } from "../people/roster.ts";
import { sameAs } from "../people/same.ts";
import type { Sop, Step, Who } from "../sop/sop.ts";
import type { RunDescription, StepDescription } from "./desk.ts";
import type { Path, RunId } from "./event.ts";
import { encodeKey, placeOf, placesOf } from "./path.ts";
import { phase } from "./phase.ts";
import { receiptsOf } from "./receipts.ts";
import type { Run, StepState, Wait } from "./run.ts";
import { nameOf, scopeFor } from "./scope.ts";
import { stepWords, waitingFor } from "./sentences.ts";
import { undoable } from "./undo.ts";
import { credentialFor, credentialOf, openersSaid } from "./view.ts";
import { checklistOf, EVIDENCE, refOf } from "./wait-card.ts";

/** The people a run knows, for resolving `requester`, `subject`, `manager`, `owner`. */
export function involvedOf(sop: Sop, run: Run): Involved {
	const { email, name, manager } = run.subject;
	const subject = email ?? name;
	return {
		requester: run.request.by,
		owner: sop.owner,
		...(subject === undefined ? {} : { subject }),
		...(manager === undefined ? {} : { manager }),
	};
}

/** Describes a run. `roster` resolves who may answer now. */
export function describe(
	sop: Sop,
	run: Run,
	around: { readonly roster: Roster; readonly may: RunDescription["may"]; readonly undoneBy?: RunId },
): RunDescription {
	const plan = planOf(run);
	const { undo, parent } = run.request;
	return {
		id: run.id,
		ref: refOf(run),
		client: run.client,
		clientName: sop.client.name,
		sop: run.sop,
		title: sop.title,
		definition: run.definition,
		phase: phase(run),
		waitingFor: waitingFor(sop, run),
		by: run.request.by,
		via: run.request.via,
		subject: run.subject.name ?? "",
		form: run.form,
		startedAt: run.startedAt,
		at: run.at,
		sandbox: sop.client.sandbox,
		steps: stepsOf(sop, run, around.roster),
		notes: run.notes,
		may: around.may,
		undoable: run.request.undo === undefined ? undoable(run).map(({ change }) => change.words) : [],
		...(run.ended === undefined ? {} : { endedAt: run.ended.at }),
		...(undo === undefined ? {} : { undoes: undo.of }),
		...(around.undoneBy === undefined ? {} : { undoneBy: around.undoneBy }),
		...(parent === undefined ? {} : { parent: parent.run }),
		...(plan === undefined ? {} : { plan }),
	};
}

/** The plan that is asked, or the last one that was decided. */
function planOf(run: Run): RunDescription["plan"] {
	for (const state of Object.values(run.steps)) {
		if (state.wait?.kind === "approval" && state.wait.plan !== undefined)
			return { ...state.wait.plan, wait: state.wait.id };
	}
	const last = run.approvals.at(-1);
	if (last === undefined) return undefined;
	return {
		...last.plan,
		wait: last.wait,
		decidedBy: last.by,
		decidedAt: last.at,
		...(last.standing === undefined ? {} : { standing: last.standing }),
	};
}

function stepsOf(sop: Sop, run: Run, roster: Roster): readonly StepDescription[] {
	const made: StepDescription[] = [];
	list({ sop, run, roster, made }, sop.steps, { prefix: "", depth: 0 });
	return made;
}

type Listing = { readonly sop: Sop; readonly run: Run; readonly roster: Roster; readonly made: StepDescription[] };

function list(to: Listing, steps: readonly Step[], at: { readonly prefix: string; readonly depth: number }): void {
	for (const step of steps) {
		const path = at.prefix + step.id;
		const state = to.run.steps[path];
		to.made.push(describeStep(to, { step, path, depth: at.depth, ...(state === undefined ? {} : { state }) }));
		const inner = { ...at, depth: at.depth + 1 };
		if (step.kind === "parallel") list(to, step.steps, inner);
		if (step.kind === "choose" && state?.branch !== undefined)
			list(to, step.branches[state.branch]?.steps ?? [], inner);
		if (step.kind === "each") {
			const items = state?.children === undefined ? (state?.items ?? []) : [];
			for (const item of [...items, ...(state?.gone ?? [])])
				list(to, step.steps, { prefix: `${path}[${encodeKey(item.key)}].`, depth: at.depth + 1 });
		}
	}
}

type One = { readonly step: Step; readonly path: Path; readonly depth: number; readonly state?: StepState };

function describeStep(to: Listing, one: One): StepDescription {
	const { sop, run } = to;
	const { step, path, depth, state } = one;
	if (state === undefined) {
		return {
			path,
			name: plannedName(to, one),
			kind: step.kind,
			depth,
			state: run.ended === undefined ? "planned" : "stopped",
			attempts: 0,
			words: words(run.ended === undefined ? "" : "not reached"),
		};
	}
	const detail = state.last?.detail;
	return {
		path,
		name: state.name,
		kind: step.kind,
		depth,
		state: state.state,
		attempts: state.attempt,
		words: stepWords(sop, run, { path, state }),
		startedAt: state.startedAt,
		since: state.since,
		...(state.wait === undefined || state.wait.verbs.length === 0
			? quietWait(state.wait)
			: { wait: waitOn(to, { path, state, wait: state.wait }) }),
		...(isRecord(state.output) ? { output: state.output } : {}),
		...(state.proof === undefined ? {} : { proof: state.proof.map((check) => ({ at: state.since, ...check })) }),
		...(detail === undefined ? {} : { detail }),
		...(credentialOf(state) === undefined ? {} : { handover: { to: audienceOf(to, { path, state }) } }),
	};
}

function plannedName(to: Listing, { step, path }: One): string {
	return nameOf(step, scopeFor(to.sop, to.run, { path, at: to.run.at }));
}

/** A clock or a state: nobody may answer it. */
function quietWait(wait: Wait | undefined): Partial<Pick<StepDescription, "wait">> {
	if (wait === undefined) return {};
	const due = Object.values(wait.timers).toSorted()[0];
	return {
		wait: {
			id: wait.id,
			kind: wait.kind,
			verbs: [],
			words: words(),
			who: [],
			by: [],
			choices: [],
			...(due === undefined ? {} : { due }),
		},
	};
}

function waitOn(
	to: Listing,
	on: { readonly path: Path; readonly state: StepState; readonly wait: Wait },
): NonNullable<StepDescription["wait"]> {
	const { sop, run, roster } = to;
	const { wait, path, state } = on;
	const who = [...wait.who, ...(wait.also ?? [])];
	const involved = involvedOf(sop, run);
	const barred = wait.kind === "approval" && wait.problems === undefined && sop.urgency !== "emergency";
	const own = barred ? [run.request.by, ...sameAs(roster, run.request.by)] : [];
	const read = receiptsOf(state)?.acknowledged ?? [];
	const step = placeOf(sop, path)?.step;
	const due = wait.timers.due ?? wait.timers.overdue ?? wait.timers.remind ?? wait.timers["give-up"];
	const offers = [...(wait.problems ?? []).flatMap((p) => p.choices), ...(wait.problem?.choices ?? [])];
	return {
		id: wait.id,
		kind: wait.kind,
		verbs: wait.verbs,
		words: stepWords(sop, run, { path, state }),
		who,
		by: resolveWho(who, roster, involved).filter((id) => !own.includes(id) && !read.some(({ by }) => by === id)),
		choices: offers.map(({ id, words: said }) => ({ id, words: said })),
		...(wait.problem?.code === "sent-back" ? { sentBack: true as const } : {}),
		...(due === undefined ? {} : { due }),
		...(wait.plan === undefined ? {} : { plan: wait.plan.hash }),
		...(step?.kind === "ask" ? { fields: step.form } : {}),
		...(step?.kind === "task" && step.evidence ? { fields: [EVIDENCE] } : {}),
		...(step?.kind === "task" ? { checklist: checklistOf(sop, run, { path, state }) } : {}),
	};
}

/** Who may open a first credential: who was approved for it, as far as they are on the roster now. */
function audienceOf({ sop, run, roster }: Listing, at: { readonly path: Path; readonly state: StepState }) {
	const involved = involvedOf(sop, run);
	return resolveWho(settleOpeners(credentialFor(sop, at), roster, involved), roster, involved);
}

/** Everyone any step of a run means: who may see it. */
export function audiences(sop: Sop): readonly Who[] {
	const who = new Set<Who>();
	for (const { step } of placesOf(sop).values()) for (const one of whoOf(step)) who.add(one);
	return [...who];
}

/** Actions that keep something for somebody to open. */
const CREDENTIALS = /\.(?:firstCredential|password)$/;

function whoOf(step: Step): readonly Who[] {
	switch (step.kind) {
		case "approve":
			return [...step.by, ...(step.overdue?.ask ?? [])];
		case "ask":
		case "task":
			return [...step.to, ...(step.overdue?.ask ?? [])];
		case "tell":
		case "page":
			return step.to.filter((w) => w !== "subject");
		case "do":
			return CREDENTIALS.test(step.action.name) ? openersSaid(step) : [];
		default:
			return [];
	}
}
