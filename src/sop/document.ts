/**
 * Tells an SOP as a numbered, printable document in plain sentences: what, who, when, what if it fails. Plain data; must
 * never show an expression's source where words will do, nor more than its reader may see.
 */
import { unreachable } from "../base/assert.ts";
import type { Json } from "../base/json.ts";
import { zonePlace } from "../base/time.ts";
import { capital } from "../base/words.ts";
import type { Roster } from "../people/roster.ts";
import { sayWho, sayWhoWithNames } from "./document-who.ts";
import { sayCondition, sayExpression, sayTemplate } from "./document-words.ts";
import { sayDuration } from "./duration.ts";
import { evaluate, parseExpression, truthy } from "./expression.ts";
import type { Field, OnFailure, Remind, Sop, Step, WaitRule } from "./sop.ts";

export type DocumentStep = {
	/** `3`, `3.1`: as printed. */
	readonly number: string;
	readonly id: string;
	readonly kind: Step["kind"];
	readonly name: string;
	/** Plain sentences, in order. */
	readonly text: readonly string[];
	readonly checklist: readonly string[];
	readonly byHandMs?: number;
	readonly steps: readonly DocumentStep[];
};
export type SopDocument = {
	readonly sop: string;
	readonly title: string;
	readonly client: string;
	readonly definition: string;
	readonly owner: string;
	readonly review?: string;
	readonly urgency: Sop["urgency"];
	readonly sandbox: boolean;
	/** Who and when: a word and its sentence. */
	readonly facts: readonly { readonly title: string; readonly text: string }[];
	/** What is asked, a sentence per field. */
	readonly asked: readonly string[];
	readonly steps: readonly DocumentStep[];
	readonly failure: string;
	/** What a technician would need for all of it by hand, `each` counted once. */
	readonly byHandMs: number;
};

/** Makes the document of an SOP for a client, with the names of the roster as it is now. */
export function documentOf(sop: Sop, roster: Roster): SopDocument {
	const steps = sop.steps.map((step, index) => tell(step, `${index + 1}`, sop, roster));
	const byHandMs = total(steps);
	const owner = sayWhoWithNames([sop.owner], roster);
	return {
		sop: sop.id,
		title: sop.title,
		client: sop.client.name,
		definition: sop.definition,
		owner,
		...(sop.review === undefined ? {} : { review: `every ${sayDuration(sop.review)}` }),
		urgency: sop.urgency,
		sandbox: sop.client.sandbox,
		facts: facts(sop, roster, byHandMs),
		asked: sop.form.map(askedFor),
		steps,
		failure: `${capital(owner)} is asked: try again, done by hand, skip or stop. No run ends quietly.`,
		byHandMs,
	};
}

function facts(sop: Sop, roster: Roster, byHandMs: number): SopDocument["facts"] {
	const ways = sop.starts.map((start) => {
		if (start.kind === "webhook") return `the system behind “${start.hook}”`;
		const who = sayWho(start.by);
		return start.kind === "command" ? `${who}, with “${start.command}” in chat` : `${who}, in the portal`;
	});
	const approvals = everyStep(sop.steps).filter((step) => step.kind === "approve");
	const who = [...new Set(approvals.flatMap((step) => (step.kind === "approve" ? step.by : [])))];
	const never =
		sop.urgency === "emergency" ? "never the one it is about" : "never the one who asked, nor the one it is about";
	return [
		{ title: "May start it", text: ways.length === 0 ? "Other procedures only." : `${capital(ways.join("; "))}.` },
		...(who.length === 0 ? [] : [{ title: "Approves", text: `${capital(sayWhoWithNames(who, roster))}; ${never}.` }]),
		...(byHandMs === 0
			? []
			: [{ title: "By hand", text: `About ${Math.round(byHandMs / 60_000)} min of a technician’s time.` }]),
	];
}

function askedFor(field: Field): string {
	const choices = (field.choices ?? []).map((one) => one.title).join(", ");
	const optional = field.optional ? " (optional)" : "";
	const hint = field.hint === undefined ? "" : ` ${field.hint}.`;
	return `${field.label}${optional}${choices === "" ? "" : `: ${choices}`}.${hint}`;
}

function tell(step: Step, number: string, sop: Sop, roster: Roster): DocumentStep {
	const nested = (list: readonly Step[]) => list.map((one, index) => tell(one, `${number}.${index + 1}`, sop, roster));
	const base = {
		number,
		id: step.id,
		kind: step.kind,
		name: sayTemplate(step.name, sop),
		text: [...sentences(step, sop, roster), ...always(step, sop)],
		checklist: step.kind === "task" ? step.checklist.map((one) => sayTemplate(one, sop)) : [],
		...(step.byHandMs === undefined ? {} : { byHandMs: step.byHandMs }),
	};
	if (step.kind === "each" && step.steps.length === 1) {
		const [only] = nested(step.steps);
		const own = only?.byHandMs === undefined ? {} : { byHandMs: only.byHandMs };
		return { ...base, ...own, text: [...base.text, ...(only?.text ?? [])], steps: only?.steps ?? [] };
	}
	if (step.kind === "each" || step.kind === "parallel") return { ...base, steps: nested(step.steps) };
	if (step.kind !== "choose") return { ...base, steps: [] };
	const taken = takenHere(step.branches, sop);
	if (taken !== undefined) return { ...base, text: always(step, sop), steps: nested(taken.steps) };
	const branches = step.branches.map((branch, index): DocumentStep => {
		const inner = `${number}.${index + 1}`;
		return {
			...{ number: inner, id: `${step.id}-${index + 1}`, kind: "choose" as const, checklist: [] },
			name: branch.when === undefined ? "Otherwise" : `When ${sayCondition(branch.when, sop)}`,
			text: [],
			steps: branch.steps.map((one, at) => tell(one, `${inner}.${at + 1}`, sop, roster)),
		};
	});
	return { ...base, steps: branches };
}

