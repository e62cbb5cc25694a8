/**
 * Moments that a chat writes in each reader's own zone: marked where it can, and never seen where it cannot.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { words } from "../../src/base/words.ts";
import { cardBlocks } from "../../src/cards/blocks.ts";
import { emptyCard } from "../../src/cards/card.ts";
import { filledOf, fillWords, type Reader } from "../../src/cards/fill.ts";
import { marked, momentsIn, unmarked } from "../../src/cards/moment-mark.ts";
import { reader } from "./samples.ts";

const at = "2026-11-23T14:20:00.000Z";
const data = {
	...emptyCard,
	title: words("Due ", { at }),
	lead: [words("Reminder ", { at }, "."), words("Now it is ", { timeAt: at }, ".")],
	summary: words("Due ", { at }, "."),
};
const there: Reader = { ...reader, moments: "marked" };
const { you: _, ...channel } = there;

/** As it goes to Slack: filled for the reader, then drawn from what was filled. */
function drawn(to: Reader) {
	const { text, blocks } = cardBlocks("notice", filledOf({ ...data, ...fillWords(data, to), fields: [] }), "c_1");
	return { text: plain(text), title: plain(JSON.stringify(blocks[0])), lead: plain(JSON.stringify(blocks[1])) };
}
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("a moment on Slack", () => {
	it("is written by Slack in its reader's zone, with the client's time beside it", () => {
		const { lead } = drawn(there);
		const day = "<!date^1795443600^{date_short_pretty} at {time}|today at 14:20> (09:20 New York)";
		assert.ok(lead.includes(`Reminder ${day}.`), lead);
		assert.ok(lead.includes("<!date^1795443600^{time}|14:20> (09:20 New York)"), lead);
	});
	it("stands upright among the quiet words behind a line, whose underscores would end there", () => {
		const lines = [
			{ sign: "✓", tone: "good", text: "Plan approved", meta: words("by a_b, ", { at }, ", 2 tries.") },
		] as const;
		const filled = filledOf({ ...data, ...fillWords({ ...data, lines }, there), fields: [] });
		const [line] = cardBlocks("progress", filled, "c_1").blocks.slice(-1);
		const day = "<!date^1795443600^{date_short_pretty} at {time}|today at 14:20>";
		assert.ok(
			plain(JSON.stringify(line)).includes(`*✓* Plan approved · _by aˍb,_ ${day} _(09:20 New York), 2 tries._`),
			JSON.stringify(line),
		);
	});
	it("among several readers has the client's day and time beside it", () => {
		const { lead } = drawn(channel);
		assert.ok(lead.includes("|today at 09:20 New York> (Mon 09:20 New York)."), lead);
	});
	it("stands alone for a reader who lives by the client's clock", () => {
		const { lead } = drawn({ ...there, zone: "America/New_York", place: "New York" });
		assert.ok(lead.includes("|today at 09:20>."), lead);
	});
	it("is in words where Slack takes none of its own, as in a heading and a notification", () => {
		const { text, title } = drawn(there);
		assert.equal(text, "Due today at 14:20 (09:20 New York).");
		assert.ok(title.includes("Due today at 14:20 (09:20 New York)"), title);
	});
	it("is in words for every other reader", () => {
		const [lead] = fillWords(data, reader).lead;
		assert.equal(plain(lead ?? ""), "Reminder today at 14:20 (09:20 New York).");
	});
});

describe("a mark", () => {
	it("is found again, and gone where it is not wanted", () => {
		const word = fc.string({ unit: "grapheme" }).map((text) => text.replaceAll(/[\ue001-\ue003]/gu, ""));
		fc.assert(
			fc.property(word, word, word, fc.integer({ min: 0, max: 4e9 }), (before, said, after, seconds) => {
				const moment = { seconds, day: true, words: said, tail: "" };
				const text = before + marked(moment) + after;
				assert.deepEqual(
					momentsIn(text),
					[before, moment, after].filter((piece) => piece !== ""),
				);
				assert.equal(unmarked(text), before + said + after);
			}),
		);
	});
	it("cannot be typed", () => {
		const typed = marked({ seconds: 1, day: true, words: "x", tail: "" });
		const { lead } = fillWords(
			{ ...data, lead: [typed, words("By ", { person: "x" })] },
			{ ...there, nameOf: () => typed },
		);
		for (const text of lead) assert.doesNotMatch(text, /[\ue000-\ue003]/u);
	});
});
