/**
 * The web chat's messages and the marks of unsettled runs, over restarts.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { plusMs } from "../../../src/base/time.ts";
import { openStore } from "../../../src/engine/embedded/open.ts";
import { createMarks, createWebMessages } from "../../../src/engine/embedded/web-messages.ts";
import { askStep, handClock, key, removeFolder, requestOf, serve, sopOf, tempFolder } from "./fixture.ts";

const START = "2026-11-22T12:00:00.000Z";

describe("the web chat's messages", () => {
	test("belong to one place, come newest last, and an edit comes again as newer", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		let store = openStore({ folder, key });
		const messages = createWebMessages(store);
		const put = (ref: string, place: string) => messages.put({ ref, place, at: START, rings: false, drawn: { ref } });
		const first = put("a", "mo");
		put("b", "mo");
		put("c", "di");
		assert.deepEqual(
			messages.latest("mo", 10).map((m) => m.ref),
			["a", "b"],
		);
		assert.equal(messages.edit("di", "a", { ref: "stolen" }), undefined);
		const edited = messages.edit("mo", "a", { ref: "again" });
		assert.ok((edited?.seq ?? 0) > first.seq);
		store.close();
		store = openStore({ folder, key });
		const again = createWebMessages(store);
		assert.deepEqual(
			again.after("mo", first.seq).map((m) => m.ref),
			["b", "a"],
		);
		assert.deepEqual(again.latest("mo", 1).length, 1);
		store.close();
	});
});

describe("marks", () => {
	test("tell after a restart what was marked and what changed too late to be marked, and nothing older", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const clock = handClock(START);
		const sop = sopOf("toy", [askStep("ask")]);
		const rig = await serve(folder, { clock });
		const start = async (name: string): Promise<string> => (await rig.host.start(requestOf(name), sop)).run;
		const old = await start("old");
		const unsettled = await start("unsettled");
		const marks = createMarks(rig.store);
		marks.mark(old);
		marks.mark(unsettled);
		marks.settle(old);
		assert.deepEqual(marks.marked().toSorted(), [old, unsettled].toSorted());
		clock.set(plusMs(START, 3_600_000));
		marks.mark(unsettled);
		assert.deepEqual(marks.marked(), [unsettled]);
		const late = await start("late");
		await rig.stop();
		const store = openStore({ folder, key, clock });
		assert.deepEqual(createMarks(store).marked().toSorted(), [unsettled, late].toSorted());
		store.close();
	});
});
