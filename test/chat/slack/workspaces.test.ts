/**
 * Tokens, workspaces, accounts and the wire, against Slack's documented answers over HTTP: what is bad in one place must
 * stop nothing elsewhere, and nothing goes where it should not.
 */
import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, test } from "node:test";
import { InputError, UnavailableError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { createSlackApi } from "../../../src/chat/slack/web-api.ts";
import { APP, PEOPLE, TEAM } from "../../fixtures/slack-people.ts";
import { OTHER, openRoughSlack, type RoughSlack } from "./rough-slack.ts";
import { DI, drawn, MO, MOS_CHAT, openRoughWorld, openSendWorld, type RoughWorld } from "./send-world.ts";

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

describe("a token", () => {
	for (const word of ["invalid_auth", "token_revoked", "account_inactive"]) {
		test(`that is ${word} is tried now and then, told once, and what waits is sent when it works again`, async () => {
			slack.state.always = { error: word };
			await assert.rejects(put("waits"), { code: "slack-shut" });
			await assert.rejects(put("waits too", DI), { code: "slack-shut" });
			assert.equal(slack.calls.filter(({ method }) => method !== "auth.test" && method !== "bots.info").length, 1);
			for (let ms = 0; ms < 600_000; ms += 10_000) {
				world.clock.pass(10_000);
				await assert.rejects(put("waits"), { code: "slack-shut" });
			}
			assert(slack.calls.length < 12, `${slack.calls.length} calls in ten minutes`);
			assert.deepEqual(
				world.heard.map(({ what, via }) => `${via} ${what}`),
				["slack slack-shut"],
			);
			assert.match(world.heard[0]?.why ?? "", /T01CONTOSO: .*install it again/u);
			slack.state.always = undefined;
			world.clock.pass(300_000);
			await put("waits");
			assert.deepEqual(said(MOS_CHAT), ["waits"]);
		});
	}

	test("without a scope stops that call and no other", async () => {
		const { ref } = await put("first");
		slack.faults.push({ method: "users.info", error: "missing_scope" });
		await assert.rejects(world.look.find(TEAM, PEOPLE.mo.id), { code: "slack-shut" });
		await assert.rejects(world.look.find(TEAM, PEOPLE.mo.id), { code: "slack-shut" });
		assert.equal(slack.callsOf("users.info").length, 1);
		assert.equal(await world.surface.edit(MO, ref, drawn("edited")), "edited");
		assert.match(world.heard[0]?.why ?? "", /users\.info of T01CONTOSO: .*manifest\/slack\.json/u);
	});
});

describe("workspaces", () => {
	const both = [{ token: new Secret("xoxb-nobodys"), team: OTHER.team }, { token: new Secret(APP.bot) }];

	test("one whose token is bad stops neither the other nor the start, and comes back by itself", async () => {
		const two = await openSendWorld(slack.base, { tokens: both });
		await two.workspaces.look();
		assert.deepEqual(
			two.workspaces.all().map(({ team, app, botUser }) => [team, app, botUser]),
			[[TEAM, APP.id, APP.botUser]],
		);
		assert.match(two.heard[0]?.why ?? "", /^T02FABRIKAM: the bot token is not accepted/u);
		assert.deepEqual((await two.surface.directTo({ id: "finn", client: "fabrikam" }))?.ref, "T02FABRIKAM/U90FINN");
		await assert.rejects(two.surface.put({ ...MO, ref: "T02FABRIKAM/U90FINN" }, drawn("later"), false), {
			code: "slack-shut",
		});
		slack.teams.set("xoxb-nobodys", OTHER.team);
		slack.users.set("U90FINN", { id: "U90FINN", team_id: OTHER.team });
		two.clock.pass(60_000);
		await two.surface.put({ ...MO, ref: "T02FABRIKAM/U90FINN" }, drawn("now"), false);
		assert.equal(slack.callsOf("chat.postMessage").at(-1)?.token, "xoxb-nobodys");
		await two.end();
	});

	test("a token that cannot be read is told once, and another one in its place is taken up", async () => {
		const tokens: { token: () => Promise<Secret>; team: string }[] = [];
		const read = { now: (): Secret => assert.fail("nobody set it") };
		tokens.push({ team: TEAM, token: async () => read.now() });
		const one = await openSendWorld(slack.base, { tokens });
		read.now = () => {
			throw new InputError([], "no-such-secret");
		};
		await assert.rejects(one.surface.put(MO, drawn("waits"), false), { code: "slack-shut" });
		one.clock.pass(60_000);
		await assert.rejects(one.surface.put(MO, drawn("waits"), false), { code: "slack-shut" });
		assert.equal(one.heard.length, 1);
		read.now = () => new Secret(APP.bot);
		one.clock.pass(60_000);
		await one.surface.put(MO, drawn("first"), false);
		slack.teams.delete(APP.bot);
		one.clock.pass(5000);
		await assert.rejects(one.surface.put(MO, drawn("second"), false), { code: "slack-shut" });
		read.now = () => new Secret(OTHER.token);
		one.clock.pass(60_000);
		await assert.rejects(one.surface.put(MO, drawn("second"), false), { code: "slack-shut" });
		slack.teams.set("xoxb-new", TEAM);
		read.now = () => new Secret("xoxb-new");
		one.clock.pass(60_000);
		await one.surface.put(MO, drawn("second"), false);
		assert.deepEqual(said(MOS_CHAT), ["first", "second"]);
		await one.end();
	});

	for (const method of ["users.info", "chat.postEphemeral", "views.publish", "views.open", "users.lookupByEmail"]) {
		test(`leave Slack alone with ${method} for as long as it asks, and with nothing else`, async () => {
			const { api } = await world.workspaces.open(TEAM);
			const body = { user: PEOPLE.mo.id, email: "mo@contoso.example" };
			slack.faults.push({ method, status: 429, after: "60" });
			const busyFor = async (mostMs: number): Promise<void> => {
				const { code, retryAfterMs = 0 } = await api.call(method, body).catch((error) => error);
				assert.equal(code, "slack-busy");
				assert(retryAfterMs <= mostMs && retryAfterMs > mostMs - 20_000, `${retryAfterMs} ms, ${mostMs} at most`);
			};
			await busyFor(60_000);
			world.clock.pass(20_000);
			await busyFor(40_000);
			await put("others go");
			assert.equal(slack.callsOf(method).length, 1);
			world.clock.pass(40_000);
			await api.call(method, body).catch(() => undefined);
			assert.equal(slack.callsOf(method).length, 2);
		});
	}

	test("one that asks for time at its first call is asked again after it", async () => {
		slack.faults.push({ method: "auth.test", status: 429, after: "60" });
		const one = await openSendWorld(slack.base);
		const before = slack.callsOf("auth.test").length;
		for (let second = 0; second < 60; second += 10) {
			await one.workspaces.look();
			one.clock.pass(10_000);
		}
		assert.equal(slack.callsOf("auth.test").length, before + 1);
		await one.workspaces.look();
		assert.equal(one.workspaces.all().length, 1);
		await one.end();
	});

	test("a token that is of another workspace than the file says is not used", async () => {
		const wrong = [{ token: new Secret(APP.bot), team: OTHER.team }];
		const other = await openSendWorld(slack.base, { tokens: wrong });
		await other.workspaces.look();
		assert.deepEqual(other.workspaces.all(), []);
		assert.match(other.heard[0]?.why ?? "", /belongs to another workspace/u);
		await other.end();
	});
});

describe("people", () => {
	test("are told apart: member, guest, stranger, bot, gone", async () => {
		const kinds = await Promise.all(
			(["mo", "guest", "visitor", "stranger"] as const).map(
				async (who) => (await world.look.find(TEAM, PEOPLE[who].id))?.kind,
			),
		);
		assert.deepEqual(kinds, ["member", "guest", "guest", "stranger"]);
		slack.users.set("U91GONE", { id: "U91GONE", team_id: TEAM, deleted: true });
		slack.users.set("U92BOT", { id: "U92BOT", team_id: TEAM, is_bot: true });
		assert.equal((await world.look.find(TEAM, "U91GONE"))?.kind, "deactivated");
		assert.equal((await world.look.find(TEAM, "U92BOT"))?.kind, "bot");
		assert.equal(await world.look.find(TEAM, "U93NONE"), undefined);
	});

	test("are looked at again after five minutes, or at once when they changed", async () => {
		const { id } = PEOPLE.mo;
		await world.look.find(TEAM, id);
		await world.look.find(TEAM, id);
		assert.equal(slack.callsOf("users.info").length, 1);
		slack.users.set(id, { id, team_id: TEAM, deleted: true });
		world.look.forget(TEAM, id);
		assert.equal((await world.look.find(TEAM, id))?.kind, "deactivated");
		world.clock.pass(300_001);
		await world.look.find(TEAM, id);
		assert.equal(slack.callsOf("users.info").length, 3);
	});

	test("who cannot be looked at now are nobody's members", async () => {
		slack.faults.push({ method: "users.info", status: 500 });
		await assert.rejects(world.look.find(TEAM, PEOPLE.mo.id), UnavailableError);
	});

	test("are found by their address, with whether Slack has confirmed it", async () => {
		const found = await world.look.byEmail(TEAM, "mo@contoso.example");
		assert.deepEqual([found?.user, found?.emailConfirmed], [PEOPLE.mo.id, true]);
		assert.equal(await world.look.byEmail(TEAM, "nobody@contoso.example"), undefined);
	});
});

describe("the wire", () => {
	const call = (base: string, method = "chat.postMessage") =>
		createSlackApi({ token: new Secret(APP.bot), base }).call(method, {});

	test("follows nobody elsewhere with the token", async () => {
		const elsewhere = await openRoughSlack();
		slack.faults.push({ moved: `${elsewhere.base}chat.postMessage` });
		await assert.rejects(call(slack.base), { code: "slack-busy" });
		assert.equal(elsewhere.calls.length, 0);
		await assert.rejects(call(slack.base, `${elsewhere.base}chat.postMessage`));
		assert.equal(elsewhere.calls.length, 0, "a method is never an address");
		await elsewhere.close();
	});

	test("knows that nothing left where nobody listens", async () => {
		const server = createServer();
		await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
		const { port } = server.address() as AddressInfo;
		await new Promise((done) => server.close(done));
		await assert.rejects(call(`http://127.0.0.1:${port}/api/`), { code: "slack-busy" });
	});

	test("sends no message that Slack could not read", async () => {
		const api = createSlackApi({ token: new Secret(APP.bot), base: slack.base });
		slack.calls.length = 0;
		await assert.rejects(api.call("chat.postMessage", { text: "x".repeat(300_000) }), { code: "msg_too_long" });
		assert.equal(slack.calls.length, 0);
	});
});
