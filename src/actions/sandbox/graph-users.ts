/**
 * Users of the simulated Graph: found, made, changed, deleted and brought back, and who their manager is.
 */
import { randomUUID } from "node:crypto";
import type { Values } from "../../base/json.ts";
import {
	checkCloudPassword,
	checkFree,
	checkMailFree,
	checkProperties,
	shownUser,
	USUAL,
	userAt,
	visible,
} from "./cloud-user.ts";
import { type Call, many, NO_CONTENT, ok, one, type Reply, type Route, recordOf, referenced } from "./graph-call.ts";
import { badRequest, mastered, notFound } from "./graph-refusal.ts";
import { type CloudUser, inMs, type Tenant } from "./tenant.ts";

export const userRoutes: readonly Route[] = [
	{
		method: "GET",
		template: "users",
		handle: (call) =>
			many(
				call,
				visible(call.tenant).map((user) => shownUser(call.tenant, user)),
				USUAL,
			),
	},
	{ method: "POST", template: "users", handle: create },
	{
		method: "GET",
		template: "users/:id",
		handle: (call, id = "") => one(call, shownUser(call.tenant, userAt(call.tenant, id)), USUAL),
	},
	{ method: "PATCH", template: "users/:id", handle: update },
	{ method: "DELETE", template: "users/:id", handle: remove },
	{ method: "GET", template: "users/:id/manager", handle: manager },
	{ method: "PUT", template: "users/:id/manager/$ref", handle: setManager },
	{ method: "DELETE", template: "users/:id/manager/$ref", handle: clearManager },
	{
		method: "GET",
		template: "users/:id/directReports",
		handle: (call, id = "") => {
			const { id: own } = userAt(call.tenant, id);
			const reports = visible(call.tenant).filter((user) => user.manager === own);
			return many(
				call,
				reports.map((user) => typed(shownUser(call.tenant, user))),
				USUAL,
			);
		},
	},
	{ method: "GET", template: "directory/deletedItems/microsoft.graph.user", handle: deleted },
	{ method: "POST", template: "directory/deletedItems/:id/restore", handle: restore },
	{ method: "DELETE", template: "directory/deletedItems/:id", handle: purge },
];

/** Marks an object of a mixed collection with its type. */
export function typed(user: Values): Values {
	return { "@odata.type": "#microsoft.graph.user", ...user };
}

const REQUIRED = ["accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"];

function create(call: Call): Reply {
	const { tenant, body } = call;
	checkProperties(body);
	for (const name of REQUIRED) {
		if (body[name] === undefined || body[name] === null) {
			throw badRequest(`A value is required for property '${name}' of resource 'User'.`);
		}
	}
	const { passwordProfile, ...properties } = body;
	checkCloudPassword(recordOf(passwordProfile, "passwordProfile"));
	checkFree(tenant, String(body.userPrincipalName));
	const user: CloudUser = {
		id: randomUUID(),
		properties: {
			userType: "Member",
			onPremisesSyncEnabled: null,
			proxyAddresses: [],
			businessPhones: [],
			lastPasswordChangeDateTime: tenant.clock.now(),
			...properties,
		},
		createdAt: tenant.clock.now(),
		visibleAt: inMs(tenant, tenant.lags.replication),
		licences: [],
		passes: [],
	};
	tenant.users.put(user.id, user);
	return { status: 201, body: { "@odata.context": `${call.endpoint}/$metadata`, ...picked(shownUser(tenant, user)) } };
}

function picked(user: Values): Values {
	return Object.fromEntries(USUAL.map((name) => [name, user[name] ?? null]));
}

/** What only the directory may change while the sync masters a user. */
const MASTERED = new Set([
	"displayName",
	"givenName",
	"surname",
	"userPrincipalName",
	"mailNickname",
	"mail",
	"department",
	"jobTitle",
	"companyName",
	"employeeId",
	"officeLocation",
	"mobilePhone",
	"businessPhones",
	"streetAddress",
	"city",
	"state",
	"postalCode",
	"country",
	"onPremisesExtensionAttributes",
	"onPremisesImmutableId",
	"passwordProfile",
]);

