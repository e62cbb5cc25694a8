/**
 * Entra's token endpoint for the simulated tenants: client credentials in, a token of that one tenant out. Must never
 * accept a token for another tenant than the one it was made for.
 */
import { constants, randomBytes, randomUUID, verify, X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { asRecord, type Values } from "../../base/json.ts";
import { sameText } from "../../base/same-text.ts";
import { type Instant, plusMs, systemClock } from "../../base/time.ts";
import type { Reply } from "./graph-call.ts";
import type { Hosted } from "./graph-server.ts";

/** The application that may ask for tokens of a tenant, by its secret or by one of its certificates. */
export type App = { readonly id: string; readonly secret: string; readonly certificates: readonly string[] };

interface TokenDesk {
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
			if (request.method !== "POST") return entraRefusal(400, 900144);
			const hosted = tenants.get(tenant);
			if (hosted === undefined) return entraRefusal(400, 90002);
			const refused = refusalOf(hosted.app, new URLSearchParams(text), `${origin}${path}`);
			if (refused !== undefined) return refused;
			const token = tokenOf(hosted, origin);
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

/** Opened by nobody but who is curious: the desk knows its tokens by heart. */
function tokenOf({ tenant, app }: Hosted, origin: string): string {
	const roles = tenant.consents.get(app.id)?.roles ?? EVERYTHING;
	const claims = {
		aud: "https://graph.microsoft.com",
		iss: `${origin}/${tenant.id}/`,
		tid: tenant.id,
		appid: app.id,
		roles,
	};
	const part = (value: Values) => Buffer.from(JSON.stringify(value)).toString("base64url");
	return `${part({ typ: "JWT", alg: "none" })}.${part(claims)}.${randomBytes(32).toString("base64url")}`;
}

/** All that any procedure needs. */
const EVERYTHING: readonly string[] = [
	...["User.ReadWrite.All", "User.EnableDisableAccount.All", "User-PasswordProfile.ReadWrite.All", "Domain.Read.All"],
	...["LicenseAssignment.ReadWrite.All", "Organization.Read.All", "GroupMember.ReadWrite.All", "OrgContact.Read.All"],
	...["UserAuthenticationMethod.ReadWrite.All", "MailboxSettings.Read", "AuditLog.Read.All", "Mail.Send"],
	...["Mail.ReadBasic", "Application.Read.All", "Policy.Read.AuthenticationMethod"],
];

/** Why this application gets no token; nothing when it does. */
function refusalOf(app: App, form: URLSearchParams, url: string): Reply | undefined {
	if (form.get("grant_type") !== "client_credentials") return entraRefusal(400, 70003);
	if (form.get("client_id") !== app.id) return entraRefusal(400, 700016);
	const assertion = form.get("client_assertion");
	if (assertion !== null) {
		if (!isSigned(app, assertion, url)) return entraRefusal(401, 700027);
	} else if (!sameText(form.get("client_secret") ?? "", app.secret)) return entraRefusal(401, 7000215);
	return (form.get("scope") ?? "").endsWith("/.default") ? undefined : entraRefusal(400, 70011);
}

/** Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials. */
function isSigned(app: App, assertion: string, url: string): boolean {
	const [head = "", claims = "", signature = ""] = assertion.split(".");
	const { "x5t#S256": thumbprint, alg } = opened(head);
	const { aud, iss, sub } = opened(claims);
	const pem = app.certificates.find((one) => {
		const hex = new X509Certificate(one).fingerprint256.replaceAll(":", "");
		return Buffer.from(hex, "hex").toString("base64url") === thumbprint;
	});
	if (pem === undefined || alg !== "PS256" || aud !== url || iss !== app.id || sub !== app.id) return false;
	const key = { key: new X509Certificate(pem).publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
	return verify("sha256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"));
}

function opened(part: string): Values {
	const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
	return asRecord(value);
}

/** A refusal as Entra words it. Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. */
export function entraRefusal(status: number, code: number): Reply {
	const error = status === 401 ? "invalid_client" : code === 700016 ? "unauthorized_client" : "invalid_request";
	const ids = { trace_id: randomUUID(), correlation_id: randomUUID(), timestamp: systemClock.now() };
	return { status, body: { error, error_description: `AADSTS${code}`, error_codes: [code], ...ids } };
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
