/**
 * Entra's token endpoint for the simulated tenants: client credentials in, a token of that one tenant out. Must never
 * accept a token for another tenant than the one it was made for.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Instant, plusMs } from "../../base/time.ts";
import type { Reply } from "./graph-call.ts";
import type { Hosted } from "./graph-server.ts";

/** The application that may ask for tokens of a tenant. */
export type App = { readonly id: string; readonly secret: string };

export interface TokenDesk {
	/** The answer to a request that is Entra's business, or nothing. */
	answer(origin: string, request: IncomingMessage, text: string): Reply | undefined;
	/** The tenant that an `Authorization` header opens. */
	tenantOf(authorization: string | undefined): Hosted | undefined;
}

export function tokenDesk(tenants: ReadonlyMap<string, Hosted>): TokenDesk {
	const tokens = new Map<string, { readonly tenant: string; readonly until: Instant }>();
	return {
		answer(origin, request, text) {
			const path = (request.url ?? "").split("?")[0] ?? "";
			if (path === "/common/discovery/instance") return discovery(origin);
			const [, tenant = "", rest] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
			if (rest === "v2.0/.well-known/openid-configuration") return configuration(origin, tenant);
			if (rest !== "oauth2/v2.0/token") return undefined;
			if (request.method !== "POST") return refused(400, "invalid_request", 900144);
			const hosted = tenants.get(tenant);
			if (hosted === undefined) return refused(400, "invalid_request", 90002);
			const form = new URLSearchParams(text);
			if (form.get("grant_type") !== "client_credentials") return refused(400, "unsupported_grant_type", 70003);
			if (form.get("client_id") !== hosted.app.id) return refused(400, "unauthorized_client", 700016);
			if (!same(form.get("client_secret") ?? "", hosted.app.secret)) return refused(401, "invalid_client", 7000215);
			if (!(form.get("scope") ?? "").endsWith("/.default")) return refused(400, "invalid_scope", 70011);
			const token = randomBytes(32).toString("base64url");
			tokens.set(token, { tenant, until: plusMs(hosted.tenant.clock.now(), 3_599_000) });
			return {
				status: 200,
				body: { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token: token },
			};
		},
		tenantOf(authorization) {
			const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
			const known = tokens.get(token);
			const hosted = tenants.get(known?.tenant ?? "");
			return known !== undefined && hosted !== undefined && hosted.tenant.clock.now() < known.until
				? hosted
				: undefined;
		},
	};
}

function same(a: string, b: string): boolean {
	const [x, y] = [Buffer.from(a), Buffer.from(b)];
	return x.length === y.length && timingSafeEqual(x, y);
}

function refused(status: number, error: string, code: number): Reply {
	return { status, body: { error, error_description: `AADSTS${code}`, error_codes: [code] } };
}

function configuration(origin: string, tenant: string): Reply {
	const base = `${origin}/${tenant}`;
	return {
		status: 200,
		body: {
			issuer: `${base}/v2.0`,
			token_endpoint: `${base}/oauth2/v2.0/token`,
			authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
			jwks_uri: `${base}/discovery/v2.0/keys`,
		},
	};
}

function discovery(origin: string): Reply {
	const host = new URL(origin).host;
	return {
		status: 200,
		body: {
			tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
			metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
		},
	};
}
