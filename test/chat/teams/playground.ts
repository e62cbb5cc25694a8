/**
 * Microsoft's Agents Playground as a process of its own, without a browser: people of a small house type and press through
 * it, and what it shows is read from its stream. Must never reach into the bot.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isRecord, type Json, type Values } from "../../../src/base/json.ts";
import { freePort, stopped } from "../../fixtures/process.ts";
import { until } from "../../fixtures/until.ts";

const HOME = dirname(createRequire(import.meta.url).resolve("@microsoft/m365agentsplayground/package.json"));
export const TENANT = "00000000-0000-0000-0000-000000000001";
export const CHATS = { own: "chat-own", group: "chat-group", team: "team-id", channel: "team-channel" } as const;

/** Who is there: the first is whoever sits before it. */
export type Person = { readonly id: string; readonly name: string; readonly object: string };
export type Shown = {
	readonly id: string;
	readonly conversation: string;
	text: string;
	card: Values | undefined;
	edits: number;
};
export type Playground = Awaited<ReturnType<typeof openPlayground>>;

/** Starts it before a bot. `people`: six, no more and no fewer. `at`: where, the tenant it plays, and what the
 * ids of its conversations end with, so that two beside each other share none. */
export async function openPlayground(
	endpoint: string,
	people: readonly Person[],
	at: { readonly port?: number; readonly tenant?: string; readonly mark?: string } = {},
) {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-playground-"));
	const tenant = at.tenant ?? TENANT;
	writeFileSync(join(folder, ".m365agentsplayground.yml"), settings(people, { tenant, mark: at.mark ?? "" }));
	const port = at.port ?? (await freePort());
	const url = `http://127.0.0.1:${port}`;
	const options = ["start", "-e", endpoint, "-c", "msteams", "-p", String(port), "--dt", "--er"];
	const child = spawn(process.execPath, [join(HOME, "cli.js"), ...options], {
		cwd: folder,
		env: { PATH: process.env.PATH, HOME: folder, TEAMSAPPTESTER_BROWSER: "none" },
		stdio: ["ignore", "pipe", "pipe"],
	});
	const said: string[] = [];
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (chunk: Buffer) => void said.push(String(chunk)));
	const up = async () => (await fetch(`${url}/_debug/ping`).catch(() => undefined))?.ok === true;
	for (let tries = 0; !(await up()); tries += 1) {
		if (tries > 200 || child.exitCode !== null) throw new Error(`the Playground did not start: ${said.join("")}`);
		await new Promise((next) => setTimeout(next, 50));
	}
	await fetch(`${url}/_internal/v1/config`);
	const shown: Shown[] = [];
	const stream = new WebSocket(`${url.replace("http", "ws")}/_ws_conversation/v1/conversations/stream`);
	stream.addEventListener("message", ({ data }) => note(shown, JSON.parse(String(data)) as Json));
	await new Promise((done) => stream.addEventListener("open", done));
	const call = async (path: string, body: Values): Promise<Json> => {
		const headers = { "content-type": "application/json" };
		const answer = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
		const text = await answer.text();
		if (!answer.ok) throw new Error(`the Playground answered ${answer.status} to ${path}: ${text}`);
		return text === "" ? {} : (JSON.parse(text) as Json);
	};
	const me = { id: people[0]?.id ?? "" };
	return {
		url,
		shown,
		of: (conversation: string) => shown.filter((each) => each.conversation.startsWith(conversation)),
		install: (conversation: string) => call(`/_debug/conversation/${conversation}/installation`, {}),
		/** Among others the Playground, as Teams, hands on only what mentions the bot. */
		say: (conversation: string, text: string) => {
			const mention = { text: "<at>Sopwith</at>", mentioned: { id: "bot-id" } };
			const mentions = text.includes(mention.text) ? [mention] : [];
			const message = { from: me, text, textFormat: "plain", mentions };
			return call(`/_conversation/v1/conversations/${conversation}/messages`, message);
		},
		/** Presses a button of a card, as whoever sits before it or `from`, who has to be there. Gives what the bot answered. */
		press: ({ id, conversation }: Shown, data: { verb: string; values: Values; from?: Person }) => {
			const action = { type: "Action.Execute", verb: data.verb, data: data.values };
			const value = { action, trigger: "manual" };
			const from = { id: data.from?.id ?? me.id };
			const about = { name: "adaptiveCard/action", conversation: { id: conversation }, from, replyToId: id, value };
			return call("/_conversation/v1/invoke", about);
		},
		/** Opens or sends a dialog, as whoever sits before it. Gives what the bot answered. */
		dialog: (name: "composeExtension/fetchTask" | "composeExtension/submitAction", value: Values) =>
			call("/_conversation/v1/invoke", { name, value, from: me, conversation: { id: CHATS.own } }),
		/** Somebody else does something. What the bot answers to their invoke is not shown, what it edits is. */
		act: (who: Person, conversation: Values, activity: Values) =>
			call("/_internal/v1/customActivities", {
				id: `custom-${shown.length}-${performance.now()}`,
				channelId: "msteams",
				serviceUrl: `http://localhost:${port}/_connector`,
				from: { id: who.id, name: who.name, aadObjectId: who.object },
				recipient: { id: "bot-id", name: "Sopwith" },
				conversation: { tenantId: tenant, ...conversation },
				channelData: { tenant: { id: tenant } },
				...activity,
			}),
		close: async () => {
			stream.close();
			await stopped(child);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function note(shown: Shown[], event: Json): void {
	const message = isRecord(event) && isRecord(event.message) ? event.message : undefined;
	if (!isRecord(event) || message === undefined || typeof message.messageId !== "string") return;
	const attachments = (message.attachments ?? []) as readonly Values[];
	const content = attachments[0]?.content;
	const text = typeof message.text === "string" ? message.text : "";
	const card = isRecord(content) ? content : undefined;
	const known = shown.find(({ id }) => id === message.messageId);
	if (event.action === "createMessage") {
		const conversation = String(message.postConversationId ?? event.actionConversationId);
		shown.push({ id: message.messageId, conversation, text, card, edits: 0 });
	} else if (event.action === "updateMessage" && known !== undefined) {
		Object.assign(known, { text, card, edits: known.edits + 1 });
	}
}

function settings(
	[me, ...others]: readonly Person[],
	{ tenant, mark }: { readonly tenant: string; readonly mark: string },
): string {
	const lines = (person: Person | undefined) =>
		JSON.stringify({
			id: person?.id ?? "",
			name: person?.name ?? "",
			userPrincipleName: `${person?.id}@contoso.example`,
			aadObjectId: person?.object ?? "",
			givenName: person?.name ?? "",
			surname: "-",
			email: `${person?.id}@contoso.example`,
		});
	const channels = [{ id: `${CHATS.channel}${mark}`, name: "Operations" }];
	return [
		'version: "0.1.1"',
		`tenantId: ${tenant}`,
		'bot: { id: "bot-id", name: "Sopwith" }',
		`currentUser: ${lines(me)}`,
		`users: [${others.map(lines).join(", ")}]`,
		`personalChat: { id: ${CHATS.own}${mark} }`,
		`groupChat: { id: ${CHATS.group}${mark}, name: Group }`,
		`team: ${JSON.stringify({ id: `${CHATS.team}${mark}`, name: "Team", aadGroupId: tenant, channels })}`,
	].join("\n");
}

/** The newest of what is shown that fits; waits for it. */
export function newest(playground: Playground, fits: (shown: Shown) => boolean): Promise<Shown> {
	return until(() => playground.shown.findLast(fits));
}
