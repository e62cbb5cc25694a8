/**
 * A taste of `npm run simulate` in every test run: seeds that must stay clean, and each rule of the design switched off, which
 * must be noticed. Must stay quick; the thousands are CI's.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { playMany } from "./crowd.ts";
import type { Without } from "./host.ts";
import { NEVER } from "./judge.ts";
import { type Played, play } from "./play.ts";

const SEEDS = 150;
const failing: string[] = [];
const failed = (played: Played): void =>
	void failing.push(`${JSON.stringify(played.wrong)} replay: npm run simulate -- ${played.seed}`);
const all = playMany({ from: 1, seeds: SEEDS, failed });

test("150 random worlds end with nothing stuck, doubled, written late, unasked, forgotten or left by an undo", async () => {
	const sum = await all;
	assert.deepEqual(failing, []);
	assert.deepEqual(
		NEVER.map((name) => sum[name]),
		NEVER.map(() => 0),
	);
	assert.equal(sum.seeds, SEEDS);
});

test("those worlds are hard ones: crashes at every point, undos, amendments, cancels, questions and child runs", async () => {
	const sum = await all;
	const least = { writes: 800, undone: 50, amended: 40, cancelled: 8, paused: 8, questions: 40, children: 5 };
	for (const [name, count] of Object.entries(least)) assert.ok((sum[name] ?? 0) >= count, `${name} ${sum[name]}`);
	for (const name of ["crashesBefore", "crashesAfter", "crashesLater"]) assert.ok((sum[name] ?? 0) >= 40, name);
	assert.ok((sum.done ?? 0) > 0.8 * (sum.runs ?? 0), "most runs reach their end");
});

test("the same seed is the same world", async () => {
	assert.deepEqual(await play(8), await play(8));
});

const rules: readonly Exclude<Without, undefined>[] = ["begun", "go-once", "applied", "mark", "settle", "late"];
for (const rule of rules) {
	test(`without the rule "${rule}" something goes wrong, and it is noticed`, async () => {
		let noticed = 0;
		for (let from = 1; noticed === 0 && from < 400; from += 10) {
			noticed = (await playMany({ from, seeds: 10, without: rule })).failing ?? 0;
		}
		assert.ok(noticed > 0, "no seed noticed it");
	});
}
