/**
 * `npm run faults`: does to the real thing what the world does, and counts what was lost, doubled or otherwise wrong.
 * `-- --json` for programs, `-- --quick` for a couple of minutes, names of parts for only those. Exits 1 unless all is 0.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { atOnce } from "../fixtures/at-once.ts";
import { approvalFaults } from "./approvals.ts";
import { directoryFaults } from "./directories/jobs.ts";
import { damageFaults, fullFault, heldFault } from "./disk.ts";
import { formFaults } from "./forms.ts";
import { killFaults } from "./kill.ts";
import { remoteFaults } from "./remote.ts";
import { repeatFaults } from "./repeats.ts";
import { type FaultRow, failed, tableOf } from "./row.ts";

/** One more than can compute: half of a part is waiting for what was killed or does not answer. */
const AT_ONCE = availableParallelism() + 1;

const args = process.argv.slice(2);
const asJson = args.includes("--json");
const quick = args.includes("--quick");
const asked = args.filter((arg) => !arg.startsWith("-"));

const PARTS: { readonly [name: string]: (folder: string) => Promise<FaultRow | readonly FaultRow[]> } = {
	kill: (folder) => killFaults(folder, quick ? 25 : 100),
	repeats: (folder) => repeatFaults(folder, quick ? 2 : 10),
	approvals: (folder) => approvalFaults(folder, quick ? 1 : 5),
	forms: formFaults,
	remote: (folder) => remoteFaults(folder, { slow: !quick }),
	directories: (folder) => directoryFaults(folder, { quick }),
	held: (folder) => heldFault(folder, quick ? 1 : 5),
	full: fullFault,
	damage: (folder) => damageFaults(folder, quick ? 40 : 300),
};
const unknown = asked.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
	process.stderr.write(`There is no part ${unknown.join(", ")}. Parts are ${Object.keys(PARTS).join(", ")}.\n`);
	process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "sopwith-faults-"));
try {
	const wanted = Object.entries(PARTS).filter(([name]) => asked.length === 0 || asked.includes(name));
	const found = await atOnce(AT_ONCE, wanted, async ([name, part]) => {
		if (!asJson) process.stderr.write(`trying: ${name}\n`);
		const own = join(folder, name);
		mkdirSync(own);
		const rows = [await part(own)].flat();
		if (!asJson) process.stderr.write(tableOf(rows));
		return rows;
	});
	const rows = found.flat();
	process.stdout.write(asJson ? `${JSON.stringify(rows)}\n` : tableOf(rows));
	process.exitCode = rows.some(failed) ? 1 : 0;
} finally {
	rmSync(folder, { recursive: true, force: true });
}
