/**
 * Cards at a page of the real local Slack, as messages and as dialogs, wide, as narrow as a phone and in the dark. Must
 * never draw anything itself: what is not Slack's is its colours (see `slack-theme.ts`).
 */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import type { Values } from "../../src/base/json.ts";
import type { View } from "../../src/cards/blocks-view.ts";
import { messageOf } from "../../src/chat/slack/message.ts";
import { startSlack } from "../fixtures/slack.ts";
import { APP, CHANNELS, PEOPLE } from "../fixtures/slack-people.ts";
import { dress } from "../fixtures/slack-theme.ts";
import type { State } from "./states.ts";

/** Beside the messages stands a list of 220 px, so the narrow ones leave 360 px. */
export const LOOKS = {
	light: { width: 1000, colorScheme: "light" },
	narrow: { width: 580, colorScheme: "light" },
	dark: { width: 580, colorScheme: "dark" },
} as const;
export type LookName = keyof typeof LOOKS;

export type SlackCards = Awaited<ReturnType<typeof openSlackCards>>;

const TALL = 1400;
/** Where the newest message stands. */
export const NEWEST = ".msg:last-child .msg-body";

/** Starts it, and opens its page in a channel. */
export async function openSlackCards(browser: Browser) {
	const slack = await startSlack({ way: "http" });
	const page = await browser.newPage({ viewport: { width: LOOKS.light.width, height: TALL } });
	page.setDefaultTimeout(10_000);
	await page.goto(slack.url);
	await dress(page);
	await page.getByText("operations").first().click();
	const call = async (method: string, body: Values): Promise<void> => {
		const headers = { "content-type": "application/json", authorization: `Bearer ${APP.bot}` };
		const answer = await fetch(`${slack.url}/api/${method}`, { method: "POST", headers, body: JSON.stringify(body) });
		const said = (await answer.json()) as Values;
		assert.equal(said.ok, true, JSON.stringify(said));
	};
	const modal = page.locator(".modal");
	return {
		page,
		/** The newest message: what `post` posted last. */
		message: page.locator(NEWEST),
		modal,
		look: async (name: LookName): Promise<void> => {
			const { width, colorScheme } = LOOKS[name];
			await page.setViewportSize({ width, height: TALL });
			await page.emulateMedia({ colorScheme });
			// What is taller than the window gets a taller one, and the list goes to its end again.
			const height = await page.evaluate<number>(`document.querySelector("${NEWEST}")?.scrollHeight ?? 0`);
			if (height > TALL - 300) await page.setViewportSize({ width, height: height + 300 });
			await page.evaluate("document.querySelector('.messages').scrollTo(0, 1e9)");
		},
		/** Posts a card, and waits until it is there. */
		post: async (message: Values): Promise<void> => {
			const before = await page.locator(".msg").count();
			await call("chat.postMessage", { channel: CHANNELS.operations, ...message });
			await page.locator(".msg").nth(before).waitFor();
		},
		/** Opens a dialog, in place of the last one. */
		open: async (view: View): Promise<void> => {
			if (await modal.isVisible()) await slack.close("harriet");
			await modal.waitFor({ state: "detached" });
			await call("views.open", { trigger_id: await slack.trigger("harriet"), view });
			await modal.waitFor();
		},
		close: async (): Promise<void> => {
			await page.close();
			await slack.stop();
		},
	};
}

/** A state as Slack is sent it. */
export function slackMessage({ drawn, asked }: State): Values {
	const everybody = Object.values(PEOPLE);
	const mentions = asked.map((name) => everybody.find((person) => person.name === name)?.id ?? PEOPLE.nobody.id);
	return messageOf(drawn, mentions);
}

/** By how much something is wider than what it stands in. */
export function overflow(page: Page, selector: string): Promise<number> {
	const place = `document.querySelector(${JSON.stringify(selector)})`;
	return page.evaluate<number>(`${place}.scrollWidth - ${place}.clientWidth`);
}
