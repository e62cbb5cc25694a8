/**
 * Finds who answers a request to the simulated Graph, and turns refusals into Graph's error shape. Requests inside
 * `$batch` go the same way. Must never answer for a path it does not know.
 */
import { asRecord, asRecords, isRecord, type Json, type Values } from "../../base/json.ts";
import { accessRoutes } from "./graph-access.ts";
import type { Call, Reply, Route } from "./graph-call.ts";
import { groupRoutes } from "./graph-groups.ts";
import { licenceRoutes } from "./graph-licences.ts";
import { mailRoutes } from "./graph-mail.ts";
import { badRequest, errorReply, GraphRefusal } from "./graph-refusal.ts";
import { tenantRoutes } from "./graph-tenant.ts";
import { userRoutes } from "./graph-users.ts";
import { catchUp } from "./sync.ts";
import type { Tenant } from "./tenant.ts";

const ROUTES: readonly { readonly route: Route; readonly parts: readonly string[] }[] = [
	...userRoutes,
	...groupRoutes,
	...licenceRoutes,
	...accessRoutes,
	...mailRoutes,
	...tenantRoutes,
].map((route) => ({ route, parts: route.template.split("/") }));

export type Asked = {
	readonly tenant: Tenant;
	readonly endpoint: string;
	readonly method: string;
	readonly url: string;
	readonly body: Json | undefined;
	readonly headers: { readonly [name: string]: string };
	/** Who answers the requests inside a batch. */
	readonly inner?: (asked: Asked) => Told;
};

/** A reply with the headers of its own. */
export type Told = Reply & { readonly headers?: { readonly [name: string]: string } };

/** Answers one request of one tenant, after the sync has caught up. */
export function answerGraph(asked: Asked): Reply {
	catchUp(asked.tenant);
	try {
		const [path = "", search = ""] = asked.url.split("?");
		const [, version, ...segments] = path.split("/");
		if (version !== "v1.0") throw new GraphRefusal(400, "BadRequest", "Invalid version.");
		if (segments.join("/") === "$batch") return batch(asked);
		return asked.tenant.store.atomic(() => dispatch(callOf(asked, segments.map(decodeURIComponent), search)));
	} catch (error) {
		if (error instanceof URIError) return errorReply(400, "BadRequest", "Invalid URL.");
		if (!(error instanceof GraphRefusal)) return errorReply(500, "generalException", "The sandbox has a fault.");
		return errorReply(error.status, error.code, error.message, error.details);
	}
}

function callOf(asked: Asked, path: readonly string[], search: string): Call {
	const writes = asked.body !== undefined;
	if (writes && !/^application\/json\b/.test(asked.headers["content-type"] ?? "")) {
		throw badRequest("A content type of application/json is required.");
	}
	if (writes && !isRecord(asked.body)) throw badRequest("Unable to read JSON request payload.");
	return {
		tenant: asked.tenant,
		endpoint: asked.endpoint,
		method: asked.method,
		path,
		query: new Map(new URLSearchParams(search)),
		consistency: asked.headers.consistencylevel,
		body: asRecord(asked.body),
	};
}

function dispatch(call: Call): Reply {
	const fits = ROUTES.filter(
		({ parts }) => parts.length === call.path.length && parts.every((p, at) => meets(p, call.path[at])),
	);
	if (fits.length === 0) {
		const last = call.path.at(-1) ?? "";
		throw new GraphRefusal(400, "BadRequest", `Resource not found for the segment '${last}'.`);
	}
	const found = fits.find(({ route }) => route.method === call.method);
	if (found === undefined) throw new GraphRefusal(405, "Request_BadRequest", "Specified HTTP method is not allowed.");
	return found.route.handle(call, ...call.path.filter((_, at) => found.parts[at]?.startsWith(":") === true));
}

function meets(part: string, segment: string | undefined): boolean {
	return segment !== undefined && segment !== "" && (part.startsWith(":") || part === segment);
}

/** At most twenty requests, each answered by itself. Source: https://learn.microsoft.com/graph/json-batching. */
function batch(asked: Asked): Reply {
	const requests = asRecords(asRecord(asked.body).requests);
	if (asked.method !== "POST" || requests.length === 0 || requests.length > 20) {
		throw badRequest("A batch holds 1 to 20 requests.");
	}
	const responses = requests.map((request): Values => {
		const headers = asRecord(request.headers);
		const { inner = answerGraph, ...rest } = asked;
		const reply: Told = inner({
			...rest,
			method: String(request.method),
			url: `/v1.0/${String(request.url).replace(/^\//, "")}`,
			body: request.body,
			headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
		});
		return {
			...{ id: request.id ?? "", status: reply.status },
			...(reply.headers === undefined ? {} : { headers: reply.headers }),
			...(reply.body === undefined ? {} : { body: reply.body }),
		};
	});
	return { status: 200, body: { responses } };
}
