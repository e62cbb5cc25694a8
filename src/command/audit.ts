/**
 * `sopwith audit verify`: walks every chain and names the first row that is not as it was written.
 */
import { isRecord } from "../base/json.ts";
import { type Command, EXIT, outJson, UsageError } from "./command.ts";
import { throughDoor } from "./door.ts";
import { recordsOf, textOf } from "./rows.ts";

export const audit: Command = {
	name: "audit",
	about: "Check that no journal or audit row was changed",
	usage: "verify",
	options: [],
	words: [1, 1],
	async run(call) {
		if (call.words[0] !== "verify") throw new UsageError("Used as: sopwith audit verify");
		const found = await throughDoor(call, (door) => door("audit", {}));
		const broken = isRecord(found) ? recordsOf(found.broken) : [];
		if (call.json) outJson(call, found);
		else
			for (const one of broken)
				call.terminal.out(`${textOf(one, "chain")} ${textOf(one, "seq")}: ${textOf(one, "words")}\n`);
		const walked = `Events: ${textOf(found, "events")}, runs: ${textOf(found, "runs")}`;
		const ok = textOf(found, "ok") === "true";
		call.terminal.talk(
			ok ? `${walked}. All are as they were written.\n` : `${walked}. Some are not as they were written.\n`,
		);
		return ok ? EXIT.done : EXIT.failed;
	},
};
