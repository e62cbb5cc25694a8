/** Where what is for a channel goes: to each real chat the client has that channel in, and nowhere twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { placesOf } from "../../src/chat/audience.ts";
import type { Surface } from "../../src/chat/surface.ts";
import type { ChannelName, Roster } from "../../src/people/roster.ts";
import { freeStep, sopFor, tell } from "../engine/stage.ts";

const surface = (name: Surface["name"]): Surface => ({
	name,
	directTo: async () => undefined,
	put: async () => assert.fail("nothing is sent"),
	edit: async () => assert.fail("nothing is sent"),
});
const told = tell(sopFor([freeStep("a")]));

async function places(channel: ChannelName, channels: Roster["channels"]): Promise<readonly string[]> {
	const roster: Roster = { client: "sim", people: [], roles: {}, channels, standing: [] };
	const parts = { surfaces: (["web", "teams", "slack"] as const).map(surface), rosterOf: () => roster };
	const message = { to: { kind: "channel", channel }, card: "notice" } as const;
	return (await placesOf(parts, message, { run: told.run(), sop: told.sop })).map(
		({ to }) => `${to.surface} ${to.ref}`,
	);
}

test("what is to be approved goes to the channel for approvals in each chat, and nowhere without one", async () => {
	const approvals = { teams: "19:a", slack: "T01/C01" };
	assert.deepEqual(await places("approvals", { approvals }), ["teams 19:a", "slack T01/C01"]);
	assert.deepEqual(await places("approvals", { operations: approvals }), []);
	assert.deepEqual(await places("operations", { approvals }), []);
});

test("where both are one channel, the line about the run stands there alone", async () => {
	const both = { approvals: { teams: "19:a", slack: "T01/C01" }, operations: { teams: "19:a", slack: "T01/C02" } };
	assert.deepEqual(await places("approvals", both), ["slack T01/C01"]);
	assert.deepEqual(await places("operations", both), ["teams 19:a", "slack T01/C02"]);
});
