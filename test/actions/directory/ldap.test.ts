/**
 * The door to a real directory, on the wire: how it signs in, what it sends, and how it sorts what comes back.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { byGuid, equal } from "../../../src/actions/directory/entries.ts";
import { type LdapOptions, openLdap } from "../../../src/actions/directory/ldap.ts";
import { ConflictError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { fromMs, systemClock, toMs } from "../../../src/base/time.ts";
import { ldapServer, type Received, type Reply } from "./ldap-server.ts";

const OK: Reply = { kind: "result", code: 0 };
const ADA = "CN=Ada,DC=contoso,DC=example";

async function door(t: TestContext, answer: (request: Received) => Reply, more: Partial<LdapOptions> = {}) {
	const { received, open, ...server } = await ldapServer(t, (request) =>
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
	return { ...opened, received, open };
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

test("reads share four connections, and no more are opened", async (t) => {
	const gate = Promise.withResolvers<void>();
	const { directory, received } = await door(t, () => ({ kind: "later", until: gate.promise }));
	const looks = Array.from({ length: 40 }, () => directory.search({ filter: equal("cn", "x"), attributes: ["cn"] }));
	await until(() => received.filter((one) => one.operation === "search").length === 32);
	gate.resolve();
	assert.ok((await Promise.all(looks)).every((answer) => answer.kind === "ok"));
	assert.equal(Math.max(...received.map((one) => one.line)), 4);
});

test("a write has a connection to itself, so that a cut leaves one write in doubt", async (t) => {
	const busy = Promise.withResolvers<void>();
	let writes = 0;
	const { directory } = await door(t, ({ operation }) => {
		if (operation !== "modify") return OK;
		return ++writes === 3 ? { kind: "cut" } : { kind: "later", until: busy.promise };
	});
	const title = [{ operation: "replace", attribute: "title", values: ["x"] }] as const;
	const asked = Array.from({ length: 4 }, () => directory.modify(ADA, title));
	await until(() => writes === 4);
	busy.resolve();
	const told = (await Promise.all(asked)).map((answer) => answer.kind);
	assert.deepEqual(told.sort(), ["ok", "ok", "ok", "unknown"]);
});

test("a refused sign-in is not tried again at once: that would lock the account", async (t) => {
	let now = toMs("2026-11-22T12:00:00.000Z");
	let password = "wrong";
	const {
		received,
		open: _open,
		...server
	} = await ldapServer(t, ({ operation, bytes }) =>
		operation === "bind" && !bytes.includes("right") ? { kind: "result", code: 49 } : OK,
	);
	const { directory, close } = openLdap({
		...server,
		base: "DC=x",
		bind: "b",
		clock: { now: () => fromMs(now) },
		password: async () => new Secret(password),
	});
	t.after(() => close());
	const answers = await Promise.all(Array.from({ length: 20 }, () => directory.remove(ADA)));
	assert.ok(answers.every((answer) => answer.kind === "refused" && answer.code === "not-signed-in"));
	const early = await directory.remove(ADA);
	assert.ok(early.kind === "refused");
	assert.match(early.detail, /; not tried again before 2026-11-22T12:00:30\.000Z$/);
	assert.equal(received.length, 1);
	for (const [after, tried] of [
		[30, 2],
		[30, 2],
		[30, 3],
		[120, 4],
	] as const) {
		now += after * 1000;
		const answer = await directory.remove(ADA);
		assert.equal(received.length, tried, "later each time");
		assert.ok(answer.kind === "refused");
	}
	password = "right";
	assert.equal((await directory.remove(ADA)).kind, "ok", "another password is tried at once");
});

test("a password that was changed elsewhere is refused once, however many connections are wanted", async (t) => {
	let password = "old";
	const busy = Promise.withResolvers<void>();
	const {
		open: _open,
		received,
		...server
	} = await ldapServer(t, ({ operation, bytes }) => {
		if (operation === "bind") return bytes.includes(password) ? OK : { kind: "result", code: 49 };
		return operation === "modify" ? { kind: "later", until: busy.promise } : OK;
	});
	const options = { ...server, base: "DC=x", bind: "b", clock: systemClock };
	const { directory, close } = openLdap({ ...options, password: async () => new Secret("old") });
	t.after(() => close());
	const title = [{ operation: "replace", attribute: "title", values: ["x"] }] as const;
	const first = directory.modify(ADA, title);
	await until(() => received.some((one) => one.operation === "modify"));
	password = "new";
	const others = Array.from({ length: 8 }, () => directory.modify(ADA, title));
	await until(() => received.filter((one) => one.operation === "bind").length >= 2);
	busy.resolve();
	assert.equal((await first).kind, "ok");
	await Promise.all(others);
	assert.equal(received.filter((one) => one.operation === "bind").length, 2);
});

test("a write that still waits for a connection when its try is over is never sent", async (t) => {
	const busy = Promise.withResolvers<void>();
	const { directory, received } = await door(t, ({ operation }) =>
		operation === "modify" ? { kind: "later", until: busy.promise } : OK,
	);
	const title = [{ operation: "replace", attribute: "title", values: ["x"] }] as const;
	const stop = new AbortController();
	const under = Array.from({ length: 4 }, () => directory.modify(ADA, title));
	await until(() => received.filter((one) => one.operation === "modify").length === 4);
	assert.ok(directory.until !== undefined);
	const late = directory.until(stop.signal).modify(ADA, title);
	stop.abort();
	busy.resolve();
	const answer = await late;
	assert.deepEqual([answer.kind, answer.kind === "ok" ? "" : answer.code], ["unsent", "stopped"]);
	assert.ok((await Promise.all(under)).every(({ kind }) => kind === "ok"));
	assert.equal(received.filter((one) => one.operation === "modify").length, 4);
});

test("a password that cannot be had is told by its own code, and nobody is asked", async (t) => {
	const { received, open: _open, ...server } = await ldapServer(t, () => OK);
	const password = async () => {
		throw new ConflictError("no-such-secret", "There is no such secret.");
	};
	const { directory, close } = openLdap({ ...server, base: "DC=x", bind: "b", clock: systemClock, password });
	t.after(() => close());
	const answers = await Promise.all([directory.remove(ADA), directory.remove(ADA)]);
	assert.deepEqual(
		answers.map((answer) => (answer.kind === "unsent" ? answer.code : answer.kind)),
		["no-such-secret", "no-such-secret"],
	);
	assert.deepEqual(received, []);
});

test("closing says goodbye on every connection, waits for what runs, and takes no more", async (t) => {
	const gate = Promise.withResolvers<void>();
	const { directory, close, received, open } = await door(t, ({ operation }) =>
		operation === "modify" ? { kind: "later", until: gate.promise } : OK,
	);
	const title = [{ operation: "replace", attribute: "title", values: ["x"] }] as const;
	const [first, second] = [directory.modify(ADA, title), directory.modify(ADA, title)];
	await until(() => received.filter((one) => one.operation === "modify").length === 2);
	const closed = close();
	assert.equal((await directory.remove(ADA)).kind, "unsent");
	gate.resolve();
	assert.deepEqual([(await first).kind, (await second).kind], ["ok", "ok"]);
	await closed;
	await until(() => open() === 0);
	assert.equal(received.filter((one) => one.operation === "unbind").length, 2);
	await close();
});

test("a connection that nobody uses for a minute is closed, and the next call opens another", async (t) => {
	t.mock.timers.enable({ apis: ["setTimeout"] });
	const { directory, received, open } = await door(t, () => OK);
	assert.equal((await directory.remove(ADA)).kind, "ok");
	t.mock.timers.tick(59_000);
	assert.equal((await directory.remove(ADA)).kind, "ok");
	t.mock.timers.tick(59_000);
	assert.equal(received.at(-1)?.operation, "delete");
	t.mock.timers.tick(1_000);
	await until(() => open() === 0);
	assert.equal(received.at(-1)?.operation, "unbind");
	assert.equal((await directory.remove(ADA)).kind, "ok");
	assert.deepEqual([...new Set(received.map((one) => one.line))], [1, 2]);
});

const HINTS = "1.2.840.113556.1.4.2239";
const OLD_HINTS = "1.2.840.113556.1.4.2066";

test("a password that is set is held to its history where the server can do that, asked once", async (t) => {
	for (const [known, sent] of [
		[[HINTS, OLD_HINTS], HINTS],
		[[OLD_HINTS], OLD_HINTS],
		[[], undefined],
	] as const) {
		const attributes = { supportedControl: known.map((one) => Buffer.from(one)) };
		const { directory, received } = await door(t, ({ operation }) =>
			operation === "search" ? { kind: "entry", dn: "", attributes } : OK,
		);
		await directory.modify(ADA, lock);
		await directory.modify(ADA, lock);
		await directory.modify(ADA, [{ operation: "replace", attribute: "title", values: ["x"] }]);
		await directory.modify(ADA, lock, { again: true });
		const [first, second, third, fourth] = received.filter((one) => one.operation === "modify");
		for (const one of [first, second]) {
			assert.equal(one?.controls.includes(sent ?? HINTS), sent !== undefined);
			assert.equal(one?.controls.includes(Buffer.from("3003020101", "hex")), sent !== undefined);
		}
		assert.equal(third?.controls.length, 0);
		assert.equal(fourth?.controls.length, 0, "it may be the very same one");
		assert.equal(received.filter((one) => one.operation === "search").length, 1);
	}
});

test("a list that comes in parts is fetched until it is whole, or is no answer", async (t) => {
	const names = (from: number, to: number) =>
		Array.from({ length: to - from }, (_, at) => Buffer.from(`CN=${from + at}`));
	const parts: readonly (readonly [string, readonly Buffer[]])[] = [
		["member;range=0-1499", names(0, 1500)],
		["member;range=1500-2999", names(1500, 3000)],
		["member;range=3000-*", names(3000, 3007)],
	];
	for (const short of [false, true]) {
		let asked = 0;
		const { directory } = await door(t, () => {
			const [name, values] = parts[asked++] ?? ["cn", []];
			if (short && asked === 2) return OK;
			return { kind: "entry", dn: ADA, attributes: { [name]: values } };
		});
		const answer = await directory.search({ filter: equal("cn", "Ada"), attributes: ["member"] });
		if (short) assert.equal(answer.kind, "unknown");
		else assert.equal(answer.kind === "ok" ? answer.value[0]?.member?.length : 0, 3007);
	}
});

test("an entry of another domain is refused by that name", async (t) => {
	const { directory } = await door(t, () => ({ kind: "result", code: 10, text: "0000202B: RefErr: DSID-0310078A" }));
	const answer = await directory.modify(ADA, lock);
	assert.equal(answer.kind === "refused" ? answer.code : answer.kind, "other-domain");
});

test("what a stranger puts before the encryption ends the connection", async (t) => {
	const yes = Buffer.from("300c02010178070a010004000400", "hex");
	const no = Buffer.from("300c02010178070a013404000400", "hex");
	const injected = Buffer.from("300c02010261070a010004000400", "hex");
	for (const [what, sent] of [
		["no", no],
		["an answer of its own behind the yes", Buffer.concat([yes, injected])],
		["no LDAP", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")],
	] as const) {
		const heard: Buffer[] = [];
		const plain = createServer((socket) => {
			socket.on("error", () => {});
			socket.on("data", (data: Buffer) => {
				heard.push(data);
				socket.write(sent);
			});
		});
		plain.listen(0, "127.0.0.1");
		await once(plain, "listening");
		t.after(() => plain.close());
		const { port } = plain.address() as AddressInfo;
		const { directory, close } = openLdap({
			...{ url: `ldap://127.0.0.1:${port}`, startTls: true, base: "DC=x", bind: "b", clock: systemClock },
			password: async () => new Secret("bind-secret"),
		});
		const answer = await directory.remove(ADA);
		assert.ok(
			answer.kind === "unsent" && answer.detail.endsWith("STARTTLS_REFUSED"),
			`${what}: ${JSON.stringify(answer)}`,
		);
		assert.ok(!Buffer.concat(heard).includes("bind-secret"));
		await close();
	}
});

/** Waits until it is so; a test that waits in vain ends by its own limit. */
async function until(isSo: () => boolean): Promise<void> {
	while (!isSo()) await new Promise((next) => setImmediate(next));
}
