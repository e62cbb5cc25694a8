/**
 * A process killed in the middle of its work: nothing confirmed is lost, nothing begun is taken for not sent.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { execPath } from "node:process";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { createArchive } from "../../../src/engine/embedded/archive.ts";
import { verifyAll } from "../../../src/engine/embedded/verify.ts";
import { doStep, removeFolder, requestOf, serve, sopOf, tempFolder, toyPerformer, until } from "./fixture.ts";

const HARNESS = new URL("harness.ts", import.meta.url).pathname;

/** Starts the harness and collects its lines until the one that says to stop; then kills it hard. */
async function killed(folder: string, mode: string, from: number, enough: (lines: readonly string[]) => boolean) {
	const child: ChildProcess = spawn(execPath, [HARNESS, folder, mode, String(from)], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	const gone = once(child, "exit");
	const lines: string[] = [];
	if (child.stdout === null) throw new Error("no output");
	for await (const line of createInterface({ input: child.stdout })) {
		lines.push(line);
		if (enough(lines) && !child.killed) child.kill("SIGKILL");
	}
	const [, signal] = await gone;
	assert.equal(signal, "SIGKILL");
	return lines;
}

describe("a killed process", () => {
	test("loses nothing that was confirmed, time after time", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const confirmed = new Map<string, number>();
		for (let round = 0; round < 4; round++) {
			const least = 30 + round * 37;
			const lines = await killed(folder, "flood", round * 10_000, (all) => all.length >= least);
			for (const line of lines) {
				const [, run = "", seq = "0"] = line.split(" ");
				confirmed.set(run, Math.max(Number(seq), confirmed.get(run) ?? 0));
			}
		}
		const rig = await serve(folder);
		assert.deepEqual(rig.store.health(), { kind: "good" });
		for (const [run, seq] of confirmed) {
			const found = await rig.host.read(run);
			assert.ok(found !== undefined && found.run.seq >= seq, `run ${run} lost its event ${seq}`);
			await until(rig, run, (r) => r.steps.ask?.state === "waiting");
		}
		const verified = await verifyAll(rig.store.db);
		assert.equal(verified.finding, undefined);
		assert.ok(verified.runs >= confirmed.size);
		await rig.stop();
	});

	test("an attempt that had begun is reported as unknown before anything else happens", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const lines = await killed(folder, "hang", 0, (all) => all.some((l) => l.startsWith("began")));
		const run = lines.find((l) => l.startsWith("began"))?.split(" ")[1] ?? "";
		const rig = await serve(folder);
		await until(rig, run, (r) => r.steps.one?.state === "done");
		const archive = createArchive(rig.store, rig.host.flush);
		const rows = await Array.fromAsync(archive.journal(run));
		const first = rows.find((r) => r.kind === "attempt-ended");
		const outcome = { kind: "unknown", code: "host-restarted", applied: [] };
		assert.deepEqual(first?.payload, { attempt: 1, outcome, step: "one" });
		const again = rows.findIndex((r, i) => r.kind === "attempt-began" && i > rows.indexOf(first as never));
		assert.ok(again > 0, "it was looked at again only after the doubt was written");
		await rig.stop();
	});

	test("parked runs cost nothing at the start: only what was under way is loaded", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const parked = sopOf("parked", [{ ...doStep("one") }]);
		let release = (): void => {};
		const gate = new Promise<void>((resolve) => {
			release = resolve;
		});
		const first = await serve(folder, { performer: toyPerformer(() => gate) });
		const { run } = await first.host.start(requestOf("x", "parked"), parked);
		await until(first, run, (r) => r.steps.one?.try?.begun !== undefined);
		assert.equal(first.store.db.prepare("SELECT in_flight FROM runs WHERE id = ?").pluck().get(run), 1);
		release();
		await until(first, run, (r) => r.ended !== undefined);
		assert.equal(first.store.db.prepare("SELECT in_flight FROM runs WHERE id = ?").pluck().get(run), 0);
		await first.stop();
		const second = await serve(folder);
		assert.equal(second.host.load().held, 0);
		await second.stop();
	});
});
