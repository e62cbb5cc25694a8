/**
 * Carries what changes in a tenant's directory over to its Microsoft 365, some time later, as Entra Connect does. Has no
 * timer: whoever reads lets it catch up first. Must never carry anything the other way.
 */
import { randomUUID } from "node:crypto";
import type { Values } from "../../base/json.ts";
import { plusMs } from "../../base/time.ts";
import { DISABLED } from "./ad-rules.ts";
import { valuesOf } from "./ad-tree.ts";
import { immutableId } from "./ad-write.ts";
import { groupProperties } from "./graph-groups.ts";
import { type AdObject, type CloudUser, hasCome, type Tenant } from "./tenant.ts";

/** Does what is due. Safe to call at any time and as often as one likes; users come before the groups they are in. */
export function catchUp(tenant: Tenant): void {
	const due = tenant.objects
		.all()
		.filter((object) => object.dirtySince !== undefined)
		.filter((object) => hasCome(tenant, plusMs(object.dirtySince ?? "", tenant.lags.sync)));
	if (due.length === 0) return;
	tenant.store.atomic(() => {
		for (const object of due) if (object.kind === "user") syncUser(tenant, object);
		for (const object of due) if (object.kind === "user") syncManager(tenant, object);
		const fresh = new Set(due.map((object) => object.guid));
		const ids = new Map(
			tenant.users.all().flatMap((user) => (user.guid === undefined ? [] : [[user.guid, user.id] as const])),
		);
		for (const object of tenant.objects.all()) {
			const asks = fresh.has(object.guid) || object.members.some((guid) => fresh.has(guid));
			if (object.kind === "group" && asks) syncGroup(tenant, object, ids);
		}
		for (const object of due) {
			const { dirtySince: _, ...clean } = object;
			tenant.objects.put(object.guid, clean);
		}
	});
}

/** The user of Microsoft 365 that a directory entry became. */
function cloudOf(tenant: Tenant, guid: string | undefined): CloudUser | undefined {
	return tenant.users.all().find((user) => guid !== undefined && user.guid === guid);
}

function syncUser(tenant: Tenant, object: AdObject): void {
	const now = tenant.clock.now();
	const name = valuesOf(tenant, object, "userPrincipalName")[0];
	const known = cloudOf(tenant, object.guid);
	if (object.deletedAt !== undefined || name === undefined) {
		if (known !== undefined) tenant.users.put(known.id, { ...known, deletedAt: known.deletedAt ?? now });
		return;
	}
	const matched = known ?? softMatch(tenant, name);
	const clash = tenant.users
		.all()
		.some((user) => user !== matched && user.deletedAt === undefined && sameName(user, name));
	if (clash) return;
	const { deletedAt: _, ...kept } = matched ?? {
		id: randomUUID(),
		createdAt: now,
		visibleAt: now,
		licences: [],
		passes: [],
		properties: {},
	};
	tenant.users.put(kept.id, {
		...kept,
		guid: object.guid,
		properties: { ...kept.properties, ...flowed(tenant, object), onPremisesLastSyncDateTime: now },
	});
}

/** A cloud user of the same name that nothing is synced to yet becomes the synced one. */
function softMatch(tenant: Tenant, name: string): CloudUser | undefined {
	return tenant.users.all().find((u) => u.guid === undefined && u.deletedAt === undefined && sameName(u, name));
}

function sameName(user: CloudUser, name: string): boolean {
	return String(user.properties.userPrincipalName).toLowerCase() === name.toLowerCase();
}

/** Graph property by directory attribute. Source: https://learn.microsoft.com/entra/identity/hybrid/connect/reference-connect-sync-attributes-synchronized. */
const FLOW: { readonly [property: string]: string } = {
	city: "l",
	companyName: "company",
	country: "co",
	department: "department",
	displayName: "displayName",
	employeeId: "employeeID",
	givenName: "givenName",
	jobTitle: "title",
	mail: "mail",
	mobilePhone: "mobile",
	officeLocation: "physicalDeliveryOfficeName",
	onPremisesDistinguishedName: "distinguishedName",
	onPremisesSamAccountName: "sAMAccountName",
	onPremisesUserPrincipalName: "userPrincipalName",
	postalCode: "postalCode",
	state: "st",
	streetAddress: "streetAddress",
	surname: "sn",
	userPrincipalName: "userPrincipalName",
};

function flowed(tenant: Tenant, object: AdObject): Values {
	const first = (attribute: string) => valuesOf(tenant, object, attribute)[0] ?? null;
	const phone = first("telephoneNumber");
	const extended = Array.from({ length: 15 }, (_, at) => `extensionAttribute${at + 1}`);
	return {
		...Object.fromEntries(Object.entries(FLOW).map(([property, attribute]) => [property, first(attribute)])),
		displayName: first("displayName") ?? first("cn"),
		mailNickname: first("mailNickname") ?? first("sAMAccountName"),
		businessPhones: phone === null ? [] : [phone],
		proxyAddresses: valuesOf(tenant, object, "proxyAddresses"),
		onPremisesExtensionAttributes: Object.fromEntries(extended.map((name) => [name, first(name)])),
		accountEnabled: (Number(first("userAccountControl") ?? "0") & DISABLED) === 0,
		onPremisesDomainName: tenant.seed.domain,
		onPremisesImmutableId: immutableId(object),
		onPremisesSyncEnabled: true,
		userType: "Member",
	};
}

function syncManager(tenant: Tenant, object: AdObject): void {
	const user = cloudOf(tenant, object.guid);
	if (user === undefined) return;
	const boss = cloudOf(tenant, object.manager);
	const { manager: _, ...rest } = user;
	tenant.users.put(user.id, boss === undefined ? rest : { ...rest, manager: boss.id });
}

function syncGroup(tenant: Tenant, object: AdObject, ids: ReadonlyMap<string, string>): void {
	const known = tenant.groups.all().find((group) => group.guid === object.guid);
	if (object.deletedAt !== undefined) {
		if (known !== undefined) tenant.groups.drop(known.id);
		return;
	}
	const id = known?.id ?? randomUUID();
	const name = valuesOf(tenant, object, "displayName")[0] ?? valuesOf(tenant, object, "cn")[0] ?? "";
	tenant.groups.put(id, {
		id,
		guid: object.guid,
		properties: groupProperties(name, {
			onPremisesSyncEnabled: true,
			onPremisesSamAccountName: valuesOf(tenant, object, "sAMAccountName")[0] ?? null,
		}),
		members: object.members.flatMap((guid) => ids.get(guid) ?? []),
	});
}
