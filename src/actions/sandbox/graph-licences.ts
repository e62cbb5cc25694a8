/**
 * Licences of the simulated Graph: how many there are, who has which, and the refusals Microsoft gives: no country, none
 * left, none such.
 */
import { asRecords, isRecord, type Values } from "../../base/json.ts";
import { shownUser, USUAL, userAt, withMailbox } from "./cloud-user.ts";
import { type Call, listOf, many, one, type Reply, type Route } from "./graph-call.ts";
import { badRequest } from "./graph-refusal.ts";
import { type CloudGroup, type CloudUser, hasCome, inMs, inUse, type Sku, stableGuid, type Tenant } from "./tenant.ts";

export const licenceRoutes: readonly Route[] = [
	{
		method: "GET",
		template: "subscribedSkus",
		handle: (call) =>
			many(
				call,
				call.tenant.skus.all().map((sku) => shownSku(call, sku)),
			),
	},
	{ method: "GET", template: "users/:id/licenseDetails", handle: details },
	{ method: "POST", template: "users/:id/assignLicense", handle: assign },
];

function shownSku(call: Call, sku: Sku): Values {
	return {
		id: `${call.tenant.id}_${sku.skuId}`,
		accountName: call.tenant.seed.name,
		accountId: call.tenant.id,
		appliesTo: "User",
		capabilityStatus: "Enabled",
		consumedUnits: inUse(call.tenant, sku, true),
		skuId: sku.skuId,
		skuPartNumber: sku.sku,
		prepaidUnits: { enabled: sku.total, suspended: 0, warning: 0, lockedOut: 0 },
		servicePlans: [],
		subscriptionIds: [],
	};
}

function details(call: Call, id = ""): Reply {
	const user = userAt(call.tenant, id);
	const rows = user.licences.flatMap(({ sku, at }) => {
		if (!hasCome(call.tenant, at)) return [];
		const known = call.tenant.skus.get(sku);
		const row = { id: stableGuid(user.id, sku), skuId: sku, skuPartNumber: known?.sku ?? "", servicePlans: [] };
		return known === undefined ? [] : [row];
	});
	return many(call, rows);
}

function assign(call: Call, id = ""): Reply {
	const { tenant } = call;
	const user = userAt(tenant, id);
	const added = listOf(call, "addLicenses").map((item) => String(isRecord(item) ? item.skuId : item).toLowerCase());
	const removed = listOf(call, "removeLicenses").map((item) => String(item).toLowerCase());
	if (typeof user.properties.usageLocation !== "string" && added.length > 0) {
		throw badRequest("License assignment cannot be done for user with invalid usage location.");
	}
	for (const skuId of [...added, ...removed]) {
		if (tenant.skus.get(skuId) === undefined) {
			throw badRequest(`License ${skuId} does not correspond to a valid company License.`);
		}
	}
	const has = (skuId: string) => user.licences.some((licence) => licence.sku === skuId);
	if (removed.some((skuId) => user.licences.some(({ sku, group }) => sku === skuId && group !== undefined))) {
		throw badRequest(
			"User license is inherited from a group membership and it cannot be removed directly from the user.",
		);
	}
	if (removed.some((skuId) => !has(skuId))) throw badRequest("User does not have a corresponding license.");
	for (const skuId of added) {
		const sku = tenant.skus.get(skuId);
		if (sku !== undefined && !has(skuId) && inUse(tenant, sku) >= sku.total) {
			throw badRequest(`Subscription with SKU ${skuId} does not have any available licenses.`);
		}
	}
	const kept = user.licences.filter((licence) => !removed.includes(licence.sku));
	const fresh = added.filter((skuId) => !has(skuId)).map((sku) => ({ sku, at: tenant.clock.now() }));
	const after = withMailbox(tenant, { ...user, licences: [...kept, ...fresh] });
	tenant.users.put(user.id, after);
	return one(call, shownUser(tenant, after), USUAL);
}

/**
 * Who joins a group gets its licences a little later, where there are any left and it is known where the person works.
 * Source: https://learn.microsoft.com/entra/fundamentals/concept-group-based-licensing.
 */
export function givenByGroup(tenant: Tenant, group: CloudGroup, user: CloudUser): CloudUser {
	const rows = asRecords(group.properties.assignedLicenses);
	const fresh = rows.flatMap(({ skuId }) => {
		const sku = tenant.skus.get(String(skuId));
		const has = user.licences.some((licence) => licence.sku === skuId);
		const located = typeof user.properties.usageLocation === "string";
		if (sku === undefined || has || !located || inUse(tenant, sku) >= sku.total) return [];
		return [{ sku: sku.skuId, at: inMs(tenant, tenant.lags.replication), group: group.id }];
	});
	return withMailbox(tenant, { ...user, licences: [...user.licences, ...fresh] });
}
