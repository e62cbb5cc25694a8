/**
 * What Slack tells that local Slack never does: messages that other bots stream, assistant threads, every event and kind of
 * message that its library has a type for. Each is acknowledged, and starts and decides nothing.
 * Sources: https://docs.slack.dev/reference/events and the types of `@slack/types`
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Values } from "../../src/base/json.ts";
import { EVENTS } from "../../src/chat/slack/asks.ts";
import { chatOf, openRoughPeople, type RoughPeople, seat } from "../chat/slack/rough-people.ts";
import { TIA } from "../chat/world.ts";
import { APP, CHANNELS, TEAM } from "../fixtures/slack-people.ts";
import { until } from "../fixtures/until.ts";

const harriet = seat("harriet");
const MENTION = `<@${APP.botUser}> newhire Never Started`;
/** Slack's own types, as its library brings them. */
const PUBLISHED = join(
	dirname(createRequire(fileURLToPath(import.meta.resolve("@slack/bolt"))).resolve("@slack/types")),
	"events",
);
let people: RoughPeople;
before(async () => {
	people = await openRoughPeople();
});
after(async () => {
	await people?.end();
});

/** What stands in a field of every published type of event. */
function published(field: "type" | "subtype"): readonly string[] {
	const texts = readdirSync(PUBLISHED).filter((name) => name.endsWith(".d.ts"));
	const found = texts.flatMap((name) => [
		...readFileSync(join(PUBLISHED, name), "utf8").matchAll(new RegExp(`^\\s+${field}\\??: '([a-z_]+)'`, "gmu")),
	]);
	return [...new Set(found.map(([, word = ""]) => word))].toSorted();
}

/** Everything that could be taken for somebody who types, whatever else the event has. */
const tempting = (type: string): Values => ({
	...{ type, user: harriet.user, user_id: harriet.user, channel: chatOf(harriet), channel_id: chatOf(harriet) },
	...{ channel_type: "im", text: "newhire Never Started", ts: "1700000200.000100", team: TEAM, tab: "messages" },
	...{ item: { type: "message", channel: chatOf(harriet), ts: "1700000200.000100" }, reaction: "white_check_mark" },
	...{
		thread_ts: "1700000200.000100",
		title: "newhire Never Started",
		context: { entities: [] },
		inviter: harriet.user,
	},
	...{
		function: { id: "Fn1", callback_id: "start" },
		inputs: { text: "newhire Never Started" },
		function_execution_id: "Fx1",
	},
	...{ workflow_execution_id: "Wx1", bot_access_token: "unused" },
	assistant_thread: {
		...{ user_id: harriet.user, channel_id: chatOf(harriet), thread_ts: "1700000200.000100" },
		context: { channel_id: CHANNELS.lounge, team_id: TEAM, enterprise_id: null },
	},
});

/** Tells it. Fails when anything comes of it but an empty acknowledgement. */
async function silently(tell: () => Promise<{ readonly status: number; readonly body: unknown }>): Promise<void> {
	const before = people.slack.calls.length;
	assert.deepEqual(await tell(), { status: 200, body: "" });
	await people.world.door.idle();
	assert.deepEqual(
		people.slack.calls.slice(before).map(({ method }) => method),
		[],
	);
}

const heard = new Set(Object.keys(EVENTS).map((name) => name.split(".")[0]));

describe("an event that we did not ask for", () => {
	for (const type of published("type").filter((name) => !heard.has(name) && name !== "app_rate_limited")) {
		test(`${type} is acknowledged, and nothing comes of it`, () => silently(() => people.event(TEAM, tempting(type))));
	}

	test("that does not exist yet is acknowledged too", () =>
		silently(() => people.event(TEAM, tempting("something_new"))));
});

