/**
 * Says who people are: "Mo Manager", "Mo Manager or Sam Osei", "3 people of the service desk". Must never show an id or an
 * address in place of a name.
 */
import type { PersonId, RoleId } from "../sop/sop.ts";
import { hookIn } from "./actor.ts";
import type { Roster } from "./roster.ts";

/** How someone we do not know is called. */
const STRANGER = "someone we do not know";

/**
 * Several people as one phrase: one is a name, two are joined by "or", more are counted by the role they share, or else the
 * first is named with how many others.
 */
export function namesOf(people: readonly PersonId[], roster: Roster): string {
	const all = [...new Set(people)].map((id) => roster.people.find((one) => one.id === id)?.name ?? STRANGER);
	const [first, second] = all;
	if (first === undefined) return "nobody";
	if (second === undefined) return first;
	if (all.length === 2) return `${first} or ${second}`;
	const role = sharedRole(people, roster);
	return role === undefined ? `${first} or ${all.length - 1} others` : `${all.length} people of ${theRole(role)}`;
}

/** What starts runs without a person: `hook:hris` is "the hris webhook". Undefined: it is a person. */
export function sayService(id: PersonId): string | undefined {
	const hook = hookIn(id);
	return hook === undefined ? undefined : `the ${hook} webhook`;
}

/** A role's id as people say it: "service desk", "IT lead", "HR". */
export function sayRole(role: RoleId): string {
	return role
		.split("-")
		.map((word) => (SHORT.has(word) ? word.toUpperCase() : word))
		.join(" ");
}

/** The same with its article, as it stands in a sentence: "the service desk", "the CEO", but "HR". */
export function theRole(role: RoleId): string {
	const said = sayRole(role);
	return BARE.has(role) || said.startsWith("the ") ? said : `the ${said}`;
}

/** Written in capitals, as people write them. */
const SHORT: ReadonlySet<string> = new Set("it hr msp vip ceo cfo cio ciso coo cto cso dpo noc soc eu uk".split(" "));
/** Departments that take no article. */
const BARE: ReadonlySet<string> = new Set(["hr", "it"]);

function sharedRole(people: readonly PersonId[], roster: Roster): RoleId | undefined {
	return Object.keys(roster.roles).find((role) => {
		const ids = roster.roles[role];
		return Array.isArray(ids) && people.every((one) => (ids as readonly string[]).includes(one));
	});
}
