/**
 * A run's messages in the real local Slack, with the poster at work: one message in a channel with its detail in the thread,
 * who is asked by mention, a message that was deleted, a post whose answer was lost.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { isRecord, type Values } from "../../../src/base/json.ts";
import { blockProblems } from "../../../src/cards/blocks-limits.ts";
import { needs } from "../../fixtures/needs.ts";
import type { SlackMessage } from "../../fixtures/slack.ts";
import { APP, CHANNELS, PEOPLE } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { openSlackWorld, type SlackWorld, wordsIn } from "./slack-world.ts";

describe("a run in Slack", { skip: needs("local Slack") }, () => {
	let world: SlackWorld;
	beforeEach(async () => {
		world = await openSlackWorld({ approvals: CHANNELS.lounge });
	});
	afterEach(async () => {
		const places = [CHANNELS.operations, CHANNELS.lounge, world.slack.dm("mo"), world.slack.dm("harriet")];
		for (const message of places.flatMap((place) => ours(place))) assert.deepEqual(blockProblems(message), []);
		await world.end();
	});

	const ours = (channel: string): readonly SlackMessage[] =>
		world.slack.messages(channel).filter(({ user }) => user === APP.botUser);
	const top = (channel: string) => ours(channel).filter(({ thread_ts }) => thread_ts === undefined);
	const replies = (channel: string) => ours(channel).filter(({ thread_ts }) => thread_ts !== undefined);
	const saying = (channel: string, words: RegExp) => top(channel).filter(({ blocks }) => words.test(wordsIn(blocks)));
	const one = (channel: string, words: RegExp) =>
		until(
			() => saying(channel, words)[0],
			() => `nothing says ${words} in ${JSON.stringify(top(channel).map(({ blocks }) => wordsIn(blocks)))}`,
		);

	async function start(): Promise<void> {
		await world.slack.command("harriet", "/newhire", "Ada Lovelace");
		await until(() => world.slack.views().length > 0);
		await world.slack.submit("harriet", { startDate: "2026-12-01", profile: "sales" });
	}

	test("is one message in the channel, edited to its end, with what was read back in the thread", async () => {
		const { operations } = CHANNELS;
		await start();
		const waiting = await one(operations, /Waiting for.*Mo Manager/u);
		await until(() => JSON.stringify(saying(operations, /Waiting/u)[0]?.blocks).includes(`<@${PEOPLE.mo.id}>`));
		await world.slack.press("mo", await one(world.slack.dm("mo"), /Approve the plan/u), "Approve");
		const done = await one(operations, /Ada Lovelace.*done/u);
		assert.equal(done.ts, waiting.ts, "it is the same message");
		assert.equal(top(operations).length, 1);
		assert.doesNotMatch(JSON.stringify(done.blocks), /<@/u);
		const told = await until(
			() => replies(operations)[0],
			() => "nothing stands in the thread",
		);
		assert.equal(told.thread_ts, done.ts);
		assert.match(wordsIn(told.blocks), /Make the account.*Ada Lovelace is there/su);
		const mine = await until(() => replies(world.slack.dm("harriet"))[0]);
		assert.match(wordsIn(mine.blocks), /Ada Lovelace is there/u);
		assert.equal(replies(operations).length, 1);
	});

	test("has its approval in the channel for these, with whom it asks and nothing to press, edited to the decision", async () => {
		await start();
		const asked = await one(CHANNELS.lounge, /Approve the plan for Ada Lovelace.*Waiting for.*Mo Manager.*Make the/su);
		const pressed = (asked.blocks as readonly Values[]).flatMap(({ elements }) =>
			Array.isArray(elements) ? elements : [],
		);
		assert.deepEqual(
			pressed.filter((each) => isRecord(each) && each.type === "button" && each.url === undefined),
			[],
		);
		await world.slack.press("mo", await one(world.slack.dm("mo"), /Approve the plan/u), "Approve");
		const decided = await one(CHANNELS.lounge, /The plan for Ada Lovelace.*Approved by Mo Manager/su);
		assert.equal(decided.ts, asked.ts, "it is the same message");
		assert.doesNotMatch(JSON.stringify(decided.blocks), /<@/u);
		await one(CHANNELS.operations, /Ada Lovelace.*done/u);
		assert.equal(top(CHANNELS.lounge).length, 1, "the run itself stands in the channel for runs");
		assert.equal(top(CHANNELS.operations).length, 1);
	});

	test("whose message somebody deleted gets another one when it changes", async () => {
		await start();
		const shown = await one(CHANNELS.operations, /Waiting for.*Mo Manager/u);
		const { api } = world.workspaces.all()[0] ?? assert.fail("there is no workspace");
		await api.call("chat.delete", { channel: CHANNELS.operations, ts: shown.ts });
		await until(() => top(CHANNELS.operations).length === 0);
		await world.slack.press("mo", await one(world.slack.dm("mo"), /Approve the plan/u), "Send back…");
		await until(() => world.slack.views().length > 0);
		await world.slack.submit("mo", { words: "Another day" });
		const anew = await one(CHANNELS.operations, /Ada Lovelace/u);
		assert.notEqual(anew.ts, shown.ts);
		assert.equal(top(CHANNELS.operations).length, 1);
	});

	test("asks at most once more for each lost answer, and every copy can be pressed or is old", async () => {
		const lost = world.slack.line.trouble({ method: "chat.postMessage", done: true, answer: "cut", times: 3 });
		await start();
		await world.poster.idle();
		await one(world.slack.dm("mo"), /Approve the plan/u);
		const copies = saying(world.slack.dm("mo"), /Approve the plan/u);
		assert(lost.met() > 0 && copies.length <= 1 + lost.met(), `${copies.length} copies, ${lost.met()} lost`);
		assert(world.poster.counters.extra <= lost.met());
		for (const copy of copies) await world.slack.press("mo", copy, "Approve");
		await one(CHANNELS.operations, /done/u);
	});
});
