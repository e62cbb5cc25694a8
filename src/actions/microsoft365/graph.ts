/**
 * The door to Microsoft Graph v1.0 of one tenant. Every call is sorted into ok, refused, not sent or unknown. Must never
 * repeat a write that may have been done, never reach `/beta`, and never send the token to another host.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { assert } from "../../base/assert.ts";
import { asRecords, type Json, type Values } from "../../base/json.ts";
import type { Answer, Graph, GraphRequest } from "../../engine/remote.ts";
import { createBudget, serviceOf } from "./budget.ts";
import { refusedHere } from "./graph-answer.ts";
import { readTogether } from "./graph-batch.ts";
import { type GraphAnswer, type Sending, type Slot, sendGraph } from "./graph-send.ts";
import { graphUrl, isEndpoint, staysWithin } from "./graph-url.ts";
import { openWire, type Wire } from "./wire.ts";

export { odata } from "./graph-url.ts";

export type GraphOptions = Pick<Sending, "token" | "clock" | "timeoutMs" | "patienceMs"> & {
	/** `https://graph.microsoft.com/v1.0`. */
	readonly endpoint: string;
	/** PEM of the authority to trust instead of the usual ones. */
	readonly ca?: string;
	/** Resolves after `ms`, or at once when the signal stops. Default: the machine's timers. */
	readonly wait?: Sending["wait"];
};

export interface GraphConnection {
	/** The door, for as long as the signal allows. Doors share the connection's sockets and its budget. */
	graph(signal?: AbortSignal): Graph;
	/** Ends all connections: what is under way is lost. Safe to call twice. */
	close(): void;
}

type Get = Omit<GraphRequest, "method" | "body">;
type Door = { readonly endpoint: string; readonly sending: Sending; readonly signal: AbortSignal };

const MOST_ITEMS = 5000;

/**
 * Connects to a tenant; nothing is sent yet. A second call makes a second, independent connection.
 * Errors: throws `InvariantError` when the endpoint is not `https://HOST/v1.0`.
 */
export async function connectGraph(options: GraphOptions): Promise<GraphConnection> {
	const { endpoint } = options;
	assert(isEndpoint(endpoint), "a Graph endpoint is https://HOST/v1.0");
	const sdk = await import("@microsoft/microsoft-graph-client");
	const wire = openWire(options);
	const client = sdk.Client.initWithMiddleware({
		baseUrl: new URL(endpoint).origin,
		defaultVersion: "v1.0",
		customHosts: new Set([new URL(endpoint).hostname]),
		middleware: [new sdk.TelemetryHandler(), last(wire, endpoint)],
	});
	const sending: Sending = { wait: waited, ...options, client, budget: createBudget(options.clock) };
	return {
		graph: (signal = new AbortController().signal) => openDoor({ endpoint, sending, signal }),
		close: () => wire.close(),
	};
}

async function waited(ms: number, signal: AbortSignal): Promise<void> {
	await pause(ms, undefined, { signal }).catch(() => {});
}

function openDoor(door: Door): Graph {
	return {
		endpoint: door.endpoint,
		async request(request) {
			const made = graphUrl(door.endpoint, request);
			if (made.kind === "bad") return refusedHere(made.code, made.why);
			return send(door, request, made.url);
		},
		async list(get, most = MOST_ITEMS) {
			const made = graphUrl(door.endpoint, { ...get, method: "GET" });
			if (made.kind === "bad") return refusedHere(made.code, made.why);
			return allPages(door, get, { first: await send(door, { ...get, method: "GET" }, made.url), most });
		},
		batch: (gets) => batched(door, gets),
	};
}

function send(door: Door, request: GraphRequest, url: string): Promise<GraphAnswer> {
	const { method, body, headers, signal } = request;
	return sendGraph(door.sending, {
		...{ method, url, service: serviceOf(request) },
		...(body === undefined ? {} : { body }),
		...(headers === undefined ? {} : { headers }),
		signal: signal === undefined ? door.signal : AbortSignal.any([door.signal, signal]),
	});
}

type Pages = { readonly first: GraphAnswer; readonly most: number };

/** The items of a first page and of all that follow it. */
async function allPages(door: Door, get: Get, { first, most }: Pages): Promise<Answer<readonly Values[]>> {
	const items: Values[] = [];
	for (let page = first; ; ) {
		if (page.kind !== "ok") return page;
		items.push(...asRecords(page.value.value));
		if (items.length > most) return refusedHere("too-many", `more than ${most} items`);
		const next: Json | undefined = page.value["@odata.nextLink"];
		if (typeof next !== "string") return { kind: "ok", value: items };
		if (!staysWithin(door.endpoint, next)) {
			return refusedHere("bad-answer", "the next page lies on another host");
		}
		page = await send(door, { ...get, method: "GET" }, next);
	}
}

/** Each answer as `request` would give it, and a collection whole. */
async function batched(door: Door, gets: readonly Get[]): Promise<readonly GraphAnswer[]> {
	const firsts = await readTogether(
		{
			...{ endpoint: door.endpoint, clock: door.sending.clock, budget: door.sending.budget },
			send: (request, url) => send(door, request, url),
		},
		gets,
	);
	return Promise.all(
		gets.map(async (get, at): Promise<GraphAnswer> => {
			const first = firsts[at];
			assert(first !== undefined, "a batch answers each of its requests");
			if (first.kind !== "ok" || first.value["@odata.nextLink"] === undefined) return first;
			const pages = await allPages(door, get, { first, most: MOST_ITEMS });
			return pages.kind === "ok" ? { kind: "ok", value: { value: pages.value } } : pages;
		}),
	);
}

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

type WireOptions = { readonly slot: Slot; readonly expected: string; readonly signal: AbortSignal };
