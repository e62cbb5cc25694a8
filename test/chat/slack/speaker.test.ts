/**
 * Who speaks in Slack: the roster's own listing, what is linked, and confirmed addresses, each only as far as the workspace
 * may vouch for it. What Slack says of an account is the test's; roster, links and store are real.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createLinks, type Links } from "../../../src/chat/links.ts";
import { slackIdOf, speakerOf } from "../../../src/chat/slack/people.ts";
import type { SlackUser } from "../../../src/chat/slack/people-look.ts";
import { createLinkStore } from "../../../src/engine/embedded/links.ts";
import type { Definitions } from "../../../src/sop/definitions.ts";
import { DI, MO, openWorld, TIA, type World } from "../world.ts";

const MEMBER: SlackUser = {
	...{ team: "T01", user: "U02", name: "Mo", email: "mo@contoso.example" },
	...{ emailConfirmed: true, kind: "member" },
};
let world: World;
let links: Links;
let house: Definitions;

beforeEach(async () => {
	world = await openWorld();
	const { store, clock, audit } = world;
	const workspaces = [{ team: "T01", bot: "env:A", client: "contoso" }];
	house = { ...world.definitions(), msp: { ...world.definitions().msp, workspaces } };
	links = createLinks({ store: createLinkStore(store), definitions: () => house, clock, audit });
});
afterEach(() => world.end());

async function speaker(account: SlackUser | undefined, from: { readonly home?: string; readonly team?: string } = {}) {
	const { home = "T01", team = "T01" } = from;
	const workspace = { team, name: "x", botUser: "U0", botId: "B0" } as Parameters<typeof speakerOf>[1];
	const whence = { home, user: "U02" } as Parameters<typeof speakerOf>[2];
	const parts = { definitions: () => house, look: { find: async () => account }, links };
	return speakerOf(parts, workspace, whence);
}

describe("somebody in Slack", () => {
	test("is known by the confirmed address in their client's workspace, and reached there from then on", async () => {
		assert.deepEqual(await speaker(MEMBER), { identity: "T01/U02", ours: MO, outsider: false });
		assert.equal(slackIdOf({ definitions: () => house, links }, MO), "T01/U02");
		assert.equal((await speaker({ ...MEMBER, emailConfirmed: false })).ours, undefined);
		assert.equal(slackIdOf({ definitions: () => house, links }, MO), undefined);
	});

	test("of the MSP is known by address in the MSP's own workspace and not in a client's", async () => {
		const tia = { ...MEMBER, email: "tia@contoso.example" };
		assert.equal((await speaker(tia)).ours, undefined);
		assert.deepEqual((await speaker({ ...tia, team: "T00" }, { home: "T00", team: "T00" })).ours, TIA);
		assert.equal((await speaker({ ...MEMBER, team: "T00" }, { home: "T00", team: "T00" })).ours, undefined);
	});

	test("of another workspace, by Slack Connect, is nobody’s member here, whatever an account of ours with their id is", async () => {
		const speaks = await speaker(MEMBER, { home: "T02" });
		assert.deepEqual(speaks, { identity: "T02/U02", ours: undefined, outsider: true });
	});

	test("is known by no address in a workspace that msp.yaml gives to nobody", async () => {
		house = { ...house, msp: { ...house.msp, workspaces: [{ team: "T03", bot: "env:C" }] } };
		const there = { home: "T03", team: "T03" };
		assert.equal((await speaker({ ...MEMBER, team: "T03", email: "tia@contoso.example" }, there)).ours, undefined);
		assert.equal((await speaker({ ...MEMBER, team: "T03" }, there)).ours, undefined);
	});

	test("who is a guest, a bot, closed or of another workspace is nobody, linked or not", async () => {
		links.link("slack", "T01/U02", MO);
		for (const kind of ["guest", "stranger", "bot"] as const) {
			assert.deepEqual(await speaker({ ...MEMBER, kind }), { identity: "T01/U02", ours: undefined, outsider: true });
		}
		assert.equal((await speaker(undefined)).ours, undefined);
		assert.deepEqual((await speaker(MEMBER)).ours, MO);
		assert.equal((await speaker(MEMBER, { home: "T77" })).outsider, true);
		assert.equal((await speaker({ ...MEMBER, kind: "deactivated" })).ours, undefined);
		assert.equal(links.find("slack", "T01/U02"), undefined);
	});

	test("is whom the roster lists by that very account, whatever is linked", async () => {
		links.link("slack", "T01/U02", MO);
		const { contoso } = house.clients;
		assert(contoso !== undefined);
		const people = contoso.roster.people.map((each) => (each.id === "di" ? { ...each, slack: "T01/U02" } : each));
		house = { ...house, clients: { ...house.clients, contoso: { ...contoso, roster: { ...contoso.roster, people } } } };
		assert.deepEqual((await speaker({ ...MEMBER, kind: "guest" })).ours, DI);
	});
});
