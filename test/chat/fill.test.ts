/**
 * Sentences filled for where they are read: Slack writes moments itself, every other place reads them in words.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { words } from "../../src/base/words.ts";
import { cardBlocks } from "../../src/cards/blocks.ts";
import { emptyCard } from "../../src/cards/card.ts";
import { createFill, type FillFor, filledOf } from "../../src/chat/fill.ts";
import { definitions, MO } from "./world.ts";

const now = "2026-11-23T14:20:00.000Z";
const fill = createFill({
	definitions: () => definitions,
	clock: { now: () => now },
	link: (path) => `https://sopwith.example${path}`,
});
const data = { ...emptyCard, title: "Ada", lead: [words("Reminder ", { at: now }, ".")], summary: "Ada" };

function read(reader: FillFor): string {
	const { blocks } = cardBlocks("notice", filledOf(fill(data, reader)), "c_1");
	return JSON.stringify(blocks).replaceAll("\u00a0", " ");
}

it("names a role as the pages do", () => {
	const title = words("Waiting for ", { who: ["it-lead"] }, " or ", { who: ["hr"] }, ".");
	const said = fill({ ...data, title }, { client: "contoso", who: () => [] }).title;
	assert.equal(said, "Waiting for the IT lead or HR.");
});

it("names what started a run without a person", () => {
	const title = words({ person: "hook:hris" }, " asks.");
	assert.equal(fill({ ...data, title }, { client: "contoso" }).title, "The hris webhook asks.");
});

describe("a moment", () => {
	it("in Slack is written by Slack, for one reader and for several, with the client's time beside it", () => {
		for (const reader of [{ actor: MO }, { client: "contoso" }]) {
			assert.match(
				read({ ...reader, surface: "slack" }),
				/<!date\^1795443600\^\{date_short_pretty\} at \{time\}\|today at/,
			);
		}
		assert.match(read({ client: "contoso", surface: "slack" }), /> \(Mon \d\d:\d\d [A-Z][a-z ]+\)\./i);
	});
	it("elsewhere is in words, without any sign of Slack's", () => {
		for (const surface of ["teams", "web", undefined] as const) {
			const said = read({ actor: MO, ...(surface === undefined ? {} : { surface }) });
			assert.match(said, /Reminder today at \d\d:\d\d/);
			assert.doesNotMatch(said, /<!date|[\ue000-\ue003]/u);
		}
	});
});
