/**
 * Who knocks at `POST /slack/events`: what Slack signs goes in, all else is refused with a word for the auditor alone, and
 * nothing is ever a 500 or an act.
 */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Json, Values } from "../../../src/base/json.ts";
import { toMs } from "../../../src/base/time.ts";
import { needs } from "../../fixtures/needs.ts";
import { APP, OTHER_TEAM, PEOPLE, TEAM } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { openSlackWorld, type SlackWorld, wordsIn } from "./slack-world.ts";

const skip = needs("local Slack");
const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";
const SECOND = 1000;
let world: SlackWorld;
let number = 0;

before(async () => {
	if (skip === false) world = await openSlackWorld({ way: "http" });
});
after(async () => {
	await world?.end();
});
beforeEach(() => {
	world?.heard.splice(0);
});

type Signing = { readonly secret?: string; readonly aheadMs?: number; readonly type?: string; readonly more?: object };

function headersOf(body: string | Buffer, { secret = APP.signingSecret, aheadMs = 0, type = JSON_TYPE }: Signing = {}) {
	const at = Math.floor((toMs(world.clock.now()) + aheadMs) / SECOND);
	const hash = createHmac("sha256", secret).update(`v0:${at}:`).update(body).digest("hex");
	return { "content-type": type, "x-slack-request-timestamp": String(at), "x-slack-signature": `v0=${hash}` };
}

const knock = (body: string | Buffer, signing: Signing = {}) =>
	world.post(body, { ...headersOf(body, signing), ...signing.more });
const form = (fields: { readonly [name: string]: string }): string => new URLSearchParams(fields).toString();
const interaction = (payload: Json): string => form({ payload: JSON.stringify(payload) });

function command(more: Values = {}): { [name: string]: string } {
	number += 1;
	return {
		...{ team_id: TEAM, api_app_id: APP.id, user_id: PEOPLE.harriet.id, channel_id: world.slack.dm("harriet") },
		...{ command: "/newhire", text: `Knock${number} Test`, trigger_id: `1.${number}.x`, token: "unused" },
		...(more as { [name: string]: string }),
	};
}

function event(more: Values = {}, inner: Values = {}): Values {
	number += 1;
	const channel = world.slack.dm("harriet");
	const typed = { type: "message", channel_type: "im", text: "newhire Knock", ts: `${number}.000100`, channel };
	return {
		...{ type: "event_callback", team_id: TEAM, api_app_id: APP.id, event_id: `EvKnock${number}` },
		event: { ...typed, user: PEOPLE.harriet.id, team: TEAM, ...inner },
		authorizations: [{ team_id: TEAM, enterprise_id: null, user_id: APP.botUser, is_bot: true }],
		...more,
	};
}

function click(more: Values = {}): Values {
	number += 1;
	const channel = world.slack.dm("harriet");
	return {
		...{
			type: "block_actions",
			team: { id: TEAM, domain: "contoso" },
			api_app_id: APP.id,
			trigger_id: `2.${number}.x`,
		},
		user: { id: PEOPLE.harriet.id, team_id: TEAM },
		container: { type: "message", message_ts: "1.0001", channel_id: channel, is_ephemeral: false },
		channel: { id: channel, name: "directmessage" },
		message: { ts: "1.0001", text: "" },
		actions: [{ action_id: "verb/approve/0", value: '{"card":"no-such-card"}', action_ts: `${number}.5` }],
		...more,
	};
}

/** What the bot did: calls of the Web API since, and drafts. */
async function acts(knocking: () => Promise<unknown>): Promise<readonly string[]> {
	await world.door.idle();
	const before = world.slack.calls.length;
	await knocking();
	await world.door.idle();
	return world.slack.calls.slice(before).map(({ method }) => method);
}

