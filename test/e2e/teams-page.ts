/**
 * Somebody at their own page of Microsoft's Agents Playground, in Chromium. Must never press what the page does not show.
 */
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { openPlayground } from "../chat/teams/playground.ts";
import { seenBy, tenantOf, type Who } from "../playground/people.ts";
import type { Stage } from "./stage.ts";

const SIZE = { width: 1300, height: 1000 };

export type TeamsPage = Awaited<ReturnType<typeof openTeamsPage>>;

/** Opens it; the bot is added to their own chat, and says hello. */
export async function openTeamsPage({ browser, eyes }: Stage, who: Who, bot: string) {
	const at = { tenant: tenantOf(who), mark: `-${who}` };
	const playground = await openPlayground(`${bot}/api/messages`, seenBy(who), at);
	const context = await browser.newContext({ viewport: SIZE, reducedMotion: "reduce", locale: "en-GB" });
	const page = await context.newPage();
	page.setDefaultTimeout(20_000);
	// Fonts from elsewhere; the page goes on without them.
	await page.route(
		({ hostname }) => hostname !== "127.0.0.1" && hostname !== "localhost",
		(route) => route.abort(),
	);
	await page.goto(playground.url);
	const picture = async (name: string): Promise<void> => {
		await page.screenshot({ path: join(eyes.shots, `teams-${name}.png`) });
	};
	const compose = page.locator("[contenteditable=true]").first();
	return {
		page,
		playground,
		picture,
		/** Goes to a chat or channel of the list on the left. */
		goto: (name: string) => page.getByText(name, { exact: true }).first().click(),
		/** Types a line as it is sent to the bot alone. */
		say: async (line: string): Promise<void> => {
			await compose.click();
			await page.keyboard.type(line);
			await page.keyboard.press("Enter");
		},
		/** Types `@`, takes the bot from the list that opens, and goes on. */
		mention: async (line: string): Promise<void> => {
			await compose.click();
			await page.keyboard.type("@");
			await page.getByRole("menuitem", { name: "Sopwith" }).first().click();
			await page.keyboard.type(` ${line}`);
		},
		/** The newest card with these words. */
		card: (words: string | RegExp): Locator => page.locator(".ac-adaptiveCard").filter({ hasText: words }).last(),
		[Symbol.asyncDispose]: async (): Promise<void> => {
			await picture(`last-${who}`);
			await context.close();
			await playground.close();
		},
	};
}

/** Chooses from a list of a card. */
export async function choose(card: Locator, field: string, option: string): Promise<void> {
	await card.getByRole("combobox", { name: field }).press("ArrowDown");
	await card.page().getByRole("option", { name: option }).click();
}
