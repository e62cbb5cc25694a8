/**
 * Whatever people and systems put into a card: Slack takes it, nothing becomes markup, no line and no choice is left out,
 * and what was typed comes back.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isRecord, type Json, type Values } from "../../src/base/json.ts";
import { cardBlocks } from "../../src/cards/blocks.ts";
import { pressOf, revealOf, submittedOf, valuesOf } from "../../src/cards/blocks-back.ts";
import { checkBlocks } from "../../src/cards/blocks-check.ts";
import { blockProblems } from "../../src/cards/blocks-limits.ts";
import { keyOf, optionsFor } from "../../src/cards/blocks-options.ts";
import { bold, codes, inertMarkup, quiet } from "../../src/cards/blocks-text.ts";
import { cardView, detailsView } from "../../src/cards/blocks-view.ts";
import type { FilledCard } from "../../src/cards/fill.ts";
import { cardNames } from "../../src/cards/load.ts";
import { PAGE_LINES } from "../../src/cards/pages.ts";
import { specimen } from "../../src/cards/specimen.ts";
import { nastyTexts } from "./nasty.ts";
import { nodesOf, stateOf } from "./slack-state.ts";

const piece = fc.oneof(
	fc.string({ unit: "grapheme", maxLength: 40 }),
	fc.constantFrom(
		...nastyTexts,
		"<!channel> <@U01ABC> <https://evil.example|click>",
		":smile: :100: 10:20:30",
		"> quoted",
		"a_b _c_ __d__ `e` ~f~ *g*",
		"שלום עולם",
		"👩‍🚀".repeat(20),
		"&amp;<>".repeat(80),
		"&".repeat(500),
		"\ue0011795443600\ue002day\ue002today\ue002\ue003",
		"\ud83d",
	),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(" ").slice(0, 500));
const list = <Item>(item: fc.Arbitrary<Item>, most: number) => fc.array(item, { maxLength: most });
const key = fc.oneof(fc.string({ minLength: 1, maxLength: 200 }), text);
const choices = fc.uniqueArray(fc.record({ value: key, title: text, hint: text }), {
	maxLength: 130,
	selector: ({ value }) => value,
});
const line = fc.record({
	sign: fc.constantFrom("+", "~", "−", "✓", ""),
	tone: fc.constant("good" as const),
	text,
	meta: text,
});
const field = fc
	.record({ of: fc.constantFrom(...specimen.fields), label: text, hint: text, error: text, value: text, choices })
	.map(({ of, choices: some, ...said }) => ({
		...of,
		...said,
		choices: of.choices.length === 0 ? [] : some.map(({ value, title }) => ({ key: value, value, title })),
	}));
const card: fc.Arbitrary<FilledCard> = fc.record({
	header: list(text, 5),
	title: text,
	lead: list(text, 40),
	waiting: fc.record({ strong: text, rest: text, tone: fc.constant("warning" as const) }),
	lines: list(line, 60),
	facts: list(fc.record({ title: text, value: text }), 40),
	details: list(fc.record({ title: text, lines: list(text, 40) }), 4),
	fields: fc.uniqueArray(field, { maxLength: 8, selector: ({ name }) => name }),
	choices: choices.map((some) => some.slice(0, 15)),
	checklist: list(fc.record({ title: text, done: fc.boolean() }), 30).map((all) =>
		all.map((item, at) => ({ ...item, value: String(at) })),
	),
	footer: text,
	buttons: fc.subarray([...specimen.buttons]).map((buttons) => buttons),
	summary: text,
});

describe("whatever stands in a card", () => {
	it("is a message and a modal that Slack takes", () => {
		fc.assert(
			fc.property(fc.constantFrom(...cardNames), card, fc.nat(5), (name, filled, page) => {
				assert.deepEqual(blockProblems(cardBlocks(name, filled, "c_1", { page, mentions: ["U1", "<!x>"] })), []);
				assert.deepEqual(blockProblems(cardView(name, filled, "c_1", { origin: "C1/1.2" })), []);
				assert.deepEqual(blockProblems(detailsView(filled, "c_1")), []);
			}),
			{ numRuns: 150 },
		);
	});

	it("holds at the worst that our own cards can be", () => {
		assert.deepEqual(checkBlocks(), []);
	});

	it("never becomes markup, a mention, a link or an emoji", () => {
		fc.assert(
			fc.property(text, fc.integer({ min: 20, max: 3000 }), (typed, most) => {
				const made = inertMarkup(typed, most);
				assert.ok(made.length <= most);
				assertInert(made);
				assertInert(bold(typed, most).replace(/^\*|\*$/g, ""));
				// What leans on either side of a moment does so for itself.
				const upright = quiet(typed, most)
					.split(/(<[^>]*>)/)
					.map((part) => part.replace(/^([\s,.;:]*)_([^_]*)_(\s*)$/, "$1$2$3"));
				assertInert(upright.join(""));
				for (const fenced of codes([typed, typed])) {
					assert.ok(fenced.length <= 3000 && fenced.startsWith("```") && fenced.endsWith("```"));
					assert.doesNotMatch(fenced.slice(3, -3), /[`<>]|&(?!(amp|lt|gt);)/);
				}
			}),
		);
	});

	it("reads the same to a person", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (typed) => {
				const seen = (made: string) =>
					made.replaceAll("\u200b", "").replace(/∗/g, "*").replace(/ˋ/g, "`").replace(/∼/g, "~").replace(/ˍ/g, "_");
				const decoded = seen(inertMarkup(typed)).replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
				assert.equal(decoded, seen(typed.replaceAll(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, " ")));
			}),
		);
	});
});

/** Only a moment of ours may stand in angles. */
function assertInert(made: string): void {
	const bare = made.replaceAll(/<!date\^\d+\^[^|<>]*\|[^|<>]*>/g, "then");
	assert.doesNotMatch(bare, /[*`~<>]|&(?!(amp|lt|gt);)|:\/\/|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u, made);
	assert.doesNotMatch(bare, /:[\w+'-]+:/, made);
	assert.doesNotMatch(bare, /^ ?&gt;/, made);
}

describe("412 lines of a plan", () => {
	const lines = Array.from({ length: 412 }, (_, at) => ({
		sign: "+",
		tone: "good" as const,
		text: `Join group ${at}.`,
	}));
	it("stand on 21 pages, each once, with ways on and back", () => {
		const filled = { ...specimen, fields: [], lines };
		const pages = Array.from({ length: 21 }, (_, at) => cardBlocks("plan", filled, "c_1", { page: at + 1 }));
		const said = pages.flatMap(({ blocks }) => JSON.stringify(blocks).match(/Join group \d+\./g) ?? []);
		assert.deepEqual(
			said,
			lines.map((each) => each.text),
		);
		for (const [at, page] of pages.entries()) {
			assert.deepEqual(blockProblems(page), []);
			assert.equal(JSON.stringify(page).match(/Join group/g)?.length, at === 20 ? 12 : PAGE_LINES);
			const turns = nodesOf(page.blocks as unknown as Json).flatMap((node) => pressOf(node) ?? []);
			assert.deepEqual(
				turns.filter(({ verb }) => verb === "page").map(({ values }) => values.page),
				[at, at + 2].filter((to) => to >= 1 && to <= 21),
			);
		}
	});
});

describe("what comes back", () => {
	it("is what stood in the inputs, in a message and in a modal", () => {
		fc.assert(
			fc.property(fc.uniqueArray(field, { maxLength: 8, selector: ({ name }) => name }), (fields) => {
				const filled = { ...specimen, fields };
				const expected = Object.fromEntries(fields.map((each) => [each.name, shown(each)]));
				const view = cardView("form", filled, "c_1");
				const sent = submittedOf({ ...view, state: { values: stateOf(view as Json) } });
				assert.deepEqual(inFull(sent?.values ?? {}, fields), expected);
				const message = cardBlocks("form", filled, "c_1");
				const state = stateOf(message as unknown as Json);
				if (Object.keys(state).length > 0) assert.deepEqual(inFull(valuesOf(state), fields), expected);
			}),
		);
	});

	it("is the same card and verb that the button was drawn for", () => {
		fc.assert(
			fc.property(fc.string(), fc.constantFrom(...cardNames), (id, name) => {
				const buttons = nodesOf(cardBlocks(name, specimen, id).blocks as unknown as Json).filter(isButton);
				for (const button of buttons) {
					const press = pressOf(button);
					const reveal = revealOf(button);
					const [kind, what] = String(button.action_id).split("/");
					assert.equal(press?.verb ?? reveal?.reveal, kind === "open" ? undefined : what);
					assert.equal(press?.card ?? reveal?.card, kind === "open" ? undefined : id);
				}
			}),
		);
	});

	it("is nothing at all where it is not ours", () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), (made, other) => {
				const json = made as Json;
				assert.equal(
					pressOf({ action_id: "verb/approve/0", value: JSON.stringify(made) }) === undefined,
					!isPress(json),
				);
				for (const odd of [json, { action_id: made, value: other } as Json, { action_id: "verb//0", value: "{" }]) {
					assert.equal(pressOf(odd, other as Json), undefined);
					assert.equal(revealOf(odd), undefined);
					assert.equal(submittedOf(odd), undefined);
				}
				assert.equal(isRecord(valuesOf(json)), true);
			}),
		);
	});
});

describe("what a list offers", () => {
	const labels = (options: readonly Values[]) =>
		options.map(({ text, description = null }) => JSON.stringify([text ?? null, description]));

	it("reads apart, whatever its titles share", () => {
		const shared = fc.string({ unit: "grapheme", maxLength: 300 });
		const titles = fc
			.tuple(shared, shared, fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { minLength: 1, maxLength: 30 }))
			.map(([before, after, middles]) => middles.map((middle) => `${before}${middle}${after}`));
		fc.assert(
			fc.property(titles, fc.option(text, { nil: "" }), (all, hint) => {
				const some = all.map((title, at) => ({ value: `k${at}`, title, hint }));
				const options = optionsFor({ choices: some }, "");
				assert.equal(new Set(labels(options)).size, some.length);
				assert.deepEqual(new Set(options.map(({ value }) => value)), new Set(some.map(({ value }) => value)));
			}),
		);
	});

	it("shows where 300 titles of 490 characters differ in the middle", () => {
		const some = Array.from({ length: 300 }, (_, at) => ({
			value: `k${at}`,
			title: `${"The branch ".repeat(20)}number ${at} ${"of the region ".repeat(18)}`,
		}));
		const options = optionsFor({ choices: some }, "");
		assert.equal(new Set(labels(options)).size, 100);
		assert.match(labels(options)[42] ?? "", /^\[\{"type":"plain_text","text":"The branch The bran…42 of the region/u);
	});
});

describe("a search", () => {
	it("finds every choice by its title, and gives back its key", () => {
		fc.assert(
			fc.property(choices, (some) => {
				for (const choice of some) {
					const found = optionsFor({ choices: some }, choice.title);
					const same = some.filter(({ title }) => title.toLowerCase().includes(choice.title.trim().toLowerCase()));
					if (same.length > 100) continue;
					assert.ok(found.some((option) => keyOf(String(option.value), some) === choice.value));
				}
			}),
		);
	});
});

/** With the keys behind digests. */
function inFull(values: Values, fields: FilledCard["fields"]): Values {
	const keys = Object.entries(values).map(([name, value]) => {
		const some = fields.find((each) => each.name === name)?.choices ?? [];
		const parts = String(value).split(",");
		return [name, some.length === 0 ? value : parts.map((part) => keyOf(part, some)).join(",")];
	});
	return Object.fromEntries(keys);
}

/** What a person sees in the input of a field that nobody touched. */
function shown({ type, value, choices: some }: FilledCard["fields"][number]): string {
	const said = value ?? "";
	const listed = ["choice", "choices", "person", "yes-no"].includes(type) && some.length > 0;
	if (!listed) return said.slice(0, 3000).toWellFormed();
	const chosen = type === "choices" ? said.split(",") : [said];
	const keys = some.map((choice) => choice.value).filter((each) => chosen.includes(each));
	return keys.slice(0, type === "choices" ? 100 : 1).join(",");
}

function isButton(node: Values): boolean {
	return node.type === "button";
}

function isPress(value: Json): boolean {
	return isRecord(value) && typeof value.card === "string";
}
