/**
 * Tokens of one application in one tenant, by secret or by certificate. A token is kept until shortly before it ends, and
 * never leaves this tenant's door. Must never keep the secret: it is read anew for each request.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Configuration, INetworkModule, NetworkResponse } from "@azure/msal-node";
import { assert } from "../../base/assert.ts";
import { parseRecord } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import { type Clock, type Instant, plusMs } from "../../base/time.ts";
import { RemoteError } from "../../engine/remote.ts";
import { portalOf } from "./cloud.ts";
import type { Exchange } from "./graph-answer.ts";
import { badCertificate, tokenRefusal } from "./token-refusal.ts";
import { openWire, type Wire } from "./wire.ts";

export type TokenOptions = {
	/** `https://login.microsoftonline.com` */
	readonly authority: string;
	/** The tenant's id or one of its domains. */
	readonly tenant: string;
	/** The application's (client) id. */
	readonly app: string;
	/** `https://graph.microsoft.com/.default` */
	readonly scope: string;
	readonly clock: Clock;
	/** PEM of the authority to trust instead of the usual ones. */
	readonly ca?: string;
	readonly secret?: () => Promise<Secret>;
	/** PEM of a certificate and its private key, without a passphrase. */
	readonly certificate?: () => Promise<Secret>;
	/** Limit of one request in ms. Default 15 s. */
	readonly timeoutMs?: number;
};

/** Gives a token; never the one that Graph has just refused. */
export type TokenGiver = (refused?: string) => Promise<string>;

type Kept = { readonly token: string; readonly renew: Instant; readonly end: Instant };

/**
 * Makes a giver of tokens; nothing is asked yet. Two callers at once share one request. A token is renewed 5 min before it
 * ends; while that fails, it is used to its end.
 * Errors: the giver throws `RemoteError`: refused with the codes of `token-refusal.ts` where Entra said no, `unsent` where
 * it did not answer. A second call is safe.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function tokenGiver(options: TokenOptions): TokenGiver {
	const { clock } = options;
	const wire = openWire(options);
	let kept: Kept | undefined;
	let asking: Promise<Kept> | undefined;
	const ask = () => {
		asking ??= askToken(options, wire).finally(() => {
			asking = undefined;
		});
		return asking;
	};
	return async (refused) => {
		const known = kept?.token === refused ? undefined : kept;
		if (known !== undefined && clock.now() < known.renew) return known.token;
		try {
			kept = await ask();
			return kept.token;
		} catch (error) {
			if (known !== undefined && clock.now() < known.end) return known.token;
			throw error;
		}
	};
}

async function askToken(options: TokenOptions, wire: Wire): Promise<Kept> {
	const { ConfidentialClientApplication } = await import("@azure/msal-node");
	const said: { exchange?: Exchange } = {};
	const system = { networkClient: network(options, wire, said) };
	try {
		const app = new ConfidentialClientApplication({
			auth: { ...authOf(options), ...(await proofOf(options)) },
			system,
		});
		const result = await app.acquireTokenByClientCredential({ scopes: [options.scope] });
		const body = said.exchange?.kind === "answered" ? parseRecord(said.exchange.body) : {};
		if (result !== null && typeof body.expires_in === "number") {
			const now = options.clock.now();
			const [renew, end] = [body.expires_in - 300, body.expires_in - 30].map((s) => plusMs(now, s * 1000));
			return { token: result.accessToken, renew: renew ?? now, end: end ?? now };
		}
	} catch (error) {
		if (error instanceof RemoteError || said.exchange === undefined) throw error;
	}
	assert(said.exchange !== undefined, "a request for a token ends in an exchange");
	throw new RemoteError(tokenRefusal(said.exchange, { ...options, portal: portalOf(options.authority) }));
}

/** The authority is known beforehand, so that nothing but the token itself is asked for. */
function authOf({ authority, tenant, app }: TokenOptions): Configuration["auth"] {
	const base = `${authority}/${encodeURIComponent(tenant)}`;
	const authorityMetadata = JSON.stringify({
		issuer: `${base}/v2.0`,
		authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
		token_endpoint: `${base}/oauth2/v2.0/token`,
		jwks_uri: `${base}/discovery/v2.0/keys`,
	});
	return { clientId: app, authority: base, knownAuthorities: [new URL(authority).host], authorityMetadata };
}

/** Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
async function proofOf(options: TokenOptions): Promise<Partial<Configuration["auth"]>> {
	if (options.certificate === undefined) return { clientSecret: (await options.secret?.())?.open() ?? "" };
	const pem = (await options.certificate()).open();
	const { privateKey, thumbprintSha256 } = readCertificate(pem);
	return { clientCertificate: { thumbprintSha256, privateKey } };
}

function readCertificate(pem: string): { readonly privateKey: string; readonly thumbprintSha256: string } {
	try {
		const key = createPrivateKey(pem);
		const certificate = new X509Certificate(pem);
		if (key.asymmetricKeyType === "rsa" && certificate.checkPrivateKey(key)) {
			const privateKey = key.export({ type: "pkcs8", format: "pem" }).toString();
			return { privateKey, thumbprintSha256: certificate.fingerprint256.replaceAll(":", "") };
		}
	} catch {
		throw badCertificate("the PEM holds no certificate, or no private key without a passphrase");
	}
	throw badCertificate("the private key is not RSA, or not the certificate's");
}

/** How the library reaches Entra: over our wire, once. What was said stays in the slot, because it would be flattened. */
function network(options: TokenOptions, wire: Wire, said: { exchange?: Exchange }): INetworkModule {
	const send = async <T>(
		method: "GET" | "POST",
		url: string,
		more: { readonly headers?: { readonly [name: string]: string }; readonly body?: string } = {},
	): Promise<NetworkResponse<T>> => {
		const { headers = {}, body = "" } = more;
		const signal = AbortSignal.timeout(options.timeoutMs ?? 15_000);
		said.exchange = await wire.send({ method, url, headers, body, signal });
		if (said.exchange.kind === "lost" || said.exchange.status !== 200) throw new Error("no token");
		return { status: 200, headers: {}, body: parseRecord(said.exchange.body) as T };
	};
	return {
		sendGetRequestAsync: (url, more) => send("GET", url, more),
		sendPostRequestAsync: (url, more) => send("POST", url, more),
	};
}
