/**
 * A provider of OpenID that lies, over HTTPS on loopback: about itself, about where to sign in, and in what it vouches for.
 * None of it may sign anybody in, nor lead a browser anywhere but on over TLS.
 */
import assert from "node:assert/strict";
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { DeniedError, UnavailableError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";
import { openProviders } from "../../src/chat/web/oidc-provider.ts";
import { certificateFiles } from "../fixtures/certificates.ts";

const folder = mkdtempSync(join(tmpdir(), "sopwith-liar-"));
const own = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
const back = "https://sopwith.example/sign-in/back";

type Lie = {
	readonly description?: object;
	readonly header?: object;
	readonly claims?: object;
	readonly key?: KeyObject;
	readonly answer?: object;
};
let lie: Lie = {};
let issuer = "";
let nonce = "";
const server = createServer();

before(async () => {
	const files = await certificateFiles({ folder, names: ["localhost"], address: "127.0.0.1" });
	server.setSecureContext({ cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) });
	server.on("request", (request, response) => {
		response.setHeader("content-type", "application/json");
		request.resume();
		response.end(JSON.stringify(answerTo(request.url ?? "")));
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
	setDefaultCACertificates([...getCACertificates(), files.ca]);
});
after(async () => {
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
	rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
	lie = {};
});

function answerTo(path: string): object {
	if (path.includes("/.well-known/")) {
		const [authorization, token, keys] = ["/authorize", "/token", "/keys"].map((each) => `${issuer}${each}`);
		const known = { issuer, authorization_endpoint: authorization, token_endpoint: token, jwks_uri: keys };
		return { ...known, response_types_supported: ["code"], ...lie.description };
	}
	if (path === "/keys") return { keys: [{ ...own.publicKey.export({ format: "jwk" }), kid: "own", use: "sig" }] };
	return { access_token: "x", token_type: "bearer", expires_in: 60, id_token: idToken(), ...lie.answer };
}

function idToken(): string {
	const now = Math.floor(Temporal.Now.instant().epochMilliseconds / 1000);
	const claims = { iss: issuer, aud: "sopwith", sub: "1", iat: now, exp: now + 60, nonce, ...lie.claims };
	const header = { alg: "RS256", kid: "own", ...lie.header };
	const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
	return `${text}.${createSign("RSA-SHA256")
		.update(text)
		.sign(lie.key ?? own.privateKey, "base64url")}`;
}

/** Begins and ends as one browser would. */
async function signIn(at = issuer) {
	const providers = openProviders(systemClock);
	const provider = { issuer: at, clientId: "sopwith", secret: new Secret("a secret of two") };
	const { asked, to } = await providers.begin(provider, { back, email: "mo@contoso.example" });
	nonce = asked.nonce;
	return { to, claims: await providers.end(provider, asked, `?code=c&state=${asked.state}`) };
}

test("what is true signs in", async () => {
	const { to, claims } = await signIn();
	assert.equal(new URL(to).origin, issuer);
	assert.equal(claims.sub, "1");
});

for (const [what, description] of [
	["that it is another", { issuer: "https://login.contoso.example" }],
	["that it speaks for every tenant", { issuer: "https://login.microsoftonline.com/{tenantid}/v2.0" }],
	["that people sign in within a script", { authorization_endpoint: "javascript:alert(1)" }],
	["that people sign in without TLS", { authorization_endpoint: "http://127.0.0.1/authorize" }],
	["nothing of where people sign in", { authorization_endpoint: undefined }],
	["what is no address", { authorization_endpoint: "somewhere" }],
] as const) {
	test(`a description that says ${what} leads nobody anywhere`, async () => {
		lie = { description };
		await assert.rejects(signIn(), (error) => {
			return error instanceof UnavailableError && error.code === "provider-unreachable";
		});
	});
}

test("a description that is not the issuer's own is not taken, wherever it was read", async () => {
	lie = { description: { issuer: "https://login.microsoftonline.com/{tenantid}/v2.0" } };
	const elsewhere = `${issuer}/.well-known/openid-configuration`;
	await assert.rejects(signIn(elsewhere), (error) => error instanceof UnavailableError);
});

for (const [what, told] of [
	["of another issuer", { claims: { iss: "https://login.contoso.example" } }],
	["for another program", { claims: { aud: "another" } }],
	["for several, handed to another", { claims: { aud: ["sopwith", "another"], azp: "another" } }],
	["of another sign-in", { claims: { nonce: "another" } }],
	["without a nonce", { claims: { nonce: undefined } }],
	["that has run out", { claims: { exp: 1 } }],
	["of nobody", { claims: { sub: undefined } }],
	["that nobody signed", { header: { alg: "none" } }],
	["signed with a shared word", { header: { alg: "HS256" } }],
	["signed by somebody else", { key: other.privateKey }],
	["that is not there", { answer: { id_token: undefined } }],
] as const satisfies readonly (readonly [string, Lie])[]) {
	test(`a token ${what} signs nobody in`, async () => {
		lie = told;
		await assert.rejects(signIn(), (error) => error instanceof DeniedError && error.code === "sign-in-refused");
	});
}
