/**
 * Says who a step means in a document, where no run exists yet: roles by their words, with the people who hold them now.
 */
import { namesOf, theRole } from "../people/names.ts";
import { peopleOf } from "../people/resolve.ts";
import type { Roster } from "../people/roster.ts";
import type { Who } from "./sop.ts";

const PARTIES: { readonly [who: string]: string } = {
	requester: "the one who asked",
	subject: "the one it is about",
	manager: "their manager",
	owner: "the owner",
};

/** "HR, the service desk": words of roles only. */
export function sayWho(who: readonly Who[], joint: "or" | "and" = "or"): string {
	return joined(who.map(word), joint);
}

/** "the IT lead (Mo Manager) or their manager". */
export function sayWhoWithNames(who: readonly Who[], roster: Roster): string {
	return joined(
		who.map((one) => {
			const people = Object.hasOwn(PARTIES, one) && one !== "owner" ? [] : peopleOf(one, roster);
			if (people === "group" || people.length === 0) return word(one);
			return people.length > 3 ? `${word(one)} (${people.length} people)` : `${word(one)} (${listed(people, roster)})`;
		}),
		"or",
	);
}

function listed(people: readonly string[], roster: Roster): string {
	return people.map((one) => namesOf([one], roster)).join(", ");
}

function word(who: Who): string {
	return Object.hasOwn(PARTIES, who) ? (PARTIES[who] as string) : theRole(who);
}

function joined(words: readonly string[], joint: string): string {
	const last = words.at(-1) ?? "nobody";
	return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} ${joint} ${last}`;
}