describe("what Slack signs", { skip }, () => {
	test("is taken: a command, an event, a click", async () => {
		assert.deepEqual(await knock(form(command()), { type: FORM_TYPE }), { status: 200, body: "" });
		assert.deepEqual(await knock(JSON.stringify(event())), { status: 200, body: "" });
		assert.deepEqual(await knock(interaction(click()), { type: FORM_TYPE }), { status: 200, body: "" });
		assert.deepEqual(world.heard, []);
	});

	test("is taken almost five minutes early or late", async () => {
		for (const aheadMs of [-290 * SECOND, 290 * SECOND]) {
			assert.equal((await knock(JSON.stringify(event()), { aheadMs })).status, 200);
		}
	});

	test("proves the address when Slack asks for it", async () => {
		const body = JSON.stringify({ type: "url_verification", token: "unused", challenge: "3eZbrw1a" });
		assert.deepEqual(await knock(body), { status: 200, body: '{"challenge":"3eZbrw1a"}' });
	});

	test("whose certificate is looked at is answered, signed or not", async () => {
		const body = form({ ssl_check: "1", token: "unused" });
		assert.equal((await knock(body, { type: FORM_TYPE })).status, 200);
		assert.equal((await world.post(body, { "content-type": FORM_TYPE })).status, 200);
	});

	test("to say that it hands over no more for a while is told to an operator", async () => {
		const limited = { type: "app_rate_limited", token: "unused", minute_rate_limited: 1518467820 };
		const body = JSON.stringify({ ...limited, team_id: TEAM, api_app_id: APP.id });
		assert.deepEqual(await knock(body), { status: 200, body: "" });
		assert.match(
			world.heard.map(({ what, why }) => `${what} ${why}`).join(),
			/deliveries of T01CONTOSO: Slack hands over no more for a while/,
		);
	});

	test("and comes again with X-Slack-Retry-Num is acknowledged and acts once", async () => {
		const body = JSON.stringify(event({}, { text: "approvals" }));
		const first = await acts(() => knock(body));
		assert.deepEqual(first, ["chat.postMessage"]);
		const again = await acts(async () => {
			for (const [retry, aheadMs] of [
				["1", SECOND],
				["2", 60 * SECOND],
				["3", 290 * SECOND],
			] as const) {
				const more = { "x-slack-retry-num": retry, "x-slack-retry-reason": "http_timeout" };
				assert.equal((await knock(body, { aheadMs, more })).status, 200);
			}
		});
		assert.deepEqual(again, []);
	});

	test("and is captured and sent again as it is, never acts", async () => {
		const body = form(command({ command: "/approvals", text: "" }));
		const headers = headersOf(body, { type: FORM_TYPE });
		await world.post(body, headers);
		const again = await acts(async () => {
			assert.equal((await world.post(body, headers)).status, 200);
		});
		assert.deepEqual(again, []);
	});
});

