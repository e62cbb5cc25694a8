/**
 * The core decides every recorded history as it was decided then. A history is never edited to make this pass (README.md).
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { type History, outcomes } from "./history.ts";

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith(".json"));

test("there are histories of several kinds", () => {
	assert.ok(files.length >= 6, files.join(", "));
});

for (const file of files) {
	test(`${file.slice(0, -".json".length)} is decided as it was`, () => {
		const history: History = JSON.parse(readFileSync(`${import.meta.dirname}/${file}`, "utf8"));
		assert.deepEqual(outcomes(history.sop, history.events), history.outcomes);
	});
}
