/**
 * What the world of a chat stands on: the log that is read afterwards, and the bot's web on loopback with a way to knock at
 * it by hand. Must never stand in for a part of ours.
 */
import { createServer, request as httpRequest, type OutgoingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import type { RequestHandler } from "express";
import { Registry } from "prom-client";
import { type Log, openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import type { Clock } from "../../src/base/time.ts";
import { createWeb } from "../../src/console/server.ts";

export type Headers = { readonly [name: string]: string | readonly string[] };
export type Answer = { readonly status: number; readonly body: string };

/** A log whose lines are kept. */
export function openLines(clock: Clock): { readonly log: Log; readonly lines: string[] } {
	const lines: string[] = [];
	const write = (line: string): void => void lines.push(line);
	const log = openLog({ level: "info", pretty: false, colour: false, clock, redactor: openRedactor(), write });
	return { log, lines };
}

/** Serves what a chat delivers at this path. `troubles`: mistakes of ours that a request met. */
export async function openLoopback(clock: Clock, path: string, handler: RequestHandler | undefined) {
	const troubles: unknown[] = [];
	const web = createWeb({
		clock,
		registry: new Registry(),
		ready: () => true,
		publicUrl: "http://127.0.0.1",
		loopback: false,
		mounts: handler === undefined ? [] : [{ at: "/", handler }],
		complain: (error) => void troubles.push(error),
	});
	const server = createServer(web);
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as AddressInfo;
	return {
		port,
		troubles,
		/** Knocks by hand. */
		post: (body: string | Buffer, headers: Headers) => posted(`http://127.0.0.1:${port}${path}`, body, headers),
		close: async (): Promise<void> => {
			server.closeAllConnections();
			await new Promise<void>((done) => server.close(() => done()));
		},
	};
}

function posted(url: string, body: string | Buffer, headers: Headers): Promise<Answer> {
	return new Promise((done, fail) => {
		const request = httpRequest(url, { method: "POST", headers: headers as OutgoingHttpHeaders }, (response) => {
			let text = "";
			response.setEncoding("utf8").on("data", (chunk: string) => {
				text += chunk;
			});
			response.on("end", () => done({ status: response.statusCode ?? 0, body: text }));
		});
		request.on("error", fail).end(body);
	});
}
