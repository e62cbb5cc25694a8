/**
 * `sopwith backup`: a copy of the database while it is in use, and the way back. The key is not in it; keep that elsewhere.
 */
import { resolve } from "node:path";
import { readFolders } from "../config.ts";
import { type Call, type Command, EXIT, outJson } from "./command.ts";
import { throughDoor } from "./door.ts";
import { textOf } from "./rows.ts";

export const backup: Command = {
	name: "backup",
	about: "Copy the database to a new file, or put a copy back",
	usage: "FILE",
	options: [{ name: "restore", about: "put this copy in place; the bot must not run, and the old files are kept" }],
	words: [1, 1],
	async run(call) {
		const file = resolve(call.terminal.cwd, call.words[0] ?? "");
		return call.flags.has("restore") ? putBack(call, file) : make(call, file);
	},
};

async function make(call: Call, file: string): Promise<number> {
	const made = await throughDoor(call, (door) => door("backup", { file }));
	if (call.json) outJson(call, made);
	else call.terminal.out(`${textOf(made, "file")}\n`);
	call.terminal.talk(
		`${textOf(made, "bytes")} bytes. The key is not in it. Opened elsewhere, the copy starts paused.\n`,
	);
	return EXIT.done;
}

async function putBack(call: Call, file: string): Promise<number> {
	const { data } = readFolders(call.terminal.env, call.terminal);
	const aside = await call.parts.restore(file, data);
	if (call.json) outJson(call, { file, data, ...(aside === undefined ? {} : { aside }) });
	const kept = aside === undefined ? "" : ` What was there is in ${aside}.`;
	call.terminal.talk(`Restored to ${data}.${kept} It does nothing until \`sopwith steer resume --restored\`.\n`);
	return EXIT.done;
}
