/**
 * Everyone the definitions name, each once: the MSP's staff stand in every client's roster, and are nobody's people. Pure.
 * Must never say who somebody is by a name.
 */
import { actorOf } from "../people/actor.ts";
import type { Actor, Person } from "../people/roster.ts";
import type { Client, Definitions } from "./definitions.ts";

/** Somebody of the roster. `client`: whose people they are; absent for the MSP's staff. */
type Known = { readonly actor: Actor; readonly person: Person; readonly client?: Client };

type People = Pick<Definitions, "msp" | "clients">;

/** Goes over the MSP's staff, then each client's own people. */
export function* everyone({ msp, clients }: People): Generator<Known, undefined> {
	for (const person of msp.people) yield { actor: actorOf(person, undefined), person };
	for (const client of Object.values(clients)) {
		for (const person of ownPeople(client)) yield { actor: actorOf(person, client.id), person, client };
	}
}

/**
 * Those whom the roster lists under an account, `HOME/ACCOUNT`: written so, or as `ACCOUNT` alone. Capitals count in Slack
 * and not in Teams; elsewhere nobody is listed. The first call for definitions goes over everyone, the next ones do not.
 */
export function listedUnder(definitions: People, surface: string, identity: string): readonly Known[] {
	const index = INDEXES.get(definitions) ?? indexOf(definitions);
	INDEXES.set(definitions, index);
	const [, account = ""] = identity.split("/");
	return [identity, account].flatMap((name) => index.get(nameOf(surface, name)) ?? []);
}

/** A click asks who somebody is, and an MSP's clients have tens of thousands of people. */
const INDEXES = new WeakMap<People, ReadonlyMap<string, readonly Known[]>>();

function indexOf(definitions: People): ReadonlyMap<string, readonly Known[]> {
	const accounts = everyone(definitions).flatMap((known) =>
		(["slack", "teams"] as const).flatMap((surface) => {
			const listed = known.person[surface];
			return listed === undefined ? [] : [{ name: nameOf(surface, listed), known }];
		}),
	);
	const index = new Map<string, Known[]>();
	for (const { name, known } of accounts) index.set(name, [...(index.get(name) ?? []), known]);
	return index;
}

function nameOf(surface: string, account: string): string {
	return `${surface}:${surface === "teams" ? account.toLowerCase() : account}`;
}

/** A client's own people, without the MSP's staff; nobody where there is no such client. */
export function ownPeople(client: Pick<Client, "roster"> | undefined): readonly Person[] {
	return client?.roster.people.filter((person) => person.of === "client") ?? [];
}

/** The person behind an actor; undefined when the roster does not name them (any more). */
export function personOf({ msp, clients }: People, actor: Actor): Person | undefined {
	const people = actor.client === undefined ? msp.people : ownPeople(clients[actor.client]);
	return people.find((person) => person.id === actor.id);
}
