/**
 * The entries of a simulated directory: found by name or GUID, shown with their back-links. Reads only, but for the few
 * helpers that put a changed entry back with its sync still to come.
 */
import type { Filter } from "ldapts";
import type { Entry } from "../../engine/remote.ts";
import { type Dn, formatDn, isUnder, parseDn, sameDn } from "../dn.ts";
import { LdapResult } from "./ad-rules.ts";
import { type Filterable, matches } from "./ldap-filter.ts";
import type { AdObject, Tenant } from "./tenant.ts";

/** Reads a name or throws `34`. */
export function nameOf(text: string): Dn {
	const dn = parseDn(text);
	if (dn === undefined) throw new LdapResult(34, "0000208F");
	return dn;
}

export function live(tenant: Tenant): readonly AdObject[] {
	return tenant.objects.all().filter((object) => object.deletedAt === undefined);
}

/** The entry of that name, or `<GUID=…>` in either spelling. */
export function find(tenant: Tenant, text: string): AdObject | undefined {
	const guid = /^<GUID=([0-9A-Fa-f-]+)>$/i.exec(text)?.[1];
	if (guid !== undefined) {
		const dashed = guid.includes("-") ? guid.toLowerCase() : guidOfBytes(Buffer.from(guid, "hex"));
		const object = dashed === undefined ? undefined : tenant.objects.get(dashed);
		return object?.deletedAt === undefined ? object : undefined;
	}
	return tenant.objects.get(tenant.index.named(nameOf(text)) ?? "");
}

/** As `find`, or throws `32`. */
export function demand(tenant: Tenant, text: string): AdObject {
	const object = find(tenant, text);
	if (object === undefined) throw new LdapResult(32, "00002030");
	return object;
}

/** Tells whether a container of that name is there: the base itself always is. */
export function hasParent(tenant: Tenant, dn: Dn): boolean {
	const parent = dn.slice(1);
	return sameDn(parent, nameOf(tenant.seed.base)) || find(tenant, formatDn(parent)) !== undefined;
}

/** Puts an entry back, changed; the sync has it to do. */
export function touch(tenant: Tenant, object: AdObject): void {
	tenant.objects.put(object.guid, { ...object, dirtySince: object.dirtySince ?? tenant.clock.now() });
}

/** All entries below a base for which a filter holds. Throws `32` when the base is not there. */
export function search(
	tenant: Tenant,
	query: {
		readonly base: string;
		readonly scope: "base" | "one" | "sub";
		readonly filter: Filter;
		readonly attributes: readonly string[];
	},
): readonly Entry[] {
	const named = find(tenant, query.base);
	if (named === undefined && query.base.startsWith("<")) throw new LdapResult(32, "00002030");
	const base = named === undefined ? nameOf(query.base) : tenant.index.dnOf(named);
	if (named === undefined && !sameDn(base, nameOf(tenant.seed.base))) throw new LdapResult(32, "00002030");
	return live(tenant)
		.filter((object) => {
			const dn = tenant.index.dnOf(object);
			const depth = dn.length - base.length;
			const fits = query.scope === "sub" || (query.scope === "one" ? depth === 1 : depth === 0);
			return fits && isUnder(dn, base) && matches(query.filter, view(tenant, object));
		})
		.map((object) => shown(tenant, object, query.attributes));
}

/** An entry as a filter sees it. */
function view(tenant: Tenant, object: AdObject): Filterable {
	return {
		values: (attribute) => valuesOf(tenant, object, attribute),
		chain: (attribute) => (attribute.toLowerCase() === "memberof" ? allGroups(tenant, object) : []),
	};
}

function allGroups(tenant: Tenant, object: AdObject): readonly string[] {
	const seen = new Map<string, AdObject>();
	const open = [object];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		for (const group of groupsOf(tenant, next)) {
			if (!seen.has(group.guid)) open.push(group);
			seen.set(group.guid, group);
		}
	}
	return [...seen.values()].map((group) => group.dn);
}

export function groupsOf(tenant: Tenant, object: AdObject): readonly AdObject[] {
	return present(tenant, tenant.index.groupsOf(object.guid));
}

function present(tenant: Tenant, guids: readonly string[]): readonly AdObject[] {
	return guids.flatMap((guid) => {
		const object = tenant.objects.get(guid);
		return object === undefined || object.deletedAt !== undefined ? [] : [object];
	});
}

/** The values of an attribute, stored or derived. */
export function valuesOf(tenant: Tenant, object: AdObject, attribute: string): readonly string[] {
	const dns = (guids: readonly string[]) => present(tenant, guids).map((other) => other.dn);
	const name = attribute.toLowerCase();
	switch (name) {
		case "distinguishedname":
			return [object.dn];
		case "objectguid":
			return [bytesOfGuid(object.guid).toString("base64")];
		case "objectcategory":
			return [{ user: "person", contact: "person", group: "group", unit: "organizationalUnit" }[object.kind]];
		case "member":
			return dns(object.members);
		case "memberof":
			return groupsOf(tenant, object).map((group) => group.dn);
		case "manager":
			return dns(object.manager === undefined ? [] : [object.manager]);
		case "directreports":
			return dns(tenant.index.reportsOf(object.guid));
		case "cn":
		case "name":
		case "ou":
			if (name === "name" || (name === "ou") === (object.kind === "unit"))
				return [tenant.index.dnOf(object)[0]?.value ?? ""];
			return [];
		case "whencreated":
			return [`${object.createdAt.slice(0, 19).replaceAll(/[-:T]/g, "")}.0Z`];
		default:
			return tenant.index.stored(object, name);
	}
}

const DERIVED = ["distinguishedName", "objectGUID", "cn", "name", "member", "memberOf", "manager", "directReports"];

function shown(tenant: Tenant, object: AdObject, attributes: readonly string[]): Entry {
	const all = attributes.length === 0 || attributes.includes("*");
	const names = all ? [...new Set([...DERIVED, ...Object.keys(object.attributes)])] : attributes;
	const pairs = names.map((name) => [name, valuesOf(tenant, object, name)] as const);
	return { ...Object.fromEntries(pairs.filter(([, values]) => !all || values.length > 0)), dn: object.dn };
}

/** The sixteen bytes the directory stores: the first three parts little-endian. Source: [MS-DTYP] 2.3.4.2. */
export function bytesOfGuid(guid: string): Buffer {
	const bytes = Buffer.from(guid.replaceAll("-", ""), "hex");
	bytes.subarray(0, 4).reverse();
	bytes.subarray(4, 6).reverse();
	bytes.subarray(6, 8).reverse();
	return bytes;
}

function guidOfBytes(bytes: Buffer): string | undefined {
	if (bytes.length !== 16) return undefined;
	const copy = Buffer.from(bytes);
	copy.subarray(0, 4).reverse();
	copy.subarray(4, 6).reverse();
	copy.subarray(6, 8).reverse();
	const hex = copy.toString("hex");
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
