/**
 * Fills a new tenant from its seed, once: units, groups, people, licences, mailboxes. Must never touch what a tenant that
 * is already there has become; a later seed only adds what is missing.
 */
import { fromMs } from "../../base/time.ts";
import { type Dn, formatDn } from "../dn.ts";
import { find, nameOf } from "./ad-tree.ts";
import { groupProperties } from "./graph-groups.ts";
import type { Seed, SeedGroup, SeedPerson } from "./seed.ts";
import { catchUp } from "./sync.ts";
import { type AdObject, stableGuid, type Tenant } from "./tenant.ts";

/** Makes everything of the seed that is not there. Safe to call at every start. */
export function plant(tenant: Tenant): void {
	const { seed } = tenant;
	tenant.store.atomic(() => {
		for (const unit of ["OU=Staff", "OU=Groups", "OU=Disabled Users"]) unitAt(tenant, nameOf(`${unit},${seed.base}`));
		for (const unit of seed.units) unitAt(tenant, nameOf(unit));
		for (const group of seed.groups) {
			if (group.where === "directory") adGroup(tenant, group.name);
			else cloudGroup(tenant, group);
		}
		for (const licence of seed.licences) {
			const skuId = stableGuid("sku", licence.sku);
			tenant.skus.put(skuId, {
				skuId,
				sku: licence.sku,
				total: licence.total,
				others: licence.used,
				mailbox: licence.mailbox ?? true,
			});
		}
		for (const person of seed.people) personAt(tenant, person);
		for (const address of seed.mailboxes) cloudPerson(tenant, { id: address, name: mailName(address), email: address });
	});
	catchUp(tenant);
	tenant.store.atomic(() => openMailboxes(tenant));
}

function mailName(address: string): string {
	const local = address.split("@")[0] ?? address;
	return local.length <= 3 ? local.toUpperCase() : `${local[0]?.toUpperCase()}${local.slice(1)}`;
}

function unitAt(tenant: Tenant, dn: Dn): void {
	const text = formatDn(dn);
	const above = nameOf(tenant.seed.base).length;
	if (dn.length <= above || find(tenant, text) !== undefined) return;
	unitAt(tenant, dn.slice(1));
	putNew(tenant, { dn: text, kind: "unit", attributes: { objectClass: ["top", "organizationalUnit"] } });
}

function adGroup(tenant: Tenant, name: string): void {
	const dn = formatDn([{ attribute: "CN", value: name }, ...nameOf(`OU=Groups,${tenant.seed.base}`)]);
	if (find(tenant, dn) !== undefined) return;
	const attributes = { objectClass: ["top", "group"], sAMAccountName: [name], groupType: ["-2147483646"] };
	putNew(tenant, { dn, kind: "group", attributes });
}

function cloudGroup(tenant: Tenant, { name, rule, licences = [] }: SeedGroup): void {
	const id = stableGuid("group", tenant.seed.client, name);
	if (tenant.groups.get(id) !== undefined) return;
	const dynamic = rule === undefined ? {} : { groupTypes: ["DynamicMembership"], membershipRule: rule };
	const assignedLicenses = licences.map((sku) => ({ skuId: stableGuid("sku", sku), disabledPlans: [] }));
	tenant.groups.put(id, { id, members: [], properties: { ...groupProperties(name, dynamic), assignedLicenses } });
}

function personAt(tenant: Tenant, person: SeedPerson): void {
	if (!person.email.toLowerCase().endsWith(`@${tenant.seed.domain.toLowerCase()}`)) return;
	if (tenant.seed.identity === "cloud") return cloudPerson(tenant, person);
	const guid = stableGuid("person", tenant.seed.client, person.id);
	if (tenant.objects.get(guid) !== undefined) return;
	const boss = managerOf(tenant.seed, person);
	const [givenName = person.name, ...rest] = person.name.split(" ");
	putNew(tenant, {
		guid,
		dn: formatDn([{ attribute: "CN", value: person.name }, ...nameOf(`OU=Staff,${tenant.seed.base}`)]),
		kind: "user",
		attributes: {
			objectClass: ["top", "person", "organizationalPerson", "user"],
			displayName: [person.name],
			givenName: [givenName],
			...(rest.length > 0 ? { sn: [rest.join(" ")] } : {}),
			sAMAccountName: [(person.email.split("@")[0] ?? person.id).slice(0, 20)],
			userPrincipalName: [person.email],
			mail: [person.email],
			userAccountControl: ["512"],
			...(person.title === undefined ? {} : { title: [person.title] }),
			...(person.phone === undefined ? {} : { telephoneNumber: [person.phone] }),
		},
		hasPassword: true,
		...(boss === undefined ? {} : { manager: boss }),
	});
}

function managerOf(seed: Seed, person: SeedPerson): string | undefined {
	const boss = seed.people.find((other) => other.id === person.manager);
	return boss === undefined ? undefined : stableGuid("person", seed.client, boss.id);
}

function cloudPerson(tenant: Tenant, person: SeedPerson): void {
	const id = stableGuid("user", tenant.seed.client, person.id);
	const taken = tenant.users.all().some((user) => user.properties.userPrincipalName === person.email);
	const listed = tenant.seed.people.some((other) => other.email === person.email && other.id !== person.id);
	if (tenant.users.get(id) !== undefined || taken || listed) return;
	const boss = tenant.seed.people.find((other) => other.id === person.manager);
	const now = tenant.clock.now();
	tenant.users.put(id, {
		id,
		createdAt: now,
		visibleAt: now,
		mailboxAt: now,
		signedInAt: now,
		licences: [],
		passes: [],
		...(boss === undefined ? {} : { manager: stableGuid("user", tenant.seed.client, boss.id) }),
		properties: {
			displayName: person.name,
			userPrincipalName: person.email,
			mail: person.email,
			mailNickname: person.email.split("@")[0] ?? person.id,
			accountEnabled: true,
			userType: "Member",
			jobTitle: person.title ?? null,
			businessPhones: person.phone === undefined ? [] : [person.phone],
			proxyAddresses: [`SMTP:${person.email}`],
			onPremisesSyncEnabled: null,
		},
	});
}

/** The people of the seed work here already: they have mailboxes and have signed in. */
function openMailboxes(tenant: Tenant): void {
	const guids = new Set(tenant.seed.people.map((person) => stableGuid("person", tenant.seed.client, person.id)));
	const now = tenant.clock.now();
	for (const user of tenant.users.all()) {
		if (user.guid === undefined || !guids.has(user.guid) || user.mailboxAt !== undefined) continue;
		tenant.users.put(user.id, { ...user, mailboxAt: now, signedInAt: user.signedInAt ?? now });
	}
}

/** What is planted has been there for long: the sync is due at once. */
const LONG_AGO = fromMs(0);

function putNew(tenant: Tenant, object: Pick<AdObject, "dn" | "kind" | "attributes"> & Partial<AdObject>): void {
	const now = tenant.clock.now();
	const guid = object.guid ?? stableGuid("object", tenant.seed.client, object.dn);
	const fresh = { guid, members: [], hasPassword: false, createdAt: now, dirtySince: LONG_AGO, ...object };
	tenant.objects.put(guid, fresh);
}
