/**
 * The simulated Graph on the wire: HTTPS on loopback for all tenants of an installation, with Entra's token endpoint. A
 * token opens one tenant. Must never listen on anything but loopback.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { isRecord, type Json } from "../../base/json.ts";
import type { Certificate } from "./certificate.ts";
import type { FaultAnswer, Faults } from "./faults.ts";
import { type Asked, answerGraph, type Told } from "./graph-answers.ts";
import type { Reply } from "./graph-call.ts";
import { errorReply } from "./graph-refusal.ts";
import type { Tenant } from "./tenant.ts";
import { type App, entraRefusal, tokenDesk } from "./token-desk.ts";

/** One request as it came, and what it got. Passwords are masked. */
export type Logged = {
	readonly tenant: string;
	readonly method: string;
	/** As on the wire: `/v1.0/users?$filter=…`, encoded. */
	readonly url: string;
	readonly headers: { readonly [name: string]: string };
	readonly body: Json | undefined;
	readonly status: number | "dropped";
};

export type Hosted = {
	readonly tenant: Tenant;
	readonly faults: Faults;
	/** Trouble at the token endpoint alone. */
	readonly tokenFaults: Faults;
	readonly app: App;
	readonly log: (entry: Logged) => void;
};

export interface GraphServer {
	/** `https://127.0.0.1:1234` */
	readonly origin: string;
	/** Takes a tenant in. Requests with its tokens reach it and nothing else. */
	host(hosted: Hosted): void;
	close(): Promise<void>;
}

