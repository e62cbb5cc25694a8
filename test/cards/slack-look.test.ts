/**
 * Every golden card on the real local Slack, in a real browser: as a message and as a modal, wide and as narrow as a phone.
 * `SHOTS=FOLDER` keeps the pictures. Needs Debian's Chromium.
 */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Values } from "../../src/base/json.ts";
import { cardBlocks } from "../../src/cards/blocks.ts";
import { cardView, detailsView, sendBackView, type View } from "../../src/cards/blocks-view.ts";
import type { CardName } from "../../src/cards/card.ts";
import { type FilledCard, fillWords } from "../../src/cards/fill.ts";
import { cardNames } from "../../src/cards/load.ts";
import { CHROMIUM, needs } from "../fixtures/needs.ts";
import { type Slack, startSlack } from "../fixtures/slack.ts";
import { APP, CHANNELS } from "../fixtures/slack-people.ts";
import { nasty } from "./nasty.ts";
import { reader, samples } from "./samples.ts";

const shots = process.env.SHOTS ?? mkdtempSync(join(tmpdir(), "slack-cards-"));
/** Beside the messages stands a list of 220 px, so the narrow one leaves 360 px. */
const WIDTHS = [580, 1000] as const;
/** Inputs local Slack has no picture of: in messages all but days and menus, in modals those for numbers and addresses. */
const NOT_DRAWN = new Set(
	["plain_text_input", "radio_buttons", "checkboxes", "timepicker", "email_text_input", "number_input"].map(
		(type) => `[${type}]`,
	),
);

describe("cards on the local Slack", { skip: needs("chromium", "local Slack") }, () => {
	let slack: Slack;
	let browser: Browser;
	before(async () => {
		slack = await startSlack({ way: "http" });
		browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
	});
	after(async () => {
		await browser?.close();
		await slack?.stop();
	});

	const call = async (method: string, body: Values): Promise<void> => {
		const headers = { "content-type": "application/json", authorization: `Bearer ${APP.bot}` };
		const answer = await fetch(`${slack.url}/api/${method}`, { method: "POST", headers, body: JSON.stringify(body) });
		const said = (await answer.json()) as Values;
		assert.equal(said.ok, true, JSON.stringify(said));
	};
	const opened = async (width: number): Promise<Page> => {
		const page = await browser.newPage({ viewport: { width, height: 1400 } });
		page.setDefaultTimeout(10_000);
		await page.goto(slack.url);
		await page.getByText("operations").first().click();
		return page;
	};
	const post = (name: CardName, filled: FilledCard): Promise<void> =>
		call("chat.postMessage", { channel: CHANNELS.operations, ...cardBlocks(name, filled, "c_1", { page: 1 }) });

	for (const width of WIDTHS) {
		it(`are messages that fit ${width} px, with their heading and buttons`, async () => {
			const page = await opened(width);
			for (const name of cardNames) {
				const filled = fillWords(samples[name], reader);
				await post(name, filled);
				const card = page.locator(".msg-body").last();
				await card.locator(".bk-header", { hasText: filled.title }).waitFor();
				for (const { title } of filled.buttons)
					assert.ok(((await card.textContent()) ?? "").includes(title), `${name}: ${title}`);
				assert.deepEqual(await unknown(card), [], name);
				assert.ok((await overflow(page, ".msg-body")) <= 0, `${name} is wider than its place`);
				await card.screenshot({ path: join(shots, `${name}-${width}.png`) });
			}
			await page.close();
		});
	}

	it("read no markup, link or mention into what people typed", async () => {
		const page = await opened(1000);
		await post("approval", nasty);
		const card = page.locator(".msg-body").last();
		await card.locator(".bk-header", { hasText: "click" }).waitFor();
		assert.equal(await card.locator("a[href*=evil], img, script, code, del, s, .mention").count(), 0);
		const strong = await card.locator(".bk-section b, .bk-section strong").allInnerTexts();
		assert.ok(!strong.some((words) => words === "bold" || words === "more"));
		const leaning = await card.locator("i, em").allInnerTexts();
		assert.ok(!leaning.includes("slanted"));
		await card.screenshot({ path: join(shots, "nasty-1000.png") });
		await page.close();
	});

	it("are modals with every input that local Slack can draw, and their words on the buttons", async () => {
		const approval = fillWords(samples.approval, reader);
		const views: readonly (readonly [name: string, view: View])[] = [
			...(["form", "task", "question"] as const).map(
				(name) => [name, cardView(name, fillWords(samples[name], reader), "c_1")] as const,
			),
			["send-back", sendBackView("c_1")],
			["details", detailsView(approval, "c_1")],
		];
		for (const [name, view] of views) {
			const page = await opened(700);
			await call("views.open", { trigger_id: await slack.trigger("harriet"), view });
			const modal = page.locator(".modal");
			await modal.waitFor();
			const said = (await modal.textContent()) ?? "";
			for (const words of wordsOf(view)) assert.ok(said.includes(words), `${name}: ${words}`);
			assert.deepEqual(await unknown(modal), [], name);
			assert.ok((await overflow(page, ".modal-body")) <= 0, `${name} is wider than its modal`);
			await modal.screenshot({ path: join(shots, `modal-${name}.png`) });
			await slack.close("harriet");
			await page.close();
		}
	});
});

/** What local Slack has no picture of and should have. */
async function unknown(place: ReturnType<Page["locator"]>): Promise<readonly string[]> {
	const drawn = await place.locator(".bk-unknown").allInnerTexts();
	return drawn.filter((words) => !NOT_DRAWN.has(words));
}

/** By how much something is wider than what it stands in. */
function overflow(page: Page, selector: string): Promise<number> {
	const places = `[...document.querySelectorAll(${JSON.stringify(selector)})]`;
	return page.evaluate(`Math.max(...${places}.map((place) => place.scrollWidth - place.clientWidth))`);
}

/** The title, the buttons below and every label of a modal. */
function wordsOf(view: View): readonly string[] {
	const blocks = view.blocks as readonly Values[];
	const texts = [view.title, view.submit, view.close, ...blocks.map(({ label }) => label)];
	return texts.flatMap((text) => (text === undefined ? [] : [String((text as Values).text)]));
}
