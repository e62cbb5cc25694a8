/**
 * The door to Microsoft Graph v1.0 of one tenant. Every call is one exchange with a time limit, sorted into ok, refused,
 * not sent or unknown. Must never retry, never reach `/beta`, and never send the token to another host.
 */
import type { Client, Context, Middleware } from "@microsoft/microsoft-graph-client";
import { assert, unreachable } from "../../base/assert.ts";
import { isRecord, type Json, type Values } from "../../base/json.ts";
import { Secret } from "../../base/secret.ts";
import type { Clock } from "../../base/time.ts";
import type { Answer, Graph, GraphRequest } from "../../engine/remote.ts";
import { RemoteError } from "../../engine/remote.ts";
import { type Exchange, graphAnswer } from "./graph-answer.ts";
import { graphUrl, isEndpoint, staysWithin } from "./graph-url.ts";
import type { TokenGiver } from "./token.ts";
import { openWire, type Wire } from "./wire.ts";

export { odata } from "./graph-url.ts";

export type GraphOptions = {
	/** `https://graph.microsoft.com/v1.0`. */
	readonly endpoint: string;
	/** A bearer token of this tenant; asked before every request, so it is for the giver to keep it. */
	readonly token: TokenGiver;
	readonly clock: Clock;
	/** PEM of the authority to trust instead of the usual ones. */
	readonly ca?: string;
	/** Limit of one exchange in ms. Default 30 s. */
	readonly timeoutMs?: number;
};

export interface GraphConnection {
	/** The door, for as long as the signal allows. Doors share the connection's sockets. */
	graph(signal?: AbortSignal): Graph;
	/** Ends idle sockets. Safe to call twice. */
	close(): void;
}

type Value = { readonly [name: string]: Json };
type Send = (
	method: GraphRequest["method"],
	url: string,
	more: Pick<GraphRequest, "body" | "headers">,
) => Promise<Answer<Value>>;

/**
 * Connects to a tenant; nothing is sent yet. A second call makes a second, independent connection.
 * Errors: throws `InvariantError` when the endpoint is not `https://HOST/v1.0`.
 */
export async function connectGraph(options: GraphOptions): Promise<GraphConnection> {
	assert(isEndpoint(options.endpoint), "a Graph endpoint is https://HOST/v1.0");
	const sdk = await import("@microsoft/microsoft-graph-client");
	const wire = openWire(options);
	const client = sdk.Client.initWithMiddleware({
		baseUrl: new URL(options.endpoint).origin,
		defaultVersion: "v1.0",
		customHosts: new Set([new URL(options.endpoint).hostname]),
		middleware: [new sdk.TelemetryHandler(), last(wire, options.endpoint)],
	});
	return {
		graph: (signal) => door(options.endpoint, sender(options, client, signal)),
		close: () => wire.close(),
	};
}

function door(endpoint: string, send: Send): Graph {
	return {
		endpoint,
		async request(request) {
			const made = graphUrl(endpoint, request);
			if (made.kind === "bad") return refusedHere(made.code, made.why);
			return send(request.method, made.url, request);
		},
		async list(request, most = 5000) {
			const made = graphUrl(endpoint, { ...request, method: "GET" });
			if (made.kind === "bad") return refusedHere(made.code, made.why);
			const items: Values[] = [];
			for (let next: string | undefined = made.url; next !== undefined; ) {
				const answer: Answer<Value> = await send("GET", next, request);
				if (answer.kind !== "ok") return answer;
				items.push(...(Array.isArray(answer.value.value) ? answer.value.value.filter(isRecord) : []));
				if (items.length > most) return refusedHere("too-many", `more than ${most} items`);
				const link: Json | undefined = answer.value["@odata.nextLink"];
				if (typeof link === "string" && !staysWithin(endpoint, link)) {
					return refusedHere("bad-answer", "the next page lies on another host");
				}
				next = typeof link === "string" ? link : undefined;
			}
			return { kind: "ok", value: items };
		},
	};
}

/** Nothing was sent: we refuse it ourselves. */
function refusedHere(code: string, why: string): Extract<Answer<never>, { kind: "refused" }> {
	const message = `This was not sent to Microsoft 365: ${why}.`;
	return { kind: "refused", status: 0, code, message, retryable: false, detail: why };
}

function sender(options: GraphOptions, client: Client, signal: AbortSignal | undefined): Send {
	return async (method, url, more) => {
		const limit = AbortSignal.timeout(options.timeoutMs ?? 30_000);
		const token = await tokenOf(options);
		if (typeof token !== "string") return token;
		const slot: Slot = {};
		const request = client
			.api(url)
			.headers({ ...more.headers, Authorization: `Bearer ${token}` })
			.option("slot", slot)
			.option("expected", url)
			.option("signal", signal === undefined ? limit : AbortSignal.any([signal, limit]))
			.responseType("raw" as never);
		const body = more.body === undefined ? undefined : opened(more.body);
		switch (method) {
			case "GET":
				await request.get();
				break;
			case "POST":
				await request.post(body ?? {});
				break;
			case "PATCH":
				await request.patch(body ?? {});
				break;
			case "PUT":
				await request.put(body ?? {});
				break;
			case "DELETE":
				await request.delete();
				break;
			default:
				return unreachable(method);
		}
		assert(slot.exchange !== undefined, "a request ends in an exchange");
		return graphAnswer(method, slot.exchange, options.clock);
	};
}

/** A token, or the answer that says there is none: nothing was sent. */
async function tokenOf(options: GraphOptions): Promise<string | Exclude<Answer<never>, { kind: "ok" }>> {
	try {
		return await options.token();
	} catch (error) {
		if (error instanceof RemoteError) return error.answer;
		return { kind: "unsent", code: "no-token", detail: error instanceof Error ? error.name : "no token" };
	}
}

type Slot = { exchange?: Exchange };
type WireOptions = { readonly slot: Slot; readonly expected: string; readonly signal: AbortSignal };

/** The end of the client's chain. What happened is left in the request's slot, because the client would flatten it. */
function last(wire: Wire, endpoint: string): Middleware {
	return {
		async execute(context: Context): Promise<void> {
			const options = context.options as typeof context.options & WireOptions;
			const url = typeof context.request === "string" ? context.request : context.request.url;
			assert(url === options.expected && url.startsWith(`${endpoint}/`), "the client sends what was built");
			const body = typeof options.body === "string" ? options.body : undefined;
			options.slot.exchange = await wire.send({
				method: options.method ?? "GET",
				url,
				headers: (options.headers ?? {}) as { readonly [name: string]: string },
				signal: options.signal,
				...(body === undefined ? {} : { body }),
			});
			context.response = new Response(null, { status: 200 });
		},
	};
}

/** Opens the secrets of a body, at any depth, in the moment it is sent. */
function opened(value: unknown): unknown {
	if (value instanceof Secret) return value.open();
	if (Array.isArray(value)) return value.map(opened);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, opened(inner)]));
}
