/** What is remembered in memory stays within its bounds. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { setBounded } from "../../src/base/bounded.ts";

it("forgets what was set longest ago, and counts what is set again as new", () => {
	const map = new Map<string, number>();
	for (const [name, value] of [
		["a", 1],
		["b", 2],
		["a", 3],
		["c", 4],
	] as const)
		setBounded(map, [name, value], 2);
	assert.deepEqual(
		[...map],
		[
			["a", 3],
			["c", 4],
		],
	);
});

it("forgets nothing while there is room, whatever the keys are", () => {
	const map = new Map<string | undefined, number>();
	for (const [name, value] of [
		[undefined, 1],
		["b", 2],
	] as const)
		setBounded(map, [name, value], 2);
	assert.equal(map.size, 2);
	setBounded(map, ["c", 3], 2);
	assert.deepEqual([...map.keys()], ["b", "c"]);
});
