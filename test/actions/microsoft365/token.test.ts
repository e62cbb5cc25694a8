/**
 * Tokens over real TLS from a desk that speaks like Entra: secret and certificate, renewal, sharing, and what each refusal
 * tells an admin.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { generate } from "selfsigned";
import { type TokenGiver, type TokenOptions, tokenGiver } from "../../../src/actions/microsoft365/token.ts";
import { tokenTrouble } from "../../../src/actions/microsoft365/token-refusal.ts";
import type { Fault } from "../../../src/actions/sandbox/faults.ts";
import { Secret } from "../../../src/base/secret.ts";
import { type Answer, RemoteError } from "../../../src/engine/remote.ts";
import { type Stage, withSandbox } from "../sandbox/with-sandbox.ts";

type Desk = Stage & { readonly token: TokenGiver; readonly asked: () => number };

/** A giver for the sandbox's own application; `asked` counts requests at its token endpoint. */
async function withDesk(t: TestContext, more: Partial<TokenOptions> = {}): Promise<Desk> {
	const stage = await withSandbox(t);
	const { authority, tenantId, app, ca } = stage.sandbox;
	let asked = 0;
	const counted = (target: { readonly method: string }) => {
		asked += target.method === "POST" ? 1 : 0;
		return false;
	};
	stage.sandbox.tokenFault({ match: counted, answer: { kind: "dropped", applied: false } });
	const token = tokenGiver({
		...{ authority, tenant: tenantId, app: app.id, ca, clock: stage.clock },
		scope: "https://graph.microsoft.com/.default",
		secret: async () => new Secret(app.secret),
		...more,
	});
	return { ...stage, token, asked: () => asked };
}

async function refusalOf(token: Promise<string>): Promise<Exclude<Answer<never>, { kind: "ok" }>> {
	const error = await token.then(
		() => undefined,
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof RemoteError, String(error));
	return error.answer;
}

async function pemOf(options: { readonly bits?: number; readonly ec?: boolean } = {}) {
	const kind = options.ec === true ? { keyType: "ec" as const, curve: "P-256" as const } : { keySize: 2048 };
	const made = await generate([{ name: "commonName", value: "Sopwith at Contoso" }], { ...kind, algorithm: "sha256" });
	return { cert: made.cert, key: made.private };
}

test("callers at once share one request, and the token is used until 5 min before its end", async (t) => {
	const { token, asked, clock, raw } = await withDesk(t);
	const [one, two] = await Promise.all([token(), token()]);
	assert.deepEqual([one === two, asked()], [true, 1]);
	clock.move(3_298_000);
	assert.equal(await token(), one);
	clock.move(2_000);
	assert.notEqual(await token(), one);
	assert.equal(asked(), 2);
	assert.equal((await raw("GET", "/v1.0/domains")).status, 200);
});

test("the token that Graph refused is not given again, and a newer one is not thrown away for it", async (t) => {
	const { token, asked } = await withDesk(t);
	const old = await token();
	const fresh = await token(old);
	assert.notEqual(fresh, old);
	assert.deepEqual([await token(old), asked()], [fresh, 2]);
});

test("while Entra does not answer, a token is used to its end and no longer", async (t) => {
	const { token, clock, sandbox } = await withDesk(t);
	const old = await token();
	sandbox.tokenFault({ match: () => true, times: 9, answer: { kind: "dropped", applied: false } });
	clock.move(3_400_000);
	assert.equal(await token(), old);
	clock.move(190_000);
	const refused = await refusalOf(token());
	assert.deepEqual([refused.kind, refused.code], ["unsent", "sign-in-unreachable"]);
});

test("a certificate opens the tenant, and one that the application does not list is refused", async (t) => {
	const [mine, other] = await Promise.all([pemOf(), pemOf()]);
	let pem = `${mine.cert}\n${mine.key}`;
	const { sandbox, token } = await withDesk(t, { certificate: async () => new Secret(pem) });
	sandbox.takeCertificate(mine.cert);
	const got = await token();
	assert.ok(got.length > 20);
	pem = `${other.key}\n${other.cert}`;
	assert.equal((await refusalOf(token(got))).code, "certificate-refused");
});

for (const [what, make] of [
	["a certificate without its key", async () => (await pemOf()).cert],
	["a key without a certificate", async () => (await pemOf()).key],
	["a certificate beside the key of another", async () => `${(await pemOf()).cert}\n${(await pemOf()).key}`],
	["a certificate whose key is not RSA", async () => Object.values(await pemOf({ ec: true })).join("\n")],
	["no PEM at all", async () => "certificate"],
] as const) {
	test(`${what} is named before anything is asked`, async (t) => {
		const pem = await make();
		const { token, asked } = await withDesk(t, { certificate: async () => new Secret(pem) });
		const refused = await refusalOf(token());
		assert.deepEqual([refused.kind, refused.code, asked()], ["refused", "bad-certificate", 0]);
		assert.ok(!JSON.stringify(refused).includes("BEGIN"));
	});
}

