/**
 * What is said to one person is read by nobody else: refusals, answers and forms, wherever they were asked for, also where
 * Slack does not take the private way. Looks at what really stands in the places others read.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { needs } from "../../fixtures/needs.ts";
import type { SlackMessage } from "../../fixtures/slack.ts";
import { APP, CHANNELS, PEOPLE, type SlackWho, TEAM, teamOf } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { openSlackWorld, type SlackWorld, wordsIn } from "./slack-world.ts";

const { lounge, operations } = CHANNELS;
const MENTION = `<@${APP.botUser}>`;

describe("what is for one person", { skip: needs("local Slack") }, () => {
	let world: SlackWorld;
	let calls: number;
	before(async () => {
		world = await openSlackWorld();
	});
	after(() => world?.end());
	beforeEach(async () => {
		await world.door.idle();
		calls = world.slack.calls.length;
	});

	const ours = (channel: string) => world.slack.messages(channel).filter(({ user }) => user === APP.botUser);
	/** Everything that was said since, by where it went. */
	const saidIn = (channel: string): readonly string[] =>
		world.slack.calls
			.slice(calls)
			.filter(({ method, body }) => method === "chat.postMessage" && body.channel === channel)
			.map(({ body }) => wordsIn(body.blocks ?? []));

	/** Said to them alone, in words that match; nothing of it where others read. */
	async function isPrivate(who: SlackWho, channel: string, words: RegExp): Promise<void> {
		await until(
			() => {
				const heard = [...world.slack.ephemeral(who), ...ours(world.slack.dm(who))];
				return heard.some(({ blocks }) => words.test(wordsIn(blocks)));
			},
			() =>
				`${who} did not read ${words} but ${wordsIn([...world.slack.ephemeral(who), ...ours(world.slack.dm(who))].at(-1)?.blocks)}`,
		);
		await world.door.idle();
		assert.deepEqual(saidIn(channel), []);
		assert.doesNotMatch(wordsIn(ours(channel).map(({ blocks }) => blocks)), words);
	}

	for (const [who, words] of [
		["nobody", /does not know you here/],
		["stranger", /does not know you here/],
		["mo", /is for 3.people of .*Nothing was started/u],
	] as const) {
		test(`a refusal to ${PEOPLE[who].name} who mentions Sopwith in a channel`, async () => {
			await world.slack.say(who, `${MENTION} newhire Ada Private`, { channel: lounge });
			await isPrivate(who, lounge, words);
			assert.doesNotMatch(wordsIn(ours(lounge).map(({ blocks }) => blocks)), /Private/u);
		});
	}

	test("a refusal to a command in a channel, where Slack takes no private answer there", async () => {
		const ends = ["chat.postEphemeral"].map((method) =>
			world.slack.line.trouble({ method, times: 9, answer: { body: { ok: false, error: "user_not_in_channel" } } }),
		);
		const off = world.slack.line.amend((kind, payload) =>
			kind === "slash_commands" ? { ...payload, response_url: "http://127.0.0.1:9/closed" } : payload,
		);
		await world.slack.command("harriet", "/sopwith", "run 4321", lounge);
		await isPrivate("harriet", lounge, /There is no run 4321/u);
		off();
		for (const { end } of ends) end();
	});

	test("an answer in a thread of a channel stays in that thread, for them alone", async () => {
		await world.slack.say("mo", "What a thread", { channel: lounge });
		const head = await until(() => world.slack.messages(lounge).find(({ text }) => text === "What a thread"));
		await world.slack.say("harriet", `${MENTION} run 5678`, { channel: lounge, thread: head.ts });
		await isPrivate("harriet", lounge, /There is no run 5678/u);
		const call = world.slack.calls.slice(calls).find(({ method }) => method === "chat.postEphemeral");
		assert.deepEqual([call?.body.channel, call?.body.thread_ts, call?.body.user], [lounge, head.ts, PEOPLE.harriet.id]);
	});

	for (const [name, channel, called] of [
		["the chat of two others", "D0SOMEBODY", "directmessage"],
		["a conversation of several", "G0SEVERAL", "mpdm-harriet--mo--sol-1"],
		["a private channel Sopwith is not in", "C0PRIVATE", "privategroup"],
	] as const) {
		test(`an answer to a command in ${name} goes to their own chat where nothing else is left`, async () => {
			const trigger = await world.slack.trigger("harriet");
			const command = {
				...{ token: "unused", team_id: TEAM, team_domain: "contoso", api_app_id: APP.id, trigger_id: trigger },
				...{ user_id: PEOPLE.harriet.id, user_name: "harriet", command: "/sopwith", text: `run ${channel}` },
				...{ channel_id: channel, channel_name: called, is_enterprise_install: "false" },
			};
			const { status } = await world.slack.line.deliver("slash_commands", command);
			assert.equal(status, 200);
			await isPrivate("harriet", channel, new RegExp(`There is no run ${channel}`, "iu"));
		});
	}

	test("a press on the run’s card in a channel, by somebody whom it does not concern", async () => {
		await world.slack.command("harriet", "/newhire", "Ada Channel");
		await until(() => world.slack.views().length > 0);
		await world.slack.submit("harriet", { startDate: "2026-12-01", profile: "sales" });
		const card = await until(() => ours(operations).find(({ text }) => text.includes("Ada Channel")));
		const theirs = await until(() => ours(world.slack.dm("mo")).find(({ text }) => /Approve.*Ada Channel/u.test(text)));
		await world.door.idle();
		await world.poster.idle();
		calls = world.slack.calls.length;
		for (const [who, words] of [
			["nobody", /does not know you here/u],
			["tia", /not asked of you\. Nothing changed/u],
			["harriet", /someone else approves it\. Nothing changed/u],
		] as const) {
			await world.slack.line.deliver("interactive", pressIn(who, card, theirs));
			await isPrivate(who, operations, words);
		}
		assert.match(
			wordsIn(world.slack.messages(theirs.channel).find(({ ts }) => ts === theirs.ts)?.blocks),
			/Approve the plan/u,
		);
	});

	test("nothing of all that was a mistake of ours", () => {
		assert.deepEqual(world.troubles, []);
		assert.deepEqual(
			world.lines.filter((line) => line.includes("complained") || line.includes("not answered")),
			[],
		);
	});
});

/** The approver's button, pressed as if it stood in a channel. */
function pressIn(who: SlackWho, card: SlackMessage, theirs: SlackMessage): Values {
	const buttons = (theirs.blocks ?? []).flatMap(({ elements }) => (elements ?? []) as Values[]);
	const approve = buttons.find(({ action_id }) => action_id === "verb/approve/0");
	assert(approve !== undefined);
	return {
		...{ type: "block_actions", team: { id: TEAM, domain: "contoso" }, api_app_id: APP.id },
		user: { id: PEOPLE[who].id, team_id: teamOf(PEOPLE[who].id) },
		container: { type: "message", message_ts: card.ts, channel_id: card.channel, is_ephemeral: false },
		channel: { id: card.channel, name: "operations" },
		message: { ts: card.ts, blocks: card.blocks ?? [] },
		actions: [{ ...approve, action_ts: `${performance.now()}` }],
	};
}
