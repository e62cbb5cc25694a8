/**
 * Which entries of a roster are one human: the same address or the same account in chat. Pure. Must never let one human
 * count as two, nor go by a name.
 */
import type { PersonId } from "../sop/sop.ts";
import type { Person, Roster } from "./roster.ts";

/** The other entries of the roster that are the same human as this one, one of them through another too. */
export function sameAs(roster: Pick<Roster, "people">, id: PersonId): readonly PersonId[] {
	const same = new Set(roster.people.filter((person) => person.id === id));
	for (const one of same) {
		for (const other of roster.people) if (isSameHuman(one, other)) same.add(other);
	}
	return [...same].slice(1).map((person) => person.id);
}

/** Of these entries the first of each human. */
export function humansAmong(roster: Pick<Roster, "people">, ids: readonly PersonId[]): readonly PersonId[] {
	return ids.filter((id, at) => !sameAs(roster, id).some((same) => ids.slice(0, at).includes(same)));
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
