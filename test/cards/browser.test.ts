/**
 * Every golden card drawn by the renderer people have, in a real browser: on a phone and a desk, light and dark. Needs
 * Debian's Chromium.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Json } from "../../src/base/json.ts";
import { fillWords } from "../../src/cards/fill.ts";
import { hostConfig } from "../../src/cards/host-config.ts";
import { cardNames, loadCards } from "../../src/cards/load.ts";
import { specimen } from "../../src/cards/specimen.ts";
import { CHROMIUM, needs } from "../fixtures/needs.ts";
import { nasty } from "./nasty.ts";
import { reader, samples } from "./samples.ts";

const root = join(import.meta.dirname, "../..");
const skip = needs("chromium");

const cards = loadCards(join(root, "cards"));
const shots = process.env.SHOTS ?? mkdtempSync(join(tmpdir(), "cards-"));
const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
const bundle = readFileSync(join(root, "node_modules/adaptivecards/dist/adaptivecards.min.js"), "utf8");

/** As a page of ours draws cards: our style sheet, the renderer, and no Markdown reader. Run in the page. */
const style = readFileSync(join(root, "src/console/static/look.css"), "utf8");
const script = `
const { AdaptiveCard, HostConfig } = AdaptiveCards;
AdaptiveCard.onProcessMarkdown = (text, result) => {
	const paragraph = document.createElement("p");
	paragraph.textContent = text;
	result.outputHtml = paragraph.innerHTML;
	result.didProcess = true;
};
const config = new HostConfig(${JSON.stringify(hostConfig)});
config.inputs.label.requiredInputs.suffix = "";
globalThis.draw = (payloads) => {
	document.querySelector("main").replaceChildren(...payloads.map((payload) => {
		const card = new AdaptiveCard();
		card.hostConfig = config;
		card.parse(payload);
		const slot = document.createElement("div");
		slot.className = "card";
		slot.append(card.render());
		return slot;
	}));
};
globalThis.overflow = () => {
	const inner = [...document.querySelectorAll(".card")].map((card) => card.scrollWidth - card.clientWidth);
	return Math.max(document.documentElement.scrollWidth - innerWidth, ...inner);
};`;

describe("cards in a browser", { skip }, () => {
	let browser: Browser;
	before(async () => {
		browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
	});
	after(() => browser?.close());

	for (const width of [360, 1000] as const) {
		for (const colorScheme of ["light", "dark"] as const) {
			it(`fit ${width} px in ${colorScheme} without sideways scroll or complaint`, async () => {
				const { page, said } = await opened(browser, width, colorScheme);
				for (const name of cardNames) {
					await draw(page, [cards.expand(name, fillWords(samples[name], reader), "c_1")]);
					assert.equal(await page.locator(".card h2, .card [role=heading]").count(), 1, `${name} has its heading`);
					assert.ok((await overflow(page)) <= 0, `${name} is wider than the page`);
					await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
					for (const title of ["Details", "Send back…"]) {
						const button = page.getByRole("button", { name: title });
						if ((await button.count()) > 0) await button.click();
					}
					assert.ok((await overflow(page)) <= 0, `${name} is wider than the page when all is shown`);
					await page.screenshot({ path: join(shots, `${name}-open-${width}-${colorScheme}.png`), fullPage: true });
				}
				await draw(page, [cards.expand("form", specimen, "c_1")]);
				assert.ok((await overflow(page)) <= 0, "every type of field fits");
				await page.screenshot({ path: join(shots, `fields-${width}-${colorScheme}.png`), fullPage: true });
				await draw(page, [cards.expand("approval", { ...nasty, lines: nasty.lines.concat(nasty.lines) }, "c_2", 2)]);
				assert.ok((await overflow(page)) <= 0, "a page of many fits");
				await page.screenshot({ path: join(shots, `page-${width}-${colorScheme}.png`), fullPage: true });
				await draw(page, [cards.expand("approval", nasty, "c_2")]);
				assert.ok((await overflow(page)) <= 0, "nothing that people type can widen the page");
				await page.screenshot({ path: join(shots, `nasty-${width}-${colorScheme}.png`), fullPage: true });
				assert.deepEqual(said, []);
				await page.close();
			});
		}
	}

	it("read no markup, link or mention into what people typed", async () => {
		const { page } = await opened(browser, 1000, "light");
		await draw(page, [cards.expand("approval", nasty, "c_2"), cards.expand("question", nasty, "c_3")]);
		assert.equal((await page.getByText("{\u200b{DATE(2026-01-01T00:00:00Z, SHORT)}}").count()) > 0, true);
		assert.equal(await page.locator(".card :is(a, em, strong, code, ul, ol, script, img)").count(), 0);
		await page.close();
	});

	it("are clean by axe in both themes, with all shown that can be", async () => {
		for (const colorScheme of ["light", "dark"] as const) {
			const { page } = await opened(browser, 360, colorScheme);
			await page.addScriptTag({ content: axe });
			const payloads = cardNames.map((name) => cards.expand(name, fillWords(samples[name], reader), `c_${name}`));
			const long = { ...fillWords(samples.approval, reader), lines: Array(50).fill(specimen.lines[0]) };
			const page2 = cards.expand("approval", long, "c_2", 2);
			for (const payload of [...payloads, cards.expand("form", specimen, "c_1"), page2]) {
				await draw(page, [payload]);
				for (const title of ["Details", "Send back…"]) {
					const button = page.getByRole("button", { name: title, exact: true });
					if ((await button.count()) > 0) await button.click();
				}
				// The renderer says on the box that it is open, where only its button may; pages of ours take that away.
				await page.evaluate(
					`document.querySelectorAll("div[aria-expanded]").forEach((box) => box.removeAttribute("aria-expanded"))`,
				);
				const found = await page.evaluate<
					readonly string[]
				>(`axe.run(".card", { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } }).then(
					(result) => result.violations.map((one) => one.id + ": " + one.nodes[0].html))`);
				assert.deepEqual(found, [], String(payload.speak));
			}
			await page.close();
		}
	});

	it("draw no red star and name every input", async () => {
		const { page } = await opened(browser, 1000, "light");
		await draw(page, [cards.expand("form", specimen, "c_1")]);
		const texts = await page.locator(".card label, .card .ac-richTextBlock").allTextContents();
		assert.ok(texts.length > 0 && texts.every((text) => !text.includes("*")));
		const unnamed = await page
			.locator(".card :is(input, select, textarea):not([aria-labelledby], [aria-label])")
			.count();
		assert.equal(unnamed, 0);
		await page.close();
	});
});

async function opened(browser: Browser, width: number, colorScheme: "light" | "dark") {
	const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
	const said: string[] = [];
	page.on("console", (message) => said.push(message.text()));
	page.on("pageerror", (error) => said.push(error.message));
	await page.setContent(`<!doctype html><html lang="en"><style>${style}</style><main class="narrow"></main></html>`);
	await page.addScriptTag({ content: bundle });
	await page.addScriptTag({ content: script });
	return { page, said };
}

async function draw(page: Page, payloads: readonly Json[]): Promise<void> {
	await page.evaluate(`draw(${JSON.stringify(payloads)})`);
}

function overflow(page: Page): Promise<number> {
	return page.evaluate<number>("overflow()");
}
