/**
 * Takes pictures of every card in every state as Teams draws it, for a person to look at:
 * `./node_modules/.bin/node test/cards/look.ts FOLDER`. Light, dark, high contrast and a phone; what a button reveals is open in a second picture.
 */
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { CHROMIUM } from "../fixtures/needs.ts";
import { states } from "./states.ts";
import { drawIn, teamsPage } from "./teams-look.ts";

const folder = process.argv[2] ?? "shots";
const only = process.argv[3] ?? "";
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
for (const [look, theme, width] of [
	["light", "light", 720],
	["dark", "dark", 720],
	["contrast", "contrast", 720],
	["360", "light", 360],
] as const) {
	const page = await teamsPage(browser, theme, width);
	for (const { name, card } of states) {
		if (!name.startsWith(only)) continue;
		await drawIn(page, card);
		await page.locator("main").screenshot({ path: `${folder}/${name}-${look}.png` });
		const reveals = page.getByRole("button", { name: /^(Details|Send back…)$/u });
		if ((await reveals.count()) === 0) continue;
		for (const button of await reveals.all()) await button.click();
		await page.locator("main").screenshot({ path: `${folder}/${name}-open-${look}.png` });
	}
	await page.close();
}
await browser.close();
