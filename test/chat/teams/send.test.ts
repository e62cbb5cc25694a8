/**
 * What the surface does when Teams misbehaves, against a connector over TLS: busy, in trouble, losing answers, moved away,
 * shut. Time passes by the clock, so a minute is a minute.
 */
import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { after, before, beforeEach, describe, test } from "node:test";
import { emptyCard } from "../../../src/cards/card.ts";
import { type Address, type Drawn, RefusedPost } from "../../../src/chat/surface.ts";
import { loopbackHosts, teamsHosts } from "../../../src/chat/teams/hosts.ts";
import { createReferences } from "../../../src/chat/teams/references.ts";
import { send, WireError } from "../../../src/chat/teams/wire.ts";
import { createMemory } from "../../../src/engine/embedded/memory.ts";
import { until } from "../../fixtures/until.ts";
import { insistOn } from "../insist.ts";
import { TEAMS_IDS } from "../world.ts";
import { type Fault, TENANT } from "./microsoft.ts";
import { among, cardIn, openTeamsWorld, type TeamsWorld } from "./teams-world.ts";

let world: TeamsWorld;
before(async () => {
	world = await openTeamsWorld();
	await world.say("mo", "help");
	await until(() => world.microsoft.of("chat-mo")[0]);
});
after(() => world.end());
beforeEach(() => {
	world.microsoft.state.always = undefined;
	world.microsoft.taken.length = 0;
	world.clock.pass(3_600_000);
});

const MO: Address = { surface: "teams", kind: "direct", ref: `${TENANT}/${TEAMS_IDS.mo}` };
const drawn = (title: string): Drawn => ({ card: "notice", data: { ...emptyCard, title, summary: title }, id: "c1" });
const put = (title: string, to = MO) => world.teams.surface.put(to, drawn(title), false);

const insist = (act: () => Promise<unknown>, mendsMs?: number) => {
	const { clock, microsoft } = world;
	return insistOn(act, { clock, state: microsoft.state, ...(mendsMs === undefined ? {} : { mendsMs }) });
};

describe("Teams being busy", () => {
	test("for a minute is asked a few times, ever more slowly, and gets the message once", async () => {
		world.microsoft.state.always = { status: 429 };
		const { tries, codes } = await insist(() => put("busy"));
		assert(tries >= 4 && tries <= 12, `${tries} tries`);
		assert(codes.every((code) => code === "teams-busy"));
		assert.equal(world.microsoft.of("chat-mo").filter(({ body }) => body.summary === "busy").length, 1);
	});

	test("and saying for how long is left alone for that long", async () => {
		world.microsoft.faults.push({ status: 429, after: "30" });
		const { tries, ms } = await insist(() => put("told to wait"));
		assert.equal(tries, 2);
		assert(ms >= 30_000 && ms <= 31_000, `${ms} ms`);
	});

	test("for one conversation holds up no other", async () => {
		world.microsoft.faults.push({ status: 429, after: "30" });
		await assert.rejects(put("first"), { code: "teams-busy" });
		await assert.rejects(put("second"), { code: "teams-busy" });
		assert.equal(world.microsoft.taken.length, 1, "the second was not even asked");
		await world.teams.surface.put({ ...MO, ref: `${TENANT}/${TEAMS_IDS.di}` }, drawn("other"), false);
	});
});

describe("Teams in trouble", () => {
	for (const status of [412, 503]) {
		test(`answering ${status} ten times gets the message once`, async () => {
			world.microsoft.faults.push(...Array.from({ length: 10 }, (): Fault => ({ status })));
			const { tries } = await insist(() => put(`after ${status}`));
			assert.equal(tries, 11);
			assert.equal(world.microsoft.of("chat-mo").filter(({ body }) => body.summary === `after ${status}`).length, 1);
		});
	}

	test("for ten minutes is asked ever more slowly, and the last state of a card stands in the end", async () => {
		const { ref } = await put("before the trouble");
		world.microsoft.taken.length = 0;
		world.microsoft.state.always = { status: 503 };
		const { tries, ms } = await insist(() => world.teams.surface.edit(MO, ref, drawn("after it")), 600_000);
		assert(ms >= 600_000 && ms < 700_000, `${ms} ms`);
		assert(tries >= 10 && tries <= 40, `${tries} tries`);
		assert.equal(world.microsoft.messages.find(({ id }) => id === ref)?.body.summary, "after it");
	});

	for (const fault of [{ status: 500 }, { status: 502 }, { status: 504 }, { lost: true }, { silent: true }] as const) {
		test(`${JSON.stringify(fault)}: a post may have arrived, and is not sent again by itself`, async () => {
			world.microsoft.faults.push(fault);
			await assert.rejects(put("perhaps"), { code: "unconfirmed" });
			assert.equal(world.microsoft.taken.length, 1);
		});

		test(`${JSON.stringify(fault)}: an edit is made again until it stands`, async () => {
			const { ref } = await put("first");
			world.microsoft.faults.push(fault);
			const { codes } = await insist(() => world.teams.surface.edit(MO, ref, drawn("last")));
			assert.deepEqual(codes, ["teams-busy"]);
			assert.equal(world.microsoft.messages.find(({ id }) => id === ref)?.body.summary, "last");
		});
	}
});

