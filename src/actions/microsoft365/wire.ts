/**
 * One HTTPS exchange that knows whether the request left. Trusts the authorities it is handed, per connection. Must never
 * retry, never follow a redirect, and never throw: what went wrong is part of the exchange.
 */
import https, { type RequestOptions } from "node:https";
import type { Code } from "../../engine/event.ts";
import type { Exchange } from "./graph-answer.ts";

type WireRequest = {
	readonly method: string;
	readonly url: string;
	readonly headers: { readonly [name: string]: string };
	readonly body?: string;
	readonly signal: AbortSignal;
};

export interface Wire {
	send(request: WireRequest): Promise<Exchange>;
	/** Ends all connections: what is under way is lost. Safe to call twice. */
	close(): void;
}

/** No server gives up a connection that soon after an answer without having said so in it. */
const FRESH_MS = 1000;

/**
 * Opens a wire. Reads share kept connections; a write goes over one that has just answered a write, or over its own, so
 * that an idle connection the other side has closed meanwhile never leaves a write in doubt. `ca`: PEM, instead of the
 * usual authorities. `mostBytes`: a longer answer is `lost`; default 16 MiB.
 */
export function openWire(options: { readonly ca?: string; readonly mostBytes?: number }): Wire {
	const { mostBytes = 16 * 1024 * 1024 } = options;
	const trust = options.ca === undefined ? {} : { ca: options.ca };
	const reads = new https.Agent({ keepAlive: true, maxSockets: 16, ...trust });
	const writes = new https.Agent({ keepAlive: true, timeout: FRESH_MS, maxSockets: 16, ...trust });
	return {
		send: (request) => exchange(request, request.method === "GET" ? reads : writes, mostBytes),
		close() {
			reads.destroy();
			writes.destroy();
		},
	};
}

function exchange(request: WireRequest, agent: https.Agent, mostBytes: number): Promise<Exchange> {
	return new Promise((resolve) => {
		let sent = false;
		const lost = (error: NodeJS.ErrnoException) => {
			const code = request.signal.aborted ? stopCode(request.signal) : sent ? "connection-lost" : unsentCode(error);
			resolve({ kind: "lost", sent, code, detail: `${request.method}: ${error.code ?? error.name}` });
		};
		if (request.signal.aborted) return lost(new Error("stopped"));
		const options: RequestOptions = { method: request.method, headers: request.headers, agent, signal: request.signal };
		const outgoing = https.request(request.url, options, (incoming) => {
			const chunks: Buffer[] = [];
			let bytes = 0;
			incoming.on("data", (chunk: Buffer) => {
				bytes += chunk.length;
				if (bytes <= mostBytes) return void chunks.push(chunk);
				resolve({ kind: "lost", sent: true, code: "bad-answer", detail: `more than ${mostBytes} bytes` });
				outgoing.destroy();
			});
			incoming.on("error", lost);
			incoming.on("end", () => {
				resolve({
					kind: "answered",
					status: incoming.statusCode ?? 0,
					headers: new Headers(
						Object.entries(incoming.headers).flatMap(([name, value]) =>
							typeof value === "string" ? [[name, value] as [string, string]] : [],
						),
					),
					body: Buffer.concat(chunks).toString("utf8"),
				});
			});
		});
		outgoing.on("socket", (socket) => {
			if (outgoing.reusedSocket) sent = true;
			else socket.once("secureConnect", () => (sent = true));
		});
		outgoing.on("error", lost);
		outgoing.end(request.body);
	});
}

function stopCode(signal: AbortSignal): Code {
	return signal.reason instanceof DOMException && signal.reason.name === "TimeoutError" ? "timeout" : "stopped";
}

function unsentCode(error: NodeJS.ErrnoException): Code {
	const code = error.code ?? "";
	if (["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL"].includes(code)) return "unknown-host";
	if (code.includes("CERT") || code.includes("TLS") || code.includes("SSL") || code.includes("SIGNATURE")) {
		return "not-trusted";
	}
	return "unreachable";
}
