/**
 * Finds the people a step means, from the roster as it is now. Must never invent a person.
 */
import type { PersonId, RoleId, Who } from "../sop/sop.ts";
import type { Involved, Person, Roster } from "./roster.ts";

/** The people `who` means, each once, in order. A group role is resolved by a connector, so it is nobody here. */
export function resolveWho(who: readonly Who[], roster: Roster, involved: Involved): readonly PersonId[] {
	return [...new Set(who.flatMap((one) => meant(one, roster, involved)))];
}

/** Finds a person by e-mail address first, then by id. */
export function findPerson(roster: Roster, text: string | undefined): Person | undefined {
	if (text === undefined || text === "") return undefined;
	const email = text.toLowerCase();
	return roster.people.find((one) => one.email.toLowerCase() === email) ?? roster.people.find((one) => one.id === text);
}

/** Whose ids a role names, or that a connector knows them. A role that nobody defined is empty. */
export function peopleOf(role: RoleId, roster: Roster): readonly PersonId[] | "group" {
	const ids = Object.hasOwn(roster.roles, role) ? (roster.roles[role] ?? []) : [];
	return "group" in ids ? "group" : ids.filter((id) => roster.people.some((person) => person.id === id));
}

/** Whether a person holds a role. */
export function holds(person: PersonId, role: RoleId, roster: Roster): boolean {
	return holders(role, roster).includes(person);
}

function holders(role: RoleId, roster: Roster): readonly PersonId[] {
	const people = peopleOf(role, roster);
	return people === "group" ? [] : people;
}

function meant(who: Who, roster: Roster, involved: Involved): readonly PersonId[] {
	switch (who) {
		case "requester":
			return one(roster, involved.requester);
		case "subject":
			return one(roster, involved.subject);
		case "manager":
			return one(roster, involved.manager ?? findPerson(roster, involved.subject)?.manager);
		case "owner": {
			const own = holders(involved.owner, roster);
			return own.length === 0 ? holders("owner", roster) : own;
		}
		default:
			return who.startsWith(PERSON) ? named(who.slice(PERSON.length), roster) : holders(who, roster);
	}
}

/** Before the id of one person, where what is kept means them and nobody after them. */
const PERSON = "person:";

function named(id: PersonId, roster: Roster): readonly PersonId[] {
	return roster.people.some((person) => person.id === id) ? [id] : [];
}

function one(roster: Roster, text: string | undefined): readonly PersonId[] {
	const found = findPerson(roster, text);
	return found === undefined ? [] : [found.id];
}
