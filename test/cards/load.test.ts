/**
 * Templates: what is refused at start, and what data can never do to a card.
 */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import fc from "fast-check";
import { ConfigError } from "../../src/base/errors.ts";
import { isRecord, type Json } from "../../src/base/json.ts";
import { CARD_BYTES } from "../../src/cards/adaptive.ts";
import { type FilledCard, fillWords } from "../../src/cards/fill.ts";
import { inert } from "../../src/cards/inert.ts";
import { lintCard } from "../../src/cards/lint.ts";
import { cardNames, checkCards, loadCards } from "../../src/cards/load.ts";
import { PAGE_LINES } from "../../src/cards/pages.ts";
import { partsOf } from "../../src/cards/parts.ts";
import { fieldTypes, specimen } from "../../src/cards/specimen.ts";
import { nasty } from "./nasty.ts";
import { reader, samples } from "./samples.ts";

const folder = join(import.meta.dirname, "../../cards");
const cards = loadCards(folder);
type Node = { readonly [name: string]: Json };

function nodesOf(value: Json): readonly Node[] {
	if (Array.isArray(value)) return value.flatMap((item: Json) => nodesOf(item));
	return isRecord(value) ? [value, ...Object.values(value).flatMap(nodesOf)] : [];
}

describe("templates", () => {
	const copy = mkdtempSync(join(tmpdir(), "cards-"));
	after(() => rmSync(copy, { recursive: true }));

	const broken: readonly (readonly [string, string, string, string])[] = [
		["notice.json", '"version": "1.5"', '"version": "1.4"', "version"],
		["notice.json", '"fallbackText"', '"fallback-text"', "missing"],
		["parts/fields.json", '"label": "${label}",', "", "missing"],
		["parts/actions.json", '"type": "Action.Submit"', '"type": "Action.OpenUrl"', "no-fallback"],
		["parts/actions.json", '"id": "${$root.id}",', '"id": "other",', "other-fallback"],
		["parts/head.json", '"TextBlock"', '"TextBlok"', "parse"],
		["parts/lines.json", "${sign}", "${sgin}", "bad-expansion"],
		["parts/choices.json", '"id": "choice"', '"id": "words"', "same-id"],
		["plan.json", '"$part": "lines"', '"$part": "liens"', "bad-template"],
		["plan.json", '"body"', "body", "bad-template"],
	];
	for (const [file, from, to, code] of broken) {
		it(`are found out by a check: ${code} in ${file}`, () => {
			cpSync(folder, copy, { recursive: true });
			if (code === "same-id") addPart(copy, "approval.json", "choices");
			const path = join(copy, file);
			const text = readFileSync(path, "utf8");
			assert.ok(text.includes(from), `${file} holds ${from}`);
			writeFileSync(path, text.replaceAll(from, to));
			const codes = checkCards(copy).map((problem) => problem.code);
			assert.ok(codes.includes(code), `${code} is among ${codes.join(", ")}`);
		});
	}

	it("are refused at start where one cannot be read, or lacks what every card has", () => {
		cpSync(folder, copy, { recursive: true });
		writeFileSync(join(copy, "plan.json"), "{");
		const path = join(copy, "notice.json");
		writeFileSync(path, readFileSync(path, "utf8").replace('"version": "1.5"', '"version": "1.4"'));
		assert.deepEqual(refusedWith(() => loadCards(copy)).toSorted(), ["bad-template", "version"]);
	});

	it("are all well as they are here", () => {
		assert.deepEqual(checkCards(folder), []);
	});

	it("arrange the same parts as the renderers that read none", () => {
		for (const name of cardNames) {
			const card = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
			assert.deepEqual(
				card.body.map((part: { $part: string }) => part.$part),
				partsOf[name],
				name,
			);
		}
	});
});

describe("data", () => {
	it("is never read as a template, and stays as it was typed", () => {
		for (const name of cardNames) {
			const text = JSON.stringify(cards.expand(name, { ...nasty, details: [] }, "c_1"));
			assert.ok(text.includes("${$root.id} ${secret}"), name);
		}
		fc.assert(
			fc.property(fc.string(), fc.constantFrom("${title}", "\\${id}", "$\ue000{id}", "{{x}}"), (around, core) => {
				const typed = around.replaceAll("\ue000", "") + core;
				const card = cards.expand("notice", { ...specimen, footer: typed }, "c_1");
				const runs = nodesOf(card).filter((node) => node.type === "TextRun");
				assert.equal(runs.at(-1)?.text, typed.replaceAll("\ue000", ""));
			}),
		);
	});

	it("cannot bring in elements, and makes no card a client would refuse", () => {
		const known = nodesOf(cards.expand("approval", specimen, "c_1")).map((node) => node.type);
		const injected = { ...specimen, footer: { type: "Action.OpenUrl", url: "http://evil" } as unknown as string };
		assert.throws(() => cards.expand("approval", injected, "c_1"));
		for (const name of cardNames) assert.deepEqual(lintCard(name, cards.expand(name, nasty, "c_1")), []);
		const types = new Set(nodesOf(cards.expand("approval", nasty, "c_1")).map((node) => node.type));
		assert.deepEqual(
			[...types].filter((type) => !known.includes(type)),
			[],
		);
	});

	it("reaches no element that may read Markdown but as inert words", () => {
		for (const name of cardNames) {
			for (const node of nodesOf(cards.expand(name, nasty, "c_1"))) {
				if (node.type === "TextBlock") assertInert(String(node.text));
				if (node.type === "Input.ChoiceSet" && node.style === "expanded" && Array.isArray(node.choices)) {
					for (const choice of node.choices) assertInert(String(choice.title));
				}
				if (typeof node.errorMessage === "string") assertInert(node.errorMessage);
				assert.notEqual(node.type, "FactSet");
			}
		}
	});

	it("looks the same when inert", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (typed) => {
				const made = inert(typed);
				assertInert(made);
				const seen = (text: string) => text.replaceAll("\u200b", "").replaceAll("∗", "*").replaceAll("ˋ", "`").trim();
				assert.equal(seen(made), seen(typed.replace(/\s+/g, " ")));
			}),
		);
	});
});

