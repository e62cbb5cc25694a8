/**
 * Which workspace a payload is for, among several and for whole organisations. Must never let one in by another's name.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import { judge } from "../../../src/chat/slack/guard.ts";
import { APP, TEAM } from "../../fixtures/slack-people.ts";
import { OTHER, openRoughSlack, type RoughSlack } from "./rough-slack.ts";
import { openSendWorld, type SendWorld } from "./send-world.ts";

let slack: RoughSlack;
let world: SendWorld;

before(async () => {
	slack = await openRoughSlack();
	const tokens = [
		{ token: new Secret(APP.bot) },
		{ token: new Secret(OTHER.token), team: OTHER.team, client: "fabrikam" },
	];
	world = await openSendWorld(slack.base, { tokens });
	await world.workspaces.look();
});
after(async () => {
	await world.end();
	await slack.close();
});

async function told(body: Values): Promise<string> {
	const judged = await judge(world.workspaces, { api_app_id: APP.id, ...body });
	return judged.kind === "admitted" ? judged.workspace.team : `${judged.status} ${judged.why}`;
}

test("a payload is for the workspace the app is installed in, not where the person is at home", async () => {
	assert.equal(await told({ team_id: TEAM, authorizations: [{ team_id: OTHER.team }] }), OTHER.team);
	assert.equal(await told({ team: { id: OTHER.team }, user: { id: "U1", team_id: TEAM } }), OTHER.team);
	assert.equal(await told({ team: { id: TEAM }, view: { app_installed_team_id: OTHER.team } }), OTHER.team);
	assert.equal(await told({ command: "/newhire", team_id: OTHER.team, user_id: "U1" }), OTHER.team);
});

test("each workspace is spoken to with its own token", async () => {
	const judged = await judge(world.workspaces, { api_app_id: APP.id, team_id: OTHER.team });
	assert(judged.kind === "admitted");
	await judged.workspace.api.call("chat.postMessage", { channel: "C1", text: "x" });
	assert.equal(slack.calls.findLast(({ method }) => method === "chat.postMessage")?.token, OTHER.token);
});

test("an organisation is no workspace: a payload is for the one it names, whatever organisation it is of", async () => {
	const installed = { team_id: null, enterprise_id: "E1", is_enterprise_install: true };
	assert.equal(await told({ team_id: TEAM, authorizations: [installed] }), TEAM);
	assert.equal(
		await told({ team: null, enterprise: { id: "E1" }, user: { id: "U1", team_id: "T9" } }),
		"403 other-team",
	);
	assert.equal(
		await told({ team: null, enterprise: { id: OTHER.team }, user: { id: "U1", team_id: "T9" } }),
		"403 other-team",
	);
	assert.equal(await told({ team: null, enterprise: { id: OTHER.team } }), "403 no-team");
});

test("a workspace we have no token for is refused, whatever else is ours", async () => {
	assert.equal(await told({ team_id: "T9", authorizations: [{ team_id: "T9" }] }), "403 other-team");
	assert.equal(await told({ team: { id: "T9" }, user: { id: "U1", team_id: TEAM } }), "403 other-team");
});

test("only a shortcut may leave out its app", async () => {
	for (const type of ["shortcut", "message_action"]) {
		assert.equal(await told({ api_app_id: null, type, team: { id: TEAM } }), TEAM);
	}
	assert.equal(await told({ api_app_id: null, type: "block_actions", team: { id: TEAM } }), "403 no-app");
});
