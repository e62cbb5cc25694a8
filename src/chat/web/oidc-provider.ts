/**
 * An organisation's provider of OpenID, asked with the authorisation code flow and PKCE. The only file that knows the
 * library. Must never take an answer that was not asked for, nor keep a token: who it is about is all that is wanted.
 */
import type { Configuration } from "openid-client";
import { DeniedError, UnavailableError } from "../../base/errors.ts";
import { sha256 } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import type { Claims } from "./oidc-person.ts";

/** Where somebody signs in: as `signIn` of `client.yaml` and `msp.yaml` says it. */
export type Provider = { readonly issuer: string; readonly clientId: string; readonly secret: Secret };

/** What has to come back unchanged. Kept by us for the browser that began, never in it. */
export type Asked = {
	readonly state: string;
	readonly nonce: string;
	readonly verifier: string;
	readonly back: string;
};

export type Providers = {
	/** Begins: where to send the browser, and what has to come back. Errors: `UnavailableError` `provider-unreachable`. */
	readonly begin: (provider: Provider, wish: { readonly back: string; readonly email: string }) => Promise<Begun>;
	/**
	 * Ends: the claims of the ID token, proved. Errors: `DeniedError` `sign-in-refused` when the provider said no or what
	 * came is not what was asked for; `UnavailableError` `provider-unreachable`, and `sign-in-not-set-up`
	 * when the provider does not take our name or secret.
	 */
	readonly end: (provider: Provider, asked: Asked, query: string) => Promise<Claims>;
};

type Begun = { readonly asked: Asked; readonly to: string };

const SECONDS = 10;

/** Opens the table of providers; each one's own description is read when it is first needed and again after an hour. */
export function openProviders(clock: { readonly now: () => string }): Providers {
	const known = new Map<string, { readonly hour: string; readonly config: Promise<Configuration> }>();
	const configOf = (provider: Provider): Promise<Configuration> => {
		const { issuer, clientId, secret } = provider;
		const [name, hour] = [`${issuer} ${clientId} ${sha256(secret.open())}`, clock.now().slice(0, 13)];
		const kept = known.get(name);
		if (kept?.hour === hour) return kept.config;
		const config = discovered(provider);
		known.set(name, { hour, config });
		config.catch(() => known.delete(name));
		return config;
	};
	return {
		begin: async (provider, { back, email }) => {
			const config = await configOf(provider);
			const library = await import("openid-client");
			const verifier = library.randomPKCECodeVerifier();
			const asked = { state: library.randomState(), nonce: library.randomNonce(), verifier, back };
			const to = library.buildAuthorizationUrl(config, {
				redirect_uri: back,
				scope: "openid profile email",
				code_challenge: await library.calculatePKCECodeChallenge(verifier),
				code_challenge_method: "S256",
				state: asked.state,
				nonce: asked.nonce,
				...(email === "" ? {} : { login_hint: email }),
			});
			return { asked, to: to.href };
		},
		end: async (provider, asked, query) => {
			const config = await configOf(provider);
			const library = await import("openid-client");
			const came = new URL(asked.back);
			came.search = query;
			try {
				const answer = await library.authorizationCodeGrant(config, came, {
					expectedState: asked.state,
					expectedNonce: asked.nonce,
					pkceCodeVerifier: asked.verifier,
					idTokenExpected: true,
				});
				return answer.claims() ?? {};
			} catch (cause) {
				if (cause instanceof library.ClientError && cause.code === "OAUTH_TIMEOUT") throw unreachable(provider, cause);
				if (cause instanceof TypeError) throw unreachable(provider, cause);
				const ours = cause instanceof library.ResponseBodyError && OUR_FAULT.has(cause.error);
				if (ours) throw notSetUp(provider, cause);
				throw notBegunHere(cause);
			}
		},
	};
}

/** What came back is not the answer to what was asked. */
export function notBegunHere(cause?: unknown): DeniedError {
	const words = "What came back from there is not a sign-in that was begun here. Nobody is signed in.";
	return new DeniedError("sign-in-refused", words, { cause });
}

/** Reads how a provider describes itself. Signatures are looked at too, though a token comes straight from there. */
async function discovered(provider: Provider): Promise<Configuration> {
	const library = await import("openid-client");
	const { issuer, clientId, secret } = provider;
	const auth = library.ClientSecretPost(secret.open());
	const options = { timeout: SECONDS, execute: [library.enableNonRepudiationChecks] };
	const config = await library
		.discovery(new URL(issuer), clientId, undefined, auth, options)
		.catch((cause: unknown) => {
			throw unreachable(provider, cause);
		});
	const { issuer: said, authorization_endpoint: to = "" } = config.serverMetadata();
	// The library takes Entra's description of all tenants for one tenant's, and looks at where people sign in too late.
	const isOwn = said.replace(/\/$/, "") === issuer.replace(/\/$/, "");
	if (!isOwn || !to.startsWith("https://") || !URL.canParse(to)) throw unreachable(provider);
	return config;
}

/** Source: https://www.rfc-editor.org/rfc/rfc6749#section-5.2. */
const OUR_FAULT: ReadonlySet<string> = new Set(["invalid_client", "unauthorized_client"]);

function notSetUp({ issuer }: Provider, cause: unknown): UnavailableError {
	const words = `${new URL(issuer).host} does not take what Sopwith is called there, or its secret. Nobody is signed in.`;
	const advice = "The service desk can put signIn right: its clientId, and a secret that has not run out.";
	return new UnavailableError("sign-in-not-set-up", words, { cause, advice });
}

function unreachable({ issuer }: Provider, cause?: unknown): UnavailableError {
	const words = `${new URL(issuer).host}, where you sign in, did not answer as it should. Nobody is signed in.`;
	return new UnavailableError("provider-unreachable", words, { cause, advice: "Try again in a minute." });
}