describe("a card", () => {
	it("has an input for every type of field, named as the form names it, with label, need and words for empty", () => {
		const inputs = nodesOf(cards.expand("form", specimen, "c_1")).filter((n) => String(n.type).startsWith("Input."));
		assert.deepEqual(
			inputs.map((input) => input.id),
			fieldTypes.map((type) => `field-${type}`),
		);
		for (const input of inputs) {
			assert.equal(input.isRequired, true);
			assert.equal(typeof input.label, "string");
			assert.equal(typeof input.errorMessage, "string");
		}
	});

	it("keeps a value that its own input could not hold, with the error right under it", () => {
		const wrong = { date: "32 December", time: "noon", number: "many" } as const;
		const fields = specimen.fields.flatMap((field) => {
			const value = wrong[field.type as keyof typeof wrong];
			return value === undefined ? [] : [{ ...field, value, error: "That is no such thing." }];
		});
		const card = cards.expand("form", { ...specimen, fields }, "c_1");
		const boxes = nodesOf(card).filter((node) => node.type === "Container" && JSON.stringify(node).includes("Input."));
		assert.deepEqual(
			boxes.map((box) => nodesOf(box)[1]).map((input) => [input?.type, input?.value]),
			[
				["Input.Text", "many"],
				["Input.Text", "32 December"],
				["Input.Text", "noon"],
			],
		);
		for (const box of boxes) assert.equal(nodesOf(box)[3]?.text, "That is no such thing.");
	});

	it("shows its buttons in the order of the data, three at most, each with the id and nothing else trusted", () => {
		const actions = cards.expand("approval", specimen, "c_9").actions as readonly Node[];
		assert.deepEqual(
			actions.map((action) => [action.title, action.mode]),
			[
				["Send", "primary"],
				["Stop", "primary"],
				["Details", "primary"],
				["Send back", "secondary"],
				["Open the run", "secondary"],
			],
		);
		assert.deepEqual(actions[1]?.data, { id: "c_9" });
		assert.equal(actions[1]?.associatedInputs, "none");
		const fallback = actions[0]?.fallback as Node;
		assert.deepEqual([fallback.type, fallback.data], ["Action.Submit", { id: "c_9", verb: "submit" }]);
	});

	it("offers no button to show what is not there", () => {
		const filled = { ...specimen, details: [] };
		const titles = (cards.expand("notice", filled, "c_1").actions as readonly Node[]).map((action) => action.title);
		assert.deepEqual(titles, ["Send", "Stop", "Open the run"]);
	});

	it("of any length keeps to its bytes, says how much is left out, and still has its buttons", () => {
		const base = fillWords(samples.plan, reader);
		for (const count of [60, 200, 3000]) {
			const lines: FilledCard["lines"] = Array.from({ length: count }, (_, at) => ({
				sign: "+",
				tone: "good",
				text: `Join the group Ünïcödé ${at}`,
			}));
			const card = cards.expand("plan", { ...base, lines }, "c_1");
			const text = JSON.stringify(card);
			assert.ok(Buffer.byteLength(text) <= CARD_BYTES, `${count} lines make ${Buffer.byteLength(text)} bytes`);
			const shown = [...text.matchAll(/Join the group/g)].length;
			assert.equal(shown, PAGE_LINES);
			assert.ok(text.includes(`and ${count - shown} more: open the run`));
			assert.equal((card.actions as readonly Node[]).at(-1)?.title, "Change the form");
		}
	});

	it("is the same each time it is made", () => {
		for (const name of cardNames) {
			assert.deepEqual(cards.expand(name, specimen, "c_1"), cards.expand(name, specimen, "c_1"));
		}
	});
});

function assertInert(text: string): void {
	assert.doesNotMatch(text, /[*`\n]|\]\(|\]\[|!\[|<[a-z/!@]|&[a-z#]|:\/\/|~~|(^|[^\u200b])_/i);
	assert.doesNotMatch(text, /^\s*([#>+\-=]|\d{1,9}[.)])/);
}

function addPart(copy: string, file: string, part: string): void {
	const path = join(copy, file);
	const card = JSON.parse(readFileSync(path, "utf8"));
	card.body.push({ $part: part });
	writeFileSync(path, JSON.stringify(card));
}

function refusedWith(load: () => unknown): readonly string[] {
	try {
		load();
	} catch (error) {
		if (error instanceof ConfigError) return error.problems.map((problem) => problem.code);
		throw error;
	}
	assert.fail("nothing was refused");
}
