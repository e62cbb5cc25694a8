/**
 * `sopwith steer`: cancels, pauses or resumes a run for a named person; and lets a restored copy act again.
 */
import { type Command, EXIT, outJson, UsageError } from "./command.ts";
import { throughDoor } from "./door.ts";
import { AS, asWhom, CLIENT, KEY, keyOf } from "./options.ts";
import { textOf } from "./rows.ts";

const VERBS = ["cancel", "pause", "resume"];

export const steer: Command = {
	name: "steer",
	about: "Cancel, pause or resume a run",
	usage: "RUN cancel|pause|resume",
	options: [
		{ name: "words", value: "TEXT", about: "why, for those who read the run" },
		{ name: "restored", about: "`steer resume --restored`: let a copy from a backup act again" },
		AS,
		CLIENT,
		KEY,
	],
	words: [1, 2],
	async run(call) {
		if (call.flags.has("restored")) {
			if (call.words.join(" ") !== "resume") throw new UsageError("Used as: sopwith steer resume --restored");
			const found = await throughDoor(call, (door) => door("resume", {}));
			if (call.json) outJson(call, found);
			else {
				const resumed = textOf(found, "resumed") === "true";
				call.terminal.talk(resumed ? "The copy acts again.\n" : "This is no restored copy; nothing changed.\n");
			}
			return EXIT.done;
		}
		const [run = "", verb = ""] = call.words;
		if (!VERBS.includes(verb)) throw new UsageError(`Used as: sopwith steer ${steer.usage}`);
		const order = { ...asWhom(call), run, verb, words: call.options.words ?? "", key: keyOf(call) };
		const receipt = await throughDoor(call, (door) => door("steer", order));
		if (call.json) outJson(call, receipt);
		else call.terminal.talk(`Taken: ${verb}, run ${run}.\n`);
		return EXIT.done;
	},
};
