/**
 * `sopwith events`: a run's journal, as anyone can check it.
 */
import { type Command, EXIT, outJson, UsageError } from "./command.ts";
import { throughDoor } from "./door.ts";
import { AS, asWhom, CLIENT } from "./options.ts";
import { columns, itemsOf, textOf } from "./rows.ts";

const FROM = { name: "from", value: "SEQ", about: "begin at this event" };

export const events: Command = {
	name: "events",
	about: "Read a run's journal",
	usage: "RUN",
	options: [FROM, AS, CLIENT],
	words: [1, 1],
	async run(call) {
		const [run = ""] = call.words;
		const from = Number(call.options.from ?? "0");
		if (!Number.isSafeInteger(from) || from < 0) throw new UsageError("--from SEQ is a whole number.");
		const page = await throughDoor(call, (door) => door("events", { ...asWhom(call), run, from }));
		if (call.json) outJson(call, page);
		else {
			const rows = itemsOf(page).map((one) => [
				textOf(one, "seq"),
				textOf(one, "at"),
				textOf(one, "kind"),
				textOf(one, "hash"),
			]);
			call.terminal.out(columns(rows));
		}
		return EXIT.done;
	},
};
