/**
 * `sopwith audit`: what was refused, linked, signed in or could not be posted, newest first; `verify` walks every chain and
 * names the first row that is not as it was written. Must never change a row.
 */
import { asRecord, asRecords } from "../base/json.ts";
import { type Call, type Command, EXIT, outJson, UsageError } from "./command.ts";
import { throughDoor } from "./door.ts";
import { columns, itemsOf, textOf } from "./rows.ts";

/** What a row says of itself, in the order of its columns. */
const SAID = ["what", "client", "person", "via", "run", "why"] as const;

export const audit: Command = {
	name: "audit",
	about: "Show the audit, or check that no row of it or of a journal was changed",
	usage: "[verify]",
	options: [{ name: "cursor", value: "N", about: "go on after an earlier list" }],
	words: [0, 1],
	async run(call) {
		const [wanted] = call.words;
		if (wanted !== undefined && wanted !== "verify") throw new UsageError("Used as: sopwith audit [verify]");
		return wanted === undefined ? show(call) : verify(call);
	},
};

async function show(call: Call): Promise<number> {
	const { cursor } = call.options;
	if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) throw new UsageError("--cursor N is a whole number.");
	const page = await throughDoor(call, (door) => door("trail", cursor === undefined ? {} : { cursor }));
	const items = itemsOf(page);
	if (call.json) outJson(call, page);
	else
		call.terminal.out(columns(items.map((row) => [textOf(row, "at"), ...SAID.map((name) => textOf(row.entry, name))])));
	const next = textOf(page, "cursor");
	call.terminal.talk(next === "" ? `${items.length} shown.\n` : `${items.length} shown; more: --cursor ${next}\n`);
	return EXIT.done;
}

async function verify(call: Call): Promise<number> {
	const found = await throughDoor(call, (door) => door("audit", {}));
	const broken = asRecords(asRecord(found).broken);
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
}
