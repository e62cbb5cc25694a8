/**
 * People and groups as the directory shows them, and how they are found. Filters are built from values, never from text.
 * Must never take an entry for a person it was not asked about.
 */
import { AndFilter, EqualityFilter, ExtensibleFilter, type Filter, OrFilter } from "ldapts";
import { type Directory, type Entry, got, RemoteError } from "../../engine/remote.ts";
import { formatDn, parseDn, sameDn as sameParts } from "../dn.ts";
import { guidText } from "../guid.ts";
import { isNamed, type SearchedTogether } from "../one-search.ts";
import { namesOf, type UserRef } from "../user-ref.ts";

export type DirectoryUser = {
	readonly dn: string;
	/** As `<GUID=…>` and the outputs have it; empty where the directory did not say. */
	readonly guid: string;
	readonly upn: string;
	readonly samAccountName: string;
	readonly displayName: string;
	readonly firstName: string;
	readonly lastName: string;
	/** Its own name in the tree, as the DN has it. */
	readonly cn: string;
	readonly kind: "user" | "contact" | "group" | "other";
	readonly mail: string;
	readonly addresses: readonly string[];
	readonly mailNickname: string;
	/** As they are written, `SMTP:` for the first one. */
	readonly proxies: readonly string[];
	readonly control: number;
	readonly mark: string;
	readonly employeeId: string;
	readonly manager: string;
	/** Year it was made, where known. */
	readonly since: string;
	readonly passwordSet: string;
	/** `accountExpires` as it is stored. */
	readonly expires: string;
	readonly signedIn: boolean;
	/** `primaryGroupID`: a group that lists everybody but those whose primary group it is. */
	readonly primaryGroup: string;
};

export const CLOSED = 0x2;
export const NORMAL = 0x200;

/** Attributes every look at a person reads. */
function attributesOf(directory: Directory): readonly string[] {
	return [
		...["objectClass", "objectGUID", "userPrincipalName", "sAMAccountName", "displayName", "cn", "mail"],
		...["givenName", "sn", "mailNickname"],
		...["proxyAddresses", "userAccountControl", "employeeID", "manager", "whenCreated", "pwdLastSet", "accountExpires"],
		...["lastLogon", "lastLogonTimestamp", "logonCount", "primaryGroupID", directory.markAttribute],
	];
}

/** Finds everything a filter fits. Errors: `RemoteError`; a base that is not there has nothing in it. */
export async function findAll(
	directory: Directory,
	filter: Filter,
	base?: { readonly dn: string; readonly scope: "base" | "one" | "sub" },
): Promise<readonly DirectoryUser[]> {
	const answer = await directory.search({
		base: base?.dn ?? directory.base,
		scope: base?.scope ?? "sub",
		filter,
		attributes: attributesOf(directory),
	});
	if (answer.kind === "refused" && answer.code === "no-such-object") return [];
	return got(answer).map((entry) => read(entry, directory.markAttribute));
}

/**
 * The person a step means; undefined when nobody fits. Where the directory's own id is known it alone says who it is: names
 * change. Errors: `RemoteError` `ambiguous-user` when several fit a name.
 */
export async function findUser(directory: Directory, ref: UserRef): Promise<DirectoryUser | undefined> {
	const { address, account, guid } = namesOf(ref);
	if (guid !== undefined) {
		const isUser = equal("objectClass", "user");
		return (await findAll(directory, isUser, { dn: byGuid(guid), scope: "base" })).find((e) => e.kind === "user");
	}
	const wanted = [
		...(address === undefined ? [] : [equal("userPrincipalName", address), equal("mail", address)]),
		...(account === undefined ? [] : [equal("sAMAccountName", account)]),
	];
	if (wanted.length === 0) return undefined;
	const people = (await findAll(directory, new OrFilter({ filters: wanted }))).filter((e) => e.kind === "user");
	const exact = people.filter((p) => address !== undefined && p.upn.toLowerCase() === address.toLowerCase());
	const [found, ...others] = exact.length > 0 ? exact : people;
	if (others.length > 0) {
		throw new RemoteError({
			kind: "refused",
			status: 0,
			code: "ambiguous-user",
			message: "Several accounts fit that name. Nothing changed.",
			retryable: false,
			detail: `${people.length} entries fit ${address ?? account}`,
		});
	}
	return found;
}

/** `token`: what stands in `primaryGroupID` of whoever has it as their primary group. */
export type DirectoryGroup = {
	readonly dn: string;
	readonly guid: string;
	readonly name: string;
	readonly token: string;
};

/**
 * Groups with that name under the client's group base, or the one at that DN or `byGuid`. `member`: only those that this DN
 * is a direct member of, asked of the server, because a large group does not list all its members.
 */
