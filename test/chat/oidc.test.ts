/**
 * Signing in through an organisation's own provider: a real provider over HTTPS, and a browser of plain requests that
 * keeps cookies as a browser does.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { Registry } from "prom-client";
import { SopwithError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { examineSignIn } from "../../src/chat/web/examine-sign-in.ts";
import { createOidc, type Organisation } from "../../src/chat/web/oidc.ts";
import { type Claims, identityOf, personOfClaims } from "../../src/chat/web/oidc-person.ts";
import { openProviders } from "../../src/chat/web/oidc-provider.ts";
import { createWeb } from "../../src/console/server.ts";
import type { Person } from "../../src/people/roster.ts";
import { type Oidc, startOidc } from "../fixtures/oidc.ts";
import { openWorld, type World } from "./world.ts";

const SECRET = "a secret only the two of us know";
let world: World;
let oidc: Oidc;
let url = "";
let issuer = "";
let secret = SECRET;
let close: () => Promise<void>;

before(async () => {
	world = await openWorld();
	const server = createServer();
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	oidc = await startOidc({ redirects: [`${url}/sign-in/back`, `${url}/sign-in/back/contoso`], secret: SECRET });
	issuer = oidc.issuer;
	setDefaultCACertificates([...getCACertificates(), oidc.ca]);
	const { definitions, clock, audit } = world;
	const organisations = (): readonly Organisation[] => {
		const at = { issuer, clientId: "sopwith", secret: "env:SIGN_IN" };
		const { msp, clients } = definitions();
		const people = (clients.contoso?.roster.people ?? []).filter(({ of }) => of === "client");
		return [
			{ people: msp.people, at },
			{ client: "contoso", people, at },
		];
	};
	const signIn = createOidc({
		sessions: world.people,
		definitions,
		clock,
		audit,
		publicUrl: url,
		providers: openProviders(clock),
		organisations,
		secretOf: async () => {
			if (secret === "") throw new SopwithError("no-such-secret", "secret:contoso/signin");
			return new Secret(secret);
		},
	});
	const mounts = [
		{ at: "/", handler: signIn.router },
		{
			at: "/whoami",
			handler: [
				signIn.requireActor,
				(_request: unknown, response: { locals: object; json: (it: object) => void }) => response.json(response.locals),
			] as never,
		},
	];
	server.on(
		"request",
		createWeb({
			clock,
			registry: new Registry(),
			ready: () => true,
			publicUrl: url,
			loopback: false,
			mounts,
			complain: (error) => assert.fail(String(error)),
		}),
	);
	close = async () => {
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
		await oidc.close();
		await world.end();
	};
});
after(() => close());

/** Requests with a jar of cookies per host, following nothing by itself. */
function browser() {
	const jar = new Map<string, Map<string, string>>();
	const go = async (to: string, form?: { readonly [name: string]: string }) => {
		const { host, origin } = new URL(to);
		const cookies = jar.get(host) ?? new Map<string, string>();
		jar.set(host, cookies);
		const headers = { accept: "text/html", cookie: [...cookies].map((pair) => pair.join("=")).join("; ") };
		const answer = await fetch(to, {
			redirect: "manual",
			...(form === undefined
				? { headers }
				: { method: "POST", headers: { ...headers, origin }, body: new URLSearchParams(form) }),
		});
		for (const line of answer.headers.getSetCookie()) {
			const [name = "", value = ""] = (line.split(";")[0] ?? "").split(/=(.*)/s);
			if (value === "" || /max-age=0/i.test(line)) cookies.delete(name);
			else cookies.set(name, value);
		}
		return { status: answer.status, at: answer.headers.get("location") ?? "", text: await answer.text(), from: to };
	};
	return { go, jar };
}

const onwards = (page: string) =>
	/http-equiv="refresh" content="0;url=([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";

/** Goes all the way: the address, the provider, and back. Gives the last page of ours. */
async function signIn(email: string, { next = "/runs/1", as = browser() } = {}) {
	const begun = await as.go(`${url}/sign-in`, { email, next });
	let at = onwards(begun.text);
	if (at === "") return { page: begun, as };
	for (let hop = 0; hop < 8 && !at.startsWith(url); hop += 1) {
		const answer = await as.go(at);
		at = new URL(answer.at, at).href;
	}
	return { page: await as.go(at), as, came: at };
}

