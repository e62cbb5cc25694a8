/**
 * `sopwith secret set`: puts a secret into a client's vault, from standard input. Must never take one from the command
 * line, where every process of the machine could read it.
 */
import { type Command, EXIT, outJson, UsageError } from "./command.ts";
import { throughDoor } from "./door.ts";
import { textOf } from "./rows.ts";

export const secret: Command = {
	name: "secret",
	about: "Keep a secret, read from standard input",
	usage: "set CLIENT/NAME",
	options: [],
	words: [2, 2],
	async run(call) {
		const [verb, path = ""] = call.words;
		const [, client, name] = /^([a-z0-9][a-z0-9-]*)\/([A-Za-z0-9][A-Za-z0-9/_.-]*)$/.exec(path) ?? [];
		if (verb !== "set" || client === undefined || name === undefined) {
			throw new UsageError("Used as: sopwith secret set CLIENT/NAME < file, e.g. contoso/graph");
		}
		if (call.terminal.inputIsTerminal) {
			throw new UsageError(`It would show on the screen. Used as: sopwith secret set ${path} < file`);
		}
		const value = (await call.terminal.input()).replace(/\r?\n$/, "");
		if (value === "") throw new UsageError("Standard input was empty. Nothing was kept.");
		const kept = await throughDoor(call, (door) => door("secret", { client, name, value }));
		if (call.json) outJson(call, kept);
		call.terminal.talk(`Kept as secret:${textOf(kept, "kept")}.\n`);
		return EXIT.done;
	},
};
