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
import { faultOf, inWords } from "./fault.ts";
import type { Office } from "./office.ts";
import { operate } from "./operation.ts";

const REQUEST_BYTES = 1_048_576;
const REQUEST_MS = 30_000;
/** Linux keeps 108 bytes for a socket's path, the closing zero included. */
const PATH_BYTES_MAX = 107;

export interface ControlServer {
	close(): Promise<void>;
}

/** Refuses a data folder that no socket fits into. Errors: `ConfigError` `path-too-long`. */
export function refuseLongPath(data: string): void {
	const path = socketOf(data);
	if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return;
	const message = `${path} is too long for a socket: ${PATH_BYTES_MAX} bytes at most.`;
	throw new ConfigError([{ path: "SOPWITH_DATA", code: "path-too-long", message, remedy: "/var/lib/sopwith" }]);
}

/** Where the socket of a data folder lies. */
export function socketOf(data: string): string {
	return join(data, "control.sock");
}

/**
 * Opens the socket. The caller holds the data folder, so a socket that is there already belongs to a process that ended.
 * Errors: those of the file system.
 */
export async function openControl(
	office: Office,
	where: { readonly data: string; readonly log: Log },
): Promise<ControlServer> {
	const path = socketOf(where.data);
	rmSync(path, { force: true });
	const server = createServer((request, response) => {
		void answer(office, request, response).catch((error) => {
			where.log.error({ err: error }, "A call from the command line could not be answered");
			send(response, 500, faultOf(internal));
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
	} catch (found) {
		const error = inWords(found);
		if (error === undefined) throw found;
		send(response, 400, faultOf(error));
	}
}

const internal = new SopwithError("internal", "This did not work here. What the journal shows is so.", {
	advice: "The log says more. Please report it.",
});

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
