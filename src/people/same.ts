/**
 * Which entries of a roster are one human: the same address or the same account in chat. Pure. Must never let one human
 * count as two, nor go by a name.
 */
import type { PersonId } from "../sop/sop.ts";
import type { Person, Roster } from "./roster.ts";

/** The other entries of the roster that are the same human as this one. */
export function sameAs(roster: Pick<Roster, "people">, id: PersonId): readonly PersonId[] {
	const self = roster.people.find((person) => person.id === id);
	if (self === undefined) return [];
	return roster.people.filter((other) => other.id !== id && isSameHuman(self, other)).map((other) => other.id);
}

function isSameHuman(one: Person, other: Person): boolean {
	return (
		isEqual(one.email, other.email) ||
		isEqual(one.slack, other.slack) ||
		// The object id alone tells two accounts apart; an entry need not say the tenant.
		isEqual(one.teams?.split("/").at(-1), other.teams?.split("/").at(-1))
	);
}

function isEqual(one: string | undefined, other: string | undefined): boolean {
	return one !== undefined && one !== "" && one.toLowerCase() === other?.toLowerCase();
}
