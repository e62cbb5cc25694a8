/**
 * Moments in what Slack shows: each is written for Slack to put into its reader's own zone, in cards that are sent and in
 * private answers, with the reader's own time beside it for clients without dates.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CHANNELS } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { HARRIET } from "../world.ts";
import { chatOf, openRoughPeople, type RoughPeople, seat } from "./rough-people.ts";
import type { Message } from "./rough-slack.ts";
import { wordsIn } from "./slack-world.ts";

const [harriet, mo] = [seat("harriet"), seat("mo")];
let people: RoughPeople;
before(async () => {
	people = await openRoughPeople();
	const view = await people.opened(harriet, () => people.command(harriet, "/newhire", "Ada Dated"));
	await people.submit(harriet, view, { startDate: "2026-12-01", profile: "sales" });
	await people.press(mo, await saying(chatOf(mo), /Approve the plan/u), "Approve");
	await saying(chatOf(harriet), /Approved by:\* Mo Manager/u);
	await people.world.poster.idle();
});
after(() => people?.end());

const saying = (channel: string, words: RegExp): Promise<Message> =>
	until(() => people.slack.of(channel).findLast(({ body }) => words.test(wordsIn(body.blocks))));
const clock = /<!date\^\d+\^\{date_short_pretty\} at \{time\}\|(today at [^>]*)>/u;
const timeIn = ({ body }: Message): string | undefined =>
	clock.exec(wordsIn(body.blocks).replaceAll("\u00a0", " "))?.[1];

test("a card that is sent has them, in the zone of the person, or of the client in a channel", async () => {
	assert.equal(timeIn(await saying(chatOf(mo), /Approved by you/u)), "today at 14:00");
	assert.equal(timeIn(await saying(chatOf(harriet), /Approved by:\* Mo Manager/u)), "today at 09:00");
	assert.equal(timeIn(await saying(CHANNELS.operations, /Approved by:\* Mo Manager/u)), "today at 09:00 New York");
});

test("a private answer has them", async () => {
	const [run] = (await people.world.desk.list(HARRIET, {})).items;
	assert(run !== undefined);
	await people.say(harriet, `run ${run.id.slice(0, 6)}`);
	assert.equal(timeIn(await saying(chatOf(harriet), /approved by Mo Manager/u)), "today at 09:00");
	await people.say(mo, `run ${run.id.slice(0, 6)}`);
	assert.equal(timeIn(await saying(chatOf(mo), /approved by you/u)), "today at 14:00");
});
