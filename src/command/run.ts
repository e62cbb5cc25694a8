/**
 * `sopwith run`: starts a run for a named person, who needs the same rights as in chat.
 */
import { type Command, EXIT, outJson } from "./command.ts";
import { throughDoor } from "./door.ts";
import { readValues } from "./files.ts";
import { AS, asWhom, CLIENT, FORM, KEY, keyOf, needed } from "./options.ts";
import { textOf } from "./rows.ts";

export const run: Command = {
	name: "run",
	about: "Start a run",
	usage: "SOP",
	options: [CLIENT, FORM, AS, KEY],
	words: [1, 1],
	async run(call) {
		const [sop = ""] = call.words;
		const client = needed(call, CLIENT);
		const form = call.options.form === undefined ? {} : await readValues(call.terminal, call.options.form);
		const { as } = asWhom(call);
		const receipt = await throughDoor(call, (door) => door("start", { as, client, sop, form, key: keyOf(call) }));
		if (call.json) outJson(call, receipt);
		else call.terminal.out(`${textOf(receipt, "run")}\n`);
		if (textOf(receipt, "outcome") === "duplicate") call.terminal.talk("Asked for before: this is the first run.\n");
		return EXIT.done;
	},
};
