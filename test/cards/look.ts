/**
 * Takes pictures of every card in every state as a chat draws it, for a person to look at:
 * `./node_modules/.bin/node test/cards/look.ts teams|slack FOLDER [STATE…]`. Light, dark and a phone, for Teams high
 * contrast too; what a button reveals is open in a second picture, what is asked stands in a dialog of Slack too.
 */
import { mkdirSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { cardView, detailsView } from "../../src/cards/blocks-view.ts";
import { filledOf } from "../../src/chat/fill.ts";
import { CHROMIUM } from "../fixtures/needs.ts";
import { LOOKS, type LookName, openSlackCards, slackMessage } from "./slack-page.ts";
import { states } from "./states.ts";
import { drawIn, teamsCard, teamsPage } from "./teams-look.ts";

const [chat = "teams", folder = "shots", ...only] = process.argv.slice(2);
const wanted = states.filter(({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)));
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
await (chat === "slack" ? slack(browser) : teams(browser));
await browser.close();

async function teams(on: Browser): Promise<void> {
	for (const [look, theme, width] of [
		["light", "light", 720],
		["dark", "dark", 720],
		["contrast", "contrast", 720],
		["360", "light", 360],
	] as const) {
		const page = await teamsPage(on, theme, width);
		for (const state of wanted) {
			await drawIn(page, teamsCard(state));
			await page.locator("main").screenshot({ path: `${folder}/${state.name}-${look}.png` });
			const reveals = page.getByRole("button", { name: /^(Details|Send back…)$/u });
			if ((await reveals.count()) === 0) continue;
			for (const button of await reveals.all()) await button.click();
			await page.locator("main").screenshot({ path: `${folder}/${state.name}-open-${look}.png` });
		}
		await page.close();
	}
}

async function slack(on: Browser): Promise<void> {
	const at = await openSlackCards(on);
	const looks = Object.keys(LOOKS) as readonly LookName[];
	for (const state of wanted) {
		await at.post(slackMessage(state));
		for (const look of looks) {
			await at.look(look);
			await at.message.screenshot({ path: `${folder}/${state.name}-${look}.png` });
		}
	}
	for (const { name, drawn } of wanted) {
		const filled = filledOf(drawn.data);
		const asks = filled.buttons.some(({ inputs }) => inputs === true);
		const reveals = filled.buttons.some(({ reveal }) => reveal === "details");
		const views = [
			...(asks ? [["asked", cardView(drawn.card, filled, drawn.id)] as const] : []),
			...(reveals ? [["details", detailsView(filled, drawn.id)] as const] : []),
		];
		for (const [what, view] of views) {
			await at.open(view);
			for (const look of looks) {
				await at.look(look);
				await at.modal.screenshot({ path: `${folder}/${name}-${what}-${look}.png` });
			}
		}
	}
	await at.close();
}
