/**
 * `sopwith reload`: reads the definitions again. What is broken is put on hold and its last good version keeps serving.
 */
import type { Problem } from "../base/errors.ts";
import { asRecord } from "../base/json.ts";
import { type Command, EXIT, outJson, problemLines } from "./command.ts";
import { throughDoor } from "./door.ts";

export const reload: Command = {
	name: "reload",
	about: "Read the definitions again",
	usage: "",
	options: [],
	words: [0, 0],
	async run(call) {
		const found = await throughDoor(call, (door) => door("reload", {}));
		const { problems, diff } = asRecord(found) as {
			problems?: readonly Problem[];
			diff?: readonly string[];
		};
		if (call.json) outJson(call, found);
		else {
			for (const line of diff ?? []) call.terminal.out(`${line}\n`);
			call.terminal.out(problemLines(problems ?? []));
		}
		if ((diff ?? []).length === 0) call.terminal.talk("Nothing changed.\n");
		return (problems ?? []).length > 0 ? EXIT.misused : EXIT.done;
	},
};
