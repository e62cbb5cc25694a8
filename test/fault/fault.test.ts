/**
 * The faults that are tried with every `npm test`: a few kills of the real process, a held folder, damaged files. All of
 * them: `npm run faults`.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { approvalFaults } from "./approvals.ts";
import { damageFaults, heldFault } from "./disk.ts";
import { killFaults } from "./kill.ts";
import { type FaultRow, tableOf } from "./row.ts";

function folderOf(t: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-fault-"));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

function unharmed(rows: readonly FaultRow[], least: number): void {
	const harm = rows.map(({ lost, doubled, wrong }) => lost + doubled + wrong);
	assert.deepEqual(
		harm,
		rows.map(() => 0),
		tableOf(rows),
	);
	assert.ok(rows.every(({ tries }) => tries >= least));
}

test("a killed process loses nothing it acknowledged and writes nothing twice", async (t) => {
	unharmed([await killFaults(folderOf(t), 3)], 3);
});

test("a second process on the same folder ends with 3 and names the first", async (t) => {
	unharmed([await heldFault(folderOf(t), 1)], 1);
});

test("nobody approves what is not theirs to approve, and the audit stream keeps that they tried", async (t) => {
	unharmed(await approvalFaults(folderOf(t), 1), 1);
});

test("no flipped bit and no torn log changes history in silence", async (t) => {
	unharmed(await damageFaults(folderOf(t), 15), 15);
});
