/**
 * `sopwith status`: how the bot is, or how one run stands.
 */
import { asRecord, asRecords, isRecord, type Json } from "../base/json.ts";
import { type Command, EXIT, outJson } from "./command.ts";
import { throughDoor } from "./door.ts";
import { AS, asWhom, CLIENT } from "./options.ts";
import { columns, textOf } from "./rows.ts";

export const status: Command = {
	name: "status",
	about: "Show how the bot is, or how one run stands",
	usage: "[RUN]",
	options: [AS, CLIENT],
	words: [0, 1],
	async run(call) {
		const [run] = call.words;
		const [found, running] = await throughDoor(call, async (door, running) => {
			const answer = await (run === undefined ? door("status", {}) : door("show", { ...asWhom(call), run }));
			return [answer, running] as const;
		});
		if (call.json) outJson(call, run === undefined && isRecord(found) ? { ...found, running } : found);
		else call.terminal.out(run === undefined ? botText(found, running) : runText(found));
		return EXIT.done;
	},
};

function botText(found: Json, running: boolean): string {
	const runs = isRecord(found) && isRecord(found.runs) ? Object.entries(found.runs) : [];
	const unwell = textOf(found, "unwell");
	return columns([
		["Bot", running ? `running at ${textOf(found, "url")}, since ${textOf(found, "since")}` : "not running"],
		...(unwell === ""
			? []
			: [
					["Database", unwell],
					["", wayOn(found)],
				]),
		["Runs", runs.length === 0 ? "none" : runs.map(([phase, count]) => `${count} ${phase}`).join(", ")],
		["Problems", `${textOf(found, "problems")} in definitions, ${textOf(found, "quarantined")} on hold`],
	]);
}

/** What to do about a database that does nothing. */
export function wayOn(found: Json): string {
	const restored = isRecord(found) && found.restored === true;
	return restored
		? "`sopwith steer resume --restored` lets it act again."
		: "`sopwith backup FILE --restore` puts a backup in its place; what is there now is kept aside.";
}

function runText(run: Json): string {
	const head = [textOf(run, "subject"), textOf(run, "sop"), textOf(run, "client"), textOf(run, "id")];
	const steps = asRecords(asRecord(run).steps);
	const rows = steps.map((step) => [textOf(step, "state"), textOf(step, "name"), textOf(step.wait, "words")]);
	return `${head.filter((part) => part !== "").join(" · ")}\n${textOf(run, "waitingFor")}\n${columns(rows)}`;
}
