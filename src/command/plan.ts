/**
 * `sopwith plan`: what a run would change, read from the real systems. Must never change anything, nor leave a file behind.
 */
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asRecords } from "../base/json.ts";
import { readFolders } from "../config.ts";
import { type Call, type Command, EXIT, outJson } from "./command.ts";
import { throughDoor } from "./door.ts";
import { readValues } from "./files.ts";
import { CLIENT, FORM, needed } from "./options.ts";
import { columns, textOf } from "./rows.ts";

export const plan: Command = {
	name: "plan",
	about: "Show what a run would change, without changing it",
	usage: "SOP",
	options: [CLIENT, FORM],
	words: [1, 1],
	async run(call) {
		const [sop = ""] = call.words;
		const client = needed(call, CLIENT);
		const form = await readValues(call.terminal, needed(call, FORM));
		const found = await inPlace(call, (placed) => throughDoor(placed, (door) => door("plan", { sop, client, form })));
		const { hash, entries, problems } = found as { hash: string; entries: []; problems: [] };
		if (call.json) outJson(call, { hash, entries, problems });
		else call.terminal.out(`${planText(entries, problems)}\nPlan ${hash.slice(0, 12)}. Nothing was changed.\n`);
		return problems.length > 0 ? EXIT.misused : EXIT.done;
	},
};

function planText(entries: readonly [], problems: readonly []): string {
	const rows = asRecords(entries).flatMap((entry) => {
		const changes = asRecords(entry.changes).map((change) => [
			"",
			sign(textOf(change, "kind")),
			textOf(change, "words"),
		]);
		const none = entry.unknown === true ? "known after an earlier step" : textOf(entry, "note") || "nothing to change";
		return [[textOf(entry, "name")], ...(changes.length > 0 ? changes : [["", "○", none]])];
	});
	const stuck = asRecords(problems).map((problem) => `${textOf(problem, "path")}: ${textOf(problem, "message")}\n`);
	return `${rows.map((row) => (row.length === 1 ? `${row[0]}\n` : columns([row]))).join("")}${stuck.join("")}`;
}

function sign(kind: string): string {
	if (kind === "create" || kind === "add" || kind === "send") return "+";
	return kind === "set" ? "~" : "−";
}

/** Plans on the data folder where there is one; else on an empty one that is gone afterwards, with a key of its own. */
async function inPlace<T>(call: Call, use: (call: Call) => Promise<T>): Promise<T> {
	const { env, cwd } = call.terminal;
	if (existsSync(readFolders(env, { cwd }).data)) return use(call);
	const data = mkdtempSync(join(tmpdir(), "sopwith-plan-"));
	try {
		const key = env.SOPWITH_KEY ?? randomBytes(32).toString("base64");
		return await use({
			...call,
			terminal: { ...call.terminal, env: { ...env, SOPWITH_DATA: data, SOPWITH_KEY: key } },
		});
	} finally {
		rmSync(data, { recursive: true, force: true });
	}
}