/** What is refused: what stands in the way, the status, and the auditor's word. */
const REFUSED: readonly (readonly [
	name: string,
	knock: () => Promise<{ status: number }>,
	status: number,
	why: string,
])[] = [
	["no signature", () => world.post(JSON.stringify(event()), { "content-type": JSON_TYPE }), 401, "no-signature"],
	[
		"a signature without its time",
		() => {
			const body = JSON.stringify(event());
			const { "x-slack-request-timestamp": _, ...rest } = headersOf(body);
			return world.post(body, rest);
		},
		401,
		"no-signature",
	],
	["another secret", () => knock(JSON.stringify(event()), { secret: "someone-elses" }), 401, "bad-signature"],
	[
		"other bytes than were signed",
		() => world.post(JSON.stringify(event()), headersOf(JSON.stringify(event()))),
		401,
		"bad-signature",
	],
	["six minutes ago", () => knock(JSON.stringify(event()), { aheadMs: -360 * SECOND }), 401, "too-old"],
	["in six minutes", () => knock(JSON.stringify(event()), { aheadMs: 360 * SECOND }), 401, "from-the-future"],
	["in a thousand years", () => knock(JSON.stringify(event()), { aheadMs: 3e13 }), 401, "from-the-future"],
	[
		"a time that is no number",
		() => knock(JSON.stringify(event()), { more: { "x-slack-request-timestamp": "NaN" } }),
		401,
		"no-such-signature",
	],
	[
		"a time below zero",
		() => knock(JSON.stringify(event()), { more: { "x-slack-request-timestamp": "-1" } }),
		401,
		"no-such-signature",
	],
	[
		"two signatures",
		() =>
			knock(JSON.stringify(event()), {
				more: { "x-slack-signature": [`v0=${"a".repeat(64)}`, `v0=${"b".repeat(64)}`] },
			}),
		401,
		"two-signatures",
	],
	[
		"another version of signature",
		() => knock(JSON.stringify(event()), { more: { "x-slack-signature": `v1=${"a".repeat(64)}` } }),
		401,
		"no-such-signature",
	],
	[
		"a signature too short",
		() => knock(JSON.stringify(event()), { more: { "x-slack-signature": "v0=abc" } }),
		401,
		"no-such-signature",
	],
	[
		"a signature that is no hexadecimal",
		() => knock(JSON.stringify(event()), { more: { "x-slack-signature": `v0=${"z".repeat(64)}` } }),
		401,
		"no-such-signature",
	],
	["an empty body", () => knock(""), 400, "not-json"],
	["no JSON", () => knock("{"), 400, "not-json"],
	["no UTF-8", () => knock(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), 400, "not-json"],
	["a list", () => knock("[]"), 400, "no-payload"],
	["null", () => knock("null"), 400, "no-payload"],
	["a number", () => knock("7"), 400, "no-payload"],
	["JSON a hundred levels deep", () => knock("[".repeat(100) + "]".repeat(100)), 400, "bad-input"],
	["a field called __proto__", () => knock('{"__proto__":{"team_id":"T01CONTOSO"}}'), 400, "bad-input"],
	["a form whose payload is no JSON", () => knock(form({ payload: "{" }), { type: FORM_TYPE }), 400, "not-json"],
	["a form whose payload is a text", () => knock(form({ payload: '"x"' }), { type: FORM_TYPE }), 400, "no-payload"],
	["text", () => knock(JSON.stringify(event()), { type: "text/plain" }), 415, "other-content"],
	["an upload", () => knock("x", { type: "multipart/form-data; boundary=x" }), 415, "other-content"],
	["XML", () => knock("<x/>", { type: "application/xml" }), 415, "other-content"],
	["more than a megabyte", () => knock(JSON.stringify(event({}, { text: "x".repeat(2 ** 20) }))), 413, "too-large"],
	[
		"a look at the certificate that is too long",
		() => world.post(form({ ssl_check: "1", x: "x".repeat(5000) }), { "content-type": FORM_TYPE }),
		413,
		"too-large",
	],
	[
		"another workspace",
		() => knock(JSON.stringify(event({ authorizations: [{ team_id: OTHER_TEAM }] }))),
		403,
		"other-team",
	],
	[
		"another workspace’s command",
		() => knock(form(command({ team_id: OTHER_TEAM })), { type: FORM_TYPE }),
		403,
		"other-team",
	],
	[
		"another workspace’s click",
		() => knock(interaction(click({ team: { id: OTHER_TEAM } })), { type: FORM_TYPE }),
		403,
		"other-team",
	],
	[
		"another organisation",
		() => knock(JSON.stringify(event({ authorizations: [{ team_id: null, enterprise_id: "E99" }], team_id: "" }))),
		403,
		"no-team",
	],
	["no workspace", () => knock(JSON.stringify(event({ authorizations: [], team_id: "" }))), 403, "no-team"],
	["nothing in it", () => knock("{}"), 403, "no-team"],
	["another app", () => knock(JSON.stringify(event({ api_app_id: "A99OTHER" }))), 403, "other-app"],
	[
		"another app’s command",
		() => knock(form(command({ api_app_id: "A99OTHER" })), { type: FORM_TYPE }),
		403,
		"other-app",
	],
	["no app", () => knock(JSON.stringify(event({ api_app_id: null }))), 403, "no-app"],
	["an event that is null", () => knock(JSON.stringify(event({ event: null }))), 400, "not-understood"],
	["an event that is a text", () => knock(JSON.stringify(event({ event: "message" }))), 400, "not-understood"],
	[
		"no kind that Slack has",
		() => knock(JSON.stringify({ type: "nothing_of_slacks", team_id: TEAM, api_app_id: APP.id })),
		400,
		"not-understood",
	],
	[
		"a modal that is not there",
		() => knock(interaction({ type: "view_submission", team: { id: TEAM }, api_app_id: APP.id }), { type: FORM_TYPE }),
		400,
		"not-understood",
	],
	[
		"an org-wide click by nobody",
		() => knock(interaction(click({ team: null, enterprise: { id: TEAM }, user: null })), { type: FORM_TYPE }),
		403,
		"no-team",
	],
];

describe("refused, not done, and kept for the auditor:", { skip }, () => {
	for (const [name, knocking, status, why] of REFUSED) {
		test(name, async () => {
			let got = 0;
			assert.deepEqual(
				await acts(async () => {
					got = (await knocking()).status;
				}),
				[],
			);
			assert.equal(got, status);
			const refusals = world.heard.filter(({ what }) => what === "slack-refused");
			assert.deepEqual(
				refusals.map((each) => each.why?.split(" ")[0]),
				[why],
			);
		});
	}
});

