/**
 * `npm start` told to stop, as a supervisor and as a terminal do it: the bot behind npm and its shell lets go of everything,
 * and npm leaves after it. Real processes throughout.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { olderNode } from "../fixtures/process.ts";

const ROOT = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "sopwith-npm-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, "data");
const socket = join(data, "control.sock");

/** Starts it in a group of its own, as a terminal does. Resolves once the bot serves. */
async function served(command: string, args: readonly string[]): Promise<ChildProcess> {
	const env = { PATH: process.env.PATH ?? "", HOME: folder, SOPWITH_DATA: data, PORT: "0" };
	const child = spawn(command, args, { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
	let said = "";
	await new Promise<void>((done, fail) => {
		for (const stream of [child.stdout, child.stderr]) {
			stream.on("data", (chunk) => {
				said += String(chunk);
				if (said.includes("Ctrl-C")) done();
			});
		}
		child.once("exit", () => fail(new Error(`it did not start: ${said}`)));
	});
	assert(existsSync(socket), "it serves");
	return child;
}

const ways: readonly (readonly [string, string, readonly string[]])[] = [
	["npm start", "npm", ["start"]],
	["an older Node", olderNode(), ["src/own-node.mjs", "src/main.ts", "start"]],
];
for (const [what, command, args] of ways) {
	const skip = command === "" && "needs another Node on the PATH: apt-get install nodejs";
	for (const [how, signal, sign] of [
		["a SIGTERM to it alone", "SIGTERM", 1],
		["Ctrl-C, which everybody in the terminal hears", "SIGINT", -1],
	] as const) {
		test(`${what} and ${how}: the bot stops in good order, and then so does what started it`, { skip }, async () => {
			const child = await served(command, args);
			const gone = once(child, "exit");
			process.kill(sign * (child.pid ?? 0), signal);
			assert.deepEqual(await gone, [0, null]);
			assert(!existsSync(socket), "it let go of its socket");
		});
	}
}
