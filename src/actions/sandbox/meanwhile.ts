/**
 * What others do in a simulated tenant while a run is under way: for tests and drills alone. Must never be reached from an
 * action.
 */
import { inMs, type Tenant } from "./tenant.ts";

export interface Meanwhile {
	/** Puts a contact with an address into the tenant, for clashes. */
	addContact(contact: { readonly displayName: string; readonly mail: string }): void;
	/** Invites a guest; the sign-in name has `#EXT#` in it. Returns the user's id. */
	addGuest(guest: { readonly displayName: string; readonly mail: string }): string;
	/** Gives a group of Microsoft 365 another name. */
	renameGroup(name: string, to: string): void;
	/** Deletes a group of Microsoft 365. */
	deleteGroup(name: string): void;
	/** Gives somebody a licence; it is counted at once. */
	takeLicence(userPrincipalName: string, sku: string): void;
	/** No more passes are given out. Source: https://learn.microsoft.com/graph/api/resources/temporaryaccesspassauthenticationmethodconfiguration. */
	forbidPasses(): void;
}

export function meanwhileIn(tenant: Tenant): Meanwhile {
	return {
		addContact(contact) {
			const id = crypto.randomUUID();
			tenant.contacts.put(id, { id, ...contact });
		},
		addGuest: (guest) => invite(tenant, guest),
		renameGroup(name, to) {
			const group = tenant.groups.all().find((one) => one.properties.displayName === name);
			if (group === undefined) return;
			tenant.groups.put(group.id, { ...group, properties: { ...group.properties, displayName: to } });
		},
		deleteGroup(name) {
			const group = tenant.groups.all().find((one) => one.properties.displayName === name);
			if (group !== undefined) tenant.groups.drop(group.id);
		},
		takeLicence(name, sku) {
			const user = tenant.users.all().find((one) => one.properties.userPrincipalName === name);
			const skuId = tenant.skus.all().find((one) => one.sku === sku)?.skuId;
			if (user === undefined || skuId === undefined) return;
			const at = inMs(tenant, -tenant.lags.replication);
			tenant.users.put(user.id, { ...user, licences: [...user.licences, { sku: skuId, at }] });
		},
		forbidPasses: () => tenant.switchedOff.put("TemporaryAccessPass", true),
	};
}

/** Source: https://learn.microsoft.com/entra/external-id/user-properties. */
function invite(tenant: Tenant, guest: { readonly displayName: string; readonly mail: string }): string {
	const id = crypto.randomUUID();
	const now = tenant.clock.now();
	const name = `${guest.mail.replace("@", "_")}#EXT#@${tenant.seed.client}.onmicrosoft.com`;
	const properties = { ...guest, userPrincipalName: name, userType: "Guest", accountEnabled: true };
	tenant.users.put(id, { id, properties, createdAt: now, visibleAt: now, licences: [], passes: [] });
	return id;
}
