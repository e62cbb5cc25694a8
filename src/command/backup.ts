/**
 * `sopwith backup`: a copy of the database while it is in use. The key is not in it; keep that elsewhere.
 */
import { resolve } from "node:path";
import { type Command, EXIT, outJson } from "./command.ts";
import { throughDoor } from "./door.ts";
import { textOf } from "./rows.ts";

export const backup: Command = {
	name: "backup",
	about: "Copy the database to a new file",
	usage: "FILE",
	options: [],
	words: [1, 1],
	async run(call) {
		const file = resolve(call.terminal.cwd, call.words[0] ?? "");
		const made = await throughDoor(call, (door) => door("backup", { file }));
		if (call.json) outJson(call, made);
		else call.terminal.out(`${textOf(made, "file")}\n`);
		call.terminal.talk(
			`${textOf(made, "bytes")} bytes. The key is not in it. Opened elsewhere, the copy starts paused.\n`,
		);
		return EXIT.done;
	},
};
