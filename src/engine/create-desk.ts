/**
 * The desk: takes what people ask, checks who they are against the stored run, and hands it to the host. Must never trust
 * what a caller says about a run, and never let a refusal into the run itself.
 */
import { ConflictError, DeniedError, InputError, type Problem } from "../base/errors.ts";
import { type Json, sameJson, type Values } from "../base/json.ts";
import { type Clock, dayAt } from "../base/time.ts";
import { type AskedVerb, authorize, type Verdict } from "../people/authorize.ts";
import type { Actor, Roster } from "../people/roster.ts";
import type { Client, Definitions } from "../sop/definitions.ts";
import { checkForm } from "../sop/form.ts";
import type { ClientId, Field, Sop, SopId } from "../sop/sop.ts";
import { audiences, involvedOf } from "./describe.ts";
import type { Desk } from "./desk.ts";
import { visibleRuns } from "./desk-lists.ts";
import type { RunId } from "./event.ts";
import { pathOfWait, placeOf } from "./path.ts";
import type { Archive, Audit, Host, Receipt } from "./ports.ts";
import type { Run, Wait } from "./run.ts";
import { undoable, undoRequest, undoSop } from "./undo.ts";

export type DeskParts = {
	readonly definitions: () => Definitions;
	readonly host: Host;
	readonly archive: Archive;
	readonly audit: Audit;
	readonly clock: Clock;
};
export type Stored = { readonly run: Run; readonly sop: Sop };

const NO_RUN = "There is no such run for you to see.";

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
			return deliver(parts, stored, { event: { kind: "noted", by: actor.id, words }, key: `note:${key}` });
		},
		undo: (request) => undo(parts, request),
		read: lists.read,
		list: lists.list,
		journal: async (actor, run, from) =>
			(await lists.see(actor, run, "journal")) === undefined ? undefined : parts.archive.journal(run, from),
		waiting: lists.waiting,
	};
}

export function rosterOf(parts: Pick<DeskParts, "definitions">, client: ClientId): Roster | undefined {
	const { clients } = parts.definitions();
	return Object.hasOwn(clients, client) ? clients[client]?.roster : undefined;
}

