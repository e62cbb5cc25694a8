/**
 * Somebody at a page of the real local Slack, in Chromium. Must never press what the page does not show. Its page knows one
 * modal at a time and draws no inputs in messages; Slack's colours are laid over it.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { faint } from "../fixtures/axe.ts";
import type { Slack, SlackMessage } from "../fixtures/slack.ts";
import { PEOPLE, type SlackWho } from "../fixtures/slack-people.ts";
import { dress } from "../fixtures/slack-theme.ts";
import { until } from "./bot.ts";
import type { Hire, Stage } from "./stage.ts";

/** Tall, so that a long card is seen whole. */
const WIDE = { width: 1300, height: 1700 };
const NARROW = { width: 580, height: 1700 };
/** What is looked at where no dialog is open: Home, else the newest message. */
const BEHIND = ".home-inner, .msg:last-child .msg-body";

/** Opens it at the chat with Sopwith alone. */
export async function openSlackPage({ browser, eyes }: Stage, slack: Slack, who: SlackWho) {
	const context = await browser.newContext({ viewport: WIDE, reducedMotion: "reduce", locale: "en-GB" });
	const page = await context.newPage();
	page.setDefaultTimeout(20_000);
	await page.goto(slack.url);
	await dress(page);
	await page.locator(".actas select").selectOption(PEOPLE[who].id);
	const modal = page.locator(".modal");
	const goto = (name: string) => page.locator(".sidebar-item").filter({ hasText: name }).first().click();
	const shot = (name: string) => page.screenshot({ path: join(eyes.shots, `slack-${name}.png`) });
	const look = async (name: string): Promise<readonly string[]> => {
		const against: string[] = [];
		await page.setViewportSize(NARROW);
		// The list of messages stays where it is when one of them grows.
		await page.evaluate("document.querySelector('.messages')?.scrollTo(0, 1e9)");
		for (const colorScheme of ["dark", "light"] as const) {
			await page.emulateMedia({ colorScheme });
			against.push(...(await faint(page, (await modal.isVisible()) ? ".modal" : BEHIND)));
			await shot(`${name}-${colorScheme === "dark" ? "dark" : "narrow"}`);
		}
		await page.setViewportSize(WIDE);
		await shot(name);
		const words = (await page.locator(BEHIND).allInnerTexts()).join(" ");
		if (words.includes("<!date")) against.push("a moment is shown as its code");
		// A chat draws such signs as coloured pictures.
		against.push(...(words.match(/\p{Extended_Pictographic}/gu) ?? []));
		return against;
	};
	const field = (label: string): Locator =>
		modal.locator(".bk-input").filter({ hasText: label }).locator("input, select, textarea").first();
	return {
		page,
		modal,
		goto,
		field,
		/** Takes pictures in light, on a phone and in the dark, where every word has to be legible. */
		picture: async (name: string): Promise<void> => assert.deepEqual(await look(name), [], name),
		/** Types a line, or a command. */
		say: async (line: string): Promise<void> => {
			await page.locator(".composer-input").first().fill(line);
			await page.keyboard.press("Enter");
		},
		/** The newest message with these words. */
		message: (words: string | RegExp): Locator => page.locator(".msg").filter({ hasText: words }).last(),
		/** Fills the form that is open. The page forgets what stood in a field unless it is touched; Slack sends it along. */
		fill: async (hire: Hire): Promise<void> => {
			for (const [label, value] of [
				["First name", hire.firstName],
				["Last name", hire.lastName],
				["First day", hire.startDate],
			] as const) {
				await field(label).clear();
				await field(label).fill(value);
			}
			await field("Role").selectOption(hire.profile);
			await field("Manager").selectOption(hire.manager);
		},
		[Symbol.asyncDispose]: async (): Promise<void> => {
			await shot(`last-${who}`);
			await context.close();
		},
	};
}

/** Ticks off the laptop as Tia. The page draws no boxes in messages, so they are ticked as Slack's own would tick them. */
export async function tickLaptop(slack: Slack): Promise<void> {
	const task = await messageTo(slack, "tia", "Laptop imaged");
	await slack.press("tia", task, "Done", { checked: ["Laptop imaged and labelled", "Laptop handed over"] });
}

/** Answers a question, as Slack's own dots would choose. */
export async function chooseIn(slack: Slack, who: SlackWho, question: { asks: string; choice: string }): Promise<void> {
	await slack.press(who, await messageTo(slack, who, question.asks), "Answer", { choice: question.choice });
}

function messageTo(slack: Slack, who: SlackWho, words: string): Promise<SlackMessage> {
	return until(`a message to ${who} with ${words}`, async () =>
		slack.messages(slack.dm(who)).findLast((one) => JSON.stringify(one.blocks).includes(words)),
	);
}
