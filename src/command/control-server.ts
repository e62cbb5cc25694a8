/**
 * Answers the command line of this machine over a socket in the data folder that only its owner can open. Must never
 * listen on a network, and never show a stack.
 */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { readJson } from "../base/body.ts";
import { ConfigError, SopwithError } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import type { Log } from "../base/log.ts";
import { faultOf } from "./fault.ts";
import type { Office } from "./office.ts";
import { operate } from "./operation.ts";

const REQUEST_BYTES = 1_048_576;
const REQUEST_MS = 30_000;
/** Linux keeps 108 bytes for a socket's path, the closing zero included. */
const PATH_BYTES_MAX = 107;

export interface ControlServer {
	close(): Promise<void>;
}

/** Where the socket of a data folder lies. */
export function socketOf(data: string): string {
	return join(data, "control.sock");
}

/**
 * Opens the socket. The caller holds the data folder, so a socket that is there already belongs to a process that ended.
 * Errors: `ConfigError` `path-too-long`.
 */
export async function openControl(
	office: Office,
	where: { readonly data: string; readonly log: Log },
): Promise<ControlServer> {
	const path = socketOf(where.data);
	if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
		const message = `${path} is too long for a socket: ${PATH_BYTES_MAX} bytes at most.`;
		throw new ConfigError([{ path: "SOPWITH_DATA", code: "path-too-long", message, remedy: "/var/lib/sopwith" }]);
	}
	rmSync(path, { force: true });
	const server = createServer((request, response) => {
		void answer(office, request, response).catch((error) => {
			where.log.error({ err: error }, "A call from the command line could not be answered");
			response.destroy();
		});
	});
	server.requestTimeout = REQUEST_MS;
	await listenPrivately(server, path);
	return { close: () => closed(server, path) };
}

async function answer(office: Office, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const wanted = /^\/operations\/([a-z]+)$/.exec(request.url ?? "")?.[1];
	if (request.method !== "POST" || wanted === undefined) return send(response, 404, { code: "bad-operation" });
	try {
		send(response, 200, await operate(office, wanted, await readJson(request, REQUEST_BYTES)));
	} catch (error) {
		if (!(error instanceof SopwithError)) throw error;
		send(response, 400, faultOf(error));
	}
}

function send(response: ServerResponse, status: number, body: Json): void {
	response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Listens with a mask that lets nobody else in, from the first moment on. */
async function listenPrivately(server: Server, path: string): Promise<void> {
	const mask = process.umask(0o177);
	try {
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen(path, () => resolve());
		});
	} finally {
		process.umask(mask);
	}
	chmodSync(path, 0o600);
}

async function closed(server: Server, path: string): Promise<void> {
	await new Promise<void>((resolve) => {
		server.close(() => resolve());
		server.closeIdleConnections();
	});
	rmSync(path, { force: true });
}