describe("a message", () => {
	test("that is gone is said to be gone", async () => {
		assert.equal(await world.teams.surface.edit(MO, "m999", drawn("never")), "gone");
	});

	test("to a chat that is gone opens it anew, once", async () => {
		await put("before");
		world.microsoft.faults.push({ status: 404 });
		await put("after it was gone");
		const opened = world.microsoft.taken.filter(({ path }) => path.endsWith("/v3/conversations"));
		assert.deepEqual(
			opened.map(({ body }) => body.members),
			[[{ id: "29:mo" }]],
		);
		assert.equal(world.microsoft.of("direct-29:mo").at(-1)?.body.summary, "after it was gone");
		const before = world.microsoft.of("chat-mo").length;
		await world.say("mo", "help");
		await until(() => world.microsoft.of("chat-mo").length > before);
	});

	test("that may not be put there is refused for good, and an operator is told what to do", async () => {
		world.microsoft.faults.push({ status: 403 });
		await assert.rejects(put("shut"), RefusedPost);
		const line = await until(() => world.lines.find((each) => each.includes("cannot speak in a conversation")));
		assert.match(line, /Add Sopwith to it again in Teams/u);
		assert.equal(world.heard.at(-1)?.what, "bot-removed");
	});

	test("of more than Teams takes is refused for good", async () => {
		world.microsoft.faults.push({ status: 413 });
		await assert.rejects(put("too large"), { code: "teams-too-large" });
	});

	test("with 30 kB of words fits", async () => {
		const lead = Array.from({ length: 200 }, (_, at) => `${at} ${"ä".repeat(75)}`);
		const lines = lead.map((text) => ({ sign: "+", tone: "good" as const, text }));
		const long = { ...drawn("long"), data: { ...emptyCard, title: "long", summary: "long", lines } };
		const { ref } = await world.teams.surface.put(MO, long, false);
		const message = world.microsoft.messages.find(({ id }) => id === ref);
		assert(Buffer.byteLength(JSON.stringify(message?.body)) < 29_000);
		assert.match(JSON.stringify(cardIn(message)), /more: open the run/u);
	});
});

describe("where to", () => {
	test("a token that was refused is dropped, and the next one is used", async () => {
		await put("old token");
		const before = world.microsoft.asked.tokens;
		world.microsoft.state.token += 1;
		const { tries } = await insist(() => put("new token"));
		assert.equal(tries, 2);
		assert.equal(world.microsoft.asked.tokens, before + 1);
	});

	test("the newest service URL of the tenant counts, whatever the conversation began with", async () => {
		const before = world.microsoft.serviceUrl;
		world.microsoft.serviceUrl = before.replace("emea", "amer");
		await world.say("di", "help");
		await put("moved");
		const { path } = world.microsoft.taken.findLast(({ body }) => body.summary === "moved") ?? { path: "" };
		assert.match(path, /^\/amer\/v3\/conversations\/chat-mo\//u);
		world.microsoft.serviceUrl = before;
		await world.say("di", "help");
	});

	test("a channel is spoken to by the id the client's file gives it", async () => {
		await world.say("mo", "help", among("channel", "19:ops@thread.tacv2;messageid=4"));
		await put("in the channel", { surface: "teams", kind: "channel", ref: "19:ops@thread.tacv2" });
		assert.equal(world.microsoft.of("19:ops@thread.tacv2").length, 1);
	});

	test("a person nobody lists, or of a tenant that never spoke, is not reached", async () => {
		const { surface } = world.teams;
		assert.equal(await surface.directTo({ id: "sam" }), undefined);
		assert.equal(await surface.directTo({ id: "finn", client: "fabrikam" }), undefined);
		const tia = { surface: "teams", kind: "direct", ref: `${TENANT}/${TEAMS_IDS.tia}` };
		assert.deepEqual(await surface.directTo({ id: "tia" }), tia, "the MSP's own are in the bot's tenant");
		assert.deepEqual(await surface.directTo({ id: "mo", client: "contoso" }), MO);
	});

	test("what was learnt is known after a restart", () => {
		const again = createReferences(createMemory(world.store, "teams"));
		assert.equal(again.direct(TENANT, TEAMS_IDS.mo)?.conversation, "chat-mo");
		assert.equal(again.serviceUrl(TENANT), world.microsoft.serviceUrl);
	});
});

describe("the wire", () => {
	const call = (url: string) => ({ url, method: "POST", headers: {}, body: "{}" });

	test("goes to no host that is not listed", async () => {
		const error = await send(call(`${world.microsoft.serviceUrl}v3`), teamsHosts("global")).catch(
			(each: unknown) => each,
		);
		assert(error instanceof WireError && error.status === 0 && !error.sent);
		assert.equal(world.microsoft.taken.length, 0);
	});

	test("knows that nothing left where nobody listens", async () => {
		const server = createServer();
		await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
		const { port } = server.address() as AddressInfo;
		await new Promise((done) => server.close(done));
		const error = await send(call(`http://127.0.0.1:${port}/`), loopbackHosts()).catch((each: unknown) => each);
		assert(error instanceof WireError && !error.sent);
	});
});
