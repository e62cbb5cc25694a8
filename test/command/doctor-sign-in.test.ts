/**
 * `sopwith doctor` on where the MSP's own people sign in, as a real process with a vault of its own, at a real provider over
 * TLS. Must never sign anybody in.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isRecord, type Json } from "../../src/base/json.ts";
import { type Oidc, startOidc } from "../fixtures/oidc.ts";
import { type Edit, MSP, openShop } from "./doctor-slack-shop.ts";

const URL_OF_OURS = "https://sopwith.northwind.example";
const NAME = "name: Northwind IT\n";

describe("doctor, where the MSP's own people sign in", () => {
	let oidc: Oidc;
	let shop: ReturnType<typeof openShop>;
	before(async () => {
		oidc = await startOidc({ redirects: [`${URL_OF_OURS}/sign-in/back`], secret: "canary" });
		shop = openShop();
	});
	after(async () => {
		shop.close();
		await oidc.close();
	});

	const signInAt = (issuer: string): Edit => {
		const signIn = `{ issuer: "${issuer}", clientId: sopwith, secret: "secret:northwind/signin" }`;
		return [MSP, NAME, `${NAME}signIn: ${signIn}\n`];
	};
	const env = () => ({ SOPWITH_SIGNIN: "oidc", PUBLIC_URL: URL_OF_OURS, NODE_EXTRA_CA_CERTS: oidc.caFile });

	async function doctor(edits: readonly Edit[], more: { readonly [name: string]: string } = env()) {
		for (const edit of edits) shop.edit(edit);
		const { out, said } = await shop.run(["doctor", "--json"], more);
		for (const [file, from, to] of [...edits].reverse()) shop.edit([file, to, from]);
		assert(!`${out}${said}`.includes("canary"), "the secret was shown");
		const { findings } = JSON.parse(out) as { readonly findings: readonly Json[] };
		return findings.filter(isRecord).filter(({ what }) => String(what).startsWith("Sign-in"));
	}

	test("is not asked before the first start, and says so", async () => {
		const [found] = await doctor([signInAt(oidc.issuer)]);
		assert.deepEqual([found?.ok, found?.what], [true, "Sign-in"]);
		assert.match(String(found?.words), /Nothing was started/u);
	});

	test("has to have its secret in the vault; then the provider is asked, and the redirect address is named", async () => {
		shop.makeData();
		const [bare] = await doctor([signInAt(oidc.issuer)]);
		assert.deepEqual([bare?.about, bare?.ok], ["Northwind IT", false]);
		assert.match(`${bare?.words} ${bare?.remedy}`, /secret:northwind\/signin.*`sopwith secret set/u);
		const kept = await shop.run(["secret", "set", "northwind/signin"], env(), "canary");
		assert.equal(kept.code, 0, kept.said);
		const [good] = await doctor([signInAt(oidc.issuer)]);
		assert.deepEqual([good?.about, good?.ok], ["Northwind IT", true]);
		assert.match(String(good?.remedy), /https:\/\/sopwith\.northwind\.example\/sign-in\/back has to be/u);
		const [gone] = await doctor([signInAt("https://127.0.0.1:1")]);
		assert.deepEqual([gone?.what, gone?.ok], ["Sign-in at 127.0.0.1:1", false]);
		assert(
			oidc.seen.every((line) => line === "GET /.well-known/openid-configuration"),
			oidc.seen.join(),
		);
	});

	test("is missed where nothing is written for them, and left alone where people choose who they are", async () => {
		const [none] = await doctor([]);
		assert.deepEqual([none?.about, none?.ok], ["Northwind IT", true]);
		assert.match(`${none?.words} ${none?.remedy}`, /none of your own people can sign in.*signIn/u);
		assert.deepEqual(await doctor([signInAt(oidc.issuer)], {}), []);
	});
});
