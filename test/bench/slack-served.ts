/**
 * Two bots for Slack to be measured side by side, each in a process of its own: ours as it is served, and a bare Bolt app
 * that acknowledges a press and edits the message. Both by signed HTTP, each with a local Slack. Must never differ in more.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { openHouse } from "../../src/app-house.ts";
import { openSlack } from "../../src/app-slack.ts";
import { openCards, openDoors } from "../../src/app-web.ts";
import { openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";
import { APP } from "../fixtures/slack-people.ts";

/** `api`: of its local Slack. `tasks`: the addresses of those who each get a task, in this order. */
export type SlackTold = { readonly api: string; readonly tasks: readonly string[] };

/** Serves ours, wired as the program wires it, and asks for the tasks; says its port and stays until it is killed. */
export async function serveSlack(folder: string, told: SlackTold, say: (line: string) => void): Promise<void> {
	const redactor = openRedactor();
	const write = (line: string): void => void process.stderr.write(line);
	const clock = systemClock;
	const log = openLog({ level: "error", redactor, pretty: false, colour: false, clock, write });
	const place = { host: "127.0.0.1", port: 0, signIn: "oidc", logLevel: "error" } as const;
	const key = new Secret(Buffer.alloc(32, 7).toString("base64"));
	const config = { ...place, definitions: join(folder, "definitions"), data: join(folder, "data"), key };
	const house = await openHouse(config, { log, redactor, serve: true }, clock);
	const way = { kind: "http", signingSecret: new Secret(APP.signingSecret) } as const;
	const slack = await openSlack({ bot: new Secret(APP.bot), way, api: told.api }, house, { clock, log, redactor });
	const url = "http://127.0.0.1";
	const around = { chats: [slack], cards: openCards(), url, clock, log, local: false, ready: () => true };
	const { web, poster } = openDoors(house, around);
	const server = createServer(web);
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	await slack.start();
	await poster.start();
	await house.host.begin();
	for (const [n, who] of told.tasks.entries()) {
		const actor = { id: "bench-0", client: "contoso" };
		const about = { actor, client: "contoso", sop: "chore", via: "slack" } as const;
		await house.desk.start({ ...about, key: `chore-${n}`, form: { who, what: `Chore ${n}` } });
	}
	say(JSON.stringify({ port: (server.address() as AddressInfo).port }));
	await new Promise(() => {});
}

/** Serves the bare app. Bolt checks the signature; nothing is kept. */
export async function serveBolt({ api }: SlackTold, say: (line: string) => void): Promise<void> {
	const { App, HTTPReceiver } = await import("@slack/bolt");
	const receiver = new HTTPReceiver({ signingSecret: APP.signingSecret, endpoints: "/slack/events" });
	const app = new App({ token: APP.bot, receiver, clientOptions: { slackApiUrl: api } });
	app.action(/.*/u, async ({ ack, body, client }) => {
		await ack();
		if (body.type !== "block_actions" || body.message === undefined) return;
		const channel = body.channel?.id ?? "";
		const { ts } = body.message;
		const blocks = body.message.blocks as readonly { readonly type: string }[];
		const rest = blocks.filter(({ type }) => type !== "actions" && type !== "input") as never[];
		await client.chat.update({ channel, ts, text: "Done", blocks: rest });
	});
	const server = await app.start({ port: 0, host: "127.0.0.1" });
	say(JSON.stringify({ port: (server as unknown as { address(): AddressInfo }).address().port }));
	await new Promise(() => {});
}
