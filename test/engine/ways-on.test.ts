/** What a question offers: in one order, nothing the wait does not take, each way once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { waysOn } from "../../src/engine/ways-on.ts";

const other = { id: "other", words: "Business Standard" };
const said = (asked: Parameters<typeof waysOn>[0]) => waysOn(asked).map(({ value, title }) => `${value}: ${title}`);

test("a step that asks offers to try again, then its own ways, then the ways round it", () => {
	assert.deepEqual(
		said({ verbs: ["stop", "skip", "claim", "done", "retry"], choices: [other, other], about: "step" }),
		[
			"retry: Try again",
			"other: Business Standard",
			"done: Done by hand",
			"skip: Skip this step",
			"stop: Stop the run",
		],
	);
	assert.deepEqual(said({ verbs: ["stop"], choices: [], about: "step" }), ["stop: Stop the run"]);
});

test("a plan is planned again, and one that was sent back is asked again", () => {
	assert.deepEqual(said({ verbs: ["retry"], choices: [other], about: "plan" }), [
		"retry: Plan again",
		"other: Business Standard",
	]);
	assert.deepEqual(said({ verbs: ["retry", "stop"], choices: [], about: "sent-back" }), [
		"retry: Ask again as it is",
		"stop: Stop the run",
	]);
});
