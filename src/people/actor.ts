/**
 * Somebody who acts: made from a roster, named, compared. Pure. Must never take people of two clients for one because they
 * share an id.
 */
import type { ClientId, PersonId } from "../sop/sop.ts";
import type { Actor, Person } from "./roster.ts";

/** Somebody of a client's roster, where the MSP's staff stand too; of the MSP's own where `client` is not there. */
export function actorOf({ id, of }: Pick<Person, "id" | "of">, client: ClientId | undefined): Actor {
	return of === "msp" || client === undefined ? { id } : { id, client };
}

/** Names them among all: `contoso/ada`, or `/tia` for the MSP's staff. */
export function actorKey({ id, client }: Actor): string {
	return `${client ?? ""}/${id}`;
}

/** What a webhook asks for is asked for by nobody of a roster, whose ids have no colon: by `hook:NAME`. */
export function hookActor(hook: string, client: ClientId): Actor & { readonly client: ClientId } {
	return { id: `${HOOK}${hook}`, client };
}

/** The webhook's name; undefined for the id of a person. */
export function hookIn(id: PersonId): string | undefined {
	return id.startsWith(HOOK) ? id.slice(HOOK.length) : undefined;
}

const HOOK = "hook:";

export function isSameActor(one: Actor, other: Actor): boolean {
	return one.id === other.id && one.client === other.client;
}
