/**
 * People at browsers: sign in, type, press, and every page they see looked at in light, dark and on a phone. Must never
 * wait for a time instead of for something.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";
import { CHROMIUM } from "../fixtures/needs.ts";

const FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE = `axe.run(document, { resultTypes: ["violations"] }).then((found) => found.violations
	.map((one) => one.id + ": " + one.nodes.map((node) => node.html.slice(0, 200)).join(" | ")))`;
const WIDE = { width: 1100, height: 900 };
const PHONE = { width: 360, height: 780 };
const NARROWEST = { width: 320, height: 700 };

export type Eyes = {
	readonly shots: string;
	/** Every page that was looked at, and what stood against it. */
	readonly seen: { readonly name: string; readonly against: readonly string[] }[];
};

export function openBrowser(): Promise<Browser> {
	return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export type Person = Awaited<ReturnType<typeof signIn>>;

/** Opens a browser of one's own and signs in as somebody of the roster: `contoso/harriet`, `/tia`. */
export async function signIn(browser: Browser, eyes: Eyes, at: { readonly url: string; readonly as: string }) {
	const context = await browser.newContext({ viewport: WIDE, reducedMotion: "reduce", locale: "en-GB" });
	const page = await context.newPage();
	page.setDefaultTimeout(20_000);
	const errors: string[] = [];
	page.on("pageerror", (error) => errors.push(error.message));
	page.on("console", (line) => {
		// A page that says 4xx is what several stories are about; Chromium reports it as an error of the network.
		if (line.type() === "error" && !/the server responded with a status of 4\d\d/.test(line.text()))
			errors.push(line.text());
	});
	await page.goto(`${at.url}/`);
	await page.click(`form:has(input[name=person][value="${at.as}"]) button`);
	await page.waitForURL(`${at.url}/`);
	await page.waitForSelector("#chat li");
	/** Cards and lines of the conversation, newest last. */
	const items = page.locator("#chat > li");
	return {
		page,
		errors,
		/** Types a line and gives what was answered. */
		say: async (text: string): Promise<Locator> => {
			const before = await items.count();
			await page.fill("#say", text);
			await page.press("#say", "Enter");
			const mine = page.locator("#chat > li.mine").filter({ hasText: text }).last();
			await mine.waitFor();
			await items.nth(before + 1).waitFor();
			const answers = mine.locator("xpath=following-sibling::li");
			return answers.first();
		},
		/** The newest card with these words. */
		card: (words: string | RegExp): Locator => page.locator("#chat article").filter({ hasText: words }).last(),
		goto: async (path: string): Promise<void> => {
			await page.goto(new URL(path, at.url).href);
		},
		look: (name: string): Promise<void> => look(page, eyes, name),
		close: async (): Promise<void> => {
			await context.close();
			assert.deepEqual(errors, [], `${at.as} saw errors in the console`);
		},
	};
}

/** Looks at a page as it is: pictures in light, dark and 360 px, axe in both themes, nothing to scroll sideways at 320 px. */
export async function look(page: Page, eyes: Eyes, name: string): Promise<void> {
	const against: string[] = [];
	for (const colorScheme of ["light", "dark"] as const) {
		await page.emulateMedia({ colorScheme });
		await picture(page, eyes, `${name}-${colorScheme}`);
		await page.evaluate(axe);
		const found = (await page.evaluate(AXE)) as readonly string[];
		against.push(...found.map((one) => `${colorScheme}: ${one}`));
	}
	await page.emulateMedia({ colorScheme: "light" });
	await page.setViewportSize(PHONE);
	await picture(page, eyes, `${name}-360`);
	await page.setViewportSize(NARROWEST);
	const beyond = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
	if (beyond > 0) against.push(`${beyond} px to scroll sideways at 320 px`);
	await page.setViewportSize(WIDE);
	eyes.seen.push({ name, against });
	assert.deepEqual(against, [], name);
}

/** A picture of the whole page. The window is made as tall as the page, so that what sticks to its edge stays there. */
async function picture(page: Page, eyes: Eyes, name: string): Promise<void> {
	const size = page.viewportSize() ?? WIDE;
	const height = Number(await page.evaluate("document.documentElement.scrollHeight"));
	await page.setViewportSize({ width: size.width, height: Math.max(size.height, height) });
	await page.screenshot({ path: join(eyes.shots, `${name}.png`) });
	await page.setViewportSize(size);
}
