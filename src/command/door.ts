/**
 * The way to Sopwith: the running bot over its socket, or the database opened here when no bot runs. Must never open a
 * database that another process holds.
 */
import { existsSync } from "node:fs";
import { request } from "node:http";
import { SopwithError, UnavailableError } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import { openRedactor } from "../base/redact.ts";
import { readConfig, readFolders } from "../config.ts";
import type { App } from "./app-port.ts";
import type { Call } from "./command.ts";
import { socketOf } from "./control-server.ts";
import { diskFiles } from "./disk-files.ts";
import { errorOf } from "./fault.ts";
import { logFor } from "./log-for.ts";
import { type OperationName, operate } from "./operation.ts";

const ANSWER_BYTES_MAX = 64 * 1_048_576;
/** A bot that hangs is known soon; a copy of a large database takes its time. */
const PROBE_MS = 10_000;
const ANSWER_MS = 600_000;

/** Asks for one operation. Errors: what the operation throws; `UnavailableError` when nobody answers. */
export type Door = (operation: OperationName, input: Json) => Promise<Json>;

/**
 * Opens the door, lets `use` ask, and closes it again.
 * Errors: `SopwithError` `never-started` when there is no data folder yet; `ConfigError`; what `use` throws.
 */
export async function throughDoor<T>(call: Call, use: (door: Door, running: boolean) => Promise<T>): Promise<T> {
	const { env, cwd } = call.terminal;
	const { data } = readFolders(env, { cwd });
	const socket = socketOf(data);
	if (await isAnswering(socket)) return use((...asked) => ask(socket, asked), true);
	if (!existsSync(data)) {
		const advice = "Start it with `npm start`, or set SOPWITH_DATA to its data folder.";
		throw new SopwithError("never-started", `Nothing was started in ${data} yet.`, { advice });
	}
	const config = readConfig(env, diskFiles({ cwd, home: call.terminal.home, makesKey: false }));
	const redactor = openRedactor();
	const app = await call.parts.openApp(config, {
		log: logFor(call.terminal, "warn", redactor),
		redactor,
		serve: false,
	});
	try {
		return await use((...asked) => askHere(app, call, asked), false);
	} finally {
		await app.close();
	}
}

/** Tells whether a bot answers there: a socket left by a process that ended does not. */
async function isAnswering(socket: string): Promise<boolean> {
	if (!existsSync(socket)) return false;
	try {
		await ask(socket, ["status", {}], PROBE_MS);
		return true;
	} catch (error) {
		return !(error instanceof UnavailableError);
	}
}

async function askHere(app: App, call: Call, [operation, input]: Parameters<Door>): Promise<Json> {
	try {
		return await operate({ app, clock: call.terminal.clock }, operation, input);
	} catch (error) {
		if (!(error instanceof UnavailableError) || error.code !== "starting") throw error;
		const advice = "Start it with `npm start`, then try again.";
		throw new UnavailableError("not-running", "No bot runs, and only a running one does this. Nothing was changed.", {
			advice,
		});
	}
}

function ask(socketPath: string, [operation, input]: Parameters<Door>, mostMs = ANSWER_MS): Promise<Json> {
	return new Promise((resolve, reject) => {
		const fail = (cause: unknown) => reject(new UnavailableError("no-bot", "The bot did not answer.", { cause }));
		const headers = { "content-type": "application/json" };
		const path = `/operations/${operation}`;
		const sent = request({ socketPath, path, method: "POST", headers, timeout: mostMs }, async (response) => {
			try {
				const answer: Json = JSON.parse(await textOf(response));
				if (response.statusCode === 200) resolve(answer);
				else reject(errorOf(answer));
			} catch (cause) {
				fail(cause);
			}
		});
		sent.on("error", fail);
		sent.on("timeout", () => sent.destroy());
		sent.end(JSON.stringify(input));
	});
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
	const kept: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of chunks) {
		bytes += chunk.length;
		if (bytes > ANSWER_BYTES_MAX) throw new UnavailableError("answer-too-large", "The answer was too large.");
		kept.push(chunk);
	}
	return Buffer.concat(kept).toString("utf8");
}
