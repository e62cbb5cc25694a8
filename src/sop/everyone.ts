/**
 * Everyone the definitions name, each once: the MSP's staff stand in every client's roster, and are nobody's people. Pure.
 * Must never say who somebody is by a name.
 */
import { actorOf } from "../people/actor.ts";
import type { Actor, Person } from "../people/roster.ts";
import type { Client, Definitions } from "./definitions.ts";

/** Somebody of the roster. `client`: whose people they are; absent for the MSP's staff. */
type Known = { readonly actor: Actor; readonly person: Person; readonly client?: Client };

/** Goes over the MSP's staff, then each client's own people. */
export function* everyone({ msp, clients }: Pick<Definitions, "msp" | "clients">): Generator<Known, undefined> {
	for (const person of msp.people) yield { actor: actorOf(person, undefined), person };
	for (const client of Object.values(clients)) {
		for (const person of ownPeople(client)) yield { actor: actorOf(person, client.id), person, client };
	}
}

/** A client's own people, without the MSP's staff; nobody where there is no such client. */
export function ownPeople(client: Pick<Client, "roster"> | undefined): readonly Person[] {
	return client?.roster.people.filter((person) => person.of === "client") ?? [];
}

/** The person behind an actor; undefined when the roster does not name them (any more). */
export function personOf({ msp, clients }: Pick<Definitions, "msp" | "clients">, actor: Actor): Person | undefined {
	const people = actor.client === undefined ? msp.people : ownPeople(clients[actor.client]);
	return people.find((person) => person.id === actor.id);
}
