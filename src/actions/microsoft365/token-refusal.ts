/**
 * Why Entra gives no token, by the numbers of its answer, with the page where an admin mends it. Must never read Entra's
 * text to decide, and never show it: it may hold names of other tenants.
 */
import { asList, parseRecord } from "../../base/json.ts";
import type { Clock } from "../../base/time.ts";
import type { Code } from "../../engine/event.ts";
import { type Answer, RemoteError } from "../../engine/remote.ts";
import { type Exchange, retryAfterMs } from "./graph-answer.ts";

type About = { readonly portal: string; readonly tenant: string; readonly app: string; readonly clock: Clock };
type NoToken = Exclude<Answer<never>, { kind: "ok" }>;

/** Why there is no token, for a person: what is so, and what an admin does about it. */
type TokenTrouble = { readonly code: Code; readonly words: string; readonly remedy: string };

/**
 * Turns Entra's answer into ours. A `refused` one is not worth trying again before somebody has acted; `unsent` is.
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export function tokenRefusal(exchange: Exchange, about: About): NoToken {
	if (exchange.kind === "lost") {
		return {
			kind: "unsent",
			code: "sign-in-unreachable",
			detail: `token endpoint, ${exchange.code}, ${exchange.detail}`,
		};
	}
	const body = parseRecord(exchange.body);
	const numbers = asList(body.error_codes).filter((n) => typeof n === "number");
	const detail = detailOf(exchange.status, numbers, body);
	const after = retryAfterMs(exchange.headers.get("retry-after"), about.clock);
	const later = after === undefined ? {} : { retryAfterMs: after };
	const none = { kind: "unsent", message: "Microsoft gives no tokens just now. Nothing was sent.", detail } as const;
	if (exchange.status === 429) return { ...none, code: "sign-in-throttled", ...later };
	if (exchange.status >= 500 || numbers.some((n) => TRANSIENT.has(n))) {
		return { ...none, code: "sign-in-unavailable", ...later };
	}
	const { code, words, remedy } = tokenTrouble(numbers, about);
	const message = `${words} Nothing changed. ${remedy}`;
	return { kind: "refused", status: exchange.status, code, message, retryable: false, detail };
}

/** What the numbers of a refusal mean. Numbers that are not known are `no-token`. */
export function tokenTrouble(
	numbers: readonly number[],
	{ portal, tenant, app }: Pick<About, "portal" | "tenant" | "app">,
): TokenTrouble {
	const known = numbers.map((number) => TROUBLES[number]).find((trouble) => trouble !== undefined);
	const { code, words, remedy } = known ?? UNKNOWN;
	const fill = (text: string) =>
		text.replaceAll("{portal}", portal).replaceAll("{tenant}", tenant).replaceAll("{app}", app);
	return { code, words: fill(words), remedy: fill(remedy) };
}

/** The certificate in the settings is none. */
export function badCertificate(why: string): RemoteError {
	const message =
		"The certificate for Microsoft 365 cannot be used. Nothing changed. Keep the certificate and its private key, RSA and without a passphrase, in one PEM file.";
	return new RemoteError({
		kind: "refused",
		status: 0,
		code: "bad-certificate",
		message,
		retryable: false,
		detail: why,
	});
}

/** A trouble of Entra's own that passes: 90033, and 90012 for a time limit of its own. */
const TRANSIENT: ReadonlySet<number> = new Set([90033, 90012]);

const REGISTRATION = "On {portal}, App registrations, application {app}";
const ENTERPRISE = "On {portal}, Enterprise applications";

const MISSING: TokenTrouble = {
	code: "app-not-in-tenant",
	words: "The tenant {tenant} does not know the application {app}.",
	remedy: `An admin of that tenant gives consent to the application: ${REGISTRATION}, API permissions, Grant admin consent. The tenant and the application in client.yaml must belong together.`,
};
const NO_TENANT: TokenTrouble = {
	code: "no-such-tenant",
	words: "Microsoft knows no tenant {tenant}.",
	remedy:
		"Copy the tenant id from {portal}, Overview, into client.yaml, and say its cloud there if it is a national one.",
};
const CERTIFICATE: TokenTrouble = {
	code: "certificate-refused",
	words: "Microsoft does not take the certificate of the application {app}.",
	remedy: `${REGISTRATION}, Certificates & secrets, Certificates: upload the certificate that client.yaml names, or name the one that is there and has not run out.`,
};

const TROUBLES: { readonly [number: number]: TokenTrouble } = {
	7000215: {
		code: "secret-refused",
		words: "Microsoft does not take the secret of the application {app}.",
		remedy: `${REGISTRATION}, Certificates & secrets: make a client secret and keep its value, which is not its id, where client.yaml says.`,
	},
	7000222: {
		code: "secret-expired",
		words: "The secret of the application {app} has run out.",
		remedy: `${REGISTRATION}, Certificates & secrets: make a client secret and keep its value where client.yaml says.`,
	},
	700016: MISSING,
	7000229: MISSING,
	65001: {
		code: "not-consented",
		words: "Nobody has given consent to the application {app} in the tenant {tenant}.",
		remedy: `${ENTERPRISE}, application {app}, Permissions: Grant admin consent.`,
	},
	7000112: {
		code: "app-disabled",
		words: "The application {app} is switched off in the tenant {tenant}.",
		remedy: `${ENTERPRISE}, application {app}, Properties: enable it for users to sign in.`,
	},
	90002: NO_TENANT,
	900021: NO_TENANT,
	900023: NO_TENANT,
	700027: CERTIFICATE,
	1000502: CERTIFICATE,
	700024: {
		code: "clock-wrong",
		words: "Microsoft does not take the sign-in, because this machine's clock is wrong.",
		remedy: "Set the clock of this machine by a time server.",
	},
	53003: {
		code: "blocked-by-policy",
		words: "A Conditional Access policy of the tenant {tenant} keeps the application {app} out.",
		remedy:
			"On {portal}, Protection, Conditional Access: leave the application, or this machine's address, out of that policy.",
	},
};

const UNKNOWN: TokenTrouble = {
	code: "no-token",
	words: "Microsoft gives the application {app} no token for the tenant {tenant}.",
	remedy: "Look up the AADSTS number below on login.microsoftonline.com/error.",
};

/** What Microsoft's support asks for. */
function detailOf(status: number, numbers: readonly number[], body: { readonly [name: string]: unknown }): string {
	const named = (name: string, value: unknown) => (typeof value === "string" ? [`${name} ${value}`] : []);
	return [
		`token endpoint, HTTP ${status}`,
		...numbers.map((number) => `AADSTS${number}`),
		...named("trace", body.trace_id),
		...named("at", body.timestamp),
	].join(", ");
}
