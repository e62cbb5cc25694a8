/**
 * Every card in every state as Teams is sent it: read by people who see little, hear it, or hold a phone. The part that
 * draws needs Debian's Chromium.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { isRecord, type Json } from "../../src/base/json.ts";
import { CARD_BYTES } from "../../src/cards/adaptive.ts";
import { CHROMIUM, needs } from "../fixtures/needs.ts";
import { states } from "./states.ts";
import { drawIn, THEMES, type Theme, teamsCard, teamsPage } from "./teams-look.ts";

type Node = { readonly [name: string]: Json };

const shown = states.map((state) => ({ name: state.name, card: teamsCard(state) }));

describe("a card of Teams", () => {
	for (const { name, card } of shown) {
		it(`${name}: is heard as a sentence, and each input by its own name`, () => {
			for (const words of [card.fallbackText, card.speak]) assert(typeof words === "string" && words.trim() !== "");
			const nodes = nodesOf(card);
			const inputs = nodes.filter(({ type }) => String(type).startsWith("Input."));
			for (const { id, label, errorMessage } of inputs) {
				assert(typeof label === "string" && label !== "", `${String(id)} has no label`);
				assert(typeof errorMessage === "string" && errorMessage !== "", `${String(id)} has no error`);
			}
			assert.equal(new Set(inputs.map(({ id }) => id)).size, inputs.length);
			const pictures = nodes.filter(({ type }) => type === "Image" || type === "Media");
			assert(pictures.every(({ altText }) => typeof altText === "string" && altText !== ""));
			const buttons = nodes.filter(({ type }) => String(type).startsWith("Action."));
			assert(buttons.every(({ title }) => typeof title === "string" && title !== ""));
		});

		it(`${name}: can be read in every theme, and says nothing by colour alone`, () => {
			for (const theme of Object.keys(THEMES) as readonly Theme[]) {
				for (const { ink, back } of inksOf(card)) {
					const { text, accent, attention } = THEMES[theme];
					const colour = { Default: text, Accent: accent, Attention: attention }[ink.color];
					assert(colour !== undefined, `${ink.color} is not read on white`);
					const ratio = contrast(ink.subtle ? colour.subtle : colour.default, THEMES[theme].back[back]);
					// The red of errors is Teams' own; in the dark it is as bright as Teams makes it.
					const least = theme === "dark" && ink.color === "Attention" ? 3 : 4.5;
					assert(ratio >= least, `${ink.color} has ${ratio.toFixed(2)} to 1 in ${theme}`);
				}
			}
			const signs = nodesOf(card).filter(({ weight, color }) => weight === "Bolder" && color === "Attention");
			assert(signs.every(({ text }) => typeof text === "string" && text !== ""));
		});
	}

	it("is at most 28 KB, names and all, but for inputs full of what people typed", () => {
		for (const { name, card } of shown.filter((state) => !state.name.endsWith("-nasty"))) {
			const bytes = Buffer.byteLength(JSON.stringify(card));
			assert(bytes <= CARD_BYTES, `${name} has ${bytes} bytes`);
		}
	});

	it("uses no set of facts, whose long values Teams cuts", () => {
		for (const { card } of shown) assert(nodesOf(card).every(({ type }) => type !== "FactSet"));
	});
});

describe("a card of Teams, drawn", { skip: needs("chromium") }, () => {
	let browser: Browser;
	before(async () => {
		browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
	});
	after(() => browser?.close());

	for (const [theme, width] of [
		["light", 360],
		["dark", 720],
		["contrast", 360],
	] as const) {
		it(`in ${theme} at ${width} px, fits, reads in the order it is seen, and keeps what matters in sight`, async () => {
			const page = await teamsPage(browser, theme, width);
			for (const { name, card } of shown) {
				await drawIn(page, card);
				await open(page);
				assert((await page.evaluate<number>("overflow()")) <= 0, `${name} is wider than the page`);
				assert.deepEqual(await page.evaluate<readonly string[]>("outOfOrder()"), [], name);
				const buttons = await page.locator(".ac-actionSet").last().locator("button").count();
				assert(buttons <= 4, `${name} shows ${buttons} buttons`);
			}
			await page.close();
		});
	}

	it("keeps the fourth button and all after it behind three dots that say what they are", async () => {
		const page = await teamsPage(browser, "light", 720);
		await drawIn(page, shown.find(({ name }) => name === "progress-six-buttons")?.card ?? {});
		const dots = page.getByRole("button", { name: "More options" });
		assert.equal(await dots.count(), 1);
		await dots.click();
		for (const title of ["Add a note…", "Undo…", "I’ll take it"]) await page.getByText(title).waitFor();
		await page.close();
	});

	it("names every input and every box for those who hear it", async () => {
		const page = await teamsPage(browser, "light", 720);
		for (const { name, card } of shown) {
			await drawIn(page, card);
			await open(page);
			const unnamed = await page
				.locator(
					"main :is(input:not([type=radio], [type=checkbox]), select, textarea):not([aria-labelledby], [aria-label])",
				)
				.count();
			assert.equal(unnamed, 0, name);
		}
		await page.close();
	});
});

/** Opens what buttons reveal. */
async function open(page: Page): Promise<void> {
	for (const button of await page.getByRole("button", { name: /^(Details|Send back…)$/u }).all()) await button.click();
}

type InkOf = { readonly color: "Default" | "Accent" | "Attention"; readonly subtle: boolean };

/** Every ink of a card's texts, and on what it stands. */
function inksOf(value: Json, back: "default" | "emphasis" = "default"): readonly { ink: InkOf; back: typeof back }[] {
	if (Array.isArray(value)) return value.flatMap((item: Json) => inksOf(item, back));
	if (!isRecord(value)) return [];
	const here = value.style === "emphasis" ? "emphasis" : back;
	const inner = Object.values(value).flatMap((each) => inksOf(each, here));
	if (value.type !== "TextRun" && value.type !== "TextBlock") return inner;
	const color = (value.color ?? "Default") as InkOf["color"];
	return [{ ink: { color, subtle: value.isSubtle === true }, back: here }];
}

/** Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(ink: string, back: string): number {
	const under = channels(back.slice(1));
	const alpha = ink.length === 9 ? Number.parseInt(ink.slice(1, 3), 16) / 255 : 1;
	const over = channels(ink.slice(-6)).map((value, at) => value * alpha + (under[at] ?? 0) * (1 - alpha));
	const [light = 0, dark = 0] = [luminance(over), luminance(under)].toSorted((a, b) => b - a);
	return (light + 0.05) / (dark + 0.05);
}

function channels(hex: string): readonly number[] {
	return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

function luminance(colour: readonly number[]): number {
	const [red = 0, green = 0, blue = 0] = colour.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function nodesOf(value: Json): readonly Node[] {
	if (Array.isArray(value)) return value.flatMap((item: Json) => nodesOf(item));
	if (!isRecord(value)) return [];
	return [value, ...Object.entries(value).flatMap(([key, inner]) => (key === "fallback" ? [] : nodesOf(inner)))];
}