const who = async (as: ReturnType<typeof browser>) => {
	const answer = await fetch(`${url}/whoami`, {
		headers: { cookie: [...(as.jar.get(new URL(url).host) ?? [])].map((pair) => pair.join("=")).join("; ") },
	});
	return { status: answer.status, actor: ((await answer.json()) as { actor?: unknown }).actor };
};

test("somebody of a client signs in at the client's provider and goes on to what they asked for", async () => {
	oidc.signInAs({ sub: "1", email: "mo@contoso.example", email_verified: true });
	const { page, as } = await signIn("mo@contoso.example");
	assert.equal(page.status, 200);
	assert.equal(onwards(page.text), "/runs/1");
	assert.deepEqual((await who(as)).actor, { id: "mo", client: "contoso" });
});

test("the MSP's staff sign in at the MSP's own", async () => {
	const [tia] = world.definitions().msp.people;
	oidc.signInAs({ sub: "2", email: tia?.email ?? "", email_verified: true });
	const { as } = await signIn(tia?.email ?? "");
	assert.deepEqual((await who(as)).actor, { id: "tia" });
});

test("a colleague's address finds the provider, and the provider says who it is", async () => {
	oidc.signInAs({ sub: "3", email: "di@contoso.example", email_verified: true });
	const { as } = await signIn("mo@contoso.example");
	assert.deepEqual((await who(as)).actor, { id: "di", client: "contoso" });
});

for (const [what, claims] of [
	["an address that is not verified", { sub: "4", email: "mo@contoso.example", email_verified: false }],
	["no word on whether the address is verified", { sub: "4", email: "mo@contoso.example" }],
	["a name somebody chose", { sub: "4", preferred_username: "mo@contoso.example" }],
	["somebody the roster does not name", { sub: "4", email: "eve@contoso.example", email_verified: true }],
	["a person of another organisation", { sub: "4", email: "finn@fabrikam.example", email_verified: true }],
] as const) {
	test(`${what} signs nobody in`, async () => {
		oidc.signInAs(claims);
		const { page, as } = await signIn("mo@contoso.example");
		assert.equal(page.status, 403);
		assert.match(page.text, /Nobody is signed in/);
		assert.equal((await who(as)).status, 401);
	});
}

test("an address of nobody's is sent nowhere, and is told no name of a client", async () => {
	const { page } = await signIn("someone@elsewhere.example");
	assert.equal(page.status, 422);
	assert.match(page.text, /Nobody of that address signs in here/);
	assert.doesNotMatch(page.text, /contoso|fabrikam/i);
	const first = await browser().go(`${url}/sign-in`);
	assert.doesNotMatch(first.text, /contoso|fabrikam/i);
});

test("going back without signing in says so", async () => {
	oidc.signInAs(undefined);
	const { page, as } = await signIn("mo@contoso.example");
	assert.equal(page.status, 403);
	assert.equal((await who(as)).status, 401);
});

test("what comes back to another browser signs nobody in there", async () => {
	oidc.signInAs({ sub: "1", email: "mo@contoso.example", email_verified: true });
	const mine = browser();
	const begun = await mine.go(`${url}/sign-in`, { email: "mo@contoso.example", next: "/" });
	let at = onwards(begun.text);
	while (!at.startsWith(url)) at = new URL((await mine.go(at)).at, at).href;
	const other = browser();
	assert.equal((await other.go(at)).status, 422);
	assert.equal((await who(other)).status, 401);
	assert.equal((await mine.go(at)).status, 200);
	assert.equal((await mine.go(at)).status, 422, "and once only");
});

test("a state, a code or an issuer that was not asked for is refused", async () => {
	oidc.signInAs({ sub: "1", email: "mo@contoso.example", email_verified: true });
	for (const spoil of ["state", "code", "iss"]) {
		const as = browser();
		const begun = await as.go(`${url}/sign-in`, { email: "mo@contoso.example", next: "/" });
		let at = onwards(begun.text);
		while (!at.startsWith(url)) at = new URL((await as.go(at)).at, at).href;
		const spoilt = new URL(at);
		spoilt.searchParams.set(spoil, "https://evil.example");
		const page = await as.go(spoilt.href);
		assert.equal(page.status, 403, spoil);
		assert.equal((await who(as)).status, 401);
	}
});

