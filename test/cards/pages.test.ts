/**
 * Long cards in pages: every line once and in order, no page over its bytes whatever people typed, and none that could be
 * taken for the whole.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isRecord, type Json } from "../../src/base/json.ts";
import { CARD_BYTES } from "../../src/cards/adaptive.ts";
import { type FilledCard, type FilledLine, fillWords } from "../../src/cards/fill.ts";
import { cardHtml } from "../../src/cards/html.ts";
import { lintCard } from "../../src/cards/lint.ts";
import { cardNames, loadCards } from "../../src/cards/load.ts";
import { PAGE_LINES, pageOf, pagesOf } from "../../src/cards/pages.ts";
import { cardText } from "../../src/cards/text.ts";
import { nasty } from "./nasty.ts";
import { reader, samples } from "./samples.ts";

const cards = loadCards(join(import.meta.dirname, "../../cards"));
const base = fillWords(samples.approval, reader);

const sentence = fc.oneof(
	fc.string({ maxLength: 200, unit: "grapheme" }),
	fc.string({ maxLength: 3000, unit: "binary" }),
	fc.constantFrom(
		"\"\\'".repeat(900),
		"\u2028".repeat(3000),
		"\ud800".repeat(2000),
		"{{DATE(x)}}".repeat(300),
		"𝔘".repeat(900),
	),
);
const line: fc.Arbitrary<FilledLine> = fc.record(
	{ sign: fc.constantFrom("+", "~", "−"), tone: fc.constant("good" as const), text: sentence, meta: sentence },
	{ requiredKeys: ["sign", "tone", "text"] },
);

function linesOf(count: number): readonly FilledLine[] {
	return Array.from({ length: count }, (_, at) => ({
		sign: "+",
		tone: "good",
		text: `Join the group Ünïcödé ${at + 1}`,
	}));
}

describe("pages", () => {
	it("have every line once, in order, and are never empty", () => {
		fc.assert(
			fc.property(fc.array(line, { maxLength: 120 }), (lines) => {
				const pages = pagesOf(lines);
				assert(pages.every((page) => page.length > 0 && page.length <= PAGE_LINES));
				const all = pages.flat();
				assert.equal(all.length, lines.length);
				for (const [at, { sign, text }] of all.entries()) {
					const whole = lines[at]?.text ?? "";
					assert.equal(sign, lines[at]?.sign);
					assert(text === whole || (text.endsWith("…") && whole.startsWith(text.slice(0, -1))));
				}
			}),
			{ numRuns: 60 },
		);
	});

	it("turn from the first to the last and back, and add up to what they say", () => {
		fc.assert(
			fc.property(fc.integer({ min: PAGE_LINES + 1, max: 500 }), (count) => {
				const shown: string[] = [];
				let at: number | undefined = 1;
				while (at !== undefined) {
					const page = pageOf({ ...base, lines: linesOf(count) }, at);
					const [first, last] = [shown.length + 1, shown.length + page.lines.length];
					shown.push(...page.lines.map(({ text }) => text));
					const of = Math.ceil(count / PAGE_LINES);
					assert.equal(
						page.pager?.words,
						`Page ${at} of ${of}: lines ${first} to ${last} of ${count}. Approving covers all of them, on every page.`,
					);
					const turns = page.pager?.turns ?? [];
					assert.deepEqual(
						turns.map(({ title, page: to }) => `${title} ${to}`),
						[...(at > 1 ? [`‹ Earlier ${at - 1}`] : []), ...(at < of ? [`Later › ${at + 1}`] : [])],
					);
					at = turns.find(({ title }) => title === "Later ›")?.page;
				}
				assert.deepEqual(
					shown,
					linesOf(count).map(({ text }) => text),
				);
			}),
			{ numRuns: 20 },
		);
	});

	it("that are asked for and are not there are the nearest one", () => {
		const filled = { ...base, lines: linesOf(412) };
		const at = (page: number) => pageOf(filled, page).pager?.words.slice(0, "Page 21 of 21".length);
		for (const page of [0, -3, Number.NEGATIVE_INFINITY, Number.NaN, 1.9]) assert.equal(at(page), "Page 1 of 21:");
		for (const page of [21, 22, 1e300, Number.POSITIVE_INFINITY]) assert.equal(at(page), "Page 21 of 21");
	});

	it("leave a card that stands on one as it is", () => {
		assert.deepEqual(pageOf(base, 1), base);
		assert.deepEqual(cards.expand("approval", base, "c_1", 7), cards.expand("approval", base, "c_1"));
	});

	it("never say that an approval covers what nobody approves there", () => {
		const { pager } = pageOf({ ...base, lines: linesOf(412), buttons: [] }, 2);
		assert.equal(pager?.words, "Page 2 of 21: lines 21 to 40 of 412.");
	});

	it("cannot be turned on a card that is not kept, which says how much is left out", () => {
		const { pager, lines } = pageOf({ ...base, lines: linesOf(412) });
		assert.deepEqual([lines.length, pager], [20, { words: "and 392 more: open the run", turns: [] }]);
	});

	it("hold 28 KB whatever stands in their lines, and whatever else the card says", () => {
		fc.assert(
			fc.property(fc.array(line, { maxLength: 80 }), sentence, fc.constantFrom(...cardNames), (lines, text, name) => {
				const many = Array.from({ length: 60 }, () => text);
				const filled: FilledCard = {
					...fillWords(samples[name], reader),
					fields: [],
					header: [text, text],
					title: text,
					lead: many,
					waiting: { strong: text, rest: text, tone: "warning" },
					lines,
					facts: many.map((value) => ({ title: value, value })),
					details: [{ title: text, lines: many }],
					footer: text,
					summary: text,
				};
				for (let page = 1; page <= pagesOf(lines).length; page += 1) {
					const bytes = Buffer.byteLength(JSON.stringify(cards.expand(name, filled, "c_W4T1B6ND", page)));
					assert(bytes <= CARD_BYTES - 3000, `page ${page} of a ${name} has ${bytes} bytes`);
				}
			}),
			{ numRuns: 40 },
		);
	});

	it("are cards that every client takes, with buttons that carry the card's id and the page alone", () => {
		for (const name of cardNames) {
			const card = cards.expand(name, { ...fillWords(samples[name], reader), lines: linesOf(412) }, "c_9", 2);
			assert.deepEqual(lintCard(name, card), []);
			if (!JSON.stringify(card).includes("Join the group")) continue;
			const turns = nodesOf(card).filter((node) => node.type === "Action.Execute" && node.verb === "page");
			assert.deepEqual(
				turns.map(({ title, data, fallback }) => [title, data, isRecord(fallback) && fallback.data]),
				[
					["‹ Earlier", { id: "c_9", page: 1 }, { id: "c_9", verb: "page", page: 1 }],
					["Later ›", { id: "c_9", page: 3 }, { id: "c_9", verb: "page", page: 3 }],
				],
			);
			assert(turns.every(({ associatedInputs }) => associatedInputs === "none"));
		}
		const long = { ...nasty, lines: linesOf(50) };
		for (const name of cardNames) assert.deepEqual(lintCard(name, cards.expand(name, long, "c_9", 2)), []);
	});

	it("are for chats: what is read as a page or as text has all lines", () => {
		const filled = { ...base, lines: linesOf(412) };
		const html = String(cardHtml("approval", filled, "c_1"));
		assert.equal(html.split("Join the group").length - 1, 412);
		assert.equal(cardText("approval", filled).split("Join the group").length - 1, 412);
	});
});

type Node = { readonly [name: string]: Json };

function nodesOf(value: Json): readonly Node[] {
	if (Array.isArray(value)) return value.flatMap((item: Json) => nodesOf(item));
	if (!isRecord(value)) return [];
	return [value, ...Object.entries(value).flatMap(([key, inner]) => (key === "fallback" ? [] : nodesOf(inner)))];
}