test("a wrong secret, a strange tenant and a strange application are three different things", async (t) => {
	const { asked, ...stage } = await withDesk(t);
	const { authority, tenantId, app, ca } = stage.sandbox;
	const scope = "https://graph.microsoft.com/.default";
	const right = { authority, tenant: tenantId, app: app.id, ca, clock: stage.clock, scope };
	const codes = [];
	for (const options of [
		{ ...right, secret: async () => new Secret("wrong") },
		{ ...right, tenant: "fabrikam.example", secret: async () => new Secret(app.secret) },
		{ ...right, app: "00000000-0000-4000-8000-000000000000", secret: async () => new Secret(app.secret) },
	]) {
		const refused = await refusalOf(tokenGiver(options)());
		codes.push([refused.kind, refused.code, refused.kind === "refused" && refused.retryable].join(" "));
	}
	assert.deepEqual(codes, [
		"refused secret-refused false",
		"refused no-such-tenant false",
		"refused app-not-in-tenant false",
	]);
});

const REFUSALS: readonly (readonly [number, string, RegExp])[] = [
	[7000222, "secret-expired", /Certificates & secrets/],
	[7000215, "secret-refused", /its value, which is not its id/],
	[700016, "app-not-in-tenant", /Grant admin consent/],
	[7000229, "app-not-in-tenant", /Grant admin consent/],
	[65001, "not-consented", /Enterprise applications, application .+ Permissions/],
	[7000112, "app-disabled", /enable it/],
	[90002, "no-such-tenant", /entra\.microsoft\.com, Overview/],
	[700027, "certificate-refused", /upload the certificate/],
	[700024, "clock-wrong", /time server/],
	[53003, "blocked-by-policy", /Conditional Access/],
	[70011, "no-token", /login\.microsoftonline\.com\/error/],
];

for (const [number, code, remedy] of REFUSALS) {
	test(`AADSTS${number} is ${code}, with the page where it is mended`, async (t) => {
		const { token, sandbox } = await withDesk(t);
		sandbox.tokenFault({ match: {}, answer: { kind: "status", status: 401, code: String(number) } });
		const refused = await refusalOf(token());
		assert.ok(refused.kind === "refused");
		assert.deepEqual([refused.code, refused.retryable], [code, false]);
		assert.match(refused.message, remedy);
		assert.match(refused.message, /Nothing changed\./);
		assert.match(refused.detail, new RegExp(`HTTP 401, AADSTS${number}, trace [0-9a-f-]{36}, at 20`));
		assert.ok(!JSON.stringify(refused).includes(sandbox.app.secret));
		await token();
	});
}

const LATER: readonly (readonly [string, Fault["answer"], string, number | undefined])[] = [
	["429", { kind: "status", status: 429, retryAfter: "315" }, "sign-in-throttled", 315_000],
	["503", { kind: "status", status: 503, retryAfter: "7" }, "sign-in-unavailable", 7_000],
	["400 with 90033", { kind: "status", status: 400, code: "90033" }, "sign-in-unavailable", undefined],
	["a lost connection", { kind: "dropped", applied: false }, "sign-in-unreachable", undefined],
];

for (const [what, answer, code, after] of LATER) {
	test(`${what} from the token endpoint is ${code}, and the next try is not held back by the library`, async (t) => {
		const { token, sandbox, asked } = await withDesk(t);
		sandbox.tokenFault({ match: {}, answer });
		const refused = await refusalOf(token());
		assert.deepEqual([refused.kind, refused.code], ["unsent", code]);
		assert.equal(refused.kind === "unsent" ? refused.retryAfterMs : 0, after);
		await token();
		assert.equal(asked(), 2);
	});
}

test("an authority that is not trusted is not told the secret", async (t) => {
	const stage = await withSandbox(t);
	const { authority, tenantId, app } = stage.sandbox;
	const secret = async () => new Secret(app.secret);
	const scope = "https://graph.microsoft.com/.default";
	const token = tokenGiver({ authority, tenant: tenantId, app: app.id, scope, clock: stage.clock, secret });
	const refused = await refusalOf(token());
	assert.deepEqual([refused.kind, refused.code], ["unsent", "sign-in-unreachable"]);
	assert.match(refused.detail, /not-trusted/);
});

test("a tenant of a national cloud is sent to its own portal", () => {
	const about = { portal: "https://entra.microsoft.us", tenant: "contoso.us", app: "a" };
	assert.match(tokenTrouble([7000222], about).remedy, /^On https:\/\/entra\.microsoft\.us, App registrations/);
	assert.equal(tokenTrouble([], about).code, "no-token");
	assert.equal(tokenTrouble([1, 90002], about).code, "no-such-tenant");
});
