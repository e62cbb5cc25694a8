/**
 * Which messages should exist for a run, now. A view: a crash, a lost answer or an outage of a chat needs nothing but this
 * again. Pure; must never name a person, a place or the hour.
 */
import { words } from "../base/words.ts";
import { emptyCard } from "../cards/card.ts";
import type { Sop, Step, Who } from "../sop/sop.ts";
import { approvalLine } from "./channel-card.ts";
import type { Path } from "./event.ts";
import type { Message } from "./message.ts";
import { placeOf } from "./path.ts";
import { proofsOf, readBack } from "./proofs.ts";
import { receiptLines } from "./receipts.ts";
import type { Run, StepState } from "./run.ts";
import { runCard } from "./run-card.ts";
import { filled, nameOf, scopeFor, textOf } from "./scope.ts";
import { closedCard, headerOf, openCard } from "./wait-card.ts";

/** All messages of a run, oldest step first. The run's own card stands first and is edited all along. */
export function view(sop: Sop, run: Run): readonly Message[] {
	if (run.request.parent?.item !== undefined) return [];
	const own = runCard(sop, run);
	const messages: Message[] = [
		{
			key: "run",
			to: { kind: "people", who: ["requester"] },
			card: own.card,
			data: own.data,
			rings: own.rings,
			closed: run.ended !== undefined,
		},
	];
	if (sop.visibility === "all") {
		messages.push({
			key: "run/channel",
			to: { kind: "channel", channel: "operations" },
			card: own.card,
			data: { ...own.data, buttons: own.data.buttons.filter((b) => b.url !== undefined) },
			rings: 0,
			closed: run.ended !== undefined,
		});
	}
	for (const path of Object.keys(run.steps)) {
		const state = run.steps[path];
		if (state !== undefined) messages.push(...messagesOf(sop, run, { path, state }));
	}
	for (const [path, was] of Object.entries(run.before ?? {})) {
		if (run.steps[path] === undefined) messages.push(...messagesOf(sop, run, { path, state: toComeAgain(run, was) }));
	}
	return messages;
}

/** A step that is entered again later: what was asked before stays, closed. */
function toComeAgain(run: Run, was: NonNullable<Run["before"]>[Path]): StepState {
	return { ...was, state: "running", startedAt: run.at, since: run.at, failures: 0 };
}

type At = { readonly path: Path; readonly state: StepState };

const PURPOSE: { readonly [kind: string]: string } = {
	approval: "approve",
	ask: "ask",
	task: "task",
	acknowledge: "tell",
	question: "question",
};

function messagesOf(sop: Sop, run: Run, at: At): readonly Message[] {
	const { path, state } = at;
	const messages: Message[] = [];
	for (const kind of state.had ?? []) {
		if (kind === "acknowledge") continue;
		const key = `${path}/${PURPOSE[kind] ?? kind}`;
		const { wait } = state;
		const open = wait?.kind === kind && wait.verbs.length > 0;
		const made = open ? openCard(sop, run, at) : closedCard(sop, run, { ...at, kind });
		const who = open ? wait.who : whoWas(sop, run, { ...at, kind });
		const asks: Message = {
			key,
			to: { kind: "people", who },
			card: made.card,
			data: made.data,
			rings: open ? wait.rings : (state.rings ?? 0),
			closed: !open,
			...(open ? { wait: wait.id } : {}),
		};
		messages.push(asks);
		if (kind === "approval" && sop.visibility === "all") messages.push(approvalLine(sop, run, { ...at, asks }));
		const also = open ? wait.also : undefined;
		// Whoever was asked beside them once it was overdue sees how it ended, too.
		const over = open && also === undefined ? closedCard(sop, run, { ...at, kind }) : made;
		messages.push({
			...{ key: `${key}/overdue`, to: { kind: "people", who: also ?? [] }, card: over.card, data: over.data },
			...{ rings: asks.rings, closed: also === undefined },
			...(also === undefined || !open ? {} : { wait: wait.id }),
		});
	}
	return [...messages, ...told(sop, run, at), ...handover(sop, run, at)];
}

function whoWas(sop: Sop, _run: Run, at: At & { readonly kind: string }): readonly string[] {
	const step = placeOf(sop, at.path)?.step;
	if (at.kind === "question") return at.state.wait?.who ?? ["owner"];
	switch (step?.kind) {
		case "approve":
			return step.by;
		case "ask":
		case "task":
		case "tell":
		case "page":
			return step.to;
		default:
			return ["owner"];
	}
}

/** A `tell` that is out: the same card stays. People outside get it by mail, not here. */
function told(sop: Sop, run: Run, { path, state }: At): readonly Message[] {
	const step = placeOf(sop, path)?.step;
	if (step?.kind !== "tell" && step?.kind !== "page") return [];
	const waits = state.wait?.kind === "acknowledge";
	if (state.state !== "done" && !waits) return [];
	const scope = scopeFor(sop, run, { path, at: run.at });
	const who = step.to.filter((w) => w !== "subject");
	if (who.length === 0) return [];
	const said = step.kind === "page" ? textOf(step.words, scope) : undefined;
	// What goes out by mail is written to the one outside; whoever is inside reads what is so.
	const data = step.kind === "tell" && step.mail === undefined ? filled(step.data, scope) : {};
	const about = run.subject.name ?? sop.title;
	const title = typeof data.title === "string" ? data.title : `${about}: ${state.name}`;
	const lead = typeof data.text === "string" ? data.text : (said ?? readyWords(sop, run, path));
	const base = {
		...emptyCard,
		header: headerOf(sop, run),
		title,
		lead: [lead],
		lines: receiptLines(state),
		facts: factsOf(run),
		summary: words(`${title}. ${lead}`),
	};
	const acknowledge = waits ? [{ title: "I have read it", style: "primary" as const, verb: "acknowledge" }] : [];
	const buttons = [...acknowledge, { title: "Open the run", style: "default" as const, url: `/runs/${run.id}` }];
	const message: Message = {
		key: `${path}/tell`,
		to: { kind: "people", who },
		card: step.kind === "tell" ? (step.card as Message["card"]) : "notice",
		data: { ...base, buttons },
		rings: state.wait?.rings ?? state.rings ?? 0,
		closed: false,
		...(waits && state.wait !== undefined ? { wait: state.wait.id } : {}),
	};
	return [message];
}

