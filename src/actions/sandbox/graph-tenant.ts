/**
 * What the simulated Graph says of the tenant itself: its organisation, its domains, its contacts.
 */
import { verified } from "./cloud-user.ts";
import { many, one, type Route } from "./graph-call.ts";
import { notFound } from "./graph-refusal.ts";

export const tenantRoutes: readonly Route[] = [
	{
		method: "GET",
		template: "organization",
		handle: (call) => {
			const { id, seed } = call.tenant;
			const synced = seed.identity === "hybrid" ? true : null;
			// The simulated sync has caught up before each answer.
			const last = synced === true ? call.tenant.clock.now() : null;
			const domains = verified(call.tenant).map((name, at) => ({ name, isDefault: at === 0, isInitial: at === 1 }));
			return many(call, [
				{
					id,
					displayName: seed.name,
					onPremisesSyncEnabled: synced,
					onPremisesLastSyncDateTime: last,
					verifiedDomains: domains,
				},
			]);
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
		template: "applications",
		handle: (call) =>
			many(
				call,
				call.tenant.applications.all().map(({ id, secretUntil }) => ({
					id,
					appId: id,
					passwordCredentials: [{ keyId: id, endDateTime: secretUntil }],
				})),
			),
	},
	{
		method: "GET",
		template: "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/:id",
		handle: (call, id = "") => {
			if (id !== "TemporaryAccessPass") throw notFound(id);
			const state = call.tenant.switchedOff.get(id) === undefined ? "enabled" : "disabled";
			const type = "#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration";
			return one(call, { "@odata.type": type, id, state });
		},
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
