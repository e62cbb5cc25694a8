/**
 * Takes pictures of every page for a person to look at: `node test/console/look.ts FOLDER`. Light, dark and a phone.
 */
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { CHROMIUM } from "../fixtures/needs.ts";
import { pagesToSee } from "./pages-to-see.ts";
import { serve } from "./serve.ts";

const folder = process.argv[2] ?? "shots";
mkdirSync(folder, { recursive: true });
const only = process.argv[3];
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
for (const page of pagesToSee) {
	if (only !== undefined && !page.name.startsWith(only)) continue;
	for (const [name, width, scheme] of [
		["light", 1200, "light"],
		["dark", 1200, "dark"],
		["360", 360, "light"],
	] as const) {
		await using served = await serve();
		const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height: 900 } });
		await context.addCookies([{ name: "who", value: page.as, url: served.url }]);
		const tab = await context.newPage();
		await tab.goto(served.url + page.path);
		await page.act?.(tab);
		await tab.screenshot({ path: `${folder}/${page.name}-${name}.png`, fullPage: true });
		await context.close();
	}
}
await browser.close();
