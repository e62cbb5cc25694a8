/**
 * A bot token of an installation for a whole organisation, as Slack documents what `auth.test` says of it: refused in words,
 * and nothing else is tried with it.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { drawn, MO, openSendWorld } from "./send-world.ts";

/** Source: https://docs.slack.dev/reference/methods/auth.test */
const WHOLE = {
	...{ ok: true, url: "https://org.enterprise.slack.com/", team: "Contoso Group", user: "sopwith" },
	...{ team_id: "E0ORG", enterprise_id: "E0ORG", user_id: "U00BOT", bot_id: "B01", is_enterprise_install: true },
};

test("a token of a whole organisation is refused in words, told once, and asked about nothing else", async () => {
	const asked: string[] = [];
	const server = createServer((request, response) => {
		asked.push(request.url ?? "");
		response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(WHOLE));
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as AddressInfo;
	const world = await openSendWorld(`http://127.0.0.1:${port}/api/`, { tokens: [{ token: new Secret("xoxb-whole") }] });
	await world.workspaces.look();
	assert.deepEqual(world.workspaces.all(), []);
	await assert.rejects(world.surface.put(MO, drawn("for a workspace"), false), { code: "slack-shut" });
	world.clock.pass(60_000);
	await assert.rejects(world.surface.put(MO, drawn("for a workspace"), false), { code: "slack-shut" });
	assert.deepEqual(new Set(asked), new Set(["/api/auth.test"]));
	assert.deepEqual(
		world.heard.map(({ what }) => what),
		["slack-shut"],
	);
	assert.match(world.heard[0]?.why ?? "", /a whole organisation.*Install the app in the workspace itself/u);
	await world.end();
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
});