export async function findGroups(
	directory: SearchedTogether,
	group: string,
	member?: string,
): Promise<readonly DirectoryGroup[]> {
	const isDn = /^((cn|ou)=.+,dc=|<GUID=)/i.test(group);
	const isGroup = equal("objectClass", "group");
	const filter = member === undefined ? isGroup : new AndFilter({ filters: [isGroup, equal("member", member)] });
	const query = { filter, attributes: GROUP_ATTRIBUTES };
	const answer = isDn
		? await directory.search({ ...query, base: group, scope: "base" })
		: await directory.searchNamed({ ...query, base: directory.groupBase }, { attributes: NAMES, value: group });
	if (answer.kind === "refused" && (answer.code === "no-such-object" || answer.code === "bad-name")) return [];
	const found = got(answer);
	const exact = found.filter((entry) => isNamed(entry, NAMES, group));
	return (exact.length > 0 ? exact : found).map((entry) => ({
		dn: entry.dn,
		guid: guidText(one(entry, "objectGUID")),
		name: one(entry, "cn") || group,
		token: one(entry, "primaryGroupToken"),
	}));
}

const NAMES = ["cn", "sAMAccountName"];
const GROUP_ATTRIBUTES = [...NAMES, "objectGUID", "primaryGroupToken"];

/**
 * Whether a person is in a group through other groups, however deep; the server follows them, round in circles too.
 * Source: [MS-ADTS] 3.1.1.3.4.4.3, LDAP_MATCHING_RULE_TRANSITIVE_EVAL.
 */
export async function isInThrough(directory: Directory, group: string, user: string): Promise<boolean> {
	const filter = new ExtensibleFilter({ matchType: "memberOf", rule: "1.2.840.113556.1.4.1941", value: group });
	const answer = await directory.search({ base: user, scope: "base", filter, attributes: ["cn"] });
	return got(answer).length > 0;
}

/**
 * An entry by the id that never changes, where a DN is wanted.
 * Source: [MS-ADTS] 3.1.1.3.1.2.4, Alternative Forms of DNs.
 */
export function byGuid(guid: string): string {
	return `<GUID=${guid}>`;
}

export function equal(attribute: string, value: string): EqualityFilter {
	return new EqualityFilter({ attribute, value });
}

/** A name below a parent, escaped as the standard says. */
export function below(name: string, parent: string): string {
	const own = formatDn([{ attribute: "CN", value: name }]);
	return `${own},${parent}`;
}

/** What a DN stands below; empty when it is none. */
export function parentOf(dn: string): string {
	return formatDn((parseDn(dn) ?? []).slice(1));
}

/** Compares two DNs by their parts: a directory may spell them in another way than we did. */
export function sameDn(a: string, b: string): boolean {
	const [one, other] = [parseDn(a), parseDn(b)];
	return one === undefined || other === undefined ? a === b : sameParts(one, other);
}

function read(entry: Entry, markAttribute: string): DirectoryUser {
	const classes = many(entry, "objectClass").map((name) => name.toLowerCase());
	const kind = (["contact", "group", "user"] as const).find((name) => classes.includes(name)) ?? "other";
	const logons = [one(entry, "lastLogon"), one(entry, "lastLogonTimestamp"), one(entry, "logonCount")];
	const mail = one(entry, "mail");
	const proxies = many(entry, "proxyAddresses");
	return {
		dn: entry.dn,
		guid: guidText(one(entry, "objectGUID")),
		upn: one(entry, "userPrincipalName"),
		samAccountName: one(entry, "sAMAccountName"),
		displayName: one(entry, "displayName") || one(entry, "cn"),
		firstName: one(entry, "givenName"),
		lastName: one(entry, "sn"),
		cn: one(entry, "cn"),
		kind,
		mail,
		addresses: [mail, ...proxies.map((a) => a.replace(/^smtp:/i, ""))].filter(Boolean).map((a) => a.toLowerCase()),
		mailNickname: one(entry, "mailNickname"),
		proxies,
		control: Number(one(entry, "userAccountControl") || "0"),
		mark: one(entry, markAttribute),
		employeeId: one(entry, "employeeID"),
		manager: one(entry, "manager"),
		since: /^\d{4}/.exec(one(entry, "whenCreated"))?.[0] ?? "",
		passwordSet: one(entry, "pwdLastSet"),
		expires: one(entry, "accountExpires"),
		primaryGroup: one(entry, "primaryGroupID"),
		signedIn: logons.some((value) => value !== "" && value !== "0"),
	};
}

function many(entry: Entry, attribute: string): readonly string[] {
	const name = Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase());
	const value = name === undefined ? [] : (entry[name] ?? []);
	return typeof value === "string" ? [value] : value;
}

function one(entry: Entry, attribute: string): string {
	return many(entry, attribute)[0] ?? "";
}
