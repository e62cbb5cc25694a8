/**
 * Every card in every rendering, kept as files and compared whole. `UPDATE_GOLDEN=1` writes them anew; look at the diff.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { toText } from "../../src/base/html.ts";
import type { Json } from "../../src/base/json.ts";
import { cardBlocks } from "../../src/cards/blocks.ts";
import { cardView } from "../../src/cards/blocks-view.ts";
import { fillWords } from "../../src/cards/fill.ts";
import { cardHtml } from "../../src/cards/html.ts";
import { cardNames, loadCards } from "../../src/cards/load.ts";
import { cardText } from "../../src/cards/text.ts";
import { reader, samples } from "./samples.ts";

const root = join(import.meta.dirname, "../..");
const cards = loadCards(join(root, "cards"));
const ID = "c_W4T1B6ND";

describe("every card looks as it did when somebody last looked", () => {
	for (const name of cardNames) {
		const filled = fillWords(samples[name], reader);
		it(`${name} as adaptive`, () => same(`${name}.json`, cards.expand(name, filled, ID)));
		it(`${name} as blocks`, () => same(`${name}.blocks.json`, cardBlocks(name, filled, ID)));
		it(`${name} as html`, () => same(`${name}.html`, toText(cardHtml(name, filled, ID))));
		it(`${name} as text`, () => same(`${name}.txt`, cardText(name, filled)));
		it(`${name} as a modal of Slack`, () => same(`${name}.modal.json`, cardView(name, filled, ID)));
	}
});

function same(file: string, made: Json): void {
	const path = join(import.meta.dirname, "golden", file);
	const isText = typeof made === "string";
	const text = isText ? `${made.trimEnd()}\n` : `${JSON.stringify(made, null, "\t")}\n`;
	if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
	assert.ok(existsSync(path), `${file} is missing: run with UPDATE_GOLDEN=1 and look at it`);
	const kept = readFileSync(path, "utf8");
	if (isText) assert.equal(text, kept);
	else assert.deepEqual(made, JSON.parse(kept));
}
