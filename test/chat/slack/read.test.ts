/**
 * What payloads ask for that local Slack does not make: as their documentation shows them. Must never need a Slack.
 * Source: https://docs.slack.dev/reference/interaction-payloads and https://docs.slack.dev/reference/events
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { keyOf } from "../../../src/chat/slack/inbound.ts";
import { plainOf } from "../../../src/chat/slack/plain.ts";
import { read } from "../../../src/chat/slack/read.ts";
import type { Workspace } from "../../../src/chat/slack/workspaces.ts";
import { APP, TEAM } from "../../fixtures/slack-people.ts";

const nobodyToCall = async (): Promise<never> => {
	throw new Error("nothing is called here");
};
const workspace: Workspace = {
	team: TEAM,
	name: "Contoso",
	botUser: APP.botUser,
	botId: "B1",
	api: { call: nobodyToCall },
};
const nameOf = (user: string): string => (user.startsWith("U02MO") ? "Mo Manager" : `@${user}`);
const of = (body: Values) => read({ body, workspace }, nameOf);
const event = (inner: Values, more: Values = {}): Values => ({
	...{
		type: "event_callback",
		team_id: TEAM,
		event_id: "Ev1",
		event: { user: "U1", channel: "C1", ts: "1.2", ...inner },
	},
	...more,
});

describe("what is typed", () => {
	for (const [written, said] of [
		[`<@${APP.botUser}> newhire Ada`, "newhire Ada"],
		[`hey <@${APP.botUser}|sopwith>, runs`, "hey , runs"],
		[`<@${APP.botUser}> newhire manager=<@U02MO> Ada`, 'newhire manager="Mo Manager" Ada'],
		[`<@${APP.botUser}> newhire manager=<!subteam^S012345|@help desk>`, 'newhire manager="@help desk"'],
		[
			`<@${APP.botUser}> note 7K2Q ask <!subteam^S012345|@helpdesk> <!subteam^S012345>`,
			"note 7K2Q ask @helpdesk @S012345",
		],
		[
			`<@${APP.botUser}> newhire privateEmail=<mailto:ada@x.example|ada@x.example>`,
			"newhire privateEmail=ada@x.example",
		],
		[`<@${APP.botUser}> note 7K2Q see <https://x.example/a|x.example/a>`, "note 7K2Q see x.example/a"],
		[`<@${APP.botUser}> note 7K2Q <https://x.example/b>`, "note 7K2Q https://x.example/b"],
		[`<@${APP.botUser}> note 7K2Q a &lt;b&gt; &amp;amp; c`, "note 7K2Q a <b> &amp; c"],
		[`<@${APP.botUser}> note 7K2Q <!here> <#C9|ops>`, "note 7K2Q @here #ops"],
	] as const) {
		test(`as ${written} is read as “${said}”`, () => {
			assert.deepEqual(of(event({ type: "app_mention", text: written })).asked, { kind: "said", text: said });
		});
	}

	test("with a file, or also sent to the channel, is typed all the same", () => {
		for (const subtype of ["file_share", "thread_broadcast"]) {
			const { asked } = of(event({ type: "message", channel_type: "im", text: "runs", subtype }));
			assert.deepEqual(asked, { kind: "said", text: "runs" });
		}
	});

	test("in a group of several is ours only with a mention", () => {
		assert.equal(of(event({ type: "message", channel_type: "mpim", text: "runs" })).asked.kind, "overheard");
		const mention = { type: "message", channel_type: "mpim", text: `<@${APP.botUser}> runs` };
		assert.equal(of(event(mention)).asked.kind, "said");
	});

	test("in a thread is answered there; the mention and the message are one delivery", () => {
		const body = event({ type: "app_mention", text: "x", thread_ts: "1.0" });
		const { from } = of(body);
		assert.equal(from.thread, "1.0");
		const other = of(event({ type: "message", text: "x" }, { event_id: "Ev2" })).from;
		assert.equal(keyOf({ body, workspace }, from), keyOf({ body, workspace }, other));
	});

	test("a hundred thousand characters of it are not taken apart", () => {
		const begun = performance.now();
		assert(plainOf("<".repeat(100_000), nameOf).length <= 12_000);
		assert(plainOf("<a|".repeat(40_000), nameOf).length <= 12_000);
		assert(performance.now() - begun < 1000);
	});
});

describe("whose account it is", () => {
	test("is told by the event, for somebody of another workspace too", () => {
		assert.equal(of(event({ type: "message", team: "T9", user_team: "T9" })).from.home, "T9");
		assert.equal(of(event({ type: "message" })).from.home, TEAM);
	});

	test("is told by the person’s own team in what they press", () => {
		const body = { type: "block_actions", team: { id: TEAM }, user: { id: "U1", team_id: "T9" }, actions: [] };
		assert.equal(of(body).from.home, "T9");
	});
});

describe("a press", () => {
	const action = { action_id: "verb/approve/0", value: '{"card":"c1"}', action_ts: "5.5" };
	const press = (more: Values): Values => ({
		...{ type: "block_actions", team: { id: TEAM }, user: { id: "U1", team_id: TEAM }, actions: [action] },
		...more,
	});

	test("in words that only they see comes without the message itself", () => {
		const container = { type: "message", message_ts: "7.1", channel_id: "C1", is_ephemeral: true };
		const { from } = of(press({ container, channel: { id: "C1" }, response_url: "https://hooks.slack.com/x" }));
		assert.deepEqual(from.message, { ts: "7.1", ephemeral: true });
		assert.equal(from.direct, "no");
	});

	test("on the card that a thread hangs under is not within that thread", () => {
		const message = { ts: "7.1", thread_ts: "7.1" };
		const { from } = of(press({ container: { message_ts: "7.1", channel_id: "D1" }, channel: { id: "D1" }, message }));
		assert.equal(from.thread, undefined);
		assert.equal(from.direct, "yes");
	});

	test("is another one each time, whoever presses, and the same when it comes again", () => {
		const key = (body: Values): string => keyOf({ body, workspace }, of(body).from);
		assert.equal(key(press({})), key(press({ trigger_id: "other" })));
		assert.notEqual(key(press({})), key(press({ actions: [{ ...action, action_ts: "5.6" }] })));
		assert.notEqual(key(press({})), key(press({ user: { id: "U2", team_id: TEAM } })));
	});

	test("on a link asks nothing", () => {
		assert.deepEqual(of(press({ actions: [{ action_id: "open/0", action_ts: "1" }] })).asked, { kind: "nothing" });
	});
});

test("a payload without an id is known by the request it came with, else by what it says", () => {
	const body = { type: "shortcut", team: { id: TEAM }, user: { id: "U1" } };
	const { from } = of(body);
	assert.equal(keyOf({ body, workspace, request: "s1" }, from), `slack:${TEAM}:s1`);
	assert.match(keyOf({ body, workspace }, from), /^slack:T01CONTOSO:[0-9a-f]{64}$/);
});
