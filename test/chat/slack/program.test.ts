/**
 * The real program with Slack beside it: by socket and by signed HTTP, with Slack out of reach at the start, with a token
 * that is none, and with a workspace that comes while it runs. Against the real local Slack.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import type { Finding } from "../../../src/base/finding.ts";
import { type Bot, startBot } from "../../e2e/bot.ts";
import { needs } from "../../fixtures/needs.ts";
import { freePort } from "../../fixtures/process.ts";
import { type Slack, startSlack } from "../../fixtures/slack.ts";
import { APP, rosterId } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { openProxy } from "../tls-proxy.ts";

const CONTOSO = "clients/contoso/client.yaml";

/** Harriet of Contoso is known in Slack. */
function knowHarriet(definitions: string): void {
	const file = join(definitions, CONTOSO);
	writeFileSync(file, readFileSync(file, "utf8").replace("title: HR,", `title: HR, slack: "${rosterId("harriet")}",`));
}

async function stopped(bot: Bot): Promise<number> {
	const began = performance.now();
	await bot.end("SIGTERM");
	return performance.now() - began;
}

describe("the program beside Slack", { skip: needs("local Slack") }, () => {
	let slack: Slack;
	const socket = () => ({ SLACK_BOT_TOKEN: APP.bot, SLACK_APP_TOKEN: APP.token, SLACK_API_URL: slack.api });
	const started = (more: NodeJS.ProcessEnv = {}) =>
		startBot((definitions) => {
			knowHarriet(definitions);
			return { ...socket(), ...more };
		});
	before(async () => {
		slack = await startSlack();
	});
	after(() => slack.stop());

	test("opens a form for /newhire by socket, keeps local sign-in, and lets go at a signal", async () => {
		await using bot = await started();
		await until(() => slack.line.sockets() === 1);
		const { body } = await slack.command("harriet", "/newhire");
		assert.deepEqual(body, {});
		const view = await until(() => slack.views().at(-1));
		assert(
			view.blocks.some(({ block_id: id }) => String(id).startsWith("field/firstName/")),
			JSON.stringify(view),
		);
		await slack.close("harriet");
		assert.equal((await fetch(`${bot.url()}/sign-in`)).status, 200, "somebody may choose who they are");
		assert((await stopped(bot)) < 5_000, "it stops without waiting for Slack");
		await until(() => slack.line.sockets() === 0);
		assert(!bot.log().includes(APP.bot) && !bot.log().includes(APP.token), "no token is in the log");
	});

	test("starts while Slack is out of reach, says so, and is there once Slack is", async () => {
		const down = slack.line.trouble({ method: "*", times: 1000, answer: { status: 503 } });
		await using bot = await started();
		assert.equal((await fetch(`${bot.url()}/readyz`)).status, 200);
		assert.match(bot.log(), /"answered":0,"of":1.*it is tried further on, and `sopwith doctor` says why/);
		assert.equal(slack.line.sockets(), 0);
		down.end();
		await until(
			() => slack.line.sockets() === 1,
			() => bot.log(),
			30_000,
		);
		await slack.command("harriet", "/newhire");
		await until(
			() => slack.views().length === 1,
			() => bot.log(),
			30_000,
		);
		await slack.close("harriet");
	});

	test("says at the start what is wrong with a token and what mends it, and serves the rest", async () => {
		const refused = slack.line.trouble({
			method: "auth.test",
			times: 1000,
			answer: { body: { ok: false, error: "invalid_auth" } },
		});
		await using bot = await started();
		refused.end();
		assert.match(bot.log(), /the bot token is not accepted/);
		assert.match(bot.log(), /Install App: install it again, and give Sopwith the new bot token/);
		assert.equal((await fetch(`${bot.url()}/readyz`)).status, 200);
	});

	test("says which secret of msp.yaml is missing, and takes the others", async () => {
		await using bot = await startBot((definitions) => {
			knowHarriet(definitions);
			const msp = join(definitions, "msp.yaml");
			const more = 'surfaces: { slack: { workspaces: [{ team: T02, bot: "env:SLACK_OF_T02" }] } }\n';
			writeFileSync(msp, `${readFileSync(msp, "utf8")}${more}`);
			return socket();
		});
		await until(() => slack.line.sockets() === 1);
		assert.match(bot.log(), /"team":"T02".*the bot token is not where it should be/);
		await slack.command("harriet", "/newhire");
		await until(() => slack.views().length === 1);
		await slack.close("harriet");
	});

	test("names the surfaces that are on when it is ready", async () => {
		const folder = mkdtempSync(join(tmpdir(), "sopwith-words-"));
		const env = { PATH: process.env.PATH, HOME: folder, PORT: "0", SOPWITH_DATA: join(folder, "data"), ...socket() };
		const child = spawn(process.execPath, [resolve("src/main.ts"), "start"], { env });
		const out = text(child.stdout);
		await until(
			() => slack.line.sockets() === 1,
			() => "it did not start",
			20_000,
		);
		child.kill("SIGTERM");
		await once(child, "exit");
		assert.match(await out, /^Sopwith is ready at .*\nSlack is on, by Socket Mode\.\nType newhire/);
		rmSync(folder, { recursive: true, force: true });
	});
});

