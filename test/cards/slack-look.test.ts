/**
 * Every golden card on the real local Slack, in a real browser: as a message and as a modal, wide, as narrow as a phone,
 * light and dark. `SHOTS=FOLDER` keeps the pictures. Needs Debian's Chromium.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Browser, chromium, type Locator } from "playwright-core";
import type { Values } from "../../src/base/json.ts";
import { cardBlocks } from "../../src/cards/blocks.ts";
import { cardView, detailsView, sendBackView, type View } from "../../src/cards/blocks-view.ts";
import { fillWords } from "../../src/cards/fill.ts";
import { cardNames } from "../../src/cards/load.ts";
import { faint } from "../fixtures/axe.ts";
import { CHROMIUM, needs } from "../fixtures/needs.ts";
import { nasty } from "./nasty.ts";
import { reader, samples } from "./samples.ts";
import { LOOKS, type LookName, NEWEST, openSlackCards, overflow, type SlackCards } from "./slack-page.ts";

const shots = process.env.SHOTS ?? mkdtempSync(join(tmpdir(), "slack-cards-"));
/** Inputs local Slack has no picture of: in messages all but days and menus, in modals those for numbers and addresses. */
const NOT_DRAWN = new Set(
	["plain_text_input", "radio_buttons", "checkboxes", "timepicker", "email_text_input", "number_input"].map(
		(type) => `[${type}]`,
	),
);

describe("cards on the local Slack", { skip: needs("chromium", "local Slack") }, () => {
	let slack: SlackCards;
	let browser: Browser;
	before(async () => {
		mkdirSync(shots, { recursive: true });
		browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
		slack = await openSlackCards(browser);
	});
	after(async () => {
		await slack?.close();
		await browser?.close();
	});

	for (const name of cardNames) {
		it(`${name} is a message that fits and is legible, wide and narrow, light and dark`, async () => {
			const filled = fillWords(samples[name], reader);
			await slack.post(cardBlocks(name, filled, "c_1", { page: 1 }));
			await slack.message.locator(".bk-header", { hasText: filled.title }).waitFor();
			const said = (await slack.message.textContent()) ?? "";
			for (const { title } of filled.buttons) assert.ok(said.includes(title), title);
			assert.deepEqual(await unknown(slack.message), []);
			for (const look of Object.keys(LOOKS) as readonly LookName[]) {
				await slack.look(look);
				assert.ok((await overflow(slack.page, NEWEST)) <= 0, `wider than its place in ${look}`);
				if (look !== "narrow") assert.deepEqual(await faint(slack.page, NEWEST), [], look);
				await slack.message.screenshot({ path: join(shots, `${name}-${look}.png`) });
			}
		});
	}

	it("read no markup, link or mention into what people typed", async () => {
		await slack.look("light");
		await slack.post(cardBlocks("approval", nasty, "c_1", { page: 1 }));
		const { message } = slack;
		await message.locator(".bk-header", { hasText: "click" }).waitFor();
		assert.equal(await message.locator("a[href*=evil], img, script, code, del, s, .mention").count(), 0);
		const strong = await message.locator(".bk-section b, .bk-section strong").allInnerTexts();
		assert.ok(!strong.some((words) => words === "bold" || words === "more"));
		const leaning = await message.locator("i, em").allInnerTexts();
		assert.ok(!leaning.includes("slanted"));
		await message.screenshot({ path: join(shots, "nasty-light.png") });
	});

	const approval = fillWords(samples.approval, reader);
	const views: readonly (readonly [name: string, view: View])[] = [
		...(["form", "task", "question"] as const).map(
			(name) => [name, cardView(name, fillWords(samples[name], reader), "c_1")] as const,
		),
		["send-back", sendBackView("c_1")],
		["details", detailsView(approval, "c_1")],
	];
	for (const [name, view] of views) {
		it(`${name} is a modal with every input local Slack can draw, legible in light and dark`, async () => {
			await slack.open(view);
			const said = (await slack.modal.textContent()) ?? "";
			for (const words of wordsOf(view)) assert.ok(said.includes(words), words);
			assert.deepEqual(await unknown(slack.modal), []);
			for (const look of Object.keys(LOOKS) as readonly LookName[]) {
				await slack.look(look);
				assert.ok((await overflow(slack.page, ".modal-body")) <= 0, `wider than the modal in ${look}`);
				if (look !== "narrow") assert.deepEqual(await faint(slack.page, ".modal"), [], look);
				await slack.modal.screenshot({ path: join(shots, `modal-${name}-${look}.png`) });
			}
		});
	}

	it("would be found out if a word were too faint to read", async () => {
		await slack.look("dark");
		await slack.post(cardBlocks("notice", fillWords(samples.notice, reader), "c_1"));
		const faded = await slack.page.addStyleTag({ content: ".bk-context { color: #666 !important }" });
		const [found, ...more] = await faint(slack.page, NEWEST);
		assert.match(found ?? "", /contrast of \d\.\d+ .*Expected contrast ratio of 4\.5:1/);
		assert.equal(more.length, 1, "the line above and the line below");
		await faded.evaluate("(style) => style.remove()");
	});
});

/** What local Slack has no picture of and should have. */
async function unknown(place: Locator): Promise<readonly string[]> {
	const drawn = await place.locator(".bk-unknown").allInnerTexts();
	return drawn.filter((words) => !NOT_DRAWN.has(words));
}

/** The title, the buttons below and every label of a modal. */
function wordsOf(view: View): readonly string[] {
	const blocks = view.blocks as readonly Values[];
	const texts = [view.title, view.submit, view.close, ...blocks.map(({ label }) => label)];
	return texts.flatMap((text) => (text === undefined ? [] : [String((text as Values).text)]));
}
