/**
 * Says who people are: "Mo Manager", "you or Sam Osei", "3 people of the service desk". Must never show an id or an
 * address in place of a name.
 */
import type { PersonId, RoleId } from "../sop/sop.ts";
import type { Roster } from "./roster.ts";

/** How someone we do not know is called. */
const STRANGER = "someone we do not know";

/** A person's name for a reader: "you" for themselves, "Grace Hopper (has left)" is the roster's to say. */
export function nameOf(
	person: PersonId,
	roster: Roster,
	more: { readonly reader?: PersonId; readonly first?: boolean } = {},
): string {
	if (person === more.reader) return "you";
	const name = roster.people.find((one) => one.id === person)?.name;
	if (name === undefined) return STRANGER;
	return more.first ? (name.split(" ")[0] as string) : name;
}

/**
 * Several people as one phrase, for a reader: one is a name, two are joined by `joint`, more are counted by the role they
 * share, or else the first is named with how many others.
 */
export function namesOf(
	people: readonly PersonId[],
	roster: Roster,
	more: { readonly reader?: PersonId; readonly joint?: "or" | "and" } = {},
): string {
	const you = people.filter((one) => one === more.reader);
	const all = [...new Set([...you, ...people])].map((one) => nameOf(one, roster, more));
	const joint = more.joint ?? "or";
	const [first, second] = all;
	if (first === undefined) return "nobody";
	if (second === undefined) return first;
	if (all.length === 2) return `${first} ${joint} ${second}`;
	const role = sharedRole(people, roster);
	if (role !== undefined)
		return you.length > 0
			? `you ${joint} ${all.length - 1} others of the ${sayRole(role)}`
			: `${all.length} people of the ${sayRole(role)}`;
	return `${first} ${joint} ${all.length - 1} others`;
}

/** A role's id as people say it: "service desk", "IT lead", "HR". */
export function sayRole(role: RoleId): string {
	return role
		.split("-")
		.map((word) => (SHORT.has(word) ? word.toUpperCase() : word))
		.join(" ");
}

const SHORT: ReadonlySet<string> = new Set(["it", "hr", "msp", "ceo", "cfo", "cto", "ciso"]);

function sharedRole(people: readonly PersonId[], roster: Roster): RoleId | undefined {
	return Object.keys(roster.roles).find((role) => {
		const ids = roster.roles[role];
		return Array.isArray(ids) && people.every((one) => (ids as readonly string[]).includes(one));
	});
}