test("a start without Slack loads nothing of it", async () => {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-bare-"));
	const env = { PATH: process.env.PATH, HOME: folder, PORT: "0", SOPWITH_DATA: join(folder, "data") };
	const watch = `import { registerHooks } from "node:module";
		const load = (url, context, next) => {
			if (/chat\\/slack|@slack\\//.test(url)) process.stderr.write("LOADED " + url + "\\n");
			return next(url, context);
		};
		registerHooks({ load });`;
	const child = spawn(process.execPath, ["--import", dataUrl(watch), resolve("src/main.ts"), "start"], { env });
	const said = text(child.stderr);
	await new Promise<void>((done) => {
		child.stdout.on("data", (chunk) => /Ctrl-C/.test(String(chunk)) && done());
		child.once("exit", () => done());
	});
	child.kill("SIGTERM");
	if (child.exitCode === null) await once(child, "exit");
	assert.doesNotMatch(await said, /LOADED/);
	assert.equal(child.exitCode, 0);
	rmSync(folder, { recursive: true, force: true });
});

function dataUrl(script: string): string {
	return `data:text/javascript,${encodeURIComponent(script)}`;
}

describe("the program beside Slack over HTTP", { skip: needs("local Slack") }, () => {
	test("takes what is signed, refuses all else with 401, and lets nobody choose who they are", async (t) => {
		const slack = await startSlack({ way: "http" });
		t.after(() => slack.stop());
		const port = await freePort();
		let target = "http://127.0.0.1:9";
		const proxy = await openProxy(() => target);
		t.after(proxy.close);
		await using bot = await startBot((definitions) => {
			knowHarriet(definitions);
			const { signingSecret: SLACK_SIGNING_SECRET, bot: SLACK_BOT_TOKEN } = APP;
			const way = { SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_API_URL: slack.api, SOPWITH_SIGNIN: "oidc" };
			return { ...way, PORT: String(port), PUBLIC_URL: proxy.url, NODE_EXTRA_CA_CERTS: proxy.caFile };
		});
		const here = `http://127.0.0.1:${port}`;
		const address = `${here}/slack/events`;
		slack.deliverTo(address);
		const headers = { "content-type": "application/json" };
		assert.equal((await fetch(address, { method: "POST", headers, body: "{}" })).status, 401);
		const { status } = await slack.command("harriet", "/newhire");
		assert.equal(status, 200);
		const view = await until(() => slack.views().at(-1));
		assert.equal(view.callback_id, "card");
		const page = await fetch(here, { redirect: "manual", headers: { accept: "text/html" } });
		assert.match(page.headers.get("location") ?? "", /^\/sign-in/);
		const wayIn = async (): Promise<Finding | undefined> => {
			const { findings } = JSON.parse((await bot.cli(["doctor", "--json"])).out) as { findings: readonly Finding[] };
			return findings.find(({ about, what }) => about === "Slack" && what === "Way in");
		};
		assert.match((await wayIn())?.words ?? "", /answers 502: .* reaches no Sopwith/);
		target = here;
		const words = `${proxy.url}/slack/events answers, and lets in nobody without Slack's signature`;
		assert.deepEqual(await wayIn(), { about: "Slack", what: "Way in", ok: true, words });
	});
});
