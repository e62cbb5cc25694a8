/**
 * Slack's Web API on a socket, with the answers its documentation gives, and what local Slack cannot play: limits, failures
 * of its servers, answers that get lost, several workspaces, several modals. Must never be kinder than Slack, nor know
 * anything of ours.
 * Sources: https://docs.slack.dev/reference/methods and https://docs.slack.dev/apis/web-api/rate-limits
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isRecord, type Json, type Values } from "../../../src/base/json.ts";
import { APP, PEOPLE, TEAM } from "../../fixtures/slack-people.ts";
import { createViews } from "./rough-views.ts";

/**
 * What a call meets. `status`: an answer of HTTP, with `after` as its Retry-After. `error`: Slack's word. `page`: a page of
 * something in between. `lost`: done, and the connection breaks. `silent`: done, and no answer. `moved`: sent elsewhere.
 * `held`: done and answered once that resolves.
 */
export type Fault = {
	readonly method?: string;
	readonly status?: number;
	readonly after?: string;
	readonly error?: string;
	readonly page?: true;
	readonly lost?: true;
	readonly silent?: true;
	readonly moved?: string;
	readonly held?: Promise<void>;
};
export type Call = { readonly method: string; readonly token: string; readonly body: Values };
export type Message = { readonly channel: string; readonly ts: string; body: Values; edits: number };
export type RoughSlack = Awaited<ReturnType<typeof openRoughSlack>>;

/** A second workspace, with a token of its own. */
export const OTHER = { team: "T02FABRIKAM", token: "xoxb-other-bot" } as const;

