/**
 * A taste of `npm run simulate:chats` in every test run, and the scripts that once went wrong. Must stay quick; the
 * thousands are CI's.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Ground, openGround } from "./posting/ground.ts";
import { ONCE_WRONG } from "./posting/once-wrong.ts";
import { play } from "./posting/play.ts";
import { tryScripts } from "./posting/try-scripts.ts";

const RUNS = 300;

test(`${RUNS} runs end with each message in its last state, whatever was lost and whenever the process ended`, async () => {
	const { counts, failure } = await tryScripts({ seed: 2026, runs: RUNS });
	assert.equal(failure ?? "", "");
	assert.equal(counts.runs, RUNS);
	const least = { calls: 2000, lost: 80, deaths: 300, extra: 150, presses: 60 } as const;
	for (const [name, count] of Object.entries(least)) {
		const had = counts[name as keyof typeof least];
		assert.ok(had >= count, `${had} ${name}: these are no hard ones`);
	}
});

describe("what once went wrong", () => {
	let ground: Ground;
	before(() => {
		ground = openGround();
	});
	after(() => ground.close());
	for (const [name, script] of Object.entries(ONCE_WRONG)) {
		test(name, async () => {
			const { wrong, story } = await play(ground, script);
			assert.deepEqual(wrong, [], story.join("\n"));
		});
	}
	test("and the same script is the same story", async () => {
		const [script] = Object.values(ONCE_WRONG);
		assert(script !== undefined);
		const ids = (line: string): string => line.replaceAll(/\b(run-|c)\d+/gu, "$1");
		const [once, twice] = [await play(ground, script), await play(ground, script)];
		assert.deepEqual(once.story.map(ids), twice.story.map(ids));
	});
});
