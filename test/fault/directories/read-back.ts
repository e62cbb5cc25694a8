/**
 * What stands in a directory and a tenant, read by LDAP and plain HTTPS: who was hired, and everybody and everything else
 * to be held against what it was before. Must never use a door of the product.
 */
import type { Client } from "ldapts";
import type { GraphReader } from "../../fixtures/readers.ts";
import type { Samba } from "../../fixtures/samba.ts";
import type { Scene } from "./scene.ts";

export type Account = {
	readonly dn: string;
	readonly isOpen: boolean;
	readonly mark: string;
	readonly manager: string;
	readonly groups: readonly string[];
};
export type CloudAccount = {
	readonly upn: string;
	readonly isOpen: boolean;
	readonly licences: readonly string[];
	readonly groups: readonly string[];
};
export type ReadBack = {
	/** By display name. */
	readonly accounts: (name: string) => readonly Account[];
	readonly cloudAccounts: (name: string) => readonly CloudAccount[];
	/** Everything that is about nobody hired here, as text, by where it stands. */
	readonly others: ReadonlyMap<string, string>;
};

/** Reads both sides. */
export async function readBack(scene: Pick<Scene, "controller" | "graph" | "hired">): Promise<ReadBack> {
	const [entries, cloud] = await Promise.all([
		scene.controller === undefined ? [] : entriesOf(scene.controller),
		tenantOf(scene.graph),
	]);
	const isHired = (name: string) => [...scene.hired].some((one) => sameName(one, name));
	const nameOf = (entry: Entry) => entry.get("displayname")?.[0] ?? "";
	const ours = entries.filter((entry) => isHired(nameOf(entry)));
	const gone = new Set(ours.flatMap((entry) => entry.get("dn") ?? []));
	const others = new Map<string, string>();
	for (const entry of entries) {
		if (!ours.includes(entry)) others.set(`LDAP ${entry.get("dn")?.[0]}`, textOf(entry, gone));
	}
	const hiredIds = new Set(cloud.users.filter(({ name }) => isHired(name)).map(({ id }) => id));
	for (const { id, name, text } of cloud.users) if (!hiredIds.has(id)) others.set(`Graph ${name} ${id}`, text);
	for (const { id, name, members } of cloud.groups) {
		others.set(`Graph group ${id}`, [name, ...members.filter((member) => !hiredIds.has(member)).toSorted()].join());
	}
	return {
		others,
		accounts: (name) => ours.filter((entry) => sameName(nameOf(entry), name)).map(accountOf),
		cloudAccounts: (name) =>
			cloud.users
				.filter((user) => sameName(user.name, name))
				.map(({ id, upn, isOpen, licences }) => ({
					...{ upn, isOpen, licences },
					groups: cloud.groups.filter(({ members }) => members.includes(id)).map((group) => group.name),
				})),
	};
}

/** What is there in one and not, or otherwise, in the other. */
export function differences(before: ReadBack, after: ReadBack): readonly string[] {
	const places = new Set([...before.others.keys(), ...after.others.keys()]);
	return [...places].flatMap((place) => {
		const [was, is] = [before.others.get(place), after.others.get(place)];
		if (was === is) return [];
		return [`${place}: ${was === undefined ? "new" : is === undefined ? "gone" : changed(was, is)}`];
	});
}

function changed(was: string, is: string): string {
	const before = was.split("\n");
	return is
		.split("\n")
		.filter((line) => !before.includes(line))
		.join("; ")
		.slice(0, 200);
}

/** Spaces at an end or in a row are no difference to a directory. */
function sameName(one: string, other: string): boolean {
	const plain = (text: string) => text.trim().replaceAll(/\s+/g, " ");
	return plain(one) === plain(other);
}

type Entry = ReadonlyMap<string, readonly string[]>;

/** What the directory counts and notes by itself. Member lists are told of the member: these are links back. */
const ITS_OWN = new Set(
	[
		...["uSNChanged", "whenChanged", "lastLogon", "lastLogonTimestamp", "logonCount", "badPwdCount", "badPasswordTime"],
		...["lockoutTime", "dSCorePropagationData", "memberOf", "directReports", "rIDNextRID", "modifiedCount"],
		...["rIDPreviousAllocationPool", "rIDAllocationPool", "rIDAvailablePool", "replPropertyMetaData"],
	].map((name) => name.toLowerCase()),
);

export async function entriesOf(samba: Samba): Promise<readonly Entry[]> {
	return samba.asAdmin(async (client: Client) => {
		const { searchEntries } = await client.search(samba.base, {
			filter: "(objectClass=*)",
			attributes: ["*"],
			explicitBufferAttributes: ["objectGUID", "objectSid"],
			paged: { pageSize: 500 },
		});
		return searchEntries.map((entry) => {
			const pairs = Object.entries(entry).map(([name, value]) => {
				const values = [value].flat() as readonly (string | Buffer)[];
				return [name.toLowerCase(), values.map((one) => (Buffer.isBuffer(one) ? one.toString("hex") : one))] as const;
			});
			return new Map(pairs);
		});
	});
}

function textOf(entry: Entry, gone: ReadonlySet<string>): string {
	const lines = [...entry].flatMap(([name, values]) => {
		if (ITS_OWN.has(name)) return [];
		const kept = name === "member" ? values.filter((dn) => !gone.has(dn)) : values;
		return kept.length === 0 ? [] : [`${name}=${kept.toSorted().join(",")}`];
	});
	return lines.toSorted().join("\n");
}

function accountOf(entry: Entry): Account {
	const one = (name: string) => entry.get(name)?.[0] ?? "";
	return {
		...{ dn: one("dn"), mark: one("info"), manager: one("manager") },
		isOpen: (Number(one("useraccountcontrol")) & 2) === 0,
		groups: entry.get("memberof") ?? [],
	};
}

async function tenantOf(graph: GraphReader) {
	const select =
		"id,displayName,userPrincipalName,accountEnabled,usageLocation,assignedLicenses,jobTitle,mail,userType";
	const [users, groups] = await Promise.all([
		graph.list(`users?$select=${select}&$top=999`),
		graph.list("groups?$select=id,displayName&$top=999"),
	]);
	const members = await Promise.all(groups.map(({ id }) => graph.list(`groups/${id}/members?$select=id&$top=999`)));
	return {
		users: users.map((user) => ({
			...{ id: String(user.id), name: String(user.displayName), upn: String(user.userPrincipalName) },
			isOpen: user.accountEnabled === true,
			licences: (user.assignedLicenses as readonly { readonly skuId: string }[]).map(({ skuId }) => skuId),
			text: JSON.stringify(user),
		})),
		groups: groups.map((group, at) => ({
			...{ id: String(group.id), name: String(group.displayName) },
			members: (members[at] ?? []).map(({ id }) => String(id)),
		})),
	};
}
