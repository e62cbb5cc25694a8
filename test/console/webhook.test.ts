/** Webhooks over real HTTP: whose signature counts, for how long, and that the same one is the same run. */
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { test } from "node:test";
import { Secret } from "../../src/base/secret.ts";
import { examineHooks, readKeys } from "../../src/triggers/hook-keys.ts";
import { checkSignature } from "../../src/triggers/signature.ts";
import { definitions, NOW } from "./sample.ts";
import { HOOK_KEY, type Served, serve } from "./serve.ts";

const BODY = JSON.stringify({ person: { first: "Ada", last: "Lovelace" }, noise: 7 });
const SECONDS = Temporal.Instant.from(NOW).epochMilliseconds / 1000;
type How = { id?: string; at?: number; key?: string; body?: string; signature?: string; sent?: string; path?: string };

function sign(id: string, at: number, more: { readonly key: string; readonly body: string }): string {
	const key = Buffer.from(more.key.replace("whsec_", ""), "base64");
	return `v1,${createHmac("sha256", key).update(`${id}.${at}.${more.body}`).digest("base64")}`;
}

function send(served: Served, how: How = {}): Promise<Response> {
	const { id = "msg_1", at = SECONDS, key = HOOK_KEY, body = BODY } = how;
	const signature = how.signature ?? sign(id, at, { key, body });
	const headers = {
		"webhook-id": id,
		"webhook-timestamp": String(at),
		"webhook-signature": signature,
		"content-type": "application/json",
	};
	return served.ask(how.path ?? "/hooks/contoso/hris", { body: how.sent ?? body, headers });
}

test("a signed webhook starts its SOP with the form its map makes", async () => {
	await using served = await serve();
	const response = await send(served);
	assert.equal(response.status, 202);
	const { id, outcome } = (await response.json()) as { readonly id: string; readonly outcome: string };
	assert.deepEqual([typeof id, outcome], ["string", "accepted"]);
	assert.deepEqual(served.desk.asked.at(-1)?.request, {
		actor: { id: "hook:hris", client: "contoso" },
		client: "contoso",
		sop: "newhire",
		form: { firstName: "Ada", lastName: "Lovelace" },
		key: "hook:hris:msg_1",
		via: "hook",
	});
	const again = (await (await send(served)).json()) as { readonly id: string; readonly outcome: string };
	assert.deepEqual(again, { id, outcome: "duplicate" });
});

test("the same webhook id with another body is a conflict, not a second run", async () => {
	await using served = await serve();
	await send(served);
	const response = await send(served, { body: JSON.stringify({ person: { first: "Ben", last: "Ode" } }) });
	assert.deepEqual([response.status, ((await response.json()) as { readonly code: string }).code], [409, "key-reused"]);
});

const other = `whsec_${randomBytes(32).toString("base64")}`;
const right = sign("msg_1", SECONDS, { key: HOOK_KEY, body: BODY });
const accepted: readonly [string, How][] = [
	["a clock 5 minutes slow", { at: SECONDS - 300 }],
	["a clock 5 minutes fast", { at: SECONDS + 300 }],
	[
		"two signatures, the second of ours",
		{ signature: `${sign("msg_1", SECONDS, { key: other, body: BODY })} ${right}` },
	],
	["a newer kind of signature beside ours", { signature: `v1a,AAAA ${right}` }],
];
const refused: readonly [string, How][] = [
	["another key", { key: other }],
	["a body that was changed", { sent: BODY.replace("Ada", "Eve") }],
	["a body with one more space", { sent: `${BODY} ` }],
	["a timestamp that was changed", { at: SECONDS + 1, signature: right }],
	["an id that was changed", { id: "msg_2", signature: right }],
	["a clock 301 s slow", { at: SECONDS - 301 }],
	["a clock 301 s fast", { at: SECONDS + 301 }],
	["a timestamp that is no number", { at: Number.NaN }],
	["no signature", { signature: "" }],
	["a signature cut short", { signature: right.slice(0, -4) }],
	["another version", { signature: right.replace("v1,", "v2,") }],
	["a hook that is not there", { path: "/hooks/contoso/crm" }],
	["a client that is not there", { path: "/hooks/nobody/hris" }],
	["a client by the name of an object's own part", { path: "/hooks/constructor/hris" }],
	["our signature after sixteen others", { signature: `${"v1,AAAA ".repeat(16)}${right}` }],
];

for (const [what, how] of accepted) {
	test(`${what} is taken`, async () => {
		await using served = await serve();
		assert.equal((await send(served, how)).status, 202);
	});
}
for (const [what, how] of refused) {
	test(`${what} is refused like any other, noted, and starts nothing`, async () => {
		await using served = await serve();
		const response = await send(served, how);
		assert.equal(response.status, 401);
		assert.equal(((await response.json()) as { readonly code: string }).code, "bad-signature");
		assert.deepEqual(served.desk.asked, []);
		assert.equal(served.audited.at(-1)?.what, "hook-refused");
	});
}