test("nobody is kept from signing in by a page that makes browsers come back for nothing", async () => {
	const statuses = await Promise.all(
		Array.from({ length: 130 }, () => browser().go(`${url}/sign-in/back?code=1&state=2`)),
	);
	assert.deepEqual([...new Set(statuses.map(({ status }) => status))], [422]);
	oidc.signInAs({ sub: "1", email: "mo@contoso.example", email_verified: true });
	const { as } = await signIn("mo@contoso.example");
	assert.deepEqual((await who(as)).actor, { id: "mo", client: "contoso" });
});

test("nobody is kept from signing in by somebody who tries one address over and over", async () => {
	const tried = Array.from({ length: 130 }, () => browser().go(`${url}/sign-in`, { email: "eve@elsewhere.example" }));
	const statuses = (await Promise.all(tried)).map(({ status }) => status);
	assert.deepEqual([...new Set(statuses)].toSorted(), [422, 429]);
	oidc.signInAs({ sub: "1", email: "mo@contoso.example", email_verified: true });
	const { as } = await signIn("mo@contoso.example");
	assert.deepEqual((await who(as)).actor, { id: "mo", client: "contoso" });
});

test("more than ten minutes is too long", async () => {
	oidc.signInAs({ sub: "1", email: "mo@contoso.example", email_verified: true });
	const as = browser();
	const begun = await as.go(`${url}/sign-in`, { email: "mo@contoso.example", next: "/" });
	let at = onwards(begun.text);
	while (!at.startsWith(url)) at = new URL((await as.go(at)).at, at).href;
	world.clock.pass(11 * 60_000);
	assert.equal((await as.go(at)).status, 422);
});

test("a provider that is not there, and a secret it does not take, are told as that", async () => {
	issuer = "https://127.0.0.1:1";
	const gone = await signIn("mo@contoso.example");
	assert.equal(gone.page.status, 503);
	assert.match(gone.page.text, /127\.0\.0\.1:1, where you sign in, did not answer/);
	issuer = oidc.issuer;
	secret = "another";
	oidc.signInAs({ sub: "1", email: "mo@contoso.example", email_verified: true });
	const { page, as } = await signIn("mo@contoso.example");
	secret = "";
	const without = await signIn("mo@contoso.example");
	assert.equal(without.page.status, 503);
	assert.doesNotMatch(without.page.text, /secret:contoso/);
	secret = SECRET;
	assert.equal(page.status, 503);
	assert.match(page.text, /does not take what Sopwith is called there, or its secret/);
	assert.equal((await who(as)).status, 401);
});

test("a way on that leads elsewhere is not followed", async () => {
	oidc.signInAs({ sub: "1", email: "mo@contoso.example", email_verified: true });
	for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
		const { page } = await signIn("mo@contoso.example", { next });
		assert.equal(onwards(page.text), "/");
	}
});

test("a link followed out of a chat comes with the session it left behind", async () => {
	const headers = { accept: "text/html", "sec-fetch-site": "cross-site" };
	const crossed = await fetch(`${url}/whoami`, { redirect: "manual", headers });
	assert.equal(crossed.status, 200);
	assert.equal(onwards(await crossed.text()), "/whoami");
	const own = await fetch(`${url}/whoami`, {
		redirect: "manual",
		headers: { ...headers, "sec-fetch-site": "same-origin" },
	});
	assert.equal(own.status, 303);
});

const person = (id: string, more: object = {}): Person => ({
	id,
	name: id,
	email: `${id}@contoso.example`,
	of: "client",
	...more,
});
const TENANT = "11111111-1111-4111-8111-111111111111";
const OBJECT = "22222222-2222-4222-8222-222222222222";
const entra = { iss: `https://login.microsoftonline.com/${TENANT}/v2.0`, tid: TENANT };

