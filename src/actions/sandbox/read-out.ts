/**
 * What a simulated tenant looks like now, for its console page and for whoever checks that a run did what it said. Reads
 * only.
 */
import type { ReadOut } from "../../engine/read-out.ts";
import { DISABLED } from "./ad-rules.ts";
import { groupsOf as adGroupsOf, live, valuesOf } from "./ad-tree.ts";
import { shownUser } from "./cloud-user.ts";
import { isIn } from "./graph-groups.ts";
import { type AdObject, type CloudUser, inUse, type Tenant } from "./tenant.ts";

type Person = ReadOut["users"][number];

/**
 * Lists everyone of the tenant, in the directory or in Microsoft 365 or in both, once. `id` is the Microsoft 365 id, or
 * the directory's GUID while the sync has not come by; `groups` are names of both sides; `manager` is a sign-in name.
 */
export function readOut(tenant: Tenant): ReadOut {
	const cloud = tenant.users.all().filter((user) => user.deletedAt === undefined);
	const entries = live(tenant).filter((object) => object.kind === "user");
	const synced = new Map(cloud.flatMap((user) => (user.guid === undefined ? [] : [[user.guid, user] as const])));
	const users = [
		...entries.map((entry) => ofDirectory(tenant, entry, synced.get(entry.guid))),
		...cloud.filter((user) => user.guid === undefined).map((user) => ofCloud(tenant, user)),
	].toSorted((a, b) => a.displayName.localeCompare(b.displayName, "en"));
	return {
		users,
		groups: groupsOf(tenant, users),
		licences: tenant.skus.all().map((sku) => ({ sku: sku.sku, total: sku.total, used: inUse(tenant, sku) })),
	};
}

function ofDirectory(tenant: Tenant, entry: AdObject, user: CloudUser | undefined): Person {
	const first = (name: string) => valuesOf(tenant, entry, name)[0];
	const account = first("sAMAccountName");
	const boss = entry.manager === undefined ? undefined : tenant.objects.get(entry.manager);
	const manager = boss === undefined ? undefined : valuesOf(tenant, boss, "userPrincipalName")[0];
	const own = adGroupsOf(tenant, entry);
	return {
		id: user?.id ?? entry.guid,
		displayName: first("displayName") ?? first("cn") ?? "",
		userPrincipalName: first("userPrincipalName") ?? "",
		...(account === undefined ? {} : { sAMAccountName: account }),
		enabled: (Number(first("userAccountControl") ?? "0") & DISABLED) === 0,
		groups: distinct([...own.map((group) => valuesOf(tenant, group, "cn")[0] ?? ""), ...cloudGroups(tenant, user)]),
		licences: licencesOf(tenant, user),
		...(manager === undefined ? {} : { manager }),
	};
}

function ofCloud(tenant: Tenant, user: CloudUser): Person {
	const shown = shownUser(tenant, user);
	const boss = user.manager === undefined ? undefined : tenant.users.get(user.manager);
	return {
		id: user.id,
		displayName: String(shown.displayName ?? ""),
		userPrincipalName: String(shown.userPrincipalName ?? ""),
		enabled: shown.accountEnabled === true,
		groups: distinct(cloudGroups(tenant, user)),
		licences: licencesOf(tenant, user),
		...(boss === undefined ? {} : { manager: String(boss.properties.userPrincipalName) }),
	};
}

function cloudGroups(tenant: Tenant, user: CloudUser | undefined): readonly string[] {
	if (user === undefined) return [];
	return tenant.groups
		.all()
		.filter((group) => group.guid === undefined && isIn(group, user))
		.map((group) => String(group.properties.displayName));
}

function licencesOf(tenant: Tenant, user: CloudUser | undefined): readonly string[] {
	return (user?.licences ?? []).flatMap(({ sku }) => tenant.skus.get(sku)?.sku ?? []);
}

function groupsOf(tenant: Tenant, users: readonly Person[]): ReadOut["groups"] {
	const names = [
		...live(tenant).flatMap((object) => (object.kind === "group" ? (valuesOf(tenant, object, "cn")[0] ?? "") : [])),
		...tenant.groups.all().flatMap((group) => (group.guid === undefined ? String(group.properties.displayName) : [])),
	];
	return distinct(names).map((name) => ({
		name,
		members: users.filter((user) => user.groups.includes(name)).map((user) => user.userPrincipalName),
	}));
}

function distinct(names: readonly string[]): readonly string[] {
	return [...new Set(names)].toSorted((a, b) => a.localeCompare(b, "en"));
}
