/**
 * The parts of Microsoft that Teams' bots meet, over TLS on loopback: the Bot Framework's keys, Entra's token desk, and a
 * connector that takes messages and misbehaves on order. Must never be kinder than the real ones.
 */
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { isRecord, type Json, type Values } from "../../../src/base/json.ts";
import { certificateFiles } from "../../fixtures/certificates.ts";

export const APP = "aaaaaaaa-0000-4000-8000-000000000001";
export const TENANT = "bbbbbbbb-0000-4000-8000-000000000002";
export const ISSUER = "https://api.botframework.com";

/** The program's settings as this bot of Teams. */
export const AS_TEAMS = {
	TEAMS_APP_ID: APP,
	TEAMS_APP_PASSWORD: "a-long-secret-canary",
	TEAMS_APP_TENANT: TENANT,
	TEAMS_TENANTS: TENANT,
	SOPWITH_SIGNIN: "oidc",
} as const;

/** What the next call to the connector meets. `lost`: taken, and no answer. `silent`: not taken, and no answer. */
export type Fault =
	| { readonly status: number; readonly after?: string }
	| { readonly lost: true }
	| { readonly silent: true };
export type Taken = {
	readonly method: string;
	readonly path: string;
	readonly body: Values;
	readonly authorization: string;
	readonly status: number;
	readonly atMs: number;
};
export type Message = { readonly id: string; readonly conversation: string; body: Values; edits: number };
export type Microsoft = Awaited<ReturnType<typeof openMicrosoft>>;

type Signing = {
	readonly kid: string;
	readonly key: KeyObject;
	readonly jwk: Values;
	readonly endorsements: readonly string[];
};

let made: Promise<{ readonly cert: Buffer; readonly key: Buffer }> | undefined;

/** One certificate for all servers of this process, and its authority trusted: Node reads the list of these but once. */
function trusted(): NonNullable<typeof made> {
	made ??= (async () => {
		const folder = mkdtempSync(join(tmpdir(), "sopwith-teams-"));
		const files = await certificateFiles({ folder, names: ["localhost"], address: "127.0.0.1" });
		setDefaultCACertificates([...getCACertificates("default"), files.ca]);
		const own = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
		rmSync(folder, { recursive: true, force: true });
		return own;
	})();
	return made;
}

/** Opens it. `issuer`: of another cloud. Its authority is trusted by this process from then on. */
export async function openMicrosoft(issuer = ISSUER) {
	const keys: Signing[] = [signing("key-1", ["msteams"])];
	const taken: Taken[] = [];
	const messages: Message[] = [];
	const faults: Fault[] = [];
	const asked = { keys: 0, tokens: 0 };
	const state = { keysDown: false, token: 1, posted: 0, always: undefined as Fault | undefined };
	const server = createServer(await trusted(), (request, response) => {
		void bodyOf(request).then((text) => route(request, response, text));
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

	function route(request: IncomingMessage, response: ServerResponse, text: string): void {
		const path = decodeURIComponent(request.url ?? "");
		if (path === "/openid") return json(response, 200, { issuer, jwks_uri: `https://${host}/keys` });
		if (path === "/keys") {
			asked.keys += 1;
			if (state.keysDown) return json(response, 503, {});
			return json(response, 200, {
				keys: keys.map(({ kid, jwk, endorsements }) => ({ ...jwk, kid, use: "sig", endorsements: [...endorsements] })),
			});
		}
		if (path === `/${TENANT}/oauth2/v2.0/token`) {
			asked.tokens += 1;
			const form = new URLSearchParams(text);
			const good = form.get("client_id") === APP && form.get("client_secret") === "a-long-secret";
			const scope = form.get("scope") === `${issuer}/.default`;
			if (!good || !scope) return json(response, 401, { error: "invalid_client", error_codes: [7000215] });
			return json(response, 200, { access_token: `token-${state.token}`, expires_in: 3600, token_type: "Bearer" });
		}
		connector(request, response, { path, text });
	}

	function connector(
		request: IncomingMessage,
		response: ServerResponse,
		{ path, text }: { path: string; text: string },
	) {
		const value: unknown = text === "" ? {} : JSON.parse(text);
		const body = isRecord(value) ? value : {};
		const authorization = request.headers.authorization ?? "";
		const fault = faults.shift() ?? state.always;
		const note = (status: number): void => {
			const method = request.method ?? "";
			taken.push({ method, path, body, authorization, status, atMs: performance.now() });
		};
		if (authorization !== `Bearer token-${state.token}`) {
			note(401);
			return json(response, 401, { error: { code: "Unauthorized" } });
		}
		if (fault !== undefined && "silent" in fault) {
			note(0);
			return void request.socket.destroy();
		}
		if (fault !== undefined && "status" in fault) {
			note(fault.status);
			if (fault.after !== undefined) response.setHeader("retry-after", fault.after);
			return json(response, fault.status, { error: { code: `Fault${fault.status}` } });
		}
		const answer = take(request.method ?? "", path, body);
		note(answer.status);
		if (fault !== undefined) return void request.socket.destroy();
		json(response, answer.status, answer.body);
	}

	function take(method: string, path: string, body: Values): { status: number; body: Json } {
		const [, conversation = "", id] = /\/v3\/conversations\/([^/?]+)\/activities(?:\/([^/?]+))?/u.exec(path) ?? [];
		if (method === "POST" && path.endsWith("/v3/conversations")) {
			const members = body.members as readonly Values[];
			return { status: 201, body: { id: `direct-${String(members[0]?.id)}` } };
		}
		if (method === "POST") {
			state.posted += 1;
			const message = { id: `m${state.posted}`, conversation, body, edits: 0 };
			messages.push(message);
			return { status: 201, body: { id: message.id } };
		}
		const known = messages.find((each) => each.id === id && each.conversation === conversation);
		if (method !== "PUT" || known === undefined) return { status: 404, body: { error: { code: "ActivityNotFound" } } };
		known.body = body;
		known.edits += 1;
		return { status: 200, body: { id: known.id } };
	}

	return {
		host,
		serviceUrl: `https://${host}/emea/`,
		cloud: { issuer, metadata: `https://${host}/openid`, login: `https://${host}` },
		keys,
		taken,
		messages,
		faults,
		asked,
		state,
		/** Messages of one conversation, as they stand. */
		of: (conversation: string) => messages.filter((each) => each.conversation === conversation),
		close: async () => {
			server.closeAllConnections();
			await new Promise<void>((done) => server.close(() => done()));
		},
	};
}

/** A key of the Bot Framework. */
export function signing(kid: string, endorsements: readonly string[]): Signing {
	const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
	return { kid, key: privateKey, jwk: publicKey.export({ format: "jwk" }) as unknown as Values, endorsements };
}

/** A token, signed as asked. */
export function tokenOf(by: Pick<Signing, "key" | "kid">, claims: Values, header: Values = {}): string {
	const part = (value: Values) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const signed = `${part({ alg: "RS256", typ: "JWT", kid: by.kid, ...header })}.${part(claims)}`;
	return `${signed}.${createSign("sha256").update(signed).sign(by.key).toString("base64url")}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	return Buffer.concat(chunks).toString("utf8");
}

function json(response: ServerResponse, status: number, body: Json): void {
	response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
