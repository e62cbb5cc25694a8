/**
 * `sopwith token create`: an API token that acts as one person. Shown once; only its hash is kept.
 */
import { type Command, EXIT, outJson, UsageError } from "./command.ts";
import { throughDoor } from "./door.ts";
import { CLIENT, needed } from "./options.ts";
import { textOf } from "./rows.ts";

const PERSON = { name: "person", value: "ID", about: "as whom it acts" };
const EXPIRES = { name: "expires", value: "TIME", about: "how long it is good for: 90d, 12h" };
const UNIT_MS: { readonly [unit: string]: number } = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const token: Command = {
	name: "token",
	about: "Make an API token",
	usage: "create",
	options: [PERSON, CLIENT, EXPIRES],
	words: [1, 1],
	async run(call) {
		if (call.words[0] !== "create") throw new UsageError("Used as: sopwith token create --person ID --expires 90d");
		const { client } = call.options;
		const request = { person: needed(call, PERSON), expiresMs: expiresMs(needed(call, EXPIRES)) };
		const made = await throughDoor(call, (door) =>
			door("token", client === undefined ? request : { ...request, client }),
		);
		if (call.json) outJson(call, made);
		else call.terminal.out(`${textOf(made, "token")}\n`);
		call.terminal.talk(`For ${request.person}, until ${textOf(made, "expires")}. It is not shown again.\n`);
		return EXIT.done;
	},
};

/** Reads `90d`, `12h`, `30m`, `45s`. Errors: `UsageError`. */
export function expiresMs(text: string): number {
	const [, number, unit = ""] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
	const unitMs = UNIT_MS[unit];
	if (number === undefined || unitMs === undefined) throw new UsageError("--expires takes s, m, h or d, like 90d.");
	return Number(number) * unitMs;
}
