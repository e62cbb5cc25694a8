/**
 * Bots for Slack to be measured side by side, each in a process of its own: ours as it is served, and a bare Bolt app that
 * acknowledges a press and edits the message, once as it is and once with a row of the journal's kept before its answer. All
 * by signed HTTP, each with a local Slack. Must never differ in more.
 */
import type { AddressInfo } from "node:net";
import { openSlack } from "../../src/app-slack.ts";
import { Secret } from "../../src/base/secret.ts";
import { APP } from "../fixtures/slack-people.ts";
import { openRaw } from "./raw.ts";
import { listening, openServed } from "./served.ts";

/** `api`: of its local Slack. `tasks`: the addresses of those who each get a task, in this order. */
export type SlackTold = { readonly api: string; readonly tasks: readonly string[] };

/** Serves ours, wired as the program wires it, and asks for the tasks; says its port and stays until it is killed. */
export async function serveSlack(folder: string, told: SlackTold, say: (line: string) => void): Promise<void> {
	const way = { kind: "http", signingSecret: new Secret(APP.signingSecret) } as const;
	const { house, web } = await openServed(folder, (house, around) =>
		openSlack({ bot: new Secret(APP.bot), way, api: told.api }, house, around),
	);
	for (const [n, who] of told.tasks.entries()) {
		const actor = { id: "bench-0", client: "contoso" };
		const about = { actor, client: "contoso", sop: "chore", via: "slack" } as const;
		await house.desk.start({ ...about, key: `chore-${n}`, form: { who, what: `Chore ${n}` } });
	}
	await listening(web, say);
}

/** Serves the bare app. Bolt checks the signature; nothing is kept, or one row as the journal has it where `folder` says. */
export async function serveBolt(
	{ api }: SlackTold,
	say: (line: string) => void,
	folder: string | undefined,
): Promise<void> {
	const raw = folder === undefined ? undefined : openRaw(folder);
	const { App, HTTPReceiver } = await import("@slack/bolt");
	const receiver = new HTTPReceiver({ signingSecret: APP.signingSecret, endpoints: "/slack/events" });
	const app = new App({ token: APP.bot, receiver, clientOptions: { slackApiUrl: api } });
	app.action(/.*/u, async ({ ack, body, client }) => {
		raw?.keep();
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
