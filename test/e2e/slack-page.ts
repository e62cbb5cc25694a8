/**
 * Somebody at a page of the real local Slack, in Chromium. Must never press what the page does not show. Its page knows one
 * modal at a time, draws no inputs in messages, and no dark theme.
 */
import { join } from "node:path";
import type { Locator } from "playwright-core";
import type { Slack } from "../fixtures/slack.ts";
import { PEOPLE, type SlackWho } from "../fixtures/slack-people.ts";
import type { Stage } from "./stage.ts";

const WIDE = { width: 1300, height: 1000 };
const NARROW = { width: 560, height: 1000 };

/** Opens it at the chat with Sopwith alone. */
export async function openSlackPage({ browser, eyes }: Stage, slack: Slack, who: SlackWho) {
	const context = await browser.newContext({ viewport: WIDE, reducedMotion: "reduce", locale: "en-GB" });
	const page = await context.newPage();
	page.setDefaultTimeout(20_000);
	await page.goto(slack.url);
	await page.locator(".actas select").selectOption(PEOPLE[who].id);
	const goto = (name: string) => page.locator(".sidebar-item").filter({ hasText: name }).first().click();
	const picture = async (name: string): Promise<void> => {
		for (const [size, suffix] of [
			[NARROW, "-narrow"],
			[WIDE, ""],
		] as const) {
			await page.setViewportSize(size);
			// The list of messages stays where it is when one of them grows.
			await page.evaluate("document.querySelector('.messages')?.scrollTo(0, 1e9)");
			await page.screenshot({ path: join(eyes.shots, `slack-${name}${suffix}.png`) });
		}
	};
	const modal = page.locator(".modal");
	return {
		page,
		picture,
		modal,
		goto,
		/** Types a line, or a command. */
		say: async (line: string): Promise<void> => {
			await page.locator(".composer-input").first().fill(line);
			await page.keyboard.press("Enter");
		},
		/** The newest message with these words. */
		message: (words: string | RegExp): Locator => page.locator(".msg").filter({ hasText: words }).last(),
		/** The input of a modal under this label. */
		field: (label: string): Locator =>
			modal.locator(".bk-input").filter({ hasText: label }).locator("input, select, textarea").first(),
		[Symbol.asyncDispose]: async (): Promise<void> => {
			await picture(`last-${who}`);
			await context.close();
		},
	};
}