test("at Entra the object id says who it is, and a name only where the roster has none", () => {
	const mo = person("mo", { teams: OBJECT });
	const di = person("di");
	const found = (claims: object) => personOfClaims({ ...entra, ...claims }, [mo, di])?.id;
	assert.equal(found({ oid: OBJECT.toUpperCase(), preferred_username: "di@contoso.example" }), "mo");
	assert.equal(found({ oid: "other", preferred_username: "DI@contoso.example" }), "di");
	assert.equal(found({ oid: "other", preferred_username: "mo@contoso.example" }), undefined);
	assert.equal(found({ oid: "other", email: "di@contoso.example", email_verified: true }), undefined);
	const listed = person("mo", { teams: `${TENANT}/${OBJECT}` });
	assert.equal(personOfClaims({ ...entra, oid: OBJECT }, [listed])?.id, "mo");
	assert.equal(personOfClaims({ ...entra, tid: "another", oid: OBJECT }, [listed]), undefined);
	assert.equal(personOfClaims({ ...entra, oid: OBJECT }, [mo, person("eve", { teams: OBJECT })]), undefined);
});

test("at Entra a guest is known by the object id alone, for the name is another tenant's or a mail box's", () => {
	const [mo, di] = [person("mo", { teams: OBJECT }), person("di")];
	const guest = { ...entra, idp: "https://sts.windows.net/33333333-3333-4333-8333-333333333333/" };
	const found = (claims: Claims) => personOfClaims(claims, [mo, di])?.id;
	assert.equal(found({ ...guest, oid: "other", preferred_username: "di@contoso.example" }), undefined);
	assert.equal(found({ ...entra, idp: "live.com", oid: "other", preferred_username: "di@contoso.example" }), undefined);
	assert.equal(found({ ...guest, oid: OBJECT, preferred_username: "mo@elsewhere.example" }), "mo");
	for (const idp of [entra.iss, `https://sts.windows.net/${TENANT}/`]) {
		assert.equal(found({ ...entra, idp, oid: "other", preferred_username: "di@contoso.example" }), "di");
	}
});

test("somebody nobody knows is told about in no more words than an address has", () => {
	assert.equal(identityOf({ email: "eve@contoso.example", sub: "5" }), "eve@contoso.example");
	assert.equal(identityOf({ preferred_username: "e".repeat(1_000_000) }), "e".repeat(254));
	assert.equal(identityOf({ email: 7 }), "someone without a name");
});

test("an object id from elsewhere than Entra is nobody's", () => {
	const mo = person("mo", { teams: OBJECT });
	assert.equal(personOfClaims({ iss: "https://evil.example", tid: TENANT, oid: OBJECT }, [mo]), undefined);
	assert.equal(
		personOfClaims({ iss: "https://login.microsoftonline.com.evil.example/", oid: OBJECT }, [mo]),
		undefined,
	);
});

test("at Google only an organisation's own domain counts", () => {
	const claims = { iss: "https://accounts.google.com", email: "di@contoso.example", email_verified: true };
	assert.equal(personOfClaims(claims, [person("di")]), undefined);
	assert.equal(personOfClaims({ ...claims, hd: "contoso.example" }, [person("di")])?.id, "di");
});

test("the doctor tells a provider that answers from one that does not, and a secret that is not there", async () => {
	const at = { issuer: oidc.issuer, clientId: "sopwith", secret: "secret:contoso/signin" };
	const parts = {
		providers: openProviders(world.clock),
		secret: async () => new Secret(SECRET),
		back: `${url}/sign-in/back`,
	};
	const good = await examineSignIn(at, parts);
	assert.equal(good.ok, true);
	assert.match(good.remedy ?? "", /sign-in\/back has to be a redirect address of sopwith/);
	const gone = await examineSignIn({ ...at, issuer: "https://127.0.0.1:1" }, parts);
	assert.deepEqual([gone.ok, /openid-configuration/.test(gone.remedy ?? "")], [false, true]);
	const other = await examineSignIn({ ...at, issuer: `${oidc.issuer}/other` }, parts);
	assert.equal(other.ok, false);
	const without = async () => Promise.reject(new SopwithError("no-such-secret", "A secret is not there."));
	const none = await examineSignIn(at, { ...parts, secret: without });
	assert.deepEqual([none.ok, /secret set/.test(none.remedy ?? "")], [false, true]);
});
