/**
 * The whole web application on a loopback port, with a scripted desk behind it. Who is signed in is said by a cookie.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { RequestHandler } from "express";
import { Registry } from "prom-client";
import { licenceTitle } from "../../src/actions/microsoft365/licence-titles.ts";
import { sha256 } from "../../src/base/json.ts";
import { Secret } from "../../src/base/secret.ts";
import type { Clock } from "../../src/base/time.ts";
import { createApi } from "../../src/console/api.ts";
import { sameOrigin } from "../../src/console/guard.ts";
import { createPages } from "../../src/console/pages.ts";
import { createWeb, type WebParts } from "../../src/console/server.ts";
import type { Token } from "../../src/console/token.ts";
import type { Audit } from "../../src/engine/ports.ts";
import type { ReadOut } from "../../src/engine/read-out.ts";
import type { Actor } from "../../src/people/roster.ts";
import { createWebhooks } from "../../src/triggers/webhook.ts";
import { NOW } from "./sample.ts";
import { type ScriptedDesk, scriptedDesk } from "./scripted-desk.ts";

export const TOKENS = {
	tia: "tia-token-0123456789",
	mo: "mo-token-0123456789",
	ada: "ada-token-0123456789",
	finn: "finn-token-0123456789",
	narrow: "narrow-token-0123456789",
	old: "old-token-0123456789",
};
export const HOOK_KEY = `whsec_${Buffer.from("0123456789abcdef0123456789abcdef").toString("base64")}`;
export const PASS = "mK7-pQ2x-94Rb";
const actors: { readonly [name: string]: Actor } = {
	tia: { id: "tia" },
	mo: { id: "mo", client: "contoso" },
	ada: { id: "ada", client: "contoso" },
	sol: { id: "sol", client: "contoso" },
	finn: { id: "finn", client: "fabrikam" },
	/** Somebody else by the same id. */
	mona: { id: "mo", client: "fabrikam" },
};

export const tenant: ReadOut = {
	users: [
		{
			id: "1",
			displayName: "Ada Lovelace",
			userPrincipalName: "ada.lovelace@contoso.example",
			enabled: false,
			groups: ["Sales"],
			licences: [],
			manager: "2",
		},
		{
			id: "2",
			displayName: "Sol Vance",
			userPrincipalName: "sol.vance@contoso.example",
			sAMAccountName: "sol.vance",
			enabled: true,
			groups: ["Sales", "All Sales"],
			licences: ["SPB"],
		},
	],
	groups: [
		{ name: "Sales", members: ["1", "2"] },
		{ name: "All Sales", members: ["2"] },
	],
	licences: [
		{ sku: "SPB", total: 25, used: 25 },
		{ sku: "O365_BUSINESS_PREMIUM", total: 10, used: 7 },
	],
};

export type Served = AsyncDisposable & {
	readonly url: string;
	readonly desk: ScriptedDesk;
	readonly audited: Parameters<Audit["record"]>[0][];
	readonly complaints: unknown[];
	/** What webhooks wrote into the log. */
	readonly warned: readonly { readonly [name: string]: string }[];
	/** Keeps another key for the hook. */
	readonly keepHookKey: (key: string) => void;
	/** Moves the clock. */
	readonly tick: (ms: number) => void;
	/** Tells the pages that a run changed. */
	readonly changed: (run: string) => void;
	/** Ends everybody's session. */
	readonly signOut: () => void;
	/** Fetches as somebody; `json` and `form` are bodies of POSTs. */
	readonly ask: (path: string, how?: Ask) => Promise<Response>;
};
export type Ask = {
	readonly token?: string;
	readonly as?: string;
	readonly json?: unknown;
	readonly form?: Record<string, string>;
	readonly headers?: Record<string, string>;
	readonly body?: string;
	readonly method?: string;
};

