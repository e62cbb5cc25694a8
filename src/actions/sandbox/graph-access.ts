/**
 * How people of the simulated tenant come in: temporary access passes, sessions, sign-ins. A pass is told once, in the
 * answer that makes it. Must never store one.
 */
import { randomInt, randomUUID } from "node:crypto";
import type { Values } from "../../base/json.ts";
import { plusMs } from "../../base/time.ts";
import { userAt } from "./cloud-user.ts";
import { type Call, many, NO_CONTENT, ok, one, type Reply, type Route } from "./graph-call.ts";
import { badRequest, notFound } from "./graph-refusal.ts";
import type { Pass, Tenant } from "./tenant.ts";

const PASSES = "users/:id/authentication/temporaryAccessPassMethods";
const PASSWORD_METHOD = "28c10230-6103-485e-b985-444c60001490";

export const accessRoutes: readonly Route[] = [
	{
		method: "GET",
		template: PASSES,
		handle: (call, id = "") =>
			many(
				call,
				userAt(call.tenant, id).passes.map((pass) => shownPass(call.tenant, pass)),
			),
	},
	{ method: "POST", template: PASSES, handle: makePass },
	{
		method: "GET",
		template: `${PASSES}/:pass`,
		handle: (call, id = "", pass = "") => one(call, shownPass(call.tenant, passAt(call, id, pass))),
	},
	{
		method: "DELETE",
		template: `${PASSES}/:pass`,
		handle: (call, id = "", pass = "") => {
			const gone = passAt(call, id, pass);
			const user = userAt(call.tenant, id);
			call.tenant.users.put(user.id, { ...user, passes: user.passes.filter((other) => other.id !== gone.id) });
			return NO_CONTENT;
		},
	},
	{ method: "GET", template: "users/:id/authentication/methods", handle: methods },
	{
		method: "POST",
		template: "users/:id/revokeSignInSessions",
		handle: (call, id = "") => {
			const user = userAt(call.tenant, id);
			const at = call.tenant.clock.now();
			const properties = { ...user.properties, signInSessionsValidFromDateTime: at };
			call.tenant.users.put(user.id, { ...user, properties });
			return ok({ "@odata.context": `${call.endpoint}/$metadata#Edm.Boolean`, value: true });
		},
	},
	{ method: "GET", template: "auditLogs/signIns", handle: signIns },
];

function passAt(call: Call, id: string, pass: string): Pass {
	const found = userAt(call.tenant, id).passes.find((other) => other.id === pass.toLowerCase());
	if (found === undefined) throw notFound(pass);
	return found;
}

/** Makes a pass; the one before it stops working. Source: https://learn.microsoft.com/graph/api/authentication-post-temporaryaccesspassmethods. */
function makePass(call: Call, id = ""): Reply {
	const { tenant, body } = call;
	const user = userAt(tenant, id);
	if (tenant.switchedOff.get("TemporaryAccessPass") !== undefined) {
		throw badRequest("Temporary Access Pass has been disabled on tenant.");
	}
	const minutes = body.lifetimeInMinutes ?? 60;
	if (typeof minutes !== "number" || !Number.isInteger(minutes) || minutes < 10 || minutes > 43_200) {
		throw badRequest("lifetimeInMinutes must be between 10 and 43200.");
	}
	const now = tenant.clock.now();
	const start = typeof body.startDateTime === "string" ? Temporal.Instant.from(body.startDateTime) : undefined;
	const asked = start?.toString({ fractionalSecondDigits: 3 });
	const pass: Pass = {
		id: randomUUID(),
		createdAt: now,
		startAt: asked !== undefined && asked > now ? asked : now,
		minutes,
		once: body.isUsableOnce === true,
		used: false,
	};
	tenant.users.put(user.id, { ...user, passes: [pass] });
	return { status: 201, body: { ...shownPass(tenant, pass), temporaryAccessPass: passText() } };
}

function passText(): string {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789#$%&*";
	return Array.from({ length: 12 }, () => letters[randomInt(letters.length)]).join("");
}

/** Whether a pass works, and why not. */
function usability(tenant: Tenant, pass: Pass): string {
	const now = tenant.clock.now();
	if (pass.once && pass.used) return "OneTimeUsed";
	if (pass.startAt > now) return "NotYetValid";
	return plusMs(pass.startAt, pass.minutes * 60_000) <= now ? "Expired" : "EnabledByPolicy";
}

function shownPass(tenant: Tenant, pass: Pass): Values {
	const why = usability(tenant, pass);
	return {
		id: pass.id,
		isUsable: why === "EnabledByPolicy",
		methodUsabilityReason: why,
		temporaryAccessPass: null,
		createdDateTime: pass.createdAt,
		startDateTime: pass.startAt,
		lifetimeInMinutes: pass.minutes,
		isUsableOnce: pass.once,
	};
}

function methods(call: Call, id = ""): Reply {
	const user = userAt(call.tenant, id);
	const password = { "@odata.type": "#microsoft.graph.passwordAuthenticationMethod", id: PASSWORD_METHOD };
	const passes = user.passes.map((pass) => ({
		"@odata.type": "#microsoft.graph.temporaryAccessPassAuthenticationMethod",
		...shownPass(call.tenant, pass),
	}));
	return many(call, [password, ...passes]);
}

function signIns(call: Call): Reply {
	const rows = call.tenant.signIns.all().map(({ id, user, at }) => {
		const properties = call.tenant.users.get(user)?.properties;
		const name = properties?.userPrincipalName ?? "";
		return {
			id,
			userId: user,
			userPrincipalName: typeof name === "string" ? name.toLowerCase() : "",
			createdDateTime: at,
			appDisplayName: "Office 365",
			status: { errorCode: 0, failureReason: "Other.", additionalDetails: null },
		};
	});
	return many(call, rows.toReversed());
}
