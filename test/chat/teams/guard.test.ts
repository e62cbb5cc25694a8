/**
 * Forty ways to knock that are not Teams, over HTTP against keys served over TLS: each is refused with 401 or 403, none
 * with 500, and each stands in the audit.
 */
import assert from "node:assert/strict";
import { createHmac, createPublicKey, generateKeyPairSync } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Json, Values } from "../../../src/base/json.ts";
import { toMs } from "../../../src/base/time.ts";
import { APP, type Microsoft, signing, TENANT, tokenOf } from "./microsoft.ts";
import { claimsOf, goodToken, openTeamsWorld, type TeamsWorld } from "./teams-world.ts";

const OTHER = "cccccccc-0000-4000-8000-000000000003";
let world: TeamsWorld;
let microsoft: Microsoft;
before(async () => {
	world = await openTeamsWorld();
	({ microsoft } = world);
});
after(() => world.end());

const nowMs = () => toMs(world.clock.now());
const seconds = (shift: number) => Math.floor(nowMs() / 1000) + shift;
const claims = (more: Values = {}): Values => ({ ...claimsOf(microsoft, nowMs()), ...more });
const first = () => {
	const [key] = microsoft.keys;
	assert(key !== undefined);
	return key;
};
const signed = (more: Values, header: Values = {}) => tokenOf(first(), claims(more), header);
const without = (name: string) => {
	const { [name]: _, ...rest } = claims();
	return tokenOf(first(), rest);
};
const base64 = (value: Values) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** Signed with a public key as if it were a shared secret. */
const confused = () => {
	const parts = `${base64({ alg: "HS256", typ: "JWT", kid: "key-1" })}.${base64(claims())}`;
	const pem = createPublicKey({ key: first().jwk as never, format: "jwk" }).export({ type: "spki", format: "pem" });
	return `${parts}.${createHmac("sha256", pem).update(parts).digest("base64url")}`;
};
const tampered = () => {
	const [head, , signature] = goodToken(microsoft, nowMs()).split(".");
	return `${head}.${base64(claims({ exp: seconds(9000) }))}.${signature}`;
};

describe("a token", () => {
	const rows: readonly (readonly [string, () => string, string])[] = [
		["of nothing", () => "", "no-such-token"],
		["that is no token", () => "abc", "no-such-token"],
		["of two parts", () => goodToken(microsoft, nowMs()).split(".").slice(0, 2).join("."), "no-such-token"],
		["with more behind it", () => `${goodToken(microsoft, nowMs())}.x`, "no-such-token"],
		["that nobody signed", () => `${base64({ alg: "none" })}.${base64(claims())}.x`, "no-such-token"],
		["signed with the public key", confused, "no-such-token"],
		["with words that must be understood", () => signed({}, { crit: ["b64"], b64: false }), "no-such-token"],
		["without the name of a key", () => tokenOf(first(), claims(), { kid: null }), "no-such-token"],
		["longer than any", () => signed({ padding: "x".repeat(9000) }), "no-such-token"],
		["changed on its way", tampered, "bad-signature"],
		[
			"of a key that is not theirs",
			() => tokenOf({ ...signing("key-1", []), kid: "key-1" }, claims()),
			"bad-signature",
		],
		["of an unknown key", () => tokenOf(signing("key-9", ["msteams"]), claims()), "unknown-key"],
		["of another issuer", () => signed({ iss: "https://sts.windows.net/common/" }), "other-issuer"],
		[
			"of the emulator",
			() => signed({ iss: "https://login.microsoftonline.com/botframework.com/v2.0" }),
			"other-issuer",
		],
		["of an issuer that looks alike", () => signed({ iss: "https://api.botframework.com/" }), "other-issuer"],
		["of no issuer", () => without("iss"), "other-issuer"],
		["for another bot", () => signed({ aud: OTHER }), "other-audience"],
		["for us among others", () => signed({ aud: [APP, OTHER] }), "other-audience"],
		["for nobody", () => without("aud"), "other-audience"],
		["of a skill", () => signed({ appid: OTHER, ver: "1.0" }), "other-app"],
		["of a skill, written the newer way", () => signed({ azp: OTHER, ver: "2.0" }), "other-app"],
		[
			"of our own, sent back in",
			() => signed({ iss: `https://sts.windows.net/${TENANT}/`, appid: APP }),
			"other-issuer",
		],
		["that has run out", () => signed({ exp: seconds(-301) }), "expired"],
		["that never runs out", () => without("exp"), "expired"],
		["that runs out in words", () => signed({ exp: "never" }), "expired"],
		["that is not valid yet", () => signed({ nbf: seconds(330) }), "not-yet-valid"],
		["without a service URL", () => without("serviceurl"), "other-service-url"],
		[
			"for another service URL",
			() => signed({ serviceurl: "https://smba.trafficmanager.net/amer/" }),
			"other-service-url",
		],
	];
	for (const [name, token, why] of rows) {
		test(`${name} is refused`, async () => {
			const { status, body } = await world.send(world.by("harriet", { type: "message", text: "newhire" }), token());
			assert.deepEqual([status, body], [401, ""]);
			assert.match(String(world.heard.at(-1)?.why), new RegExp(`^${why} from 127\\.0\\.0\\.1$`, "u"));
		});
	}

	test("a little out of time is taken: clocks differ", async () => {
		const token = signed({ exp: seconds(-240), nbf: seconds(-3600) });
		assert.equal((await world.send(world.by("harriet", { type: "typing" }), token)).status, 200);
		assert.equal(
			(await world.send(world.by("harriet", { type: "typing" }), signed({ nbf: seconds(240) }))).status,
			200,
		);
	});
});

