/**
 * Writing to a simulated directory as Active Directory does it: whole or not at all, refusing with its results. Throws
 * `LdapResult`; must be called inside the store's `atomic`.
 */
import { randomUUID } from "node:crypto";
import { Secret } from "../../base/secret.ts";
import { fold, formatDn, isUnder, sameDn } from "../dn.ts";
import { checkOpen, checkPassword, checkValues, fileTime, LdapResult } from "./ad-rules.ts";
import { bytesOfGuid, demand, find, hasParent, live, nameOf, touch, valuesOf } from "./ad-tree.ts";
import type { AdObject, Tenant } from "./tenant.ts";

type Modification = {
	readonly operation: "add" | "delete" | "replace";
	readonly attribute: string;
	readonly values: readonly (string | Secret)[];
};

/** Adds an entry. */
export function add(
	tenant: Tenant,
	name: string,
	given: { readonly [name: string]: string | readonly string[] | Secret },
): void {
	const dn = nameOf(name);
	const lists = Object.entries(given).map(([key, value]) => ({
		attribute: key,
		values: value instanceof Secret ? [value] : typeof value === "string" ? [value] : value,
	}));
	const classes = lists
		.find((item) => item.attribute.toLowerCase() === "objectclass")
		?.values.map((v) => fold(String(v)));
	const kind = kindOf(classes ?? []);
	if (!isUnder(dn, nameOf(tenant.seed.base)) || !hasParent(tenant, dn)) throw new LdapResult(32, "00002030");
	if (find(tenant, formatDn(dn)) !== undefined) throw new LdapResult(68);
	const fresh: AdObject = {
		guid: randomUUID(),
		dn: formatDn(dn),
		kind,
		attributes: BORN_WITH[kind],
		members: [],
		hasPassword: false,
		createdAt: tenant.clock.now(),
	};
	const named = lists.some((item) => item.attribute.toLowerCase() === "samaccountname");
	const generated =
		kind === "unit" || kind === "contact" || named
			? []
			: [{ attribute: "sAMAccountName", values: [`$${fresh.guid.slice(0, 12)}`] }];
	const rdn = dn[0];
	let object = fresh;
	for (const { attribute, values } of [...generated, ...lists]) {
		if (rdn !== undefined && ["cn", "ou", "name"].includes(attribute.toLowerCase())) {
			if (fold(String(values[0])) !== fold(rdn.value)) throw new LdapResult(64, "00002073");
			continue;
		}
		object = applied(tenant, object, { operation: "replace", attribute, values });
	}
	settled(tenant, object);
	touch(tenant, object);
}

/** Applies all changes to one entry, or none. */
export function modify(tenant: Tenant, name: string, changes: readonly Modification[]): void {
	let object = demand(tenant, name);
	for (const change of changes) object = applied(tenant, object, change);
	settled(tenant, object);
	touch(tenant, object);
}

/** Moves or renames an entry, with all that is below it. */
export function move(tenant: Tenant, name: string, newName: string): void {
	const object = demand(tenant, name);
	const from = nameOf(object.dn);
	const to = nameOf(newName);
	if (!isUnder(to, nameOf(tenant.seed.base)) || !hasParent(tenant, to)) throw new LdapResult(32, "00002030");
	const there = find(tenant, formatDn(to));
	if (there !== undefined && there.guid !== object.guid) throw new LdapResult(68);
	if (isUnder(to, from) && !sameDn(to, from)) throw new LdapResult(53, "000020DF");
	for (const other of live(tenant)) {
		const dn = tenant.index.dnOf(other);
		if (!isUnder(dn, from)) continue;
		touch(tenant, { ...other, dn: formatDn([...dn.slice(0, dn.length - from.length), ...to]) });
	}
}

/** Removes an entry that has nothing below it. Its GUID is never given again. */
export function remove(tenant: Tenant, name: string): void {
	const object = demand(tenant, name);
	const dn = nameOf(object.dn);
	for (const other of live(tenant)) {
		if (other.guid === object.guid) continue;
		if (isUnder(tenant.index.dnOf(other), dn)) throw new LdapResult(66, "00002015");
	}
	const linked = [...tenant.index.groupsOf(object.guid), ...tenant.index.reportsOf(object.guid)];
	for (const guid of new Set(linked)) {
		const other = tenant.objects.get(guid);
		if (other === undefined) continue;
		const { manager, ...rest } = other;
		touch(tenant, {
			...rest,
			members: other.members.filter((member) => member !== object.guid),
			...(manager === undefined || manager === object.guid ? {} : { manager }),
		});
	}
	const now = tenant.clock.now();
	tenant.objects.put(object.guid, { ...object, deletedAt: now, dirtySince: now, members: [] });
}

/** What an entry has that nobody wrote. */
const BORN_WITH: { readonly [kind in AdObject["kind"]]: AdObject["attributes"] } = {
	user: { userAccountControl: ["546"], pwdLastSet: ["0"], lastLogon: ["0"], logonCount: ["0"] },
	group: { groupType: ["-2147483646"] },
	contact: {},
	unit: {},
};

