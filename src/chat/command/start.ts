/**
 * An SOP's own command: finds the client, hands out the form. Must never start anything: only a form that comes back does.
 */
import type { Problem } from "../../base/errors.ts";
import type { Values } from "../../base/json.ts";
import { words } from "../../base/words.ts";
import { formCard } from "../../cards/form-card.ts";
import type { ClientId, RoleId, Sop } from "../../sop/sop.ts";
import { peopleOf, prefill, promiseOf } from "../form.ts";
import type { Said } from "../parse.ts";
import type { Draft } from "../posts.ts";
import type { Reply } from "../surface.ts";
import { reply, say, type Turn } from "../turn.ts";

type Startable = { readonly client: ClientId; readonly sop: Sop };

/** Answers an SOP's command word. Undefined: no SOP of theirs declares it. */
export function startCommand(turn: Turn, said: Said): Reply | undefined {
	const mine = startable(turn, said.word);
	if (said.client !== undefined) {
		const one = mine.find((each) => each.client === said.client);
		if (one !== undefined) return handForm(turn, one, said);
	} else if (mine.length === 1 && mine[0] !== undefined) return handForm(turn, mine[0], said);
	else if (mine.length > 1) return askClient(turn, said, mine);
	return refuse(turn, said, mine);
}

/** What this person may start with that word, one per client. */
function startable(turn: Turn, word: string): readonly Startable[] {
	return turn.desk
		.startable(turn.actor, "command")
		.filter((each) => each.start.kind === "command" && each.start.command === word)
		.map(({ client, sop }) => ({ client, sop }));
}

function handForm(turn: Turn, { client, sop }: Startable, said: Said): Reply {
	const { values, unknown } = prefill(sop.form, said, peopleOf(turn.desk.definitions().clients[client]));
	const draft = draftOf(turn, { purpose: "start", client, sop: sop.id, typed: values });
	turn.drafts.keep(draft);
	const note = unknown.length === 0 ? [] : [`There is no field ${unknown.map((name) => `“${name}”`).join(", ")} here.`];
	return formReply(turn, { draft, sop, values, problems: [], note });
}

/** Makes a draft of this person's, with an id nobody can guess. */
export function draftOf(turn: Turn, rest: Omit<Draft, "id" | "at" | "person">): Draft {
	return { id: turn.newId(), at: turn.clock.now(), person: turn.actor, ...rest };
}

/** The form of an SOP, to start a run or to correct one. Problems stand at their fields; what was typed is kept. */
export function formReply(
	turn: Turn,
	form: {
		readonly draft: Draft;
		readonly sop: Sop;
		readonly values: Values;
		readonly problems: readonly Problem[];
		readonly note?: readonly string[];
	},
): Reply {
	const { draft, sop, values, problems } = form;
	const client = turn.desk.definitions().clients[sop.client.id];
	const amends = draft.purpose === "amend";
	const first = amends ? "What is done stays. What differs is planned and asked for again." : promiseOf(sop, client);
	const data = formCard({
		sop,
		client: { name: client?.name ?? sop.client.name, sandbox: sop.client.sandbox },
		fields: sop.form,
		typed: values,
		problems,
		people: peopleOf(client),
		...(amends ? { heading: "Change the form", send: "See what changes", ref: draft.run?.slice(0, 6) ?? "" } : {}),
		lead: problems.length > 0 ? ["Nothing was started. What you typed is kept."] : [first, ...(form.note ?? [])],
	});
	return reply(turn, data, { card: "form", id: draft.id, replace: problems.length > 0, client: sop.client.id });
}

/** The question for which client, as it was handed out. Undefined: there is none to choose any more. */
export function askClientOf(turn: Turn, draft: Draft): Reply | undefined {
	const mine = startable(turn, String(draft.typed?.word ?? ""));
	return mine.length === 0 ? undefined : whichClient(turn, draft, mine);
}

function askClient(turn: Turn, said: Said, mine: readonly Startable[]): Reply {
	const draft = draftOf(turn, {
		purpose: "which-client",
		typed: { word: said.word, rest: said.rest, named: said.named },
	});
	turn.drafts.keep(draft);
	return whichClient(turn, draft, mine);
}

function whichClient(turn: Turn, draft: Draft, mine: readonly Startable[]): Reply {
	const word = String(draft.typed?.word ?? "");
	const clients = turn.desk.definitions().clients;
	const title = mine[0]?.sop.title ?? word;
	return reply(
		turn,
		{
			header: [title],
			title: "For which client?",
			lead: [`Next time, “${word} client:${mine[0]?.client ?? "contoso"}” says it at once.`],
			fields: [
				{
					name: "client",
					label: "Client",
					type: "choice",
					optional: false,
					choices: mine.map(({ client }) => ({ key: client, title: clients[client]?.name ?? client, value: client })),
				},
			],
			buttons: [{ title: "Open the form", style: "primary", verb: "submit", inputs: true }],
		},
		{ card: "form", id: draft.id },
	);
}

/** The word exists, but not for them: who it is for, and that nothing happened. */
function refuse(turn: Turn, said: Said, mine: readonly Startable[]): Reply | undefined {
	const clients = Object.values(turn.desk.definitions().clients);
	const own = turn.actor.client ?? said.client;
	if (turn.actor.client !== undefined && said.client !== undefined && said.client !== turn.actor.client) {
		return say(turn, `“${said.client}” is not a client of yours. Nothing was started.`, `Leave “client:” out.`);
	}
	const known = clients.filter((client) => own === undefined || client.id === own);
	for (const client of known) {
		const sop = Object.values(client.sops).find((each) => rolesFor(each, said.word) !== undefined);
		if (sop === undefined) continue;
		turn.audit.record({
			client: client.id,
			person: turn.actor.id,
			via: turn.inbound.surface,
			what: "start-denied",
			why: sop.id,
		});
		const roles = rolesFor(sop, said.word) ?? [];
		const title = words(`${sop.title} at ${client.name} is for `, { who: roles }, ". Nothing was started.");
		return reply(turn, { title, summary: title }, { card: "error", client: client.id });
	}
	if (mine.length === 0) return undefined;
	const names = mine.map(({ client }) => client).join(", ");
	return say(
		turn,
		`There is no client “${said.client ?? ""}” for “${said.word}”. Nothing was started.`,
		`There is: ${names}.`,
	);
}

function rolesFor(sop: Sop, word: string): readonly RoleId[] | undefined {
	for (const start of sop.starts) if (start.kind === "command" && start.command === word) return start.by;
	return undefined;
}

/** Goes on with a command once its client was chosen. */
export function startAt(turn: Turn, draft: Draft, client: string): Reply {
	const values = draft.typed ?? {};
	const said: Said = {
		word: String(values.word ?? ""),
		client,
		rest: (values.rest as readonly string[] | undefined) ?? [],
		named: (values.named as { readonly [name: string]: string } | undefined) ?? {},
		tail: "",
	};
	const answer = startCommand(turn, said) ?? say(turn, "Choose a client. Nothing was started.");
	return answer.kind === "card" ? { ...answer, replace: true } : answer;
}
