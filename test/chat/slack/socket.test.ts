/**
 * The socket over time: Slack that is away at the start or for a while, tokens it does not take, and stopping meanwhile. Must
 * never need a bot.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { pause } from "../../../src/app-pause.ts";
import type { Values } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import { openBolt } from "../../../src/chat/slack/bolt.ts";
import { needs } from "../../fixtures/needs.ts";
import { startSlack } from "../../fixtures/slack.ts";
import { APP } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";

const skip = needs("local Slack");

/** A socket that hears nobody. `waits`: how long it would have waited each time, which it does not. */
async function opened(base: string) {
	const stopping = new AbortController();
	const warned: Values[] = [];
	const waits: number[] = [];
	const wrong: unknown[] = [];
	const bolt = await openBolt({
		way: { kind: "socket", token: new Secret(APP.token) },
		base,
		admit: async () => undefined,
		hear: async () => undefined,
		wait: async (ms) => {
			waits.push(ms);
			await pause(ms < 30_000 ? 5 : ms, stopping.signal);
		},
		log: { info: () => undefined, warn: ((facts: Values) => void warned.push(facts)) as never },
		complain: (error) => void wrong.push(error),
	});
	const close = async (): Promise<void> => {
		stopping.abort();
		await bolt.close();
	};
	return { bolt, warned, waits, wrong, close };
}

/** A Web API that says no, with that word or that answer of HTTP. */
async function saying(word: string | number) {
	let asked = 0;
	const server = createServer((request, response) => {
		asked += 1;
		request.resume();
		if (typeof word === "number") return void response.writeHead(word, { "retry-after": "0" }).end();
		response.setHeader("content-type", "application/json").end(JSON.stringify({ ok: false, error: word }));
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as AddressInfo;
	const close = (): Promise<void> =>
		new Promise((done) => {
			server.closeAllConnections();
			server.close(() => done());
		});
	return { base: `http://127.0.0.1:${port}/api/`, asked: () => asked, close };
}

test("a token that Slack does not take holds nothing up, is tried on ever more seldom, and said now and then", async () => {
	const api = await saying("invalid_auth");
	const { bolt, warned, waits, wrong, close } = await opened(api.base);
	await bolt.start();
	await until(() => api.asked() === 6);
	await until(() => waits.filter((ms) => ms === 30_000).length > 6);
	const hurried = waits.filter((ms) => ms < 30_000);
	assert.deepEqual(hurried, [1000, 2000, 4000, 8000, 16_000]);
	const said = warned.filter(({ remedy }) => remedy !== undefined);
	assert.deepEqual(
		said.map(({ failures }) => failures),
		[1, 2, 4],
	);
	assert.match(JSON.stringify(said[0]), /SLACK_APP_TOKEN/);
	assert.doesNotMatch(JSON.stringify(warned), new RegExp(APP.token));
	await close();
	assert.equal(api.asked(), 6, "nothing is tried once it is closed");
	assert.deepEqual(wrong, []);
	await api.close();
});

for (const status of [500, 429]) {
	test(`a socket that is answered ${status} is asked for once each time, and by nobody but us`, async () => {
		const api = await saying(status);
		const { bolt, waits, close } = await opened(api.base);
		await bolt.start();
		const hurried = () => waits.filter((ms) => ms < 30_000).length;
		await until(() => hurried() === 4);
		const asked = api.asked();
		assert(asked === 4 || asked === 5, `${asked} calls in four tries`);
		await close();
		await api.close();
	});
}

test("Slack that comes back is spoken to again, and no socket is left over", { skip }, async () => {
	const slack = await startSlack();
	const { bolt, wrong, close } = await opened(slack.api);
	slack.line.trouble({ method: "apps.connections.open", times: 2, answer: { status: 503 } });
	await bolt.start();
	await until(() => slack.line.sockets() === 1);
	for (let times = 0; times < 3; times += 1) {
		const hellos = (await slack.log()).filter(({ summary }) => String(summary).includes("(hello)")).length;
		slack.line.drop();
		await until(
			async () => (await slack.log()).filter(({ summary }) => String(summary).includes("(hello)")).length > hellos,
		);
	}
	await until(() => slack.line.sockets() === 1);
	await close();
	await until(() => slack.line.sockets() === 0);
	assert.deepEqual(wrong, []);
	await slack.stop();
});
