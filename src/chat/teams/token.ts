/**
 * Takes a bearer token apart and judges it: who signed it, for whom, until when. Pure but for the arithmetic of RSA. Must
 * never look inside a token to learn how to check it: the way is ours, RS256 and nothing else.
 */
import { type KeyObject, verify } from "node:crypto";
import { isRecord, type Values } from "../../base/json.ts";

export type Token = {
	readonly kid: string;
	readonly claims: Values;
	/** What the signature is over. */
	readonly signed: Buffer;
	readonly signature: Buffer;
};

/** A key of the issuer. `endorsements`: the channels it may speak for. */
export type IssuerKey = { readonly key: KeyObject; readonly endorsements: readonly string[] };

type TokenRules = {
	readonly issuer: string;
	/** Our app id. */
	readonly audience: string;
	readonly channel: string;
	readonly nowMs: number;
};

const SKEW_MS = 5 * 60_000;
const MOST_CHARACTERS = 8192;
const TOKEN = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/** Reads the one header that carries it. Undefined: none, several, or not a token signed in our way. */
export function readToken(authorization: readonly string[]): Token | undefined {
	const [header = "", second] = authorization;
	if (second !== undefined || header.length > MOST_CHARACTERS) return undefined;
	const [, head = "", body = "", signature = ""] = TOKEN.exec(header) ?? [];
	const [first, claims] = [parsed(head), parsed(body)];
	if (first?.alg !== "RS256" || typeof first.kid !== "string" || "crit" in first || claims === undefined) {
		return undefined;
	}
	const signed = Buffer.from(`${head}.${body}`);
	return { kid: first.kid, claims, signed, signature: Buffer.from(signature, "base64url") };
}

/**
 * What is wrong with a token, in a word for the auditor; undefined when nothing is.
 * Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication, "Connector to
 * bot: verify the JWT token".
 */
export function faultOf(token: Token, issued: IssuerKey | undefined, rules: TokenRules): string | undefined {
	const { claims } = token;
	if (claims.iss !== rules.issuer) return "other-issuer";
	if (claims.aud !== rules.audience) return "other-audience";
	if (issued === undefined) return "unknown-key";
	if (!issued.endorsements.includes(rules.channel)) return "key-not-endorsed";
	if (!verify("sha256", token.signed, issued.key, token.signature)) return "bad-signature";
	const speaker = claims.appid ?? claims.azp;
	if (speaker !== undefined && speaker !== rules.audience) return "other-app";
	return faultOfTime(claims, rules.nowMs);
}

function faultOfTime({ exp, nbf }: Values, nowMs: number): string | undefined {
	if (typeof exp !== "number" || exp * 1000 + SKEW_MS <= nowMs) return "expired";
	if (nbf !== undefined && (typeof nbf !== "number" || nbf * 1000 - SKEW_MS > nowMs)) return "not-yet-valid";
	return undefined;
}

function parsed(part: string): Values | undefined {
	try {
		const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}
