/**
 * A Web API of Slack on loopback that gives the documented answers of the few methods a doctor asks, with what local Slack
 * leaves out: granted scopes, guests, archived channels, refused tokens. Must never take a call that changes anything.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Values } from "../../src/base/json.ts";
import { SCOPES } from "../../src/chat/slack/asks.ts";

export const BOT = "xoxb-canary-first";
export const SECOND = "xoxb-canary-second";
export const APP_TOKEN = "xapp-1-A01SOPWITH-1-canary";
export const TEAM = "T01";

/** What a token is for. */
type Install = { readonly who: Values; app: string; scopes: string[] | undefined };
export type State = {
	/** Instead of an answer: Slack's word for why not, or that nobody answers; by method, or by token. */
	no: { [methodOrToken: string]: string };
	installs: { [token: string]: Install };
	channels: { [id: string]: Values };
	users: { [id: string]: Values };
	/** Minutes that Slack's clock is ahead. */
	ahead: number;
};

const who = (team: string, name: string): Values => ({
	...{
		url: "https://contoso.slack.com/",
		team: name,
		user: "sopwith",
		team_id: team,
		user_id: "U00BOT",
		bot_id: "B00BOT",
	},
	is_enterprise_install: false,
});
const member = (id: string, flags: Values = {}): Values => ({
	...{ id, team_id: TEAM, name: id.toLowerCase(), deleted: false, is_bot: false, is_restricted: false },
	...{ is_ultra_restricted: false, is_stranger: false, profile: {}, ...flags },
});

/** All is well. */
export function wellState(): State {
	const scopes = () => Object.keys(SCOPES);
	return {
		no: {},
		installs: {
			[BOT]: { who: who(TEAM, "Northwind IT"), app: "A01SOPWITH", scopes: scopes() },
			[SECOND]: { who: who("T02", "Contoso Ltd"), app: "A01SOPWITH", scopes: scopes() },
		},
		channels: { C01: { id: "C01", name: "operations", is_member: true, is_archived: false, is_ext_shared: false } },
		users: { U01: member("U01"), U02: member("U02"), U05: member("U05") },
		ahead: 0,
	};
}

/** Opens it. Put a changed state in for a fault. `calls`: every method that was asked. */
export async function openAnswers() {
	const at = { state: wellState(), calls: [] as string[] };
	const server = createServer(async (request, response) => {
		const method = (request.url ?? "").replace("/api/", "");
		at.calls.push(method);
		const { state } = at;
		const token = (request.headers.authorization ?? "").replace("Bearer ", "");
		const asked = new URLSearchParams(await text(request));
		const word = state.no[method] ?? state.no[token];
		if (word === "silent") return void request.socket.destroy();
		const body = word === undefined ? answerTo(state, { method, token, asked }) : { ok: false, error: word };
		const scopes = state.installs[token]?.scopes;
		response.sendDate = false;
		response.setHeader("date", httpDate(state.ahead));
		if (scopes !== undefined) response.setHeader("x-oauth-scopes", scopes.join(","));
		response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as AddressInfo;
	return {
		at,
		base: `http://127.0.0.1:${port}/api/`,
		close: async (): Promise<void> => {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	};
}

type Question = {
	readonly method: string;
	readonly token: string;
	readonly asked: URLSearchParams;
};

/** Source: https://docs.slack.dev/reference/methods, each method's "Response". */
function answerTo(state: State, { method, token, asked }: Question): Values {
	if (method === "api.test") return { ok: true };
	if (method === "apps.connections.open") {
		return token === APP_TOKEN ? { ok: true, url: "wss://wss.slack.com/link" } : { ok: false, error: "invalid_auth" };
	}
	const install = state.installs[token];
	if (install === undefined) return { ok: false, error: "invalid_auth" };
	switch (method) {
		case "auth.test":
			return { ok: true, ...install.who };
		case "bots.info":
			return { ok: true, bot: { id: "B00BOT", app_id: install.app, name: "sopwith" } };
		case "conversations.info":
			return found("channel", state.channels[asked.get("channel") ?? ""], "channel_not_found");
		case "users.info":
			return found("user", state.users[asked.get("user") ?? ""], "user_not_found");
		default:
			throw new Error(`a doctor should not call ${method}`);
	}
}

function found(name: string, there: Values | undefined, error: string): Values {
	return there === undefined ? { ok: false, error } : { ok: true, [name]: there };
}

function httpDate(ahead: number): string {
	const now = Temporal.Now.zonedDateTimeISO("UTC").add({ minutes: ahead });
	const part = (options: Intl.DateTimeFormatOptions) => now.toLocaleString("en-GB", options);
	const day = `${part({ weekday: "short" })}, ${String(now.day).padStart(2, "0")} ${part({ month: "short" })} ${now.year}`;
	return `${day} ${now.toPlainTime().toString({ smallestUnit: "second" })} GMT`;
}
