/**
 * What people do in Slack, through the real local Slack and the socket: commands, forms, presses, Home, shortcuts. Must never
 * reach into the bot.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { needs } from "../../fixtures/needs.ts";
import { until } from "../../fixtures/slack.ts";
import { openSlackWorld, type SlackWorld, wordsIn } from "./slack-world.ts";

const skip = needs("local Slack");
let world: SlackWorld;

before(async () => {
	if (skip === false) world = await openSlackWorld();
});
after(async () => {
	await world?.end();
});

test("a slash command opens the form as a modal, filled with what was typed", { skip }, async () => {
	const answer = await world.slack.command("harriet", "/newhire", "Ada Lovelace");
	assert.equal(answer.status, 200);
	const view = await until(() => world.slack.views().at(-1));
	assert.match(wordsIn(view), /First name/);
	assert.match(JSON.stringify(view.blocks), /"initial_value":"Ada"/);
	await world.slack.close("harriet");
});
