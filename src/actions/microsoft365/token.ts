/**
 * Tokens of one application in one tenant, by secret or by certificate. A token is kept until a minute before it ends and
 * never leaves this tenant's door.
 */
import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { request } from "node:https";
import { UnavailableError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import { type Clock, type Instant, plusMs, toMs } from "../../base/time.ts";

export type TokenOptions = {
	/** `https://login.microsoftonline.com` */
	readonly authority: string;
	readonly tenant: string;
	readonly app: string;
	readonly scope: string;
	readonly clock: Clock;
	/** PEM to trust besides the usual authorities. */
	readonly ca?: string;
	readonly secret?: () => Promise<Secret>;
	/** PEM of a certificate and its private key. */
	readonly certificate?: () => Promise<Secret>;
};

/**
 * Makes a giver of tokens; nothing is asked yet. Two callers at once share one request.
 * Errors: the giver throws `UnavailableError` `no-token` when the authority gives none.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
 */
export function tokenGiver(options: TokenOptions): () => Promise<string> {
	let kept: { readonly token: string; readonly until: Instant } | undefined;
	let asking: Promise<string> | undefined;
	const ask = async () => {
		const { token, seconds } = await askToken(options);
		kept = { token, until: plusMs(options.clock.now(), (seconds - 60) * 1000) };
		return token;
	};
	return async () => {
		if (kept !== undefined && options.clock.now() < kept.until) return kept.token;
		asking ??= ask().finally(() => {
			asking = undefined;
		});
		return asking;
	};
}

async function askToken(options: TokenOptions): Promise<{ readonly token: string; readonly seconds: number }> {
	const url = `${options.authority}/${encodeURIComponent(options.tenant)}/oauth2/v2.0/token`;
	const form = new URLSearchParams({
		grant_type: "client_credentials",
		client_id: options.app,
		scope: options.scope,
		...(await proofOf(options, url)),
	});
	const answer = await post(url, form.toString(), options.ca);
	const { access_token: token, expires_in: seconds, error } = answer;
	if (typeof token === "string" && typeof seconds === "number") return { token, seconds };
	const said = typeof error === "string" ? error : "no token";
	throw new UnavailableError("no-token", `Microsoft gave no token: ${said}.`, {
		advice: "Check app, tenant and secret.",
	});
}

async function proofOf(options: TokenOptions, url: string): Promise<{ readonly [name: string]: string }> {
	if (options.secret !== undefined) return { client_secret: (await options.secret()).open() };
	if (options.certificate === undefined)
		throw new UnavailableError("no-token", "Neither a secret nor a certificate is given.");
	return {
		client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
		client_assertion: assertionOf(options, url, await options.certificate()),
	};
}

/** Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials */
function assertionOf(options: TokenOptions, url: string, pem: Secret): string {
	const certificate = new X509Certificate(pem.open());
	const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const now = Math.floor(toMs(options.clock.now()) / 1000);
	const thumbprint = createHash("sha256").update(certificate.raw).digest("base64url");
	const head = encode({ alg: "RS256", typ: "JWT", "x5t#S256": thumbprint });
	const claims = { aud: url, iss: options.app, sub: options.app, jti: randomUUID(), nbf: now - 60, exp: now + 300 };
	const signed = `${head}.${encode(claims)}`;
	const signature = sign("sha256", Buffer.from(signed), createPrivateKey(pem.open()));
	return `${signed}.${signature.toString("base64url")}`;
}

function post(url: string, body: string, ca: string | undefined): Promise<{ readonly [name: string]: unknown }> {
	const { promise, resolve, reject } = Promise.withResolvers<{ readonly [name: string]: unknown }>();
	const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) };
	const options = { method: "POST", headers, signal: AbortSignal.timeout(15_000), ...(ca === undefined ? {} : { ca }) };
	const fail = (cause: unknown) =>
		reject(new UnavailableError("no-token", "Microsoft's sign-in did not answer.", { cause }));
	const call = request(url, options, (response) => {
		const chunks: Buffer[] = [];
		response.on("data", (chunk: Buffer) => chunks.push(chunk));
		response.on("error", fail);
		response.on("end", () => {
			try {
				const parsed: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
				resolve(isRecord(parsed) ? parsed : {});
			} catch (cause) {
				fail(cause);
			}
		});
	});
	call.on("error", fail);
	call.end(body);
	return promise;
}
