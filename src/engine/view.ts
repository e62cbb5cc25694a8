/**
 * Which messages should exist for a run, now. A view: a crash, a lost answer or an outage of a chat needs nothing but this
 * again. Pure; must never name a person, a place or the hour.
 */
import { words } from "../base/words.ts";
import { emptyCard } from "../cards/card.ts";
import type { Sop } from "../sop/sop.ts";
import type { Path } from "./event.ts";
import type { Message } from "./message.ts";
import { placeOf } from "./path.ts";
import type { Run, StepState } from "./run.ts";
import { runCard } from "./run-card.ts";
import { filled, scopeFor, textOf } from "./scope.ts";
import { closedCard, headerOf, openCard, refOf } from "./wait-card.ts";

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
	return messages;
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
		messages.push({
			key,
			to: { kind: "people", who },
			card: made.card,
			data: made.data,
			rings: open ? wait.rings : 0,
			closed: !open,
			...(open ? { wait: wait.id } : {}),
		});
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
	return [...messages, ...told(sop, run, at)];
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
	const data = step.kind === "tell" ? filled(step.data, scope) : {};
	const title =
		typeof data.title === "string"
			? data.title
			: run.subject.name === undefined
				? sop.title
				: `${run.subject.name}: ${state.name}`;
	const lead = typeof data.text === "string" ? data.text : (said ?? state.name);
	const base = {
		...emptyCard,
		header: headerOf(sop, run),
		title,
		lead: [lead, ...welcomeLead(run)],
		facts: factsOf(run),
		summary: words(`${title}. ${lead}`),
	};
	const acknowledge = waits ? [{ title: "I have read it", style: "primary" as const, verb: "acknowledge" }] : [];
	const buttons = [
		...acknowledge,
		...handovers(run),
		{ title: "Open the run", style: "default" as const, url: `/runs/${run.id}` },
	].slice(0, 3);
	return [
		{
			key: `${path}/tell`,
			to: { kind: "people", who },
			card: step.kind === "tell" ? (step.card as Message["card"]) : "notice",
			data: { ...base, buttons },
			rings: state.wait?.rings ?? 0,
			closed: false,
			...(waits && state.wait !== undefined ? { wait: state.wait.id } : {}),
		},
	];
}

function welcomeLead(run: Run): readonly string[] {
	const checks = Object.values(run.steps).flatMap((s) => s.proof ?? []);
	return checks.length === 0 ? [] : [`${checks.length} of ${checks.length} were read back and are true.`];
}

function factsOf(run: Run): readonly { readonly title: string; readonly value: string }[] {
	const facts = new Map<string, string>();
	for (const { output } of Object.values(run.steps)) {
		const upn = (output as { readonly upn?: unknown } | undefined)?.upn;
		if (typeof upn === "string") facts.set("Account", upn);
	}
	return [...facts].map(([title, value]) => ({ title, value }));
}

/** Where a first credential waits: a link that opens after sign-in as its audience. */
export function handovers(
	run: Run,
): readonly { readonly title: string; readonly style: "primary"; readonly url: string }[] {
	return Object.entries(run.steps)
		.filter(([, state]) => credentialOf(state) !== undefined)
		.map(([path]) => ({
			title: "Show the pass",
			style: "primary" as const,
			url: `/handover/${run.id}/${encodeURIComponent(path)}`,
		}));
}

/** The secret a finished step left for somebody. */
export function credentialOf(state: StepState): string | undefined {
	const secret = (state.output as { readonly secret?: { readonly $secret?: unknown } } | undefined)?.secret?.$secret;
	return state.state === "done" && typeof secret === "string" ? secret : undefined;
}

export { refOf };
