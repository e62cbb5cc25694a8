/**
 * Takes forms and confirmations back. The draft's id is the key of what it asks for, so sending it twice starts it once,
 * and correcting it with other values is another request. Must never accept a draft from anyone but the person it was
 * handed to.
 */
import { ConflictError, InputError } from "../base/errors.ts";
import { sha256, type Values } from "../base/json.ts";
import { words } from "../base/words.ts";
import { runName, runNameIn } from "../engine/run-name.ts";
import { isSameActor } from "../people/actor.ts";
import type { ClientId } from "../sop/sop.ts";
import { formReply, startAt } from "./command/start.ts";
import { cancelRun, noteRun, wordsIn } from "./command/steer.ts";
import { linkPressed } from "./linking.ts";
import type { Draft } from "./posts.ts";
import type { Reply } from "./surface.ts";
import { expired, explain } from "./trouble.ts";
import { openRun, reply, type Turn } from "./turn.ts";

type Sent = { readonly verb: string; readonly values: Values };

/** Answers a draft that came back. Repeat: the same draft gives the same run. */
export async function submitted(turn: Turn, draft: Draft, sent: Sent): Promise<Reply> {
	if (!isSameActor(draft.person, turn.actor)) return expired(turn, undefined);
	if (sent.verb === "discard") return stub(turn, "Discarded. Nothing was started.", draft.client);
	if (sent.verb === "back") return stub(turn, "Left as it is. Nothing was changed.", draft.client);
	try {
		return await act(turn, draft, sent);
	} catch (error) {
		if (error instanceof InputError) return again(turn, draft, sent.values, error);
		const isReused = error instanceof ConflictError && error.code === "key-reused";
		if (isReused && draft.purpose === "start") return sentBefore(turn, draft);
		return explain(turn, error, draft.run);
	}
}

async function act(turn: Turn, draft: Draft, { verb, values }: Sent): Promise<Reply> {
	if (draft.purpose === "link") return linkPressed(turn, draft, verb);
	const by = { actor: turn.actor, via: turn.inbound.surface, from: turn.inbound.identity, key: `draft:${draft.id}` };
	switch (draft.purpose) {
		case "which-client":
			return startAt(turn, draft, String(values.client ?? ""));
		case "start": {
			const { client, sop } = of(draft);
			const receipt = await turn.desk.start({ ...by, client, sop, form: values });
			return started(turn, draft, receipt.run);
		}
		case "amend":
			await turn.desk.amend({ ...by, key: keyOf(turn, draft, values), run: of(draft).run, values });
			return stub(turn, "Changed. What differs is planned now; the run’s card shows it.", draft.client);
		case "cancel": {
			const words = wordsIn(turn, "cancel", values);
			await turn.desk.steer({ ...by, run: of(draft).run, verb: "cancel", words, key: keyOf(turn, draft, { words }) });
			return stub(turn, "Nothing new begins. What is under way ends first; the run’s card shows it.", draft.client);
		}
		case "note": {
			const words = wordsIn(turn, "note", values);
			await turn.desk.note({ actor: turn.actor, run: of(draft).run, words, key: keyOf(turn, draft, { words }) });
			return stub(turn, "Noted.", draft.client);
		}
		case "undo": {
			await turn.desk.undo({ ...by, run: of(draft).run });
			return stub(turn, "The undo is planned now. Nothing has changed yet; its card comes below.", draft.client);
		}
	}
}

/** The same values sent again are the same request; other values than the last are the next one from that draft. */
function keyOf(turn: Turn, draft: Draft, values: Values): string {
	const hash = sha256(values);
	const last = Number(draft.typed?.times ?? 0);
	const times = draft.typed?.hash === hash ? last : last + 1;
	turn.drafts.keep({ ...draft, typed: { times, hash } });
	return times === 1 ? `draft:${draft.id}` : `draft:${draft.id}:${times}`;
}

function of(draft: Draft): { readonly client: ClientId; readonly sop: string; readonly run: string } {
	return { client: draft.client ?? "", sop: draft.sop ?? "", run: draft.run ?? "" };
}

/** A new run, or the one that was asked for before. */
async function started(turn: Turn, draft: Draft, id: string): Promise<Reply> {
	const run = await turn.desk.read(turn.actor, id);
	if (run !== undefined && run.startedAt < draft.at) {
		const title = words(`${runNameIn(run)} was asked for by `, { person: run.by }, " ", { at: run.startedAt }, ".");
		return reply(
			turn,
			{ title, lead: ["No second run was started."], summary: title, buttons: [openRun(id)] },
			{ replace: true, run },
		);
	}
	const name = run === undefined || run.subject === "" ? "Asked for." : `Asked for: ${runName(run)} · ${run.ref}`;
	return reply(
		turn,
		{ title: name, lead: ["The plan comes below. Nothing has changed yet."] },
		{ replace: true, client: draft.client, run },
	);
}

function stub(turn: Turn, title: string, client: ClientId | undefined): Reply {
	return reply(turn, { title }, { replace: true, client });
}

/** A form starts one run, and it has: with other values it is not that one. */
function sentBefore(turn: Turn, draft: Draft): Reply {
	const lead = [
		"No second run was started, and the first is as it was asked for.",
		"“runs” lists it, “amend” corrects it.",
	];
	return reply(turn, { title: "This form was sent before, with other values.", lead }, { client: draft.client });
}

/** The same form once more: problems at their fields, what was typed is kept. */
async function again(turn: Turn, draft: Draft, values: Values, error: InputError): Promise<Reply> {
	const { problems } = error;
	const unfit = { draft, values, problems };
	switch (draft.purpose) {
		case "start":
		case "amend": {
			const { client, sop } = of(draft);
			const found = turn.desk.definitions().clients[client]?.sops[sop];
			return found === undefined ? explain(turn, error, draft.run) : formReply(turn, { ...unfit, sop: found });
		}
		case "note":
		case "cancel": {
			const run = await turn.desk.read(turn.actor, of(draft).run);
			if (run === undefined) return explain(turn, error);
			return draft.purpose === "note" ? noteRun(turn, run, unfit) : cancelRun(turn, run, unfit);
		}
		default:
			return explain(turn, error, draft.run);
	}
}
