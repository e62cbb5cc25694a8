/**
 * What Slack does not take as it is: the person reads that it does not open, or reads it another way, and an operator is
 * told what Slack said. What only came too late is nobody's to mend.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { APP, CHANNELS } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { chatOf, openRoughPeople, type RoughPeople, seat } from "./rough-people.ts";
import type { Message } from "./rough-slack.ts";
import { wordsIn } from "./slack-world.ts";

const FORM = { startDate: "2026-12-01", profile: "sales" };
const [harriet, mo] = [seat("harriet"), seat("mo")];
let people: RoughPeople;
beforeEach(async () => {
	people = await openRoughPeople();
	people.world.heard.splice(0);
});
afterEach(() => people.end());

const told = () => people.world.heard.map(({ what, why }) => `${what} ${why}`);
const saying = (channel: string, words: RegExp): Promise<Message> =>
	until(() => people.slack.of(channel).findLast(({ body }) => words.test(wordsIn(body.blocks))));

/** Mo's own card, which asks him to approve. */
async function asked(): Promise<Message> {
	const view = await people.opened(harriet, () => people.command(harriet, "/newhire", "Ada Plain"));
	await people.submit(harriet, view, FORM);
	return saying(chatOf(mo), /Approve the plan/u);
}

for (const error of ["invalid_arguments", "view_too_large", "a_word_of_tomorrow"]) {
	test(`a modal that Slack refuses by ${error} is said not to open, and an operator is told once`, async () => {
		const card = await asked();
		people.slack.faults.push({ method: "views.open", error }, { method: "views.open", error });
		await people.press(mo, card, "Send back…");
		await saying(chatOf(mo), /Slack does not open this\. Nothing happened, and pressing again would not help\./u);
		await people.press(mo, card, "Send back…");
		await people.world.door.idle();
		assert.deepEqual(
			told().map((line) => line.replace(/: .*\(/u, ": (").replace(/\).*/u, ")")),
			[`slack-not-taken views.open of ${mo.team}: (${error})`],
		);
	});
}

test("a modal whose moment has passed is said to be late, and no operator is told", async () => {
	const card = await asked();
	people.slack.faults.push({ method: "views.open", error: "expired_trigger_id" });
	await people.press(mo, card, "Send back…");
	await saying(chatOf(mo), /Slack did not open the form in time\. Nothing happened\. Press the button again\./u);
	assert.deepEqual(told(), []);
});

test("a form that Slack refuses stands as a message, and an operator is told", async () => {
	people.slack.faults.push({ method: "views.open", error: "invalid_arguments" });
	await people.command(harriet, "/newhire", "Ada Refused");
	await saying(chatOf(harriet), /First name/u);
	assert.match(told().join(), /^slack-not-taken views\.open of /u);
});

test("private words that Slack refuses as they are reach the person in their own chat, and an operator is told", async () => {
	people.slack.faults.push({ method: "chat.postEphemeral", error: "invalid_blocks" });
	const there = { type: "app_mention", channel: CHANNELS.lounge, channel_type: "channel" };
	await people.say(harriet, `<@${APP.botUser}> run 1111`, there);
	await saying(chatOf(harriet), /There is no run 1111/u);
	assert.match(told().join(), /^slack-not-taken chat\.postEphemeral of /u);
});
