/**
 * What every call at the desk does first: finds the stored run, asks whether this person may, keeps a refusal in the audit
 * stream. Must never say more about a run one may not see than about one that does not exist.
 */
import { ConflictError, DeniedError } from "../base/errors.ts";
import { asRecord, sameJson, type Values } from "../base/json.ts";
import { type Clock, dayAt } from "../base/time.ts";
import { type AskedVerb, authorize, type Verdict } from "../people/authorize.ts";
import type { Actor, Roster } from "../people/roster.ts";
import type { Client, Definitions } from "../sop/definitions.ts";
import type { checkForm } from "../sop/form.ts";
import type { ClientId, PersonId, Sop } from "../sop/sop.ts";
import { audiences, involvedOf } from "./describe.ts";
import type { NewEvent, RunId } from "./event.ts";
import type { Archive, Audit, Host, Receipt } from "./ports.ts";
import type { Run, Wait } from "./run.ts";

export type DeskParts = {
	readonly definitions: () => Definitions;
	readonly host: Host;
	readonly archive: Archive;
	readonly audit: Audit;
	readonly clock: Clock;
};
export type Stored = { readonly run: Run; readonly sop: Sop };

export const NO_RUN = "There is no such run for you to see.";

type Asked = { readonly actor: Actor; readonly verb: AskedVerb; readonly stored: Stored; readonly wait?: Asks };
type Asks = Pick<Wait, "who" | "also" | "claimedBy">;

export function rosterOf(parts: Pick<DeskParts, "definitions">, client: ClientId): Roster | undefined {
	const { clients } = parts.definitions();
	return Object.hasOwn(clients, client) ? clients[client]?.roster : undefined;
}

export function clientOf(parts: DeskParts, client: ClientId): Client | undefined {
	const { clients } = parts.definitions();
	return Object.hasOwn(clients, client) ? clients[client] : undefined;
}

export function contextOf(parts: DeskParts, client: Client): Parameters<typeof checkForm>[2] {
	return {
		today: dayAt(parts.clock.now(), client.values.timezone),
		people: client.roster.people.map(({ id, email }) => ({ id, email })),
	};
}

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

/** Whether this entry of the roster may approve, as the roster is now. */
export function mayApprove(parts: DeskParts, stored: Stored, wait: Asks, id: PersonId): boolean {
	const person = rosterOf(parts, stored.run.client)?.people.find((one) => one.id === id);
	if (person === undefined) return false;
	const actor = person.of === "msp" ? { id } : { id, client: stored.run.client };
	return may(parts, { actor, verb: "approve", stored, wait }).ok;
}

export function denied(
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

/** The stored run, when they may see it; else the same answer as for one that does not exist, and an entry in the audit. */
export async function seen(parts: DeskParts, actor: Actor, run: RunId): Promise<Stored> {
	const stored = await parts.host.read(run);
	const verdict = stored === undefined ? undefined : may(parts, { actor, verb: "see", stored });
	if (stored !== undefined && verdict?.ok === true) return stored;
	if (stored !== undefined && verdict?.ok === false) denied(parts, { actor, run, client: stored.run.client }, verdict);
	throw new ConflictError("no-such-run", NO_RUN);
}

export async function allowed(
	parts: DeskParts,
	request: { readonly actor: Actor; readonly run: RunId; readonly verb: AskedVerb; readonly via?: string },
): Promise<Stored> {
	const stored = await seen(parts, request.actor, request.run);
	const verdict = may(parts, { actor: request.actor, verb: request.verb, stored });
	if (!verdict.ok) throw denied(parts, { ...request, client: stored.run.client }, verdict);
	return stored;
}

export async function deliver(
	parts: DeskParts,
	stored: Stored,
	what: { readonly event: Parameters<Host["deliver"]>[1]; readonly key: string },
): Promise<Receipt> {
	return taken(await parts.host.deliver(stored.run.id, what.event, what.key));
}

type Asking = Extract<NewEvent, { kind: "steered" | "amended" | "noted" }>;
export type Order<E extends Asking = Asking> = {
	readonly event: E;
	/** The caller's own name for the request: it says nothing about another verb's, or another person's. */
	readonly key: string;
	/** Whether the first event under the key is what is asked again. Usually: the same event. */
	readonly isSame?: (first: Values) => boolean;
};

/**
 * Delivers what a person asks of a run, once under each key of theirs. Errors: `ConflictError` `key-reused`, when the key
 * came with something else before. Repeat: the first receipt.
 */
export async function order(parts: DeskParts, actor: Actor, run: RunId, what: Order): Promise<Receipt> {
	const { kind: _kind, ...asked } = what.event;
	const key = orderKey(actor, what);
	const receipt = await parts.host.deliver(run, what.event, key);
	if (receipt.outcome !== "duplicate") return receipt;
	for await (const { payload } of parts.archive.journal(run, receipt.seq)) {
		const first = asRecord(payload);
		if (what.isSame?.(first) ?? sameJson(first, asked)) return receipt;
		break;
	}
	throw new ConflictError("key-reused", "This key was used for another request. Nothing happened.");
}

export function orderKey(actor: Actor, { event, key }: Pick<Order, "event" | "key">): string {
	const verb = event.kind === "steered" ? event.verb : event.kind;
	return `${verb}:${actor.client ?? "msp"}/${actor.id}:${key}`;
}

/** The receipt of what was taken. Errors: why it was not, as `ConflictError` or `DeniedError`. */
export function taken(receipt: Receipt): Receipt {
	if (receipt.verdict === "no" && receipt.outcome === "accepted") throw refusal(receipt);
	return receipt;
}

function refusal(receipt: Receipt): ConflictError | DeniedError {
	const { code, words } = receipt.reason ?? { code: "stale", words: "The question has moved on. Nothing happened." };
	return code === "own-request" ? new DeniedError(code, words) : new ConflictError(code, words);
}
