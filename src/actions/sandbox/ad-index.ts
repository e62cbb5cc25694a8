/**
 * Finds directory entries without reading them all: by name, by account, by the groups they are in and whom they manage.
 * Follows the table by itself; must never be written to from outside.
 */
import { type Dn, fold, parseDn } from "../dn.ts";
import type { Table } from "./store.ts";
import type { AdObject } from "./tenant.ts";

export interface AdIndex {
	/** The GUID of the live entry of that name. */
	named(dn: Dn): string | undefined;
	/** GUIDs of live entries with that value of `samaccountname` or `userprincipalname`. */
	having(attribute: "samaccountname" | "userprincipalname", value: string): readonly string[];
	/** GUIDs of live groups that hold it directly. */
	groupsOf(guid: string): readonly string[];
	/** GUIDs of live entries it is the manager of. */
	reportsOf(guid: string): readonly string[];
	/** The parsed name of an entry. */
	dnOf(object: AdObject): Dn;
	/** Stored values by lower-case name. */
	stored(object: AdObject, attribute: string): readonly string[];
}

type Sets = Map<string, Set<string>>;

/** Follows a table of entries. */
export function adIndex(objects: Table<AdObject>): AdIndex {
	const names: Sets = new Map();
	const values: Sets = new Map();
	const holders: Sets = new Map();
	const reports: Sets = new Map();
	const dns = new WeakMap<AdObject, Dn>();
	const lower = new WeakMap<AdObject, ReadonlyMap<string, readonly string[]>>();
	const dnOf = (object: AdObject) => remembered(dns, object, () => parseDn(object.dn) ?? []);
	const stored = (object: AdObject, attribute: string) =>
		remembered(lower, object, () => lowered(object)).get(attribute) ?? [];
	const each = (object: AdObject, change: (sets: Sets, key: string, guid: string) => void) => {
		if (object.deletedAt !== undefined) return;
		change(names, keyOf(dnOf(object)), object.guid);
		for (const attribute of ["samaccountname", "userprincipalname"]) {
			for (const value of stored(object, attribute)) change(values, `${attribute}\n${fold(value)}`, object.guid);
		}
		for (const member of object.members) change(holders, member, object.guid);
		if (object.manager !== undefined) change(reports, object.manager, object.guid);
	};
	objects.watch(
		(before, after) => {
			if (before !== undefined) each(before, take);
			if (after !== undefined) each(after, put);
		},
		() => {
			for (const sets of [names, values, holders, reports]) sets.clear();
		},
	);
	return {
		named: (dn) => [...(names.get(keyOf(dn)) ?? [])][0],
		having: (attribute, value) => [...(values.get(`${attribute}\n${fold(value)}`) ?? [])],
		groupsOf: (guid) => [...(holders.get(guid) ?? [])],
		reportsOf: (guid) => [...(reports.get(guid) ?? [])],
		dnOf,
		stored,
	};
}

function keyOf(dn: Dn): string {
	return dn.map(({ attribute, value }) => `${attribute}=${fold(value)}`).join("\n");
}

function lowered(object: AdObject): ReadonlyMap<string, readonly string[]> {
	return new Map(Object.entries(object.attributes).map(([name, list]) => [name.toLowerCase(), list]));
}

function remembered<T>(cache: WeakMap<AdObject, T>, object: AdObject, make: () => T): T {
	const known = cache.get(object);
	if (known !== undefined) return known;
	const made = make();
	cache.set(object, made);
	return made;
}

function put(sets: Sets, key: string, guid: string): void {
	const set = sets.get(key);
	if (set === undefined) sets.set(key, new Set([guid]));
	else set.add(guid);
}

function take(sets: Sets, key: string, guid: string): void {
	const set = sets.get(key);
	set?.delete(guid);
	if (set?.size === 0) sets.delete(key);
}