describe("a message that nobody typed", () => {
	const typed = new Set(["file_share", "thread_broadcast"]);
	/** Kinds that have no type of their own. Source: https://docs.slack.dev/reference/events/message#subtypes */
	const others = `assistant_app_thread bot_add bot_remove document_mention huddle_thread pinned_item reminder_add
		reply_broadcast sh_room_created tombstone unpinned_item`.split(/\s+/u);
	for (const subtype of [...published("subtype").filter((name) => !typed.has(name)), ...others]) {
		test(`${subtype} is acknowledged, and nothing comes of it`, () =>
			silently(() => people.event(TEAM, { ...tempting("message"), subtype })));
	}

	test("is told from one that somebody typed, beside an assistant or not", async () => {
		for (const more of [{}, { app_context: { entities: [] } }]) {
			const before = people.slack.of(chatOf(harriet)).length;
			await people.say(harriet, "approvals", more);
			await until(() => people.slack.of(chatOf(harriet)).length > before);
		}
	});
});

describe("a message that a bot streams", () => {
	/** As it grows: begun, added to, ended. `own`: ours would be. */
	const streamed = (more: Values): readonly Values[] => {
		const message: Values = {
			...{ type: "message", ts: "1700000300.000100", thread_ts: "1700000299.000100", bot_id: "B99", app_id: "A99" },
			...{
				user: "U99BOT",
				bot_profile: { id: "B99", app_id: "A99", name: "Other", team_id: TEAM },
				team: TEAM,
				...more,
			},
		};
		const states = ["in_progress", "in_progress", "completed", "errored"].map((streaming_state, at) => ({
			...{ ...message, streaming_state, text: MENTION.slice(0, MENTION.length - 3 + at) },
		}));
		const changed = states.map((now, at) => ({
			...{ type: "message", subtype: "message_changed", channel: CHANNELS.lounge, channel_type: "channel" },
			...{ ts: `1700000301.00010${at}`, message: now, previous_message: states[at - 1] ?? message, hidden: true },
		}));
		return [...states, ...changed];
	};
	const places = [
		{ channel: CHANNELS.lounge, channel_type: "channel" },
		{ channel: CHANNELS.operations, channel_type: "group" },
		{ channel: "D99OTHER", channel_type: "im" },
	];
	for (const [name, more] of [
		["another app’s", {}],
		["another app’s, of the older kind", { subtype: "bot_message", username: "Other" }],
		["another app’s that names no user", { user: null }],
		["ours, were there one", { bot_id: "B01", app_id: APP.id, user: APP.botUser }],
		["another app’s in the name of a person", { user: harriet.user }],
	] as const) {
		test(`${name}, starts nothing and decides nothing, in a channel or a chat, whatever it says`, async () => {
			for (const place of places) {
				for (const event of streamed(more)) await silently(() => people.event(TEAM, { ...event, ...place }));
			}
		});

		test(`${name}, that mentions us, is no command`, async () => {
			for (const event of streamed(more)) {
				const mention = { ...event, type: "app_mention", channel: CHANNELS.lounge };
				await silently(() => people.event(TEAM, mention));
			}
		});
	}

	test("with a card’s words and buttons in it, decides nothing: an event is no press", async () => {
		const view = await people.opened(harriet, () => people.command(harriet, "/newhire", "Ada Lovelace"));
		await people.submit(harriet, view, { startDate: "2026-12-01", profile: "sales" });
		const asks = await until(() =>
			people.slack.of("D02MO").find(({ body }) => /plan for Ada/u.test(String(body.text))),
		);
		await people.world.poster.idle();
		await people.world.door.idle();
		const actions = [{ action_id: "verb/approve/0", value: JSON.stringify({ card: "x" }), action_ts: "1.1" }];
		for (const event of streamed({ blocks: asks.body.blocks ?? [], actions, state: { values: {} } })) {
			await silently(() => people.event(TEAM, { ...event, channel: asks.channel, channel_type: "im" }));
		}
		const [run, second] = (await people.world.desk.list(TIA, {})).items;
		assert.deepEqual([run?.phase, second], ["waiting", undefined]);
	});
});

test("nothing of all that was a mistake of ours, nor told to an operator", async () => {
	assert.deepEqual(people.world.troubles, []);
	assert.deepEqual(people.world.lines, []);
	assert.deepEqual(
		people.world.heard.filter(({ via }) => via === "slack").filter(({ what }) => what !== "linked"),
		[],
	);
	assert(people.deliveries.length > 200, `${people.deliveries.length} deliveries`);
});
