/**
 * What stands before everything else: is this Teams, speaking to us, about a tenant we serve? Checked here and not left to
 * the SDK, which compares less. Must never let a request through on what it says about itself alone.
 */
import type { Clock } from "../../base/time.ts";
import { toMs } from "../../base/time.ts";
import { type Activity, readActivity, tenantsOf } from "./activity.ts";
import type { MaySpeakTo } from "./hosts.ts";
import type { Keys } from "./keys.ts";
import { faultOf, readToken, type Token } from "./token.ts";

export const CHANNEL = "msteams";

/** `why` is a word for the auditor; nothing of it reaches the caller. */
export type Refused = { readonly kind: "refused"; readonly status: 400 | 401 | 403; readonly why: string };
type Admitted = { readonly kind: "admitted"; readonly activity: Activity };

export type Guard = {
	/** Judges the headers alone, before a body is read. Errors: `UnavailableError` `no-signing-keys`. */
	readonly token: (authorization: readonly string[]) => Promise<Token | Refused>;
	/** Judges the body against the token that came with it. Pure. */
	readonly activity: (body: Parameters<typeof readActivity>[0], token: Token | undefined) => Admitted | Refused;
};

type GuardParts = {
	readonly issuer: string;
	readonly appId: string;
	/** Lower case. */
	readonly tenants: readonly string[];
	readonly maySpeakTo: MaySpeakTo;
	readonly keys: Keys;
	readonly clock: Clock;
};

/** The guard of a bot that Teams calls. */
export function createGuard(parts: GuardParts): Guard {
	return {
		token: async (authorization) => {
			const token = readToken(authorization);
			if (token === undefined) return refuse(401, authorization.length === 0 ? "no-token" : "no-such-token");
			const rules = { issuer: parts.issuer, audience: parts.appId, channel: CHANNEL, nowMs: toMs(parts.clock.now()) };
			const known = isOurs(token, rules) ? await parts.keys.find(token.kid) : undefined;
			const fault = faultOf(token, known, rules);
			return fault === undefined ? token : refuse(401, fault);
		},
		activity: (body, token) => {
			const activity = readActivity(body);
			if (activity === undefined) return refuse(400, "no-activity");
			if (activity.channelId !== CHANNEL) return refuse(401, "other-channel");
			const claim = token?.claims.serviceurl ?? token?.claims.serviceUrl;
			if (claim !== activity.serviceUrl) return refuse(401, "other-service-url");
			return judge(parts, activity);
		},
	};
}

/** The guard beside the Agents Playground: no tokens, so whoever mounts it lets in nobody but this machine. */
export function playgroundGuard(parts: Pick<GuardParts, "tenants" | "maySpeakTo">): Guard {
	return {
		token: async (authorization) => {
			if (authorization.length > 0) return refuse(401, "token-in-playground");
			return { kid: "", claims: {}, signed: Buffer.of(), signature: Buffer.of() };
		},
		activity: (body) => {
			const activity = readActivity(body);
			if (activity === undefined) return refuse(400, "no-activity");
			if (activity.channelId !== CHANNEL) return refuse(401, "other-channel");
			return judge(parts, activity);
		},
	};
}

/** Asking for keys is worth it only for a token that could be good. */
function isOurs({ claims }: Token, rules: { readonly issuer: string; readonly audience: string }): boolean {
	return claims.iss === rules.issuer && claims.aud === rules.audience;
}

function judge(parts: Pick<GuardParts, "tenants" | "maySpeakTo">, activity: Activity): Admitted | Refused {
	if (!parts.maySpeakTo(activity.serviceUrl)) return refuse(401, "service-url-not-allowed");
	const tenants = tenantsOf(activity.raw);
	const [tenant] = tenants;
	if (tenant === undefined) return refuse(403, "no-tenant");
	if (tenants.length > 1) return refuse(403, "two-tenants");
	if (parts.tenants.length > 0 && !parts.tenants.includes(tenant)) return refuse(403, "other-tenant");
	return { kind: "admitted", activity };
}

function refuse(status: Refused["status"], why: string): Refused {
	return { kind: "refused", status, why };
}