function kindOf(classes: readonly string[]): AdObject["kind"] {
	if (classes.includes("user")) return "user";
	if (classes.includes("contact")) return "contact";
	if (classes.includes("group")) return "group";
	if (classes.includes("organizationalunit") || classes.includes("container")) return "unit";
	throw new LdapResult(65, "0000207D");
}

/** One modification in memory. */
function applied(tenant: Tenant, object: AdObject, change: Modification): AdObject {
	const name = change.attribute.toLowerCase();
	if (name === "unicodepwd") return withPassword(tenant, object, change);
	if (["cn", "ou", "name"].includes(name)) throw new LdapResult(67, "00002016");
	const now = fileTime(tenant.clock.now());
	const values = change.values.map((value) => {
		const plain = value instanceof Secret ? value.open() : value;
		return name === "pwdlastset" && plain === "-1" ? now : plain;
	});
	if (name === "member") return withMembers(tenant, object, change.operation, values);
	const before = valuesOf(tenant, object, change.attribute);
	const after = combined(name, before, { ...change, values });
	checkValues(change.attribute, after);
	if (name === "manager") {
		const { manager: _, ...rest } = object;
		const [dn] = after;
		return dn === undefined ? rest : { ...rest, manager: find(tenant, dn)?.guid ?? ghost(19, "000020B5") };
	}
	const others = Object.entries(object.attributes).filter(([key]) => key.toLowerCase() !== name);
	const own = Object.keys(object.attributes).find((key) => key.toLowerCase() === name) ?? change.attribute;
	return {
		...object,
		attributes: Object.fromEntries([...others, ...(after.length > 0 ? [[own, after] as const] : [])]),
	};
}

/** Members are compared as the entries they are, whatever their names are spelt like. */
function withMembers(
	tenant: Tenant,
	object: AdObject,
	operation: Modification["operation"],
	names: readonly string[],
): AdObject {
	if (object.kind !== "group") throw new LdapResult(65, "0000207D");
	const known = new Set(object.members);
	const guids = names.map((dn) => find(tenant, dn)?.guid);
	if (operation === "delete") {
		if (names.length === 0) return { ...object, members: [] };
		if (guids.some((guid) => guid === undefined || !known.has(guid))) throw new LdapResult(53, "00000561");
		return { ...object, members: object.members.filter((guid) => !guids.includes(guid)) };
	}
	const found = guids.map((guid) => guid ?? ghost(32, "00000525"));
	if (operation === "replace") return { ...object, members: [...new Set(found)] };
	if (found.some((guid) => known.has(guid))) throw new LdapResult(68, "00000562");
	return { ...object, members: [...object.members, ...new Set(found)] };
}

function ghost(result: number, win32: string): never {
	throw new LdapResult(result, win32);
}

/** The values after one change; the directory refuses what is already so. */
function combined(
	name: string,
	before: readonly string[],
	change: { readonly operation: Modification["operation"]; readonly values: readonly string[] },
): readonly string[] {
	const dns = name === "manager";
	const same = (a: string, b: string) => (dns ? sameDn(nameOf(a), nameOf(b)) : fold(a) === fold(b));
	switch (change.operation) {
		case "replace":
			return change.values;
		case "add":
			if (change.values.some((value) => before.some((old) => same(old, value)))) {
				throw new LdapResult(20, "00002083");
			}
			return [...before, ...change.values];
		case "delete": {
			const missing = change.values.some((value) => !before.some((old) => same(old, value)));
			if (missing || before.length === 0) throw new LdapResult(16, "00002085");
			return change.values.length === 0 ? [] : before.filter((old) => !change.values.some((value) => same(old, value)));
		}
	}
}

function withPassword(tenant: Tenant, object: AdObject, change: Modification): AdObject {
	const [value] = change.values;
	if (value === undefined || change.operation === "delete" || object.kind !== "user") {
		throw new LdapResult(53, "00002035");
	}
	const { sAMAccountName = [""], displayName = [""] } = object.attributes;
	checkPassword(value instanceof Secret ? value.open() : value, sAMAccountName[0] ?? "", displayName[0] ?? "");
	const attributes = { ...object.attributes, pwdLastSet: [fileTime(tenant.clock.now())] };
	return { ...object, attributes, hasPassword: true };
}

/** What must hold when all changes of one request are in. */
function settled(tenant: Tenant, object: AdObject): void {
	if (object.kind === "user") checkOpen(object.attributes.userAccountControl?.[0], object.hasPassword);
	const taken = (attribute: "samaccountname" | "userprincipalname") => {
		const [value] = tenant.index.stored(object, attribute);
		return value !== undefined && tenant.index.having(attribute, value).some((guid) => guid !== object.guid);
	};
	if (taken("samaccountname")) throw new LdapResult(68, "00002071");
	if (taken("userprincipalname")) throw new LdapResult(19, "0000202F");
}

/** `onPremisesImmutableId` of an entry. */
export function immutableId(object: AdObject): string {
	return bytesOfGuid(object.guid).toString("base64");
}