/** Shapes that are ours to read, signed, and broken inside: answered, and nothing comes of them. */
const BROKEN: readonly (readonly [name: string, payload: () => Json])[] = [
	["a click on nothing", () => click({ actions: [] })],
	["a click whose action is null", () => click({ actions: [null] })],
	[
		"a click whose value is no JSON",
		() => click({ actions: [{ action_id: "verb/approve/0", value: "{", action_ts: "1" }] }),
	],
	[
		"a click whose value is a number",
		() => click({ actions: [{ action_id: "verb/approve/0", value: 7, action_ts: "1" }] }),
	],
	[
		"a click with an id we never made",
		() => click({ actions: [{ action_id: "constructor", value: "{}", action_ts: "2" }] }),
	],
	["a click without a container", () => click({ container: null, channel: null, message: null, actions: [{}] })],
	["a click whose inputs are a list", () => click({ state: { values: [] }, actions: [{ action_id: "open/0" }] })],
	[
		"a modal of somebody else’s",
		() => ({ ...sent(), view: { id: "V1", callback_id: "other", private_metadata: "{}" } }),
	],
	[
		"a modal whose metadata is no JSON",
		() => ({ ...sent(), view: { id: "V2", callback_id: "card", private_metadata: "{" } }),
	],
	[
		"a modal whose metadata is null",
		() => ({ ...sent(), view: { id: "V3", callback_id: "card", private_metadata: "null" } }),
	],
	["a modal without a state", () => ({ ...sent(), view: { id: "V4", callback_id: "card", private_metadata: null } })],
	[
		"a list we never drew",
		() => ({ ...sent(), type: "block_suggestion", block_id: "x", action_id: "value", value: "a" }),
	],
	["a list of a card that is not there", () => ({ ...sent(), type: "block_suggestion", block_id: null, value: null })],
	["a modal that was closed", () => ({ ...sent(), type: "view_closed" })],
];

function sent(): Values {
	number += 1;
	return { ...click(), type: "view_submission", trigger_id: `3.${number}.x`, actions: [], view: { id: `V${number}` } };
}

describe("signed and broken inside, answered, and nothing comes of it:", { skip }, () => {
	for (const [name, payload] of BROKEN) {
		test(name, async () => {
			assert.deepEqual(
				await acts(async () => {
					const { actions, ...rest } = payload() as Values;
					const whole =
						Array.isArray(actions) && actions.length === 0 && rest.type !== "block_actions"
							? rest
							: { ...rest, actions: actions ?? [] };
					const { status } = await knock(interaction(whole), { type: FORM_TYPE });
					assert.equal(status, 200);
				}),
				[],
			);
		});
	}
	test("an event without a message, or without anybody", async () => {
		const broken = [
			{ text: null },
			{ user: null },
			{ type: 7 },
			{ ts: null, text: "" },
			{ subtype: 7 },
			{ edited: {} },
		];
		const made = await acts(async () => {
			for (const inner of broken) {
				const { status } = await knock(JSON.stringify(event({}, { text: "", ...inner })));
				assert(status === 200 || status === 400, `${JSON.stringify(inner)}: ${status}`);
			}
		});
		assert(
			made.every((method) => method === "chat.postMessage"),
			"at most the help that an empty line gets",
		);
	});
});

test("a flood of refusals leaves the audit readable", { skip }, async () => {
	await Promise.all(Array.from({ length: 150 }, () => knock("{}", { secret: "someone-elses" })));
	assert(world.heard.filter(({ what }) => what === "slack-refused").length <= 100);
});

test("while nobody can say whose workspace it is, Slack is asked to come again", { skip }, async () => {
	const shut = await openSlackWorld({ way: "http", slack: world.slack, shut: true });
	const body = JSON.stringify(event());
	const { status } = await shut.post(body, headersOf(body));
	assert.equal(status, 503);
	assert.deepEqual(shut.troubles, []);
	world.slack.deliverTo(`http://127.0.0.1:${world.port}/slack/events`);
	await shut.end();
});

test("over HTTP a form opens, is sent and says what follows, as over the socket", { skip }, async () => {
	await world.slack.command("harriet", "/newhire", "Hedy Lamarr");
	await until(() => world.slack.views().at(-1));
	const wrong = await world.slack.submit("harriet", { profile: "sales" });
	assert.match(JSON.stringify(wrong.body), /"response_action":"errors".*field\/startDate/);
	await world.slack.submit("harriet", { startDate: "2026-12-01", profile: "sales" });
	const card = await until(() => world.slack.messages(world.slack.dm("mo")).find(({ text }) => text.includes("Hedy")));
	await world.slack.press("mo", card, "Approve");
	await until(() => {
		const [now] = world.slack.messages(card.channel).filter(({ ts }) => ts === card.ts);
		return /Approved by you in Slack/.test(wordsIn(now?.blocks));
	});
});

test("nothing of all that was a mistake of ours", { skip }, () => {
	assert.deepEqual(world.troubles, []);
	assert.deepEqual(
		world.lines.filter((line) => line.includes("not answered")),
		[],
	);
});
