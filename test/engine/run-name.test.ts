/** What a run is called, alone and where a sentence goes on, and whether a list says that it waits for people or for time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { words } from "../../src/base/words.ts";
import { phaseStanding } from "../../src/console/run-words.ts";
import { runName, runNameIn } from "../../src/engine/run-name.ts";

test("a run is called after its subject, and an abbreviation keeps its capitals", () => {
	const rows = [
		["Ada Lovelace", "New employee", "Ada Lovelace, new employee", "Ada Lovelace, new employee,"],
		["Ada Lovelace", "IT onboarding", "Ada Lovelace, IT onboarding", "Ada Lovelace, IT onboarding,"],
		["", "Lock-down", "Lock-down", "Lock-down"],
		["Ada", "Ada leaves", "Ada leaves", "Ada leaves"],
	] as const;
	for (const [subject, title, alone, within] of rows) {
		assert.deepEqual([runName({ subject, title }), runNameIn({ subject, title })], [alone, within]);
	}
});

test("a run that waits for time waits for nobody, whoever is asked in the end", () => {
	const at = "2026-11-23T14:20:00.000Z";
	const time = words("See the mailbox", ": not yet", ". Looks again at ", { timeAt: at }, ", asks ", {
		who: ["owner"],
	});
	assert.equal(phaseStanding("waiting", { ...time }).state, "time");
	assert.equal(
		phaseStanding("waiting", { ...words("Waiting for ", { who: ["owner"] }, " to approve.") }).state,
		"person",
	);
});
