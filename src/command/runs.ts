/**
 * `sopwith runs`: the runs one person may see.
 */
import { type Command, EXIT, outJson } from "./command.ts";
import { throughDoor } from "./door.ts";
import { AS, asWhom, CLIENT } from "./options.ts";
import { columns, itemsOf, textOf } from "./rows.ts";

const FILTERS = [
	{ name: "phase", value: "PHASE", about: "only runs in this phase; `open` for all that have not ended" },
	{ name: "sop", value: "SOP", about: "only runs of this SOP" },
	{ name: "cursor", value: "TEXT", about: "go on after an earlier list" },
];

export const runs: Command = {
	name: "runs",
	about: "List runs",
	usage: "",
	options: [...FILTERS, AS, CLIENT],
	words: [0, 0],
	async run(call) {
		const wanted = FILTERS.map(({ name }) => [name, call.options[name]] as const);
		const filters = Object.fromEntries(wanted.filter((pair): pair is [string, string] => pair[1] !== undefined));
		const page = await throughDoor(call, (door) => door("runs", { ...asWhom(call), ...filters }));
		if (call.json) {
			outJson(call, page);
			return EXIT.done;
		}
		const rows = itemsOf(page).map((run) => [
			textOf(run, "id"),
			textOf(run, "phase"),
			textOf(run, "client"),
			textOf(run, "sop"),
			textOf(run, "subject"),
			textOf(run, "waitingFor"),
		]);
		call.terminal.out(columns(rows));
		const cursor = textOf(page, "cursor");
		call.terminal.talk(cursor === "" ? `${rows.length} shown.\n` : `${rows.length} shown; more: --cursor ${cursor}\n`);
		return EXIT.done;
	},
};
