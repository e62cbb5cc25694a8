/**
 * Looking for somebody in Slack by their address: found and linked, not found and left alone for a while, and a Slack that
 * is slow or down. What Slack says is the test's; roster, links and store are real.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { UnavailableError } from "../../../src/base/errors.ts";
import { createLinks, type Links } from "../../../src/chat/links.ts";
import { createFind, type FindParts } from "../../../src/chat/slack/find.ts";
import type { SlackUser } from "../../../src/chat/slack/people-look.ts";
import type { Workspace } from "../../../src/chat/slack/workspaces.ts";
import { createLinkStore } from "../../../src/engine/embedded/links.ts";
import { FINN, MO, openWorld, TIA, type World } from "../world.ts";

const USER: SlackUser = {
	...{ team: "T01", user: "U02", name: "Mo", email: "mo@contoso.example" },
	...{ emailConfirmed: true, kind: "member" },
};
let world: World;
let links: Links;
let asked: string[];
let answer: () => Promise<SlackUser | undefined>;
let find: ReturnType<typeof createFind>;

beforeEach(async () => {
	world = await openWorld();
	const { store, clock, audit } = world;
	const msp = { ...world.definitions().msp, workspaces: [{ team: "T01", bot: "env:A", client: "contoso" }] };
	const definitions = () => ({ ...world.definitions(), msp });
	links = createLinks({ store: createLinkStore(store), definitions, clock, audit });
	asked = [];
	answer = async () => USER;
	const all = () => ["T01", "T00"].map((team) => ({ team, name: team, botUser: "U0", botId: "B0" }) as Workspace);
	const byEmail: FindParts["look"]["byEmail"] = (team, email) => {
		asked.push(`${team} ${email}`);
		return answer();
	};
	const wait = async () => void (await new Promise((done) => setTimeout(done, 30)));
	find = createFind({ definitions, workspaces: { all }, look: { byEmail }, links, clock, wait });
});
afterEach(() => world.end());

test("somebody is found in their client's workspace alone, and linked", async () => {
	assert.equal(await find(MO), "T01/U02");
	assert.equal(links.of(MO, "slack"), "T01/U02");
	assert.deepEqual(asked, ["T01 mo@contoso.example"]);
	answer = async () => ({ ...USER, team: "T00", user: "U05", email: "tia@contoso.example" });
	assert.equal(await find(TIA), "T00/U05");
	assert.equal(await find(FINN), undefined);
	assert.deepEqual(asked.slice(1), ["T00 tia@contoso.example"]);
});

test("a guest, an address that is not confirmed and nobody at all are not found, and not looked for again for an hour", async () => {
	for (const user of [{ ...USER, kind: "guest" }, { ...USER, emailConfirmed: false }, undefined] as const) {
		answer = async () => user;
		assert.equal(await find(MO), undefined);
		assert.equal(await find(MO), undefined);
		world.clock.pass(3_600_000);
	}
	assert.equal(asked.length, 3);
});

test("a Slack that fails is left alone for a minute, and one that is slow holds nobody up", async () => {
	answer = () => Promise.reject(new UnavailableError("slack-busy", "Busy."));
	assert.equal(await find(MO), undefined);
	answer = async () => USER;
	assert.equal(await find(MO), undefined);
	world.clock.pass(60_000);
	const late = Promise.withResolvers<SlackUser>();
	answer = () => late.promise;
	assert.equal(await find(MO), undefined);
	late.resolve(USER);
	await new Promise(setImmediate);
	assert.equal(links.of(MO, "slack"), "T01/U02");
	assert.equal(asked.length, 2);
});
