/** The send side against the real local Slack: what is sent is shown as meant, and what it refuses is understood. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { blockProblems } from "../../../src/cards/blocks-limits.ts";
import { specimen } from "../../../src/cards/specimen.ts";
import { needs } from "../../fixtures/needs.ts";
import { type Slack, startSlack } from "../../fixtures/slack.ts";
import { APP, CHANNELS, PEOPLE, TEAM } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { drawn, MO, OPERATIONS, openSendWorld, type SendWorld } from "./send-world.ts";

describe("local Slack", { skip: needs("local Slack") }, () => {
	let slack: Slack;
	let world: SendWorld;
	before(async () => {
		slack = await startSlack();
		world = await openSendWorld(slack.api);
		await world.workspaces.look();
	});
	after(async () => {
		assert.deepEqual(world?.wrong, []);
		await world?.end();
		await slack?.stop();
	});

	const tsOf = (ref: string) => ref.split("/")[1];
	const seen = (channel: string, ref: string) =>
		until(() => slack.messages(channel).find(({ ts }) => ts === tsOf(ref)));

	test("says who we are there", () => {
		const [workspace] = world.workspaces.all();
		assert.deepEqual([workspace?.team, workspace?.botUser], [TEAM, APP.botUser]);
	});

	test("shows a card in a person's own chat, and its edit in the same message", async () => {
		const { ref } = await world.surface.put(MO, drawn("Approve the plan?"), true);
		assert.equal((await seen(slack.dm("mo"), ref)).text, "Approve the plan?");
		assert.equal(await world.surface.edit(MO, ref, drawn("Approved", { closed: true })), "edited");
		const message = await until(() => slack.messages(slack.dm("mo")).find(({ text }) => text === "Approved"));
		assert.equal(message.ts, tsOf(ref));
		assert.deepEqual(blockProblems(message), []);
	});

	test("takes a card with everything in it", async () => {
		world.clock.pass(5000);
		const { ref } = await world.surface.put(MO, drawn("all", { card: "question", data: specimen }), true);
		const message = await seen(slack.dm("mo"), ref);
		assert.deepEqual(blockProblems(message), []);
		assert((message.blocks?.length ?? 0) > 5);
	});

	test("names who is asked in a channel, and shows what was read back in its thread", async () => {
		const asks = { client: "contoso", people: ["mo"] };
		const { ref } = await world.surface.put(OPERATIONS, drawn("Ada Lovelace", { asks }), true);
		assert.match(JSON.stringify((await seen(CHANNELS.operations, ref)).blocks), /<@U02MO>/u);
		const detail = [{ title: "Make the account", lines: ["Ada is there: CN=Ada"] }];
		await world.surface.edit(OPERATIONS, ref, drawn("Ada Lovelace", { asks, detail }));
		await world.threads.idle();
		const reply = await until(() =>
			slack.messages(CHANNELS.operations).find(({ thread_ts }) => thread_ts === tsOf(ref)),
		);
		assert.match(JSON.stringify(reply.blocks), /Ada is there: CN=Ada/u);
	});

	test("says that a message is gone, and that a channel is not there", async () => {
		assert.equal(await world.surface.edit(OPERATIONS, `${CHANNELS.operations}/1.000001`, drawn("never")), "gone");
		const nowhere = { ...OPERATIONS, ref: `${TEAM}/C99NOWHERE` };
		await assert.rejects(world.surface.put(nowhere, drawn("x"), false), { code: "slack-shut" });
	});

	test("does what it was told though the answer is lost, and we say that we do not know", async () => {
		world.clock.pass(60_000);
		slack.line.trouble({ method: "chat.postMessage", done: true, answer: "cut" });
		await assert.rejects(world.surface.put(MO, drawn("lost"), true), { code: "unconfirmed" });
		await until(() => slack.messages(slack.dm("mo")).find(({ text }) => text === "lost"));
		world.clock.pass(60_000);
		slack.line.trouble({
			method: "chat.update",
			answer: { status: 429, headers: { "retry-after": "30" }, body: { ok: false, error: "ratelimited" } as Values },
		});
		await assert.rejects(world.surface.edit(MO, `${slack.dm("mo")}/1.000001`, drawn("x")), { code: "slack-busy" });
	});

	test("tells people apart", async () => {
		const kinds = await Promise.all(
			(["mo", "guest", "visitor", "stranger"] as const).map(
				async (who) => (await world.look.find(TEAM, PEOPLE[who].id))?.kind,
			),
		);
		assert.deepEqual(kinds, ["member", "guest", "guest", "stranger"]);
		assert.equal((await world.look.byEmail(TEAM, "mo@contoso.example"))?.user, PEOPLE.mo.id);
		assert.equal(await world.look.find(TEAM, "U99NOBODY"), undefined);
	});
});
