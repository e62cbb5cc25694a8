/**
 * A second account in Slack, linked by its person through the real local Slack: the code, the card, the press; and a guest
 * who has a code. Must never reach into the bot.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { needs } from "../../fixtures/needs.ts";
import type { SlackMessage } from "../../fixtures/slack.ts";
import { APP, PEOPLE, rosterId, type SlackWho } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { MO } from "../world.ts";
import { openSlackWorld, type SlackWorld, wordsIn } from "./slack-world.ts";

describe("an account in Slack that no roster lists", { skip: needs("local Slack") }, () => {
	let world: SlackWorld;
	beforeEach(async () => {
		world = await openSlackWorld();
	});
	afterEach(() => world.end());

	const told = (who: SlackWho, words: RegExp): Promise<SlackMessage> =>
		until(
			() =>
				world.slack
					.messages(world.slack.dm(who))
					.findLast(({ user, blocks, text }) => user === APP.botUser && words.test(`${wordsIn(blocks)} ${text}`)),
			() => `nobody told ${who} ${words}`,
		);

	async function codeOf(who: SlackWho): Promise<string> {
		await world.slack.say(who, "link");
		const { blocks, text } = await told(who, /Your code: \S+/u);
		return /Your code: ([0-9A-Z]{5}-[0-9A-Z]{5})/u.exec(`${wordsIn(blocks)} ${text}`)?.[1] ?? "";
	}

	test("is somebody's once they pressed where they are known, and nobody's after they ended it", async () => {
		await world.slack.say("nobody", "runs");
		await told("nobody", /does not know you here.*link/su);
		await world.slack.say("nobody", `link ${await codeOf("mo")}`);
		await told("nobody", new RegExp(`You arrive as ${rosterId("nobody")}`, "u"));
		const card = await told("mo", new RegExp(`in Slack as ${rosterId("nobody")} and says it is you`, "u"));
		await world.slack.press("mo", card, "Link them");
		await told("nobody", /You are known here as Mo Manager/u);
		assert.deepEqual(world.links.find("slack", rosterId("nobody")), MO);
		await world.slack.say("nobody", "runs");
		await told("nobody", /Nothing is under way/u);
		await world.slack.say("nobody", "unlink");
		await told("nobody", /is not linked to you any more/u);
		assert.equal(world.links.find("slack", rosterId("nobody")), undefined);
	});

	test("of a guest is asked about nowhere, whatever code it has", async () => {
		const code = await codeOf("mo");
		await world.slack.say("guest", `link ${code}`);
		await told("guest", /Guests and people of other organisations cannot be linked/u);
		await world.slack.say("nobody", `link ${code}`);
		await told("mo", new RegExp(PEOPLE.nobody.id, "u"));
		const cards = world.slack
			.messages(world.slack.dm("mo"))
			.filter(({ blocks }) => /says it is you/u.test(wordsIn(blocks)));
		assert.equal(cards.length, 1);
	});
});