function clientOf(parts: DeskParts, client: ClientId): Client | undefined {
	const { clients } = parts.definitions();
	return Object.hasOwn(clients, client) ? clients[client] : undefined;
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
	const hook =
		request.actor.id.startsWith("hook:") &&
		sop.starts.some((s) => s.kind === "webhook" && `hook:${s.hook}` === request.actor.id);
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

function contextOf(parts: DeskParts, client: Client): Parameters<typeof checkForm>[2] {
	return {
		today: dayAt(parts.clock.now(), client.values.timezone),
		people: client.roster.people.map(({ id, email }) => ({ id, email })),
	};
}

async function start(parts: DeskParts, request: Parameters<Desk["start"]>[0]): Promise<Receipt> {
	const found = checked(parts, request);
	if ("problems" in found) throw new InputError(found.problems);
	const { actor, client, sop, key, via } = request;
	const receipt = await parts.host.start({ client, sop, key, via, by: actor.id, form: found.values }, found.sop);
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

type Asked = { readonly actor: Actor; readonly verb: AskedVerb; readonly stored: Stored; readonly wait?: Wait };

/** Whether this person may do this to a stored run. */
export function may(parts: Pick<DeskParts, "definitions">, asked: Asked): Verdict {
	const { actor, verb, stored, wait } = asked;
	const { run, sop } = stored;
	const roster = rosterOf(parts, run.client);
	if (roster === undefined) return { ok: false, code: "not-allowed", words: NO_RUN };
	return authorize({
		actor,
		verb,
		client: run.client,
		roster,
		run: {
			by: run.request.by,
			involved: involvedOf(sop, run),
			urgency: sop.urgency,
			visibility: sop.visibility,
			audiences: audiences(sop),
		},
		...(wait === undefined
			? {}
			: {
					wait: {
						who: [...wait.who, ...(wait.also ?? [])],
						...(wait.claimedBy === undefined ? {} : { claimedBy: wait.claimedBy }),
					},
				}),
	});
}

function denied(
	parts: DeskParts,
	about: { readonly actor: Actor; readonly client?: ClientId; readonly run?: RunId; readonly via?: string },
	why: { readonly code: string; readonly words: string },
): DeniedError {
	const { actor, client, run } = about;
	parts.audit.record({
		person: actor.id,
		via: about.via ?? "desk",
		what: `refused: ${why.code}`,
		why: why.words,
		...(client === undefined ? {} : { client }),
		...(run === undefined ? {} : { run }),
	});
	return new DeniedError(why.code, why.words);
}

/** The stored run, when they may see it; else the same answer as for one that does not exist. */
async function seen(parts: DeskParts, actor: Actor, run: RunId): Promise<Stored> {
	const stored = await parts.host.read(run);
	if (stored === undefined || !may(parts, { actor, verb: "see", stored }).ok)
		throw new ConflictError("no-such-run", NO_RUN);
	return stored;
}

async function allowed(
	parts: DeskParts,
	request: { readonly actor: Actor; readonly run: RunId; readonly verb: AskedVerb; readonly via?: string },
): Promise<Stored> {
	const stored = await seen(parts, request.actor, request.run);
	const verdict = may(parts, { actor: request.actor, verb: request.verb, stored });
	if (!verdict.ok) throw denied(parts, { ...request, client: stored.run.client }, verdict);
	return stored;
}

async function deliver(
	parts: DeskParts,
	stored: Stored,
	what: { readonly event: Parameters<Host["deliver"]>[1]; readonly key: string },
): Promise<Receipt> {
	const receipt = await parts.host.deliver(stored.run.id, what.event, what.key);
	if (receipt.verdict === "no" && receipt.outcome === "accepted") throw refusal(receipt);
	return receipt;
}

function refusal(receipt: Receipt): ConflictError | DeniedError {
	const { code, words } = receipt.reason ?? { code: "stale", words: "The question has moved on. Nothing happened." };
	return code === "own-request" ? new DeniedError(code, words) : new ConflictError(code, words);
}

async function answer(parts: DeskParts, request: Parameters<Desk["answer"]>[0]): Promise<Receipt> {
	const { actor, verb, via, values } = request;
	const stored = await seen(parts, actor, request.run);
	const path = pathOfWait(request.wait);
	const wait = stored.run.steps[path]?.wait;
	const key = `answer:${request.wait}:${verb}:${actor.id}`;
	if (wait === undefined || wait.id !== request.wait) return moved(parts, stored, { request, key });
	const verdict = may(parts, { actor, verb, stored, wait });
	if (!verdict.ok) throw denied(parts, { actor, client: stored.run.client, run: stored.run.id, via }, verdict);
	if (!wait.verbs.includes(verb))
		throw new ConflictError("not-taken", "This question cannot be answered that way. Nothing happened.");
	const typed = verb === "submit" ? submitted(parts, stored, { path, values }) : values;
	const event = {
		kind: "answered",
		wait: request.wait,
		verb,
		by: actor.id,
		as: verdict.as,
		values: typed,
		via,
		...(request.plan === undefined ? {} : { plan: request.plan }),
	} as const;
	return deliver(parts, stored, { event, key: repeatable(verb) ? `${key}:${stored.run.seq}` : key });
}

/** Ticking and claiming may be done again while a wait is open; a vote may not. */
function repeatable(verb: string): boolean {
	return verb === "complete" || verb === "claim";
}

/** The wait is not open any more: their own earlier answer again, or what was decided by whom. */
async function moved(
	parts: DeskParts,
	stored: Stored,
	asked: { readonly request: Parameters<Desk["answer"]>[0]; readonly key: string },
): Promise<Receipt> {
	const { run } = stored;
	const { request } = asked;
	const state = run.steps[pathOfWait(request.wait)];
	const votes = run.approvals.findLast((a) => a.path === pathOfWait(request.wait));
	const { actor, verb, via, values } = request;
	// Without a role it is never taken; all it can find is the receipt of an earlier delivery.
	const event = { kind: "answered", wait: request.wait, verb, by: actor.id, as: "", values, via } as const;
	const receipt = await parts.host.deliver(run.id, event, asked.key);
	if (receipt.outcome === "duplicate" && receipt.verdict !== "no") return receipt;
	const by = votes?.by.at(-1) ?? state?.by;
	if (by !== undefined && state?.wait === undefined) {
		throw new ConflictError("decided", "This was decided already. Nothing more is needed.", {
			facts: { by, at: votes?.at ?? state?.since ?? run.at, verb: votes === undefined ? verb : "approve" },
		});
	}
	throw new ConflictError("stale", "This is from before; the question has moved on. Nothing happened.");
}

function submitted(parts: DeskParts, stored: Stored, sent: { readonly path: string; readonly values: Values }): Values {
	const step = placeOf(stored.sop, sent.path)?.step;
	const fields: readonly Field[] = step?.kind === "ask" ? step.form : [];
	const client = clientOf(parts, stored.run.client);
	if (client === undefined) throw new ConflictError("no-such-run", NO_RUN);
	const result = checkForm(fields, sent.values, contextOf(parts, client));
	if ("problems" in result) throw new InputError(result.problems);
	return result.values;
}

async function steer(parts: DeskParts, request: Parameters<Desk["steer"]>[0]): Promise<Receipt> {
	const { actor, run, verb, words, via, key } = request;
	const stored = await allowed(parts, { actor, run, verb, via });
	const receipt = await deliver(parts, stored, {
		event: { kind: "steered", verb, by: actor.id, words },
		key: `steer:${key}`,
	});
	const children = await parts.archive.list({ parent: run, phase: "open", most: 500 });
	for (const child of children.items)
		await parts.host.deliver(child.id, { kind: "steered", verb, by: actor.id, words }, `steer:${key}`);
	return receipt;
}

async function amend(parts: DeskParts, request: Parameters<Desk["amend"]>[0]): Promise<Receipt> {
	const { actor, run, via, key } = request;
	const stored = await allowed(parts, { actor, run, verb: "amend", via });
	if (stored.run.ended !== undefined || stored.run.stopping !== undefined)
		throw new ConflictError("ended", "This run is over, so it cannot be changed any more. Nothing happened.");
	const client = clientOf(parts, stored.run.client);
	if (client === undefined) throw new ConflictError("no-such-run", NO_RUN);
	const result = checkForm(stored.sop.form, { ...stored.run.form, ...request.values }, contextOf(parts, client));
	if ("problems" in result) throw new InputError(result.problems);
	const changed = Object.fromEntries(
		Object.entries(result.values).filter(
			([name, value]) => !sameJson(value, stored.run.form[name] as Json | undefined),
		),
	);
	return deliver(parts, stored, { event: { kind: "amended", values: changed, by: actor.id }, key: `amend:${key}` });
}

async function undo(parts: DeskParts, request: Parameters<Desk["undo"]>[0]): Promise<Receipt> {
	const { actor, run, via, key } = request;
	const stored = await allowed(parts, { actor, run, verb: "undo", via });
	const first = await parts.archive.undoOf(run);
	if (first !== undefined)
		throw new ConflictError("undone-already", "The undo of this run was started already.", { facts: { run: first } });
	if (stored.run.ended === undefined)
		throw new ConflictError("still-running", "This run is still under way. Cancel it first; then it can be undone.");
	if (stored.run.request.undo !== undefined || undoable(stored.run).length === 0)
		throw new ConflictError("nothing-to-undo", "This run changed nothing that can be undone.");
	const wanted = undoRequest(stored.sop, stored.run, { by: actor.id, via, key });
	return parts.host.start(wanted, undoSop(stored.sop, wanted));
}