export async function openRoughSlack() {
	const calls: Call[] = [];
	const messages: Message[] = [];
	/** Met in turn, each by the first call of its method. */
	const faults: Fault[] = [];
	const state: { always: Fault | undefined } = { always: undefined };
	/** Channels we are not in, and what Slack says of them. */
	const shut = new Map<string, string>();
	const teams = new Map<string, string>([
		[APP.bot, TEAM],
		[OTHER.token, OTHER.team],
	]);
	const users = new Map<string, Values>(
		Object.values(PEOPLE).map(({ id, name, email, flags }) => {
			const profile = { real_name: name, email };
			return [id, { id, team_id: TEAM, name, is_email_confirmed: true, tz: "Europe/London", profile, ...flags }];
		}),
	);
	const views = createViews();
	/** What only one person sees: posted, or said at the address that came with what they did. */
	const whispers: Message[] = [];
	const responses: { readonly address: string; readonly body: Values }[] = [];
	const held = new Set<ServerResponse>();
	let lost = 0;
	const server = createServer((request, response) => {
		void answer(request, response).catch((error: unknown) => response.destroy(error as Error));
	});
	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const url = request.url ?? "";
		if (url.startsWith("/respond/")) {
			responses.push({ address: `http://${request.headers.host}${url}`, body: JSON.parse(await textOf(request)) });
			return void response.end("ok");
		}
		const method = url.replace(/^\/api\//u, "");
		const token = String(request.headers.authorization).replace(/^Bearer /u, "");
		const body = await argumentsOf(request);
		calls.push({ method, token, body });
		const at = faults.findIndex((fault) => fault.method === undefined || fault.method === method);
		const fault = (at < 0 ? undefined : faults.splice(at, 1)[0]) ?? state.always ?? {};
		const unsure = fault.lost === true || fault.silent === true || (fault.status ?? 0) >= 500 || fault.page === true;
		if (method === "chat.postMessage" && unsure && fault.status !== 503) lost += 1;
		if (fault.moved !== undefined) return void response.writeHead(302, { location: fault.moved }).end();
		if (fault.status !== undefined) {
			const headers = fault.after === undefined ? {} : { "retry-after": fault.after };
			return void response.writeHead(fault.status, headers).end("upstream");
		}
		if (fault.page === true) return void response.end("<html>Sign in to the network</html>");
		await fault.held;
		const said = fault.error === undefined ? done(method, token, body) : { ok: false, error: fault.error };
		if (fault.lost === true) return void request.socket.destroy();
		if (fault.silent === true) return void held.add(response);
		response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(said));
	};
	const done = (method: string, token: string, body: Values): Values => {
		const team = teams.get(token);
		if (team === undefined) return { ok: false, error: "invalid_auth" };
		switch (method) {
			case "auth.test":
				return { ok: true, url: "https://x.slack.com/", team: "Contoso", user: "sopwith", ...whoAmI(team) };
			case "bots.info":
				return { ok: true, bot: { id: "B01", app_id: APP.id, user_id: APP.botUser, name: "sopwith" } };
			case "conversations.open":
				if (!users.has(String(body.users))) return { ok: false, error: "user_not_found" };
				return { ok: true, no_op: true, already_open: true, channel: { id: `D${String(body.users).slice(1)}` } };
			case "chat.postMessage":
				return post(body);
			case "chat.update":
				return update(body);
			case "chat.postEphemeral":
				return whisper(body);
			case "views.open":
			case "views.push":
			case "views.update":
			case "views.publish":
				return views.call(method, team, body);
			case "users.info":
				return userSaid(users.get(String(body.user)), "user_not_found");
			case "users.lookupByEmail":
				return userSaid(
					[...users.values()].find(({ profile }) => isRecord(profile) && profile.email === body.email),
					"users_not_found",
				);
			default:
				return { ok: false, error: "unknown_method" };
		}
	};
	const post = (body: Values): Values => {
		const channel = String(body.channel);
		const word = shut.get(channel);
		if (word !== undefined) return { ok: false, error: word };
		const parent = body.thread_ts;
		if (parent !== undefined && !messages.some(({ ts }) => ts === parent))
			return { ok: false, error: "thread_not_found" };
		const message = { channel, ts: `1700000000.${String(messages.length + 1).padStart(6, "0")}`, body, edits: 0 };
		messages.push(message);
		return { ok: true, channel, ts: message.ts, message: { type: "message", text: body.text ?? "", bot_id: "B01" } };
	};
	const whisper = (body: Values): Values => {
		const ts = `1700000001.${String(whispers.length + 1).padStart(6, "0")}`;
		whispers.push({ channel: String(body.channel), ts, body, edits: 0 });
		return { ok: true, message_ts: ts };
	};
	const update = (body: Values): Values => {
		const word = shut.get(String(body.channel));
		if (word !== undefined) return { ok: false, error: word };
		const message = messages.find(({ channel, ts }) => channel === body.channel && ts === body.ts);
		if (message === undefined) return { ok: false, error: "message_not_found" };
		message.body = body;
		message.edits += 1;
		return { ok: true, channel: message.channel, ts: message.ts, text: body.text ?? "" };
	};
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const { port } = server.address() as AddressInfo;
	return {
		...{ calls, messages, faults, state, shut, teams, users, views, whispers, responses },
		base: `http://127.0.0.1:${port}/api/`,
		/** An address that takes what one person alone is to be told. */
		respondAt: (name: string) => `http://127.0.0.1:${port}/respond/${name}`,
		/** What stands in a place, replies apart. */
		of: (channel: string) => messages.filter((each) => each.channel === channel && each.body.thread_ts === undefined),
		repliesTo: (ts: string) => messages.filter(({ body }) => body.thread_ts === ts),
		/** Posts nobody was told about: done or not. */
		lost: () => lost,
		callsOf: (method: string) => calls.filter((call) => call.method === method),
		close: async (): Promise<void> => {
			for (const response of held) response.destroy();
			server.closeAllConnections();
			await new Promise<void>((closed) => server.close(() => closed()));
		},
	};
}

/** Source: https://docs.slack.dev/reference/methods/auth.test */
function whoAmI(team: string): Values {
	return { team_id: team, user_id: APP.botUser, bot_id: "B01", is_enterprise_install: false };
}

function userSaid(user: Values | undefined, word: string): Values {
	return user === undefined ? { ok: false, error: word } : { ok: true, user };
}

/** Structured arguments come as JSON inside the form. */
async function argumentsOf(request: IncomingMessage): Promise<Values> {
	const pairs = [...new URLSearchParams(await textOf(request))].map(([name, value]): [string, Json] => {
		return [name, /^[[{]/u.test(value) ? (JSON.parse(value) as Json) : value];
	});
	return Object.fromEntries(pairs);
}

async function textOf(request: IncomingMessage): Promise<string> {
	let text = "";
	for await (const part of request) text += String(part);
	return text;
}
