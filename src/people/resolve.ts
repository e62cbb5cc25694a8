/**
 * Finds the people a step means, from the roster as it is now. Must never invent a person, and never forget to say why
 * nobody was found.
 */
import type { PersonId, RoleId, Who } from "../sop/sop.ts";
import type { Involved, Person, Roster } from "./roster.ts";

/** Why a word of `who` means nobody here. */
type Nobody = {
	readonly who: Who;
	readonly why: "no-such-role" | "empty-role" | "group" | "outsider" | "not-said";
};
type Resolved = { readonly people: readonly PersonId[]; readonly nobody: readonly Nobody[] };

/** The people `who` means, each once, in order. A group role is resolved by a connector, so it is nobody here. */
export function resolveWho(who: readonly Who[], roster: Roster, involved: Involved): readonly PersonId[] {
	return resolveWhy(who, roster, involved).people;
}

/** As `resolveWho`, with the reason for every word that means nobody. */
export function resolveWhy(who: readonly Who[], roster: Roster, involved: Involved): Resolved {
	const people = new Set<PersonId>();
	const nobody: Nobody[] = [];
	for (const one of who) {
		const found = meant(one, roster, involved);
		if (typeof found === "string") nobody.push({ who: one, why: found });
		else for (const id of found) people.add(id);
	}
	return { people: [...people], nobody };
}

/** Finds a person by e-mail address first, then by id. */
export function findPerson(roster: Roster, text: string | undefined): Person | undefined {
	if (text === undefined || text === "") return undefined;
	const email = text.toLowerCase();
	return roster.people.find((one) => one.email.toLowerCase() === email) ?? roster.people.find((one) => one.id === text);
}

/** Whose ids a role names; a reason when it names nobody. A role that nobody defined is empty. */
export function peopleOf(role: RoleId, roster: Roster): readonly PersonId[] | Nobody["why"] {
	if (!Object.hasOwn(roster.roles, role)) return "no-such-role";
	const ids = roster.roles[role] ?? [];
	if ("group" in ids) return "group";
	const known = ids.filter((id) => roster.people.some((person) => person.id === id));
	return known.length === 0 ? "empty-role" : known;
}

/** Whether a person holds a role. */
export function holds(person: PersonId, role: RoleId, roster: Roster): boolean {
	const ids = peopleOf(role, roster);
	return typeof ids !== "string" && ids.includes(person);
}

function meant(who: Who, roster: Roster, involved: Involved): readonly PersonId[] | Nobody["why"] {
	switch (who) {
		case "requester":
			return one(roster, involved.requester);
		case "subject":
			return one(roster, involved.subject);
		case "manager":
			return one(roster, involved.manager ?? findPerson(roster, involved.subject)?.manager);
		case "owner": {
			const own = peopleOf(involved.owner, roster);
			return typeof own === "string" && involved.owner !== "owner" ? peopleOf("owner", roster) : own;
		}
		default:
			return peopleOf(who, roster);
	}
}

function one(roster: Roster, text: string | undefined): readonly PersonId[] | Nobody["why"] {
	if (text === undefined || text === "") return "not-said";
	const found = findPerson(roster, text);
	return found === undefined ? "outsider" : [found.id];
}