type Branches = Extract<Step, { readonly kind: "choose" }>["branches"];

/** The branch this client always takes, when that hangs on the client alone. */
function takenHere(branches: Branches, sop: Sop): Branches[number] | undefined {
	for (const branch of branches) {
		if (branch.when === undefined) return branch;
		const parsed = parseExpression(branch.when);
		if (!parsed.ok || !parsed.names.every((name) => name.startsWith("client."))) return undefined;
		if (truthy(evaluate(branch.when, { client: sop.client as unknown as Json }))) return branch;
	}
	return undefined;
}

function sentences(step: Step, sop: Sop, roster: Roster): readonly string[] {
	switch (step.kind) {
		case "do":
			return [
				...(step.unguarded === undefined ? [] : [`Needs no approval: ${step.unguarded}.`]),
				...(step.action.destructive ? ["Takes something away; the approval for it holds 24 h."] : []),
			];
		case "approve": {
			const many = step.need > 1 ? `${step.need} of ` : "";
			return [
				`${capital(many + sayWhoWithNames(step.by, roster))}.`,
				...reminded(step),
				"Silence never approves or denies.",
			];
		}
		case "ask": {
			const labels = step.form.map((field) => field.label.toLowerCase());
			return [`${capital(sayWhoWithNames(step.to, roster))} answers: ${labels.join(", ")}.`, ...reminded(step)];
		}
		case "task": {
			const before = step.before === undefined ? undefined : sayExpression(step.before, sop);
			const due = step.due === undefined ? undefined : sayDuration(step.due);
			const when =
				before === undefined
					? due === undefined
						? ""
						: `, within ${due}`
					: `, ${due === undefined ? "" : `${due} `}before ${before}`;
			const proof = step.evidence ? ["A sentence says how it was done."] : [];
			return [`${capital(sayWhoWithNames(step.to, roster))}${when}.`, ...proof, ...reminded(step)];
		}
		case "tell":
			return [`To ${sayWho(step.to, "and")}.`, ...sayReceipts(step)];
		case "page":
			return [`${capital(sayWhoWithNames(step.to, roster))} is called at once.`];
		case "wait":
			return [sayWait(step.wait, sop)];
		case "each":
			return [`For each of ${sayExpression(step.list, sop)}, ${step.atOnce} at once.`];
		case "parallel":
			return ["At the same time:"];
		case "choose":
			return ["One of these:"];
		case "run":
			return [`The procedure “${step.sop}” is run.`];
		default:
			return unreachable(step);
	}
}

function always(step: Step, sop: Sop): readonly string[] {
	const words: { readonly [kind in OnFailure]: readonly string[] } = {
		ask: [],
		stop: ["If it fails, the run stops."],
		continue: ["If it fails, the run goes on."],
		undo: ["If it fails, what was changed is undone."],
	};
	return [
		...(step.when === undefined ? [] : [`Only when ${sayCondition(step.when, sop)}.`]),
		...(step.blocking ? [] : ["What follows does not wait for it; the run does not close without it."]),
		...words[step.onFailure],
	];
}

function reminded({ remind, overdue }: Remind): readonly string[] {
	const first = remind === undefined ? [] : [`reminded after ${sayDuration(remind)}`];
	const second =
		overdue === undefined ? [] : [`after ${sayDuration(overdue.after)} ${sayWho(overdue.ask)} is asked too`];
	return first.length + second.length === 0 ? [] : [`${capital([...first, ...second].join("; "))}.`];
}

function sayReceipts(step: Extract<Step, { kind: "tell" }>): readonly string[] {
	if (!step.acknowledge) return [];
	const limit = step.atMost === undefined ? "" : `, at most ${sayDuration(step.atMost)}; then it says who has not`;
	return [`Waits until each says that they have read it${limit}.`];
}

function sayWait(wait: WaitRule, sop: Sop): string {
	if (wait.kind === "after") return `${capital(sayDuration(wait.after))}.`;
	if (wait.kind === "for") return `Looks until it is so, at most ${sayDuration(wait.atMost)}.`;
	const at = wait.at === undefined ? "" : ` at ${wait.at}, ${zonePlace(sop.client.timezone)}`;
	return `${capital(sayExpression(wait.until, sop))}${at}. Moves by itself when the day is changed.`;
}

function everyStep(steps: readonly Step[]): readonly Step[] {
	return steps.flatMap((step): readonly Step[] => {
		if (step.kind === "each" || step.kind === "parallel") return [step, ...everyStep(step.steps)];
		return step.kind === "choose" ? [step, ...step.branches.flatMap((branch) => everyStep(branch.steps))] : [step];
	});
}

/** Of branches only the longest counts: a run takes one. */
function total(steps: readonly DocumentStep[]): number {
	return steps.reduce((sum, step) => {
		const inner =
			step.kind === "choose" && step.text[0] === "One of these:"
				? Math.max(0, ...step.steps.map((one) => total([one])))
				: total(step.steps);
		return sum + (step.byHandMs ?? 0) + inner;
	}, 0);
}