/** Starts the server. Port 0 takes a free one. */
export async function serveGraph(options: {
	readonly certificate: Certificate;
	readonly port: number;
	readonly onRequest?: (entry: Logged) => void;
}): Promise<GraphServer> {
	const tenants = new Map<string, Hosted>();
	const desk = tokenDesk(tenants);
	let origin = "";
	const server = https.createServer({ ...options.certificate, keepAliveTimeout: 30_000 }, (request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("end", () => {
			const text = Buffer.concat(chunks).toString("utf8");
			const fault = tokenFault(tenants, request);
			if (fault !== undefined) return meetTokenFault(fault, request, response);
			const about = desk.answer(origin, request, text);
			if (about !== undefined) return write(response, { ...about, headers: timeAt(tenants, request) });
			const hosted = desk.tenantOf(request.headers.authorization);
			if (hosted === undefined)
				return write(response, errorReply(401, "InvalidAuthenticationToken", "Access token is empty."));
			serve({ hosted, request, response, text, endpoint: `${origin}/v1.0`, onRequest: options.onRequest });
		});
		request.on("error", () => response.destroy());
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(options.port, "127.0.0.1", resolve);
	});
	origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		origin,
		host: (hosted) => void tenants.set(hosted.tenant.id, hosted),
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** What time it is where the tenant is. Source: RFC 9110 5.6.7. */
function timeAt(tenants: ReadonlyMap<string, Hosted>, { url = "" }: IncomingMessage): { readonly date?: string } {
	const hosted = tenants.get(url.split("/")[1] ?? "");
	if (hosted === undefined) return {};
	const now = Temporal.Instant.from(hosted.tenant.clock.now()).toZonedDateTimeISO("UTC");
	const [day, month] = [{ weekday: "short" }, { month: "short" }].map((part) =>
		now.toLocaleString("en-US", part as object),
	);
	const date = String(now.day).padStart(2, "0");
	return { date: `${day}, ${date} ${month} ${now.year} ${now.toPlainTime().toString({ smallestUnit: "second" })} GMT` };
}

function tokenFault(tenants: ReadonlyMap<string, Hosted>, request: IncomingMessage): FaultAnswer | undefined {
	const [, tenant = ""] = /^\/([^/]+)\/oauth2\/v2\.0\/token/.exec(request.url ?? "") ?? [];
	return tenants
		.get(tenant)
		?.tokenFaults.meet({ on: "sign-in", method: request.method ?? "", path: request.url ?? "" });
}

function meetTokenFault(fault: FaultAnswer, request: IncomingMessage, response: ServerResponse): void {
	if (fault.kind !== "status") return void request.socket.destroy();
	const headers = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
	write(response, { ...entraRefusal(fault.status, Number(fault.code ?? "90033")), headers });
}

type Served = {
	readonly hosted: Hosted;
	readonly request: IncomingMessage;
	readonly response: ServerResponse;
	readonly text: string;
	readonly endpoint: string;
	readonly onRequest: ((entry: Logged) => void) | undefined;
};

function serve(served: Served): void {
	const { hosted, request, response, text, endpoint } = served;
	const method = request.method ?? "GET";
	const url = request.url ?? "/";
	const body = parsed(text);
	const asked = { tenant: hosted.tenant, endpoint, method, url, body, headers: headersOf(request) };
	let slow = 0;
	let dropped = false;
	/** Trouble is scripted for requests, whether they come alone or in a batch. */
	const meet = (one: Asked): Told => {
		const fault = hosted.faults.meet({ on: "graph", method: one.method, path: decoded(one.url) });
		const skips = (fault?.kind === "status" || fault?.kind === "dropped") && fault.applied !== true;
		const reply = skips ? errorReply(500, "generalException", "not carried out") : answerGraph(one);
		slow = Math.max(slow, fault?.kind === "slow" ? fault.ms : 0);
		dropped ||= fault?.kind === "dropped";
		return fault === undefined ? reply : faulted(fault, reply);
	};
	const told = url === "/v1.0/$batch" ? answerGraph({ ...asked, inner: meet }) : meet(asked);
	const finish = () => {
		const entry: Logged = {
			tenant: hosted.tenant.id,
			method,
			url,
			headers: asked.headers,
			body: masked(body),
			status: dropped ? "dropped" : told.status,
		};
		hosted.log(entry);
		served.onRequest?.(entry);
		if (dropped) request.socket.destroy();
		else write(response, told);
	};
	if (slow > 0) setTimeout(finish, slow);
	else finish();
}

function faulted(fault: FaultAnswer, reply: Reply): Told {
	if (fault.kind !== "status") return reply;
	return {
		...errorReply(fault.status, fault.code ?? usualCode(fault.status), "Scripted by the sandbox."),
		...(fault.retryAfter === undefined ? {} : { headers: { "retry-after": fault.retryAfter } }),
	};
}

function usualCode(status: number): string {
	return { 429: "TooManyRequests", 503: "ServiceUnavailable", 504: "GatewayTimeout" }[status] ?? "generalException";
}

function write(response: ServerResponse, reply: Told): void {
	const headers = { "request-id": randomUUID(), "client-request-id": randomUUID(), ...reply.headers };
	if (reply.body === undefined) {
		response.writeHead(reply.status, headers);
		response.end();
		return;
	}
	response.writeHead(reply.status, { ...headers, "content-type": "application/json; charset=utf-8" });
	response.end(JSON.stringify(reply.body));
}

function headersOf(request: IncomingMessage): { readonly [name: string]: string } {
	const pairs = Object.entries(request.headers).filter((pair): pair is [string, string] => typeof pair[1] === "string");
	return Object.fromEntries(pairs.filter(([name]) => name !== "authorization"));
}

/** The path as people write it, for scripts to match on. */
function decoded(url: string): string {
	try {
		return decodeURIComponent(url);
	} catch {
		return url;
	}
}

function parsed(text: string): Json | undefined {
	if (text === "") return undefined;
	try {
		return JSON.parse(text) as Json;
	} catch {
		return text;
	}
}

function masked(value: Json | undefined): Json | undefined {
	if (Array.isArray(value)) return value.map((item) => masked(item) ?? null);
	if (!isRecord(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, inner]) => [name, name === "password" ? "«secret»" : (masked(inner) ?? null)]),
	);
}
