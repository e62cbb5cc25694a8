/**
 * Reads people, roles and channels of a definitions file. A person is defined once and referred to by id; who is named but
 * not there is a problem, because they would silently never be asked.
 */
import { asList, asRecord, isList, isRecord, type Json, type Values } from "../base/json.ts";
import type { Person, Roster } from "../people/roster.ts";
import { isZone, zoneRemedy } from "./calendar.ts";
import { PARTIES } from "./compile-context.ts";
import { type Report, suggest } from "./report.ts";
import type { PersonId } from "./sop.ts";

/** Compiles `people:`. `others` are people already defined elsewhere, whose ids and addresses are taken. */
export function compilePeople(
	list: Json | undefined,
	of: Person["of"],
	others: readonly Person[],
	report: Report,
): readonly Person[] {
	const people: Person[] = [];
	for (const [index, one] of asList(list).entries()) {
		if (!isRecord(one) || typeof one.id !== "string" || typeof one.email !== "string") continue;
		const { id, email, zone } = one;
		const taken = [...others, ...people];
		if (taken.some((person) => person.id === id)) {
			report(["people", index, "id"], "duplicate-person", `“${id}” is somebody already.`, {
				remedy: "Give this person another id.",
			});
		}
		if (taken.some((person) => person.email.toLowerCase() === email.toLowerCase())) {
			report(["people", index, "email"], "duplicate-person", `${email} belongs to somebody already.`, {
				remedy: "Define a person once.",
			});
		}
		if (typeof one.slack === "string" && taken.some((person) => person.slack === one.slack)) {
			report(["people", index, "slack"], "duplicate-person", `${one.slack} is somebody already.`, {
				remedy: "Define a person once.",
			});
		}
		if (typeof zone === "string" && !isZone(zone)) {
			report(["people", index, "zone"], "not-a-zone", `“${zone}” is not a time zone.`, { remedy: zoneRemedy(zone) });
		}
		people.push({ ...(one as unknown as Person), of });
	}
	const ids = [...people, ...others].map((person) => person.id);
	for (const [index, person] of people.entries()) {
		if (person.manager !== undefined && !ids.includes(person.manager)) {
			report(["people", index, "manager"], "no-such-person", `There is no person “${person.manager}”.`, {
				remedy: suggest(person.manager, ids),
			});
		}
	}
	return people;
}

/** Compiles `roles:`: ids of people, or a group that a connector resolves. */
export function compileRoles(written: Json | undefined, people: readonly Person[], report: Report): Roster["roles"] {
	const ids = people.map((person) => person.id);
	const roles: { [role: string]: readonly PersonId[] | { readonly group: string } } = {};
	for (const [role, value] of Object.entries(asRecord(written))) {
		if ((PARTIES as readonly string[]).includes(role) && role !== "owner") {
			report(["roles", role], "reserved-role", `“${role}” means someone in every run.`, {
				remedy: "Give the role another name.",
				which: "key",
			});
		}
		if (isRecord(value)) {
			roles[role] = { group: typeof value.group === "string" ? value.group : "" };
			continue;
		}
		const members = (isList(value) ? value : [value]).filter((one) => typeof one === "string");
		for (const [index, id] of members.entries()) {
			if (ids.includes(id)) continue;
			const at = isList(value) ? ["roles", role, index] : ["roles", role];
			report(at, "no-such-person", `There is no person “${id}”.`, { remedy: suggest(id, ids) });
		}
		roles[role] = [...new Set(members)];
	}
	return roles;
}

/** A written mapping of texts by name, as it is. */
export function compileChannels(written: Json | undefined): Roster["channels"] {
	return asRecord(written) as Values as unknown as Roster["channels"];
}
