/**
 * What the simulated Graph says of the tenant itself: its organisation, its domains, its contacts.
 */
import { verified } from "./cloud-user.ts";
import { many, type Route } from "./graph-call.ts";

export const tenantRoutes: readonly Route[] = [
	{
		method: "GET",
		template: "organization",
		handle: (call) => {
			const { id, seed } = call.tenant;
			const synced = seed.identity === "hybrid" ? true : null;
			const domains = verified(call.tenant).map((name, at) => ({ name, isDefault: at === 0, isInitial: at === 1 }));
			return many(call, [{ id, displayName: seed.name, onPremisesSyncEnabled: synced, verifiedDomains: domains }]);
		},
	},
	{
		method: "GET",
		template: "domains",
		handle: (call) =>
			many(
				call,
				verified(call.tenant).map((id, at) => ({
					id,
					isDefault: at === 0,
					isInitial: at === 1,
					isVerified: true,
					authenticationType: "Managed",
				})),
			),
	},
	{
		method: "GET",
		template: "contacts",
		handle: (call) =>
			many(
				call,
				call.tenant.contacts.all().map((contact) => ({ ...contact, proxyAddresses: [`SMTP:${contact.mail}`] })),
			),
	},
];
