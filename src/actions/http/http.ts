/**
 * HTTPS to the hosts a client allows. Resolves a name once, refuses addresses that are not public, and connects to the
 * address it judged. Must never follow a redirect, use a proxy or speak plain HTTP.
 */
import { lookup } from "node:dns/promises";
import { type RequestOptions, request as send } from "node:https";
import { isIP } from "node:net";
import type { Json } from "../../base/json.ts";
import { Secret } from "../../base/secret.ts";
import type { Answer, Http } from "../../engine/remote.ts";
import { isPublic } from "./addresses.ts";

type HttpOptions = {
	/** Host names, exactly, as `connectors.http.allow` lists them; `host:port` for another port than 443. */
	readonly allow: readonly string[];
	/** Lets addresses be reached that are not public. For tests and the sandbox only. */
	readonly allowPrivate?: boolean;
	/** All addresses of a name. Default: the system's resolver. */
	readonly resolve?: (host: string) => Promise<readonly string[]>;
	/** PEM to trust besides the usual authorities. */
	readonly ca?: string;
	readonly timeoutMs?: number;
	readonly mostBytes?: number;
};

type Request = Parameters<Http["request"]>[0];
type Response = { readonly status: number; readonly headers: { readonly [name: string]: string }; readonly body: Json };

/** Makes the door. Nothing is sent yet. Every request is one exchange; none is repeated. */
export function createHttp(options: HttpOptions): Http {
	return {
		async request(request) {
			const target = allowed(options, request.url);
			if ("kind" in target) return target;
			const address = await addressOf(options, target.hostname.replace(/^\[|\]$/g, ""));
			if (typeof address !== "string") return address;
			return exchange(options, request, target, address);
		},
	};
}

function refused(code: string, message: string, detail: string): Extract<Answer<never>, { kind: "refused" }> {
	return { kind: "refused", status: 0, code, message, retryable: false, detail };
}

function allowed(options: HttpOptions, text: string): URL | Extract<Answer<never>, { kind: "refused" }> {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || url.protocol !== "https:" || url.username !== "" || url.password !== "") {
		return refused(
			"bad-url",
			"Only plain https:// addresses can be called. Nothing was sent.",
			"https, no user information",
		);
	}
	if (options.allow.some((host) => host.toLowerCase() === url.host)) return url;
	const message = `${url.host} is not among the hosts this client allows. Nothing was sent.`;
	return refused("host-not-allowed", message, "connectors.http.allow in client.yaml");
}

async function addressOf(options: HttpOptions, host: string): Promise<string | Exclude<Answer<never>, { kind: "ok" }>> {
	let found: readonly string[];
	try {
		found = isIP(host) === 0 ? await (options.resolve ?? resolveAll)(host) : [host];
	} catch {
		return { kind: "unsent", code: "no-such-host", detail: `${host} could not be resolved` };
	}
	const [first] = found;
	if (first === undefined) return { kind: "unsent", code: "no-such-host", detail: `${host} has no address` };
	const inside = found.find((address) => !isPublic(address));
	if (inside === undefined || options.allowPrivate === true) return first;
	return refused(
		"private-address",
		`${host} is not on the public internet. Nothing was sent.`,
		`resolved to ${inside}`,
	);
}

async function resolveAll(host: string): Promise<readonly string[]> {
	return (await lookup(host, { all: true })).map((entry) => entry.address);
}

function exchange(options: HttpOptions, request: Request, url: URL, address: string): Promise<Answer<Response>> {
	const { promise, resolve } = Promise.withResolvers<Answer<Response>>();
	const body = request.body === undefined ? undefined : JSON.stringify(request.body);
	const host = url.hostname.replace(/^\[|\]$/g, "");
	const settings: RequestOptions = {
		host: address,
		port: url.port === "" ? 443 : Number(url.port),
		path: `${url.pathname}${url.search}`,
		method: request.method,
		headers: headersOf(request, url.host, body),
		agent: false,
		signal: AbortSignal.timeout(options.timeoutMs ?? 10_000),
		...(isIP(host) === 0 ? { servername: host } : {}),
		...(options.ca === undefined ? {} : { ca: options.ca }),
	};
	let sent = false;
	const lost = (code: string): Answer<Response> =>
		sent
			? { kind: "unknown", code, detail: `${request.method} ${url.host}: no complete answer` }
			: { kind: "unsent", code, detail: `${request.method} ${url.host}: not reached` };
	const call = send(settings, (response) => {
		const chunks: Buffer[] = [];
		let size = 0;
		response.on("data", (chunk: Buffer) => {
			size += chunk.length;
			if (size <= (options.mostBytes ?? 1_000_000)) chunks.push(chunk);
			else {
				resolve(lost("answer-too-large"));
				call.destroy();
			}
		});
		response.on("error", () => resolve(lost("connection-lost")));
		response.on("end", () => {
			const headers = Object.fromEntries(Object.entries(response.headers).map(([k, v]) => [k, String(v)]));
			const text = Buffer.concat(chunks).toString("utf8");
			resolve(judge(request, { status: response.statusCode ?? 0, headers, body: parsed(text) }));
		});
	});
	call.on("socket", (socket) =>
		socket.once("secureConnect", () => {
			sent = true;
		}),
	);
	call.on("error", () => resolve(lost("connection-lost")));
	call.end(body);
	return promise;
}

function headersOf(request: Request, host: string, body: string | undefined): { readonly [name: string]: string } {
	const given = Object.entries(request.headers ?? {}).map(([name, value]) => [
		name.toLowerCase(),
		value instanceof Secret ? value.open() : value,
	]);
	const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
	const type = body === undefined ? {} : { "content-type": "application/json" };
	return { accept: "application/json", ...type, ...Object.fromEntries(given), host, ...length };
}

function judge(request: Request, response: Response): Answer<Response> {
	const { status, headers } = response;
	if (status >= 200 && status < 300) return { kind: "ok", value: response };
	const detail = `HTTP ${status}`;
	if (request.method !== "GET" && [500, 502, 504].includes(status)) {
		return { kind: "unknown", code: "server-error", detail };
	}
	const after = headers["retry-after"];
	const wait = after !== undefined && /^\d+$/.test(after) ? { retryAfterMs: Number(after) * 1000 } : {};
	const code = status < 400 ? "redirected" : status === 429 ? "throttled" : `http-${status}`;
	const message = `The other side said no (${status}). Nothing changed.`;
	return { kind: "refused", status, code, message, retryable: status === 429 || status >= 500, detail, ...wait };
}

function parsed(text: string): Json {
	try {
		return JSON.parse(text) as Json;
	} catch {
		return text;
	}
}