test("a flood of what is refused does not wash the audit away, and names no client but one there is", async () => {
	await using served = await serve();
	const nobody = `/hooks/${"x".repeat(2000)}/y`;
	for (let n = 0; n < 149; n += 1) assert.equal((await send(served, { path: nobody })).status, 401);
	assert.equal((await send(served, { key: other })).status, 401);
	assert.equal(served.audited.length, 100);
	assert(served.audited.every((entry) => entry.client === undefined && JSON.stringify(entry).length < 400));
	served.tick(3_600_000);
	assert.equal((await send(served, { key: other, at: SECONDS + 3600 })).status, 401);
	const [count, last] = served.audited.slice(-2);
	assert.match(count?.why ?? "", /^50 more in the hour after /);
	assert.deepEqual([last?.client, last?.why?.split(" ")[0]], ["contoso", "bad-signature"]);
});

test("a signed body that is too large, no JSON or not a form is refused with its own status", async () => {
	await using served = await serve();
	assert.equal((await send(served, { body: `{"a":"${"x".repeat(262_144)}"}` })).status, 413);
	assert.equal((await send(served, { body: "{" })).status, 400);
	assert.equal((await send(served, { body: "[]" })).status, 422);
	assert.equal((await send(served, { body: '{"__proto__":{}}' })).status, 422);
	const empty = await send(served, { body: "{}" });
	assert.equal(empty.status, 422);
	assert.deepEqual(((await empty.json()) as { readonly problems: unknown }).problems, [
		{ path: "form.firstName", code: "missing", message: "Enter a first name." },
	]);
});

test("a key is 24 to 64 random bytes in base64, or several while one is replaced", () => {
	const takes = (keys: string, key: string) => {
		const signed = { id: "msg_1", timestamp: String(SECONDS), body: Buffer.from(BODY) };
		const signature = sign("msg_1", SECONDS, { key, body: BODY });
		return checkSignature({ ...signed, signature }, readKeys(keys).usable, NOW).ok;
	};
	assert.equal(takes(HOOK_KEY, HOOK_KEY), true);
	assert.equal(takes(`${other} ${HOOK_KEY}`, HOOK_KEY), true);
	assert.equal(takes(`${HOOK_KEY} nonsense`, "nonsense"), false);
	for (const bad of ["", "whsec_", "whsec_AAAA", HOOK_KEY.slice(6), `whsec_${randomBytes(65).toString("base64")}`]) {
		assert.equal(takes(bad, bad), false, bad);
	}
});

test("a key that cannot be used is told once in the log, by client and hook, with what mends it, and never shown", async () => {
	await using served = await serve();
	const broken = HOOK_KEY.slice("whsec_".length);
	for (const [key, status, told] of [
		[HOOK_KEY, 202, 0],
		[broken, 401, 1],
		[broken, 401, 1],
		[`${HOOK_KEY} ${broken}`, 202, 1],
		[HOOK_KEY, 202, 1],
		[`${HOOK_KEY} ${broken}`, 202, 2],
		["", 401, 2],
	] as const) {
		served.keepHookKey(key);
		assert.equal((await send(served)).status, status);
		assert.equal(served.warned.length, told);
	}
	const mends = "`sopwith secret set contoso/hooks/hris < FILE`, in FILE whsec_ and 24 to 64 random bytes in base64.";
	for (const said of served.warned) {
		assert.deepEqual(said, {
			what: "a webhook's key cannot be used",
			client: "contoso",
			hook: "hris",
			remedy: mends,
		});
	}
	assert.equal((await send(served, { path: "/hooks/contoso/crm" })).status, 401);
	assert.equal(served.warned.length, 2, "a hook that is not there has no key");
});

test("the keys of a client's hooks are looked at by name", async () => {
	const { contoso } = definitions.clients;
	assert(contoso !== undefined);
	const found = async (key: string | undefined) =>
		(await examineHooks(contoso, async () => (key === undefined ? undefined : new Secret(key)))).map(
			({ about, what, ok, words, remedy }) => [about, what, ok, words, remedy !== undefined],
		);
	const about = ["Contoso Ltd, webhooks", "Webhook hris"];
	assert.deepEqual(await found(HOOK_KEY), [[...about, true, "has 1 key", false]]);
	assert.deepEqual(await found(`${HOOK_KEY}\n${other}`), [[...about, true, "has 2 keys", false]]);
	assert.deepEqual(await found("whsec_AAAA"), [
		[...about, false, "has a key that cannot be used, so nothing is taken", true],
	]);
	assert.deepEqual(await found(undefined), [
		[...about, true, "has no key yet, so nothing that is sent to it is taken", true],
	]);
});
