/**
 * Which messages should exist for a run, now. A view: a crash, a lost answer or an outage of a chat needs nothing but this
 * again. Pure; must never name a person, a place or the hour.
 */
import { words } from "../base/words.ts";
import { emptyCard } from "../cards/card.ts";
import type { Sop, Who } from "../sop/sop.ts";
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
		if (open && wait.also !== undefined) {
			messages.push({
				key: `${key}/overdue`,
				to: { kind: "people", who: wait.also },
				card: made.card,
				data: made.data,
				rings: wait.rings,
				closed: false,
				wait: wait.id,
			});
		}
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
	const data = { ...emptyCard, header: headerOf(sop, run), title, lead: [lead], buttons, summary: `${title}.` };
	return [
		{
			key: `${path}/handover`,
			to: { kind: "people", who: credentialFor(sop, path) },
			card: "notice",
			data,
			rings: 0,
			closed: false,
		},
	];
}

/** Whom a first credential is for: the step's own `to`, else the manager. */
export function credentialFor(sop: Sop, path: Path): readonly Who[] {
	const step = placeOf(sop, path)?.step;
	const said = step?.kind === "do" ? step.with.to : undefined;
	return (Array.isArray(said) ? said : typeof said === "string" ? [said] : ["manager"]) as readonly Who[];
}

/** The secret a finished step left for somebody. */
export function credentialOf(state: StepState): string | undefined {
	const secret = (state.output as { readonly secret?: { readonly $secret?: unknown } } | undefined)?.secret?.$secret;
	return state.state === "done" && typeof secret === "string" ? secret : undefined;
}
