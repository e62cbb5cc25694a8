/**
 * Waiting: never early, late ones once, and nothing armed beyond what a timer can hold.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plusMs } from "../../../src/base/time.ts";
import { createArchive } from "../../../src/engine/embedded/archive.ts";
import { handClock, type Rig, removeFolder, requestOf, serve, sopOf, tempFolder, until, waitStep } from "./fixture.ts";

const DAY = 86_400_000;
const START = "2026-11-22T12:00:00.000Z";

const firings = async (rig: Rig, run: string): Promise<number> => {
	const rows = await Array.fromAsync(createArchive(rig.store, rig.host.flush).journal(run));
	return rows.filter((r) => r.kind === "timer-fired").length;
};
/** Two turns of the timers' wheel: whatever would fire at once has fired. */
const turn = (ms = 30) => new Promise((resolve) => setTimeout(resolve, ms));

describe("timers", () => {
	test("a wait of 60 days does not end now, nor a day early, but on the day", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const clock = handClock(START);
		const rig = await serve(folder, { clock });
		const sop = sopOf("far", [waitStep("wait", 60 * DAY)]);
		const { run } = await rig.host.start(requestOf("far", "far"), sop);
		await turn();
		assert.equal(await firings(rig, run), 0);
		clock.set(plusMs(START, 59 * DAY));
		rig.host.wake();
		await turn();
		assert.equal(await firings(rig, run), 0);
		clock.set(plusMs(START, 60 * DAY));
		rig.host.wake();
		await until(rig, run, (r) => r.ended?.phase === "done");
		assert.equal(await firings(rig, run), 1);
		await rig.stop();
	});

	test("a timer that came due while nobody ran fires once at the start", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const sop = sopOf("late", [waitStep("wait", DAY)]);
		const first = await serve(folder, { clock: handClock(START) });
		const { run } = await first.host.start(requestOf("late", "late"), sop);
		await first.stop();
		const second = await serve(folder, { clock: handClock(plusMs(START, 3 * DAY)) });
		await until(second, run, (r) => r.ended !== undefined);
		assert.equal(await firings(second, run), 1);
		assert.equal(second.store.db.prepare("SELECT count(*) FROM timers").pluck().get(), 0);
		await second.stop();
	});

	test("a clock that goes backwards neither fires early nor turns a run's time round", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const clock = handClock(START);
		const rig = await serve(folder, { clock });
		const sop = sopOf("back", [waitStep("wait", DAY)]);
		const { run } = await rig.host.start(requestOf("back", "back"), sop);
		clock.set(plusMs(START, -2 * DAY));
		rig.host.wake();
		await rig.host.deliver(run, { kind: "noted", by: "ada", words: "early" }, "n");
		const found = await rig.host.read(run);
		assert.equal(found?.run.at, START);
		assert.equal(await firings(rig, run), 0);
		await rig.stop();
	});

	test("a short wait ends by itself, on the real clock", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(folder);
		const { run } = await rig.host.start(requestOf("s", "short"), sopOf("short", [waitStep("wait", 40)]));
		await until(rig, run, (r) => r.ended?.phase === "done");
		await rig.stop();
	});

	test("timers of a run that is stopped are gone", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(folder, { clock: handClock(START) });
		const { run } = await rig.host.start(requestOf("c", "stop"), sopOf("stop", [waitStep("wait", DAY)]));
		assert.equal(rig.store.db.prepare("SELECT count(*) FROM timers").pluck().get(), 1);
		await rig.host.deliver(run, { kind: "steered", verb: "cancel", by: "ada", words: "" }, "c");
		await until(rig, run, (r) => r.ended?.phase === "stopped");
		assert.equal(rig.store.db.prepare("SELECT count(*) FROM timers").pluck().get(), 0);
		await rig.stop();
	});
});
