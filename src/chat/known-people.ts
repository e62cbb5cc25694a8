/**
 * Says how many people of a roster a chat knows, and names those it does not. Pure.
 */
import { beware, type Finding, well } from "../base/finding.ts";
import type { Person } from "../people/roster.ts";

/** `name`: whose roster; `chat`: "Teams"; `remedy`: how the others are written down. */
type Asked = {
	readonly name: string;
	readonly chat: string;
	readonly people: readonly Person[];
	readonly isKnown: (person: Person) => boolean;
	readonly remedy: string;
};

const MOST_NAMED = 5;

/** Counts them. Whoever is not known there is still known elsewhere, so it is never a failure. */
export function knownFinding({ name, chat, people, isKnown, remedy }: Asked): Finding {
	const lacking = people.filter((person) => !isKnown(person)).map((person) => person.name);
	if (lacking.length === 0) return well(name, `all ${people.length} people of the roster are known in ${chat}`);
	const known = `${people.length - lacking.length} of ${people.length} people of the roster are known in ${chat}`;
	return beware(name, `${known}; not ${listed(lacking)}`, remedy);
}

function listed(names: readonly string[]): string {
	const more = names.length - MOST_NAMED;
	return more > 0 ? `${names.slice(0, MOST_NAMED).join(", ")} and ${more} more` : names.join(", ");
}
