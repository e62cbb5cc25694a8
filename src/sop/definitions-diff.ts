/**
 * Says in words what a reload changes, before it is swapped in. Must never show a secret: connectors are compared, not
 * printed.
 */
import { type Json, sameJson } from "../base/json.ts";
import type { Client, Definitions } from "./definitions.ts";
import { ownPeople } from "./everyone.ts";

/** What differs, a sentence each, in a stable order. Empty: nothing does. */
export function diffDefinitions(old: Definitions, fresh: Definitions): readonly string[] {
	const { workspaces: before, ...own } = old.msp;
	const { workspaces: after, ...now } = fresh.msp;
	const msp = [
		...(same(own, now) ? [] : [`${fresh.msp.name}: people or roles changed.`]),
		...(same(before ?? [], after ?? []) ? [] : [`${fresh.msp.name}: Slack workspaces changed.`]),
	];
	const clients = sides(old.clients, fresh.clients).flatMap(([id, before, after]) => {
		if (before === undefined) return [`${after?.name ?? id}: new client.`];
		if (after === undefined) return [`${before.name}: removed.`];
		return diffClient(before, after);
	});
	return [...msp, ...clients];
}

function diffClient(old: Client, fresh: Client): readonly string[] {
	const { name } = fresh;
	const lines: string[] = [];
	const part = (words: string, a: unknown, b: unknown) => {
		if (!same(a, b)) lines.push(`${name}: ${words} changed.`);
	};
	for (const [id, before, after] of sides(byId(old), byId(fresh))) {
		if (before === undefined) lines.push(`${name}: ${after?.name ?? id} joins.`);
		else if (after === undefined) lines.push(`${name}: ${before.name} leaves.`);
		else part(`what is known of ${after.name}`, before, after);
	}
	part("roles", old.roster.roles, fresh.roster.roles);
	part("channels", old.roster.channels, fresh.roster.channels);
	part("approvals given in advance", old.roster.standing, fresh.roster.standing);
	part("connectors", old.connectors, fresh.connectors);
	part("time zone", old.values.timezone, fresh.values.timezone);
	part("hours or holidays", old.values.calendar, fresh.values.calendar);
	part("profiles", old.values.profiles, fresh.values.profiles);
	for (const [id, before, after] of sides(old.sops, fresh.sops)) {
		if (before === undefined) lines.push(`${name}: ${id} is new.`);
		else if (after === undefined) lines.push(`${name}: ${id} is gone.`);
		else if (before.definition !== after.definition)
			lines.push(`${name}: ${id} changed; open runs keep what they began with.`);
	}
	return lines;
}

function byId(client: Client) {
	return Object.fromEntries(ownPeople(client).map((person) => [person.id, person]));
}

function sides<T>(
	old: { readonly [id: string]: T },
	fresh: { readonly [id: string]: T },
): readonly (readonly [string, T | undefined, T | undefined])[] {
	const ids = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort();
	return ids.map((id) => [id, old[id], fresh[id]] as const);
}

function same(a: unknown, b: unknown): boolean {
	return sameJson(a as Json, b as Json);
}