export async function serve(more: Partial<WebParts> & { readonly desk?: ScriptedDesk } = {}): Promise<Served> {
	const desk = more.desk ?? scriptedDesk();
	let skew = 0;
	const clock: Clock = {
		now: () => Temporal.Instant.from(NOW).add({ milliseconds: skew }).toString({ fractionalSecondDigits: 3 }),
	};
	const audited: Parameters<Audit["record"]>[0][] = [];
	const complaints: unknown[] = [];
	const warned: { readonly [name: string]: string }[] = [];
	let hookKey = HOOK_KEY;
	const listeners = new Set<(run: string) => void>();
	let url = "";
	let signedIn = true;
	const session: RequestHandler = (request, response, next) => {
		const who = /who=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
		if (who !== undefined && actors[who] !== undefined) response.locals.actor = actors[who];
		next();
	};
	const requireActor: RequestHandler = (request, response, next) => {
		if (!signedIn && request.accepts(["json", "html"]) !== "html") return void response.sendStatus(401);
		if (!signedIn || response.locals.actor === undefined) return response.redirect(303, "/sign-in");
		next();
	};
	const audit: Audit = { record: (entry) => audited.push(entry) };
	const parts = { desk, clock, audit };
	const pages = {
		...parts,
		tokens: { find: async (hash: string) => tokens.get(hash) },
		licenceTitle,
		vault: oneSecret(clock),
		requireActor,
		isSignedIn: () => signedIn,
		sameOrigin: ((request, response, next) => sameOrigin(url)(request, response, next)) as RequestHandler,
		sandbox: async (client: string) => (client === "contoso" ? tenant : undefined),
		changes: (listener: (run: string) => void) => {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
	};
	const web = createWeb({
		clock,
		registry: new Registry(),
		ready: () => true,
		publicUrl: "http://127.0.0.1",
		loopback: true,
		complain: (error) => complaints.push(error),
		personOf: (request) => /who=(\w+)/.exec(request.headers.cookie ?? "")?.[1],
		...more,
		signed: [
			{
				at: "/",
				handler: createWebhooks({
					...parts,
					key: async (client, hook) => (client === "contoso" && hook === "hris" ? new Secret(hookKey) : undefined),
					log: (what, facts) => void warned.push({ what, ...facts }),
				}),
			},
		],
		mounts: [
			{ at: "/", handler: session },
			{ at: "/api/v1", handler: createApi(pages) },
			{ at: "/", handler: createPages(pages) },
			...(more.mounts ?? []),
		],
	});
	const server = createServer(web).listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url,
		desk,
		audited,
		complaints,
		warned,
		keepHookKey: (key) => {
			hookKey = key;
		},
		tick: (ms) => {
			skew += ms;
		},
		signOut: () => {
			signedIn = false;
		},
		changed: (run) => {
			for (const listener of listeners) listener(run);
		},
		ask: (path, how = {}) => fetch(url + path, init(how, url)),
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function init(how: Ask, url: string): RequestInit {
	const body =
		how.body ??
		(how.json !== undefined ? JSON.stringify(how.json) : how.form && new URLSearchParams(how.form).toString());
	return {
		method: how.method ?? (body === undefined ? "GET" : "POST"),
		redirect: "manual",
		...(body === undefined ? {} : { body }),
		headers: {
			...(how.token === undefined ? {} : { authorization: `Bearer ${how.token}` }),
			...(how.as === undefined ? {} : { cookie: `who=${how.as}` }),
			...(how.json === undefined ? {} : { "content-type": "application/json" }),
			...(how.form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded", origin: url }),
			...how.headers,
		},
	};
}

const token = (text: string, actor: Actor, more: Partial<Token> = {}): [string, Token] => [
	sha256(text),
	{ hash: sha256(text), actor, expires: "2027-01-01T00:00:00.000Z", ...more },
];
const tokens = new Map<string, Token>([
	token(TOKENS.tia, { id: "tia" }),
	token(TOKENS.mo, { id: "mo", client: "contoso" }),
	token(TOKENS.ada, { id: "ada", client: "contoso" }),
	token(TOKENS.finn, { id: "finn", client: "fabrikam" }),
	token(TOKENS.narrow, { id: "tia" }, { client: "fabrikam" }),
	token(TOKENS.old, { id: "mo", client: "contoso" }, { expires: "2026-11-23T14:33:59.000Z" }),
]);

/** A vault with one secret that can be taken once. */
function oneSecret(clock: Clock) {
	let taken: { readonly by: string; readonly at: string } | undefined;
	return {
		async take(_client: string, _ref: unknown, by: string) {
			if (taken !== undefined) return undefined;
			taken = { by, at: clock.now() };
			return new Secret(PASS);
		},
		taken: async () => taken,
	};
}
