/**
 * What the surface does when Slack misbehaves, against Slack's documented answers over HTTP: busy, in trouble, losing
 * answers, shut, refusing. Time passes by the clock, so a minute is a minute.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { UnavailableError } from "../../../src/base/errors.ts";
import type { Values } from "../../../src/base/json.ts";
import { toMs } from "../../../src/base/time.ts";
import { emptyCard } from "../../../src/cards/card.ts";
import { SlackNo } from "../../../src/chat/slack/web-api.ts";
import { RefusedPost } from "../../../src/chat/surface.ts";
import { CHANNELS } from "../../fixtures/slack-people.ts";
import { insistOn } from "../insist.ts";
import type { Fault, RoughSlack } from "./rough-slack.ts";
import { DI, drawn, MO, MOS_CHAT, OPERATIONS, openRoughWorld, type RoughWorld } from "./send-world.ts";

let slack: RoughSlack;
let world: RoughWorld;
beforeEach(async () => {
	world = await openRoughWorld();
	slack = world.slack;
	await world.workspaces.look();
});
afterEach(() => world.end());

const put = (title: string, to = MO) => world.surface.put(to, drawn(title), false);
const said = (channel: string) => slack.of(channel).map(({ body }) => body.text);

const insist = (act: () => Promise<unknown>) => insistOn(act, { clock: world.clock, state: slack.state });

describe("Slack being busy", () => {
	test("and saying for how long is left alone for that long, by every message of the workspace", async () => {
		slack.faults.push({ method: "chat.postMessage", status: 429, after: "30" });
		await assert.rejects(put("first"), { code: "slack-busy" });
		await assert.rejects(put("second", DI), { code: "slack-busy" });
		assert.equal(slack.callsOf("chat.postMessage").length, 1, "the second was not even asked");
		const { tries, ms } = await insist(() => put("first"));
		assert.equal(tries, 2);
		assert(ms >= 29_000 && ms <= 31_000, `${ms} ms`);
		assert.deepEqual(said(MOS_CHAT), ["first"]);
	});

	test("for a minute, with 30 s each time, is asked three times and gets the message once", async () => {
		await put("before");
		world.clock.pass(10_000);
		slack.calls.length = 0;
		slack.state.always = { status: 429, after: "30" };
		const { tries, ms } = await insist(() => put("busy"));
		assert(tries <= 3, `${tries} tries`);
		assert(ms >= 60_000 && ms <= 63_000, `${ms} ms`);
		assert.equal(slack.callsOf("chat.postMessage").length, tries);
		assert.deepEqual(said(MOS_CHAT), ["before", "busy"]);
	});

	test("with posts holds up no edit", async () => {
		const { ref } = await put("first");
		slack.faults.push({ method: "chat.postMessage", status: 429, after: "30" });
		world.clock.pass(2000);
		await assert.rejects(put("second"), { code: "slack-busy" });
		assert.equal(await world.surface.edit(MO, ref, drawn("edited")), "edited");
		assert.deepEqual(said(MOS_CHAT), ["edited"]);
	});
});

describe("Slack in trouble", () => {
	const perhaps: readonly Fault[] = [
		{ status: 500 },
		{ status: 502 },
		{ status: 504 },
		{ error: "internal_error" },
		{ error: "fatal_error" },
		{ page: true },
		{ lost: true },
	];
	for (const fault of perhaps) {
		test(`${JSON.stringify(fault)}: a post may have arrived, and is not sent again by itself`, async () => {
			slack.faults.push({ ...fault, method: "chat.postMessage" });
			await assert.rejects(put("perhaps"), { code: "unconfirmed" });
			assert.equal(slack.callsOf("chat.postMessage").length, 1);
		});

		test(`${JSON.stringify(fault)}: an edit is made again until it stands`, async () => {
			const { ref } = await put("first");
			slack.faults.push({ ...fault, method: "chat.update" });
			const { codes } = await insist(() => world.surface.edit(MO, ref, drawn("last")));
			assert.deepEqual(codes, ["paced"]);
			assert.deepEqual(said(MOS_CHAT), ["last"]);
		});
	}

	test("saying nothing for ten seconds: a post may have arrived", async () => {
		slack.faults.push({ method: "chat.postMessage", silent: true });
		await assert.rejects(put("perhaps"), { code: "unconfirmed" });
		assert.deepEqual(said(MOS_CHAT), ["perhaps"]);
	});

	for (const fault of [{ status: 503 }, { error: "service_unavailable" }, { error: "request_timeout" }] as const) {
		test(`${JSON.stringify(fault)} ten times gets the message once, ever more slowly`, async () => {
			slack.faults.push(...Array.from({ length: 10 }, (): Fault => ({ ...fault, method: "chat.postMessage" })));
			const { ms, codes } = await insist(() => put("once"));
			assert.equal(slack.callsOf("chat.postMessage").length, 11);
			assert(codes.every((code) => code === "paced"));
			assert(ms > 120_000, `${ms} ms`);
			assert.deepEqual(said(MOS_CHAT), ["once"]);
		});
	}

	test("for ten minutes costs few calls, and no message", async () => {
		const { ref } = await put("first");
		slack.calls.length = 0;
		slack.state.always = { status: 500 };
		for (let ms = 0; ms < 600_000; ) {
			const error = await world.surface.edit(MO, ref, drawn("last")).then(
				() => assert.fail("it went through"),
				(each: unknown) => each,
			);
			assert(error instanceof UnavailableError && error.retryAfterMs !== undefined);
			ms += error.retryAfterMs;
			world.clock.pass(error.retryAfterMs);
		}
		assert(slack.calls.length <= 25, `${slack.calls.length} calls`);
		slack.state.always = undefined;
		await insist(() => world.surface.edit(MO, ref, drawn("last")));
		assert.deepEqual(said(MOS_CHAT), ["last"]);
	});
});

describe("a message", () => {
	for (const word of ["message_not_found", "cant_update_message", "edit_window_closed"]) {
		test(`that Slack says is ${word} is said to be gone`, async () => {
			const { ref } = await put("first");
			slack.faults.push({ method: "chat.update", error: word });
			assert.equal(await world.surface.edit(MO, ref, drawn("never")), "gone");
			assert.deepEqual(world.heard, [], "nobody has to mend that");
		});
	}

	for (const word of ["not_in_channel", "channel_not_found", "is_archived", "restricted_action"]) {
		test(`to a channel that Slack says is ${word} waits for what an operator is told, once`, async () => {
			slack.shut.set(CHANNELS.operations, word);
			await assert.rejects(put("shut", OPERATIONS), { code: "slack-shut" });
			world.clock.pass(15_000);
			await assert.rejects(put("shut still", OPERATIONS), { code: "slack-shut" });
			assert.equal(world.warned.length, 1);
			assert.equal(world.heard.length, 1);
			const why = world.heard[0]?.why ?? "";
			assert(why.includes(word) && why.includes(CHANNELS.operations), why);
			assert.match(why, /(client's file|administrator)/u);
			slack.shut.clear();
			await insist(() => put("open", OPERATIONS));
			assert.deepEqual(said(CHANNELS.operations), ["open"]);
			slack.shut.set(CHANNELS.operations, word);
			world.clock.pass(5000);
			await assert.rejects(put("shut a second time", OPERATIONS), { code: "slack-shut" });
			assert.equal(world.heard.length, 2, "it had gone well in between");
		});
	}

	test("to a channel that stays shut is given up after a day, with few calls", async () => {
		slack.shut.set(CHANNELS.operations, "is_archived");
		const begun = toMs(world.clock.now());
		const refused = await insist(() => put("never", OPERATIONS)).catch((error: unknown) => error);
		assert(refused instanceof RefusedPost && refused.code === "is_archived");
		const hours = (toMs(world.clock.now()) - begun) / 3_600_000;
		assert(hours >= 24 && hours < 24.2, `${hours} h`);
		assert(slack.callsOf("chat.postMessage").length < 300);
		await assert.rejects(
			insist(() => put("never", OPERATIONS)),
			RefusedPost,
		);
		assert.equal(world.heard.length, 1);
	});

	for (const word of ["msg_blocks_too_long", "invalid_blocks", "a_word_of_tomorrow"]) {
		test(`that Slack does not take as it is, ${word}, is refused for good`, async () => {
			slack.faults.push({ method: "chat.postMessage", error: word });
			await assert.rejects(put("odd"), (error) => error instanceof SlackNo && error.code === word);
			assert.equal(world.heard.length, 1);
		});
	}

	test("to a chat that is gone opens it anew, once", async () => {
		await put("before");
		world.clock.pass(5000);
		slack.faults.push({ method: "chat.postMessage", error: "channel_not_found" });
		await put("after it was gone").catch(() => insist(() => put("after it was gone")));
		assert.equal(slack.callsOf("conversations.open").length, 2);
		assert.deepEqual(said(MOS_CHAT), ["before", "after it was gone"]);
		assert.deepEqual(world.heard, [], "nobody has to mend that");
	});

	test("to an account that is not there is refused for good, and an operator is told", async () => {
		slack.faults.push({ method: "conversations.open", error: "user_disabled" });
		await assert.rejects(put("nobody"), RefusedPost);
		assert.match(world.heard[0]?.why ?? "", /U02MO of T01CONTOSO: the account is deactivated .*roster/u);
	});

	test("opens a chat once, also after a restart", async () => {
		await put("one");
		world.clock.pass(5000);
		await put("two");
		assert.equal(slack.callsOf("conversations.open").length, 1);
	});

	test("asks nothing of Slack but to be shown as it is", async () => {
		const words = "<!channel> *bold* https://evil.example <@U02MO> <https://evil.example|here>";
		const lead = [words];
		await world.surface.put(MO, drawn(words, { data: { ...emptyCard, title: words, summary: words, lead } }), false);
		const { body } = slack.of(MOS_CHAT)[0] ?? { body: {} as Values };
		assert.deepEqual(
			[body.parse, body.link_names, body.unfurl_links, body.unfurl_media],
			["none", ...Array(3).fill("false")],
		);
		const read = [...JSON.stringify(body.blocks).matchAll(/"type":"mrkdwn","text":"([^"]*)"/gu)].map(
			([, text]) => text,
		);
		assert(read.length > 0);
		for (const text of [...read, body.text]) assert.doesNotMatch(String(text), /<[!@h]|\*bold\*|https:\/\//u);
	});
});

describe("who is asked", () => {
	const asks = { client: "contoso", people: ["mo", "finn", "nobody-at-all"] };
	const mentions = (at: number) => JSON.stringify(slack.of(CHANNELS.operations)[at]?.body.blocks).match(/<@\w+>/gu);

	test("is named in a channel by mention, where their account is of that workspace", async () => {
		const { ref } = await world.surface.put(OPERATIONS, drawn("quiet", { asks }), false);
		assert.equal(mentions(0), null, "a new message with a mention would ring");
		await world.surface.edit(OPERATIONS, ref, drawn("edited", { asks }));
		assert.deepEqual(mentions(0), ["<@U02MO>"]);
		world.clock.pass(5000);
		await world.surface.put(OPERATIONS, drawn("loud", { asks }), true);
		assert.deepEqual(mentions(1), ["<@U02MO>"]);
	});

	test("and is many is not named one by one", async () => {
		const people = ["mo", "di", "harriet", "tia", "sam", "sol"];
		await world.surface.put(OPERATIONS, drawn("many", { asks: { client: "contoso", people } }), true);
		assert.equal(mentions(0), null);
	});
});

describe("where to", () => {
	test("a person is reached by TEAM/USER in a workspace we have a token for", async () => {
		const { surface } = world;
		assert.deepEqual(await surface.directTo({ id: "mo", client: "contoso" }), MO);
		assert.equal(await surface.directTo({ id: "finn", client: "fabrikam" }), undefined);
		assert.equal(await surface.directTo({ id: "grace", client: "contoso" }), undefined);
	});

	test("a channel of a workspace without a token is refused, and nothing is asked", async () => {
		slack.calls.length = 0;
		await assert.rejects(put("x", { surface: "slack", kind: "channel", ref: "T77NONE/C1" }), {
			code: "team_not_found",
		});
		assert.equal(slack.calls.length, 0);
	});
});
