/**
 * Writes a history of one simulated run: `node test/histories/record.ts SEED NAME`. Must never overwrite one: histories are for
 * ever (README.md).
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Stored } from "../simulate/host.ts";
import { play } from "../simulate/play.ts";
import { type History, outcomes } from "./history.ts";

const [seed = "1", name = "run"] = process.argv.slice(2);
const found = new Map<string, Stored>();
await play(Number(seed), undefined, (stored) => void found.set(stored.run.id, stored));
for (const [id, { sop, events }] of found) {
	const at = id === "RUN" ? name : `${name}-${events[0]?.kind === "started" && events[0].request.undo ? "undo" : id}`;
	if (id !== "RUN" && !at.endsWith("-undo")) continue;
	const history: History = { sop, events, outcomes: outcomes(sop, events) };
	const file = fileURLToPath(new URL(`${at}.json`, import.meta.url));
	writeFileSync(file, `${JSON.stringify(history)}\n`, { flag: "wx" });
	process.stdout.write(`${at}: ${events.length} events\n`);
}