/** What is so by now: what was read back, what still comes, and that the mail is out. */
function readyWords(sop: Sop, run: Run, path: Path): string {
	const checks = proofsOf(run).length;
	const about = run.subject.name === undefined ? "" : ` for ${run.subject.name}`;
	const open = stillOpen(sop, run, path);
	const stands = [
		...(open.length > 0 ? [] : [`Everything${about} is ready.`]),
		...(checks === 0 ? [] : [readBack(checks)]),
		...(open.length > 0 ? [`Still to come: ${open.join(", ")}.`] : []),
		...(run.subject.email === undefined ? [] : [`The welcome went to ${run.subject.email}.`]),
	];
	return (run.ended?.phase ?? "done") === "done"
		? stands.join(" ")
		: `The run${about} was stopped. What was done stays.`;
}

/** What is under way beside this step and what comes after it, by name. */
function stillOpen(sop: Sop, run: Run, path: Path): readonly string[] {
	if (run.ended !== undefined) return [];
	const under = Object.entries(run.steps).flatMap(([at, { state, name }]) => {
		const { kind } = placeOf(sop, at)?.step ?? {};
		const holds = kind === "parallel" || kind === "choose" || kind === "each";
		return at === path || holds || !["running", "waiting", "asking"].includes(state) ? [] : [name];
	});
	const later = sop.steps.filter((step) => run.steps[step.id] === undefined);
	return [...under, ...later.map((step) => nameOf(step, scopeFor(sop, run, { path: step.id, at: run.at })))];
}

function factsOf(run: Run): readonly { readonly title: string; readonly value: string }[] {
	const facts = new Map<string, string>();
	for (const { output } of Object.values(run.steps)) {
		const upn = (output as { readonly upn?: unknown } | undefined)?.upn;
		if (typeof upn === "string") facts.set("Account", upn);
	}
	return [...facts].map(([title, value]) => ({ title, value }));
}

/** A first credential that waits: told to its audience alone, with a link that opens after signing in as one of them. */
function handover(sop: Sop, run: Run, { path, state }: At): readonly Message[] {
	if (credentialOf(state) === undefined) return [];
	const about = run.subject.name ?? sop.title;
	const title = `The first sign-in of ${about} waits for you`;
	const lead = `It is shown once, to you. Hand it to ${about} in person; do not write it into a chat or a mail.`;
	const url = `/handover/${run.id}/${encodeURIComponent(path)}`;
	const buttons = [{ title: "Show it…", style: "primary" as const, url }];
	const base = { ...emptyCard, header: headerOf(sop, run) };
	const data = { ...base, title, lead: [lead], buttons, summary: `${title}.` };
	const left = { ...base, ...unopened(run, about) };
	const who = credentialFor(sop, { path, state });
	const notice = { card: "notice", rings: 0, closed: false } as const;
	return [
		{ ...notice, key: `${path}/handover`, to: { kind: "people", who }, data },
		{ ...notice, key: `${path}/handover-left`, to: { kind: "people", who: ["owner"], unless: who }, data: left },
	];
}

/** Nobody is there any more who may open it: a way on that is approved again. */
function unopened(run: Run, about: string) {
	const title = `Nobody can open the first sign-in of ${about} any more`;
	const over = "this run is over, so a new one is made by a run of its own.";
	const open = "change the manager in the form: a new one is made for them, once that is approved.";
	const way = run.ended === undefined ? open : over;
	const lead = `Whoever was approved for it has left. If it was not opened before: ${way}`;
	const buttons = [{ title: "Open the run", style: "primary" as const, url: `/runs/${run.id}` }];
	return { title, lead: [lead], buttons, summary: `${title}.` };
}

/** Who was approved to open a first credential; in a run from before that was kept, whom its step says. */
export function credentialFor(sop: Sop, { path, state }: At): readonly Who[] {
	const step = placeOf(sop, path)?.step;
	const kept = (state.output as { readonly to?: readonly Who[] } | undefined)?.to;
	return kept ?? (step?.kind === "do" ? openersSaid(step) : ["manager"]);
}

/** Whom a step says its first credential is for: its `to`, else the manager. */
export function openersSaid(step: Extract<Step, { kind: "do" }>): readonly Who[] {
	const said = step.with.to;
	return (Array.isArray(said) ? said : typeof said === "string" ? [said] : ["manager"]) as readonly Who[];
}

/** The secret a finished step left for somebody. */
export function credentialOf(state: StepState): string | undefined {
	const secret = (state.output as { readonly secret?: { readonly $secret?: unknown } } | undefined)?.secret?.$secret;
	return state.state === "done" && typeof secret === "string" ? secret : undefined;
}
