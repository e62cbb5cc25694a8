/**
 * The desk: takes what people ask, checks who they are against the stored run, and hands it to the host. Must never trust
 * what a caller says about a run, and never let a refusal into the run itself.
 */
import { ConflictError, InputError, type Problem } from "../base/errors.ts";
import { sameJson, type Values } from "../base/json.ts";
import { hookIn } from "../people/actor.ts";
import { authorize, type Verdict } from "../people/authorize.ts";
import type { Actor } from "../people/roster.ts";
import type { Client } from "../sop/definitions.ts";
import { checkForm } from "../sop/form.ts";
import type { ClientId, Sop, SopId } from "../sop/sop.ts";
import type { Desk } from "./desk.ts";
import { answer } from "./desk-answer.ts";
import { visibleRuns } from "./desk-lists.ts";
import { allowed, clientOf, contextOf, type DeskParts, denied, may, order, taken } from "./desk-parts.ts";
import { amend, steer, undo } from "./desk-steer.ts";
import { wordsIn } from "./desk-typed.ts";
import type { Receipt } from "./ports.ts";

export function createDesk(parts: DeskParts): Desk {
	const lists = visibleRuns(parts);
	return {
		definitions: parts.definitions,
		startable: (actor, kind, client) => startable(parts, actor, { kind, ...(client === undefined ? {} : { client }) }),
		start: (request) => start(parts, request),
		check: (request) => {
			const found = checked(parts, request);
			return "problems" in found ? found.problems : [];
		},
		answer: (request) => answer(parts, request),
		steer: (request) => steer(parts, request),
		amend: (request) => amend(parts, request),
		note: async ({ actor, run, words, key }) => {
			const stored = await allowed(parts, { actor, run, verb: "note" });
			const said = wordsIn(parts, stored, { kind: "note", words });
			return taken(await order(parts, actor, run, { event: { kind: "noted", by: actor.id, words: said }, key }));
		},
		undo: (request) => undo(parts, request),
		read: lists.read,
		list: lists.list,
		journal: async (actor, run, from) =>
			(await lists.see(actor, run, "journal")) === undefined ? undefined : parts.archive.journal(run, from),
		waiting: lists.waiting,
	};
}

function startable(
	parts: DeskParts,
	actor: Actor,
	by: { readonly kind: string; readonly client?: ClientId },
): ReturnType<Desk["startable"]> {
	const found: ReturnType<Desk["startable"]>[number][] = [];
	for (const client of Object.values(parts.definitions().clients)) {
		if (by.client !== undefined && by.client !== client.id) continue;
		for (const sop of Object.values(client.sops)) {
			for (const begin of sop.starts) {
				if (begin.kind !== by.kind || begin.kind === "webhook") continue;
				const verdict = authorize({ actor, verb: "start", client: client.id, roster: client.roster, starts: begin.by });
				if (verdict.ok) found.push({ client: client.id, sop, start: begin });
			}
		}
	}
	return found;
}

type Form = { readonly actor: Actor; readonly client: ClientId; readonly sop: SopId; readonly form: Values };

function sopOf(parts: DeskParts, request: Form): { readonly client: Client; readonly sop: Sop } {
	const client = clientOf(parts, request.client);
	const sop = client !== undefined && Object.hasOwn(client.sops, request.sop) ? client.sops[request.sop] : undefined;
	if (client === undefined || sop === undefined)
		throw denied(parts, request, {
			code: "not-allowed",
			words: "There is no such procedure for you to start. Nothing was started.",
		});
	const named = hookIn(request.actor.id);
	const hook = named !== undefined && sop.starts.some((s) => s.kind === "webhook" && s.hook === named);
	const roles = sop.starts.flatMap((s) => (s.kind === "webhook" ? [] : s.by));
	const verdict: Verdict = hook
		? { ok: true, as: "hook" }
		: authorize({ actor: request.actor, verb: "start", client: client.id, roster: client.roster, starts: roles });
	if (!verdict.ok) throw denied(parts, request, verdict);
	return { client, sop };
}

function checked(
	parts: DeskParts,
	request: Form,
): { readonly sop: Sop; readonly values: Values } | { readonly problems: readonly Problem[] } {
	const { client, sop } = sopOf(parts, request);
	const result = checkForm(sop.form, request.form, contextOf(parts, client));
	return "problems" in result ? result : { sop, values: result.values };
}

async function start(parts: DeskParts, request: Parameters<Desk["start"]>[0]): Promise<Receipt> {
	const found = checked(parts, request);
	if ("problems" in found) throw new InputError(found.problems);
	const { actor, client, sop, key, via, from = actor.id } = request;
	const wanted = { client, sop, key, via, from, by: actor.id, form: found.values };
	const receipt = await parts.host.start(wanted, found.sop);
	return receipt.outcome === "duplicate" ? again(parts, request, { receipt, values: found.values }) : receipt;
}

/** The same key with another body is a mistake; an equal request by someone else is shown if they may see it. */
async function again(
	parts: DeskParts,
	request: Parameters<Desk["start"]>[0],
	met: { readonly receipt: Receipt; readonly values: Values },
): Promise<Receipt> {
	const stored = await parts.host.read(met.receipt.run);
	if (stored === undefined) return met.receipt;
	const sameKey = stored.run.request.key === request.key;
	const first = stored.run.request.form;
	if (sameKey && !sameJson(first, met.values))
		throw new ConflictError("key-reused", "This key was used for another request. Nothing was started.");
	if (!sameKey && !may(parts, { actor: request.actor, verb: "see", stored }).ok) {
		throw new ConflictError("asked-already", "This was asked for already. No second run was started.");
	}
	return met.receipt;
}
