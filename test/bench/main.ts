/**
 * `npm run bench`: every figure the project promises, measured in one run on this machine and held against its goal.
 * `-- --json` prints rows for programs; names of parts run only those. Exits 0 also when a goal is missed: it measures.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { benchReal } from "./real.ts";
import { type Figures, rowsOf, tableOf } from "./row.ts";
import { benchClicks, benchColdStart } from "./serving.ts";
import { benchSlack } from "./slack.ts";
import { benchTeams } from "./teams.ts";

const PART = fileURLToPath(new URL("part.ts", import.meta.url));
const PARTS: { readonly [name: string]: (folder: string) => Promise<Figures> } = {
	engine: (folder) => apart("engine", folder),
	alone: (folder) => apart("alone", folder),
	answers: (folder) => apart("answers", folder),
	clicks: benchClicks,
	parked: benchParked,
	plan: (folder) => apart("plan", folder),
	real: benchReal,
	teams: async (folder) => ({ ...(await benchTeams(folder)), ...(await apart("teams-edits", folder)) }),
	slack: async (folder) => ({ ...(await benchSlack(folder)), ...(await apart("slack-edits", folder)) }),
	start: benchColdStart,
};

const args = process.argv.slice(2);
const asked = args.filter((arg) => !arg.startsWith("-"));
const asJson = args.includes("--json");
const unknown = asked.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
	process.stderr.write(`There is no part ${unknown.join(", ")}. Parts are ${Object.keys(PARTS).join(", ")}.\n`);
	process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "sopwith-bench-"));
try {
	let figures: Figures = {};
	for (const [name, measure] of Object.entries(PARTS)) {
		if (asked.length > 0 && !asked.includes(name)) continue;
		if (!asJson) process.stderr.write(`measuring: ${name}\n`);
		figures = { ...figures, ...(await measure(folder)) };
	}
	const rows = rowsOf(figures);
	process.stdout.write(asJson ? `${JSON.stringify(rows)}\n` : tableOf(rows));
} finally {
	rmSync(folder, { recursive: true, force: true });
}

/** Runs a part in a process of its own and reads its figures. */
async function apart<T = Figures>(part: string, ...rest: readonly string[]): Promise<T> {
	const child = spawn(process.execPath, [PART, part, ...rest], { stdio: ["ignore", "pipe", "inherit"] });
	const gone = once(child, "exit");
	let last = "";
	for await (const line of createInterface({ input: child.stdout })) last = line;
	await gone;
	if (child.exitCode !== 0) throw new Error(`the part ${part} failed`);
	return JSON.parse(last) as T;
}

type Took = { readonly ready: number; readonly answer: number; readonly megabytes: number };

async function benchParked(place: string): Promise<Figures> {
	const child = spawn(process.execPath, [PART, "park", place], { stdio: ["ignore", "pipe", "inherit"] });
	const gone = once(child, "exit");
	let said = "";
	for await (const line of createInterface({ input: child.stdout })) {
		said = line;
		child.kill("SIGKILL");
	}
	await gone;
	const parked = JSON.parse(said) as { readonly last: string; readonly megabytes: number };
	const { ready, answer, megabytes } = await apart<Took>("take-up", place, parked.last);
	return {
		"parked 100k ready": ready,
		"parked 100k first answer": answer,
		"parked 100k memory": megabytes,
		"parking 100k memory": parked.megabytes,
	};
}