function update(call: Call, id = ""): Reply {
	const { tenant, body } = call;
	const user = userAt(tenant, id);
	checkProperties(body);
	const { passwordProfile, ...properties } = body;
	if (user.properties.onPremisesSyncEnabled === true && Object.keys(body).some((name) => MASTERED.has(name))) {
		throw mastered();
	}
	if (passwordProfile !== undefined) checkCloudPassword(recordOf(passwordProfile, "passwordProfile"));
	if (typeof properties.userPrincipalName === "string") checkFree(tenant, properties.userPrincipalName, user.id);
	if (typeof properties.mail === "string") checkMailFree(tenant, properties.mail, user.id);
	const changed = passwordProfile === undefined ? {} : { lastPasswordChangeDateTime: tenant.clock.now() };
	const extended = {
		...recordOf(user.properties.onPremisesExtensionAttributes ?? {}, "onPremisesExtensionAttributes"),
	};
	const more = recordOf(properties.onPremisesExtensionAttributes ?? {}, "onPremisesExtensionAttributes");
	tenant.users.put(user.id, {
		...user,
		properties: {
			...user.properties,
			...properties,
			...changed,
			onPremisesExtensionAttributes: { ...extended, ...more },
		},
	});
	return NO_CONTENT;
}

function remove(call: Call, id = ""): Reply {
	const user = userAt(call.tenant, id);
	if (user.properties.onPremisesSyncEnabled === true) throw mastered();
	call.tenant.users.put(user.id, { ...user, deletedAt: call.tenant.clock.now() });
	return NO_CONTENT;
}

function deletedUsers(tenant: Tenant): readonly CloudUser[] {
	return tenant.users.all().filter((user) => user.deletedAt !== undefined);
}

function deleted(call: Call): Reply {
	return many(
		call,
		deletedUsers(call.tenant).map((user) => shownUser(call.tenant, user)),
		USUAL,
	);
}

function restore(call: Call, id = ""): Reply {
	const user = deletedUsers(call.tenant).find((candidate) => candidate.id === id.toLowerCase());
	if (user === undefined) throw notFound(id);
	checkFree(call.tenant, String(user.properties.userPrincipalName), user.id);
	const { deletedAt: _, ...back } = user;
	call.tenant.users.put(user.id, back);
	return ok({ "@odata.context": `${call.endpoint}/$metadata`, ...typed(picked(shownUser(call.tenant, back))) });
}

function purge(call: Call, id = ""): Reply {
	const user = deletedUsers(call.tenant).find((candidate) => candidate.id === id.toLowerCase());
	if (user === undefined) throw notFound(id);
	call.tenant.users.drop(user.id);
	return NO_CONTENT;
}

function manager(call: Call, id = ""): Reply {
	const user = userAt(call.tenant, id);
	const boss = visible(call.tenant).find((candidate) => candidate.id === user.manager);
	if (boss === undefined) throw notFound("manager");
	return one(call, typed(shownUser(call.tenant, boss)), USUAL);
}

function setManager(call: Call, id = ""): Reply {
	const user = userAt(call.tenant, id);
	if (user.properties.onPremisesSyncEnabled === true) throw mastered();
	const boss = userAt(call.tenant, referenced(call));
	call.tenant.users.put(user.id, { ...user, manager: boss.id });
	return NO_CONTENT;
}

function clearManager(call: Call, id = ""): Reply {
	const user = userAt(call.tenant, id);
	if (user.manager === undefined) throw notFound("manager");
	if (user.properties.onPremisesSyncEnabled === true) throw mastered();
	const { manager: _, ...rest } = user;
	call.tenant.users.put(user.id, rest);
	return NO_CONTENT;
}
