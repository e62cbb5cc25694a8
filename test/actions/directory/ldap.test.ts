/**
 * The door to a real directory, on the wire: how it signs in, what it sends, and how it sorts what comes back.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { byGuid, equal } from "../../../src/actions/directory/entries.ts";
import { openLdap } from "../../../src/actions/directory/ldap.ts";
import { Secret } from "../../../src/base/secret.ts";
import { systemClock } from "../../../src/base/time.ts";
import { ldapServer, type Received, type Reply } from "./ldap-server.ts";

const OK: Reply = { kind: "result", code: 0 };
const ADA = "CN=Ada,DC=contoso,DC=example";

async function door(t: TestContext, answer: (request: Received) => Reply, more: { readonly timeoutMs?: number } = {}) {
	const { received, ...server } = await ldapServer(t, (request) =>
		request.operation === "bind" ? OK : answer(request),
	);
	const opened = openLdap({
		...server,
		...more,
		base: "DC=contoso,DC=example",
		bind: "sopwith@contoso.example",
		clock: systemClock,
		password: async () => new Secret("bind-secret"),
	});
	t.after(() => opened.close());
	return { directory: opened.directory, received };
}

const lock = [{ operation: "replace", attribute: "unicodePwd", values: [new Secret("Quiet-River-42")] }] as const;

test("it signs in over TLS, and knows what the base says of names", async (t) => {
	const { directory, received } = await door(t, () => OK);
	assert.deepEqual([directory.upnSuffix, directory.groupBase], ["contoso.example", "DC=contoso,DC=example"]);
	assert.deepEqual(await directory.remove(ADA), { kind: "ok", value: undefined });
	assert.deepEqual(
		received.map((one) => one.operation),
		["bind", "delete"],
	);
	assert.ok(received[0]?.bytes.includes("sopwith@contoso.example"));
	await directory.remove(ADA);
	assert.equal(received.filter((one) => one.operation === "bind").length, 1, "one sign-in per connection");
});

test("a password goes out in quotes as UTF-16, and nothing else does", async (t) => {
	const { directory, received } = await door(t, () => OK);
	assert.equal((await directory.modify(ADA, lock)).kind, "ok");
	const sent = received.at(-1)?.bytes ?? Buffer.alloc(0);
	assert.ok(sent.includes(Buffer.from('"Quiet-River-42"', "utf16le")));
	assert.ok(!sent.includes("Quiet-River-42"));
});

test("an entry can be named by its id, and a new name of its own goes out beside its place", async (t) => {
	const { directory, received } = await door(t, () => OK);
	const guid = byGuid("33221100-5544-7766-8899-aabbccddeeff");
	const rename = [{ operation: "replace", attribute: "sn", values: ["Byron"] }] as const;
	assert.equal((await directory.modify(guid, rename)).kind, "ok");
	assert.equal((await directory.move(ADA, "CN=Ada Byron\\, B.,DC=contoso,DC=example")).kind, "ok");
	assert.equal((await directory.remove(guid)).kind, "ok");
	const [, modify, renamed, removed] = received;
	assert.ok(modify?.bytes.includes(guid));
	assert.equal(removed?.bytes.toString(), guid);
	const parts = ["CN=Ada Byron\\, B.", "DC=contoso,DC=example"];
	for (const part of parts) assert.ok(renamed?.bytes.includes(Buffer.from([part.length, ...Buffer.from(part)])));
});

test("entries come back as lists, and a GUID as base64", async (t) => {
	const guid = Buffer.from("33221100554477668899aabbccddeeff", "hex");
	const attributes = { cn: [Buffer.from("Ada")], objectGUID: [guid] };
	const { directory } = await door(t, () => ({ kind: "entry", dn: ADA, attributes }));
	const answer = await directory.search({ filter: equal("cn", "Ada"), attributes: ["cn", "objectGUID"] });
	assert.ok(answer.kind === "ok");
	assert.deepEqual(answer.value, [{ cn: ["Ada"], objectGUID: [guid.toString("base64")], dn: ADA }]);
});

test("a refusal is named by its code and Win32 number, and nothing changed", async (t) => {
	const cases = [
		[{ kind: "result", code: 53, text: "0000052D: SvcErr: DSID-031A12D2" }, "weak-password"],
		[{ kind: "result", code: 19, text: "0000052D: Constraint violation" }, "weak-password"],
		[{ kind: "result", code: 50, text: "00002098: SecErr" }, "no-rights"],
		[{ kind: "result", code: 32, text: "00002030: NoSuchObject" }, "no-such-object"],
	] as const;
	for (const [reply, code] of cases) {
		await t.test(`${reply.code} ${code}`, async (inner) => {
			const { directory } = await door(inner, () => reply);
			const answer = await directory.modify(ADA, lock);
			assert.ok(answer.kind === "refused");
			assert.deepEqual([answer.code, answer.status], [code, reply.code]);
		});
	}
});

test("a connection that is cut, or an answer that is late, is a doubt; the next call signs in again", async (t) => {
	for (const kind of ["cut", "silence"] as const) {
		await t.test(kind, async (inner) => {
			let first = true;
			const reply = ({ operation }: Received) => {
				if (operation === "search") return OK;
				const now: Reply = first ? { kind } : OK;
				first = false;
				return now;
			};
			const { directory, received } = await door(inner, reply, { timeoutMs: 300 });
			const lost = await directory.modify(ADA, lock);
			assert.equal(lost.kind, "unknown");
			assert.ok(!JSON.stringify(lost).includes("Quiet-River"));
			assert.equal((await directory.remove(ADA)).kind, "ok");
			assert.equal(received.filter((one) => one.operation === "bind").length, 2);
			assert.equal(received.filter((one) => one.operation === "modify").length, 1, "no write is repeated");
		});
	}
});

test("what cannot be reached, or is not TLS, or is not who it says, got nothing", async (t) => {
	const server = await ldapServer(t, () => OK);
	const options = {
		base: "DC=x",
		bind: "b",
		clock: systemClock,
		password: async () => new Secret("p"),
		timeoutMs: 1000,
	};
	const doors = [
		{ ...options, url: "ldaps://127.0.0.1:1" },
		{ ...options, url: server.url.replace("ldaps", "ldap") },
		{ ...options, url: server.url },
		{ ...options, url: server.url, ca: server.ca, servername: "dc2.contoso.example" },
	];
	for (const one of doors) {
		const { directory, close } = openLdap(one);
		assert.equal((await directory.remove(ADA)).kind, "unsent");
		await close();
	}
	assert.deepEqual(server.received, []);
});

test("a sign-in that is refused is a refusal of the call", async (t) => {
	const server = await ldapServer(t, () => ({ kind: "result", code: 49, text: "80090308: LdapErr: data 52e" }));
	const { directory, close } = openLdap({
		...server,
		base: "DC=x",
		bind: "b",
		clock: systemClock,
		password: async () => new Secret("wrong"),
	});
	const answer = await directory.remove(ADA);
	assert.ok(answer.kind === "refused");
	assert.equal(answer.code, "not-signed-in");
	await close();
});