describe("an activity", () => {
	const rows: readonly (readonly [string, Values, number, string])[] = [
		["from the emulator", { channelId: "emulator" }, 401, "other-channel"],
		["from AseChannel", { channelId: "AseChannel" }, 401, "other-channel"],
		["from no channel", { channelId: null }, 401, "other-channel"],
		["with another service URL", { serviceUrl: "https://127.0.0.1:1/" }, 401, "other-service-url"],
		["of another tenant", { channelData: { tenant: { id: OTHER } }, conversation: { id: "x" } }, 403, "other-tenant"],
		["of no tenant", { channelData: {}, conversation: { id: "x" } }, 403, "no-tenant"],
		[
			"of a tenant that is null",
			{ channelData: { tenant: { id: null } }, conversation: { id: "x" } },
			403,
			"no-tenant",
		],
		["of two tenants", { conversation: { id: "x", tenantId: OTHER } }, 403, "two-tenants"],
		["without a conversation", { conversation: null }, 400, "no-activity"],
		["without a kind", { type: null }, 400, "no-activity"],
	];
	for (const [name, more, status, why] of rows) {
		test(`${name} is refused`, async () => {
			const answer = await world.send(world.by("harriet", { type: "message", text: "newhire", ...more }));
			assert.deepEqual([answer.status, answer.body], [status, ""]);
			assert.equal(world.heard.at(-1)?.why, `${why} from 127.0.0.1`);
		});
	}

	const addresses = [
		"http://smba.trafficmanager.net/emea/",
		"https://smba.trafficmanager.net.evil.example/",
		"https://evil-smba.trafficmanager.net/",
		"https://smba.trafficmanager.net:8443/",
		"https://smba.trafficmanager.net@evil.example/",
		"https://botframework.com.evil.example/",
		"https://xn--smba-trafficmanager.net/",
		"https://169.254.169.254/",
		"file:///etc/passwd",
	];
	for (const serviceUrl of addresses) {
		test(`from ${serviceUrl} is refused, though its token says the same`, async () => {
			const activity = world.by("harriet", { type: "message", text: "newhire", serviceUrl });
			const answer = await world.send(activity, signed({ serviceurl: serviceUrl }));
			assert.equal(answer.status, 401);
			assert.equal(world.heard.at(-1)?.why, "service-url-not-allowed from 127.0.0.1");
		});
	}
});

