/**
 * A request to the simulated Graph, taken apart, and the common ways to answer one: choosing properties, filtering,
 * paging. Must never answer with a property that was not asked for.
 */
import { isRecord, type Json, type Values } from "../../base/json.ts";
import { badRequest, GraphRefusal } from "./graph-refusal.ts";
import { isAdvanced, odataFilter } from "./odata-filter.ts";
import type { Tenant } from "./tenant.ts";

export type Call = {
	readonly tenant: Tenant;
	/** `https://127.0.0.1:1234/v1.0` */
	readonly endpoint: string;
	readonly method: string;
	/** Decoded segments. */
	readonly path: readonly string[];
	readonly query: ReadonlyMap<string, string>;
	readonly consistency: string | undefined;
	readonly body: Values;
};

export type Reply = { readonly status: number; readonly body?: Values };

/** A handler per method and template; `:name` parts are handed over in order. */
export type Route = {
	readonly method: string;
	readonly template: string;
	readonly handle: (call: Call, ...ids: readonly string[]) => Reply;
};

export const NO_CONTENT: Reply = { status: 204 };

export function ok(body: Values): Reply {
	return { status: 200, body };
}

/** One object, with only the properties asked for. */
export function one(call: Call, object: Values, usual?: readonly string[]): Reply {
	return ok({ "@odata.context": `${call.endpoint}/$metadata`, ...chosen(call, object, usual) });
}

/** A collection: filtered, cut to `$top`, with a link to the rest. Source: https://learn.microsoft.com/graph/paging. */
export function many(call: Call, objects: readonly Values[], usual?: readonly string[]): Reply {
	const filter = call.query.get("$filter");
	const advanced =
		call.query.has("$search") || call.query.has("$count") || (filter !== undefined && isAdvanced(filter));
	if (advanced && call.consistency !== "eventual") {
		throw new GraphRefusal(400, "Request_UnsupportedQuery", "Request needs ConsistencyLevel: eventual.");
	}
	const found = filter === undefined ? objects : objects.filter(odataFilter(filter));
	const top = Number(call.query.get("$top") ?? "100");
	if (!Number.isInteger(top) || top < 1 || top > 999) throw badRequest("Invalid page size specified.");
	const from = Number(call.query.get("$skiptoken") ?? "0");
	const page = found.slice(from, from + top);
	return ok({
		"@odata.context": `${call.endpoint}/$metadata`,
		...(call.query.get("$count") === "true" ? { "@odata.count": found.length } : {}),
		...(from + top < found.length ? { "@odata.nextLink": nextLink(call, from + top) } : {}),
		value: page.map((object) => chosen(call, object, usual)),
	});
}

function nextLink(call: Call, from: number): string {
	const query = new URLSearchParams([...call.query].filter(([name]) => name !== "$skiptoken"));
	query.set("$skiptoken", String(from));
	return `${call.endpoint}/${call.path.map(encodeURIComponent).join("/")}?${query.toString().replaceAll("%24", "$")}`;
}

function chosen(call: Call, object: Values, usual: readonly string[] | undefined): Values {
	const select = call.query
		.get("$select")
		?.split(",")
		.map((name) => name.trim());
	const names = select ?? usual;
	if (names === undefined || names.includes("*")) return object;
	const type = object["@odata.type"];
	const pairs = names.map((name): [string, Json] => [name, object[name.split("/")[0] ?? name] ?? null]);
	return { ...(type === undefined ? {} : { "@odata.type": type }), ...Object.fromEntries(pairs) };
}

/** The last part of an `@odata.id`, which must name a user or an object of this Graph. */
export function referenced(call: Call): string {
	const link = call.body["@odata.id"];
	const url = typeof link === "string" ? URL.parse(link) : null;
	const match = url === null ? null : /^\/v1\.0\/(users|directoryObjects|groups)\/([^/]+)$/.exec(url.pathname);
	const here = url !== null && [new URL(call.endpoint).origin, "https://graph.microsoft.com"].includes(url.origin);
	if (!here || match === null) throw badRequest("Invalid URL format specified in payload.");
	return decodeURIComponent(match[2] ?? "");
}

/** A list in the body, or 400 as Graph words it. */
export function listOf(call: Call, name: string): readonly Json[] {
	const value = call.body[name];
	if (!Array.isArray(value)) throw badRequest(`A value is required for property '${name}'.`);
	return value;
}

export function recordOf(value: Json | undefined, name: string): Values {
	if (!isRecord(value)) throw badRequest(`Invalid value specified for property '${name}'.`);
	return value;
}