describe("a request", () => {
	const json = { "content-type": "application/json" };
	const bearer = () => ({ authorization: `Bearer ${goodToken(microsoft, nowMs())}` });
	const rows: readonly (readonly [string, () => Promise<{ status: number; body: Json }>, number, string])[] = [
		["without a token", () => world.post("{}", json), 401, "no-token"],
		[
			"with another kind of secret",
			() => world.post("{}", { ...json, authorization: "Basic YTpi" }),
			401,
			"no-such-token",
		],
		[
			"with two tokens",
			() => {
				const good = bearer().authorization;
				return world.post("{}", { ...json, authorization: [good, good] });
			},
			401,
			"no-such-token",
		],
		["of 300 kB", () => world.post(Buffer.alloc(300_000, 32), { ...json, ...bearer() }), 413, "too-large"],
		[
			"of 300 kB without a token, which is told first",
			() => world.post(Buffer.alloc(300_000, 32), json),
			401,
			"no-token",
		],
		["that is no JSON", () => world.post("{", { ...json, ...bearer() }), 400, "not-json"],
		["that is a list", () => world.post("[]", { ...json, ...bearer() }), 400, "no-activity"],
		[
			"of another kind",
			() => world.post("a=b", { "content-type": "text/plain", ...bearer() }),
			415,
			"not-json-content",
		],
		["with a prototype in it", () => world.post('{"__proto__":{}}', { ...json, ...bearer() }), 422, "bad-input"],
	];
	for (const [name, knock, status, why] of rows) {
		test(`${name} is refused`, async () => {
			assert.equal((await knock()).status, status);
			assert.equal(world.heard.at(-1)?.why, `${why} from 127.0.0.1`);
		});
	}
});

describe("the keys", () => {
	test("are fetched once, however many knock", async () => {
		const before = microsoft.asked.keys;
		await Promise.all([1, 2, 3, 4].map(() => world.send(world.by("harriet", { type: "typing" }))));
		assert.equal(microsoft.asked.keys, before);
	});

	test("are fetched again for a new one, once a minute at most", async () => {
		const fresh = signing("key-2", ["msteams"]);
		const knock = () => world.send(world.by("harriet", { type: "typing" }), tokenOf(fresh, claims()));
		world.clock.pass(3_601_000);
		microsoft.keys.push(fresh);
		assert.equal((await knock()).status, 200);
		const asked = microsoft.asked.keys;
		const unknown = () => world.send(world.by("harriet", { type: "typing" }), tokenOf(signing("key-7", []), claims()));
		assert.deepEqual([(await unknown()).status, (await unknown()).status], [401, 401]);
		assert.equal(microsoft.asked.keys, asked);
	});

	test("that may not speak for Teams are refused", async () => {
		world.clock.pass(3_601_000);
		const webchat = signing("key-3", ["webchat", "directline"]);
		microsoft.keys.push(webchat);
		assert.equal((await world.send(world.by("harriet", { type: "typing" }), tokenOf(webchat, claims()))).status, 401);
		assert.equal(world.heard.at(-1)?.why, "key-not-endorsed from 127.0.0.1");
	});

	test("that are of another make are refused", async () => {
		const { privateKey } = generateKeyPairSync("ed25519");
		const parts = `${base64({ alg: "EdDSA", kid: "key-1" })}.${base64(claims())}`;
		assert(privateKey.type === "private");
		assert.equal((await world.send(world.by("harriet", { type: "typing" }), `${parts}.AAAA`)).status, 401);
	});

	test("stay good while their server is away", async () => {
		world.clock.pass(25 * 3_600_000);
		microsoft.state.keysDown = true;
		assert.equal((await world.send(world.by("harriet", { type: "typing" }))).status, 200);
		microsoft.state.keysDown = false;
	});
});

test("a flood is counted, and does not wash the audit away", async () => {
	world.clock.pass(3_601_000);
	const before = world.heard.length;
	for (let round = 0; round < 15; round += 1) {
		await Promise.all(Array.from({ length: 10 }, () => world.post("{}", { "content-type": "application/json" })));
	}
	assert.equal(world.heard.length - before, 100);
	world.clock.pass(3_601_000);
	await world.post("{}", { "content-type": "application/json" });
	assert.match(String(world.heard.at(-2)?.why), /^50 more in the hour after /u);
});

test("nothing of all this was a mistake of ours, and nothing was said to anyone", () => {
	assert.deepEqual(world.troubles, []);
	assert.equal(microsoft.messages.length, 0);
});
