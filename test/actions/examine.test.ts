/** What examinations are made of: the way to a server, the rights the actions need, the reasons of refused sign-ins. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { examineSignIn } from "../../src/actions/directory/examine-sign-in.ts";
import { examineClient } from "../../src/actions/examine.ts";
import { examineTls } from "../../src/actions/examine-tls.ts";
import { grantedBy, neededFor } from "../../src/actions/microsoft365/permissions.ts";
import { registry } from "../../src/actions/registry.ts";
import { usedActions } from "../../src/actions/used-actions.ts";
import { Secret } from "../../src/base/secret.ts";
import { type Clock, plusMs, systemClock } from "../../src/base/time.ts";
import { CORE } from "../../src/engine/decide.ts";
import { loadDefinitions } from "../../src/sop/folder.ts";
import { ldapServer, type Received, type Reply } from "./directory/ldap-server.ts";
import { clientOf, memoryVault } from "./stage.ts";

const remedies = { answer: "answer", trust: "trust", name: "name", renew: "renew", plain: "plain" };

test("a name that nobody knows, a port where nothing listens, a server without TLS: each is told apart", async () => {
	const look = async (host: string, port: number) => {
		const { findings, trusted } = await examineTls({ host, port, clock: systemClock, remedies });
		assert.equal(trusted, false);
		return findings.filter(({ ok }) => !ok).map(({ words, remedy }) => `${words} → ${remedy}`);
	};
	const [unknown] = await look("dc1.nowhere.invalid", 636);
	assert.match(unknown ?? "", /^no name server knows this name → .*nslookup dc1\.nowhere\.invalid/);
	assert.deepEqual(await look("127.0.0.1", 9), ["nothing listens on port 9 (ECONNREFUSED) → answer"]);
	const plain = createServer((socket) => void socket.end("hello\n")).listen(0, "127.0.0.1");
	await once(plain, "listening");
	assert.deepEqual(await look("127.0.0.1", (plain.address() as AddressInfo).port), [
		"it does not speak TLS there → plain",
	]);
	plain.close();
});

for (const [data, words] of [
	["525", /there is no such account/],
	["530", /may not sign in at this hour/],
	["531", /may not sign in from here/],
	["532", /the password has run out/],
	["533", /the account is closed/],
	["701", /the account itself has run out/],
	["773", /the password must be changed first/],
	["775", /the account is locked/],
	["000", /the sign-in was refused/],
] as const) {
	test(`a sign-in that is refused with data ${data} is said in words`, async (t) => {
		const text = `80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data ${data}, v4563`;
		const { findings, refused } = await signIn(t, () => ({ kind: "result", code: 49, text }));
		assert.equal(refused, true);
		const [found] = findings;
		assert.match(found?.words ?? "", words);
		assert((found?.remedy ?? "") !== "");
	});
}

test("a domain controller whose clock is off is named, with by how much", async (t) => {
	const entry: Reply = {
		kind: "entry",
		dn: "",
		attributes: {
			currentTime: [Buffer.from("20261122120000.0Z")],
			supportedControl: [Buffer.from("1.2.840.113556.1.4.319")],
		},
	};
	const clock = { now: () => plusMs("2026-11-22T12:00:00.000Z", 7 * 60_000) };
	const answer = ({ operation }: Received): Reply => (operation === "search" ? entry : { kind: "result", code: 0 });
	const { findings } = await signIn(t, answer, clock);
	const bad = findings.filter(({ ok }) => !ok);
	assert.deepEqual(
		bad.map(({ words }) => words),
		["it is 7 min behind ours"],
	);
});

async function signIn(
	t: Parameters<typeof ldapServer>[0],
	answer: (request: Received) => Reply,
	clock: Clock = systemClock,
) {
	const { url, ca, servername } = await ldapServer(t, answer);
	const who = { bind: "sopwith@contoso.example", password: new Secret("x"), units: [] };
	return examineSignIn({ host: "dc1", url, ca, servername, startTls: false, clock, ...who });
}

test("every action on Microsoft 365 says which permissions it needs", () => {
	const cloud = Object.keys(registry.known()).filter((name) => name.startsWith("microsoft365."));
	assert(cloud.length >= 8);
	for (const name of cloud) {
		const use = {
			actions: new Set([name]),
			passes: true,
			passwords: true,
			sends: false,
			licenceGroups: false,
			lookOnly: false,
		};
		assert(neededFor(use).length > 0, name);
	}
});

test("a client's procedures need what its own branches use, and nothing of the others", () => {
	const { clients } = loadDefinitions("sop-definitions", registry.known(), { clock: systemClock, core: CORE });
	const used = (id: string) => {
		const client = clients[id];
		assert(client !== undefined);
		return usedActions(client.values, Object.values(client.sops));
	};
	const [hybrid, cloud] = [used("contoso"), used("fabrikam")];
	assert(hybrid.has("directory.user") && hybrid.has("microsoft365.userExists") && hybrid.has("mail.send"));
	assert(!hybrid.has("microsoft365.user") && !hybrid.has("microsoft365.enabled"));
	assert(cloud.has("microsoft365.user") && !cloud.has("directory.user") && !cloud.has("microsoft365.userExists"));
});

test("a client whose connectors are simulated has nothing to prove, and one without any is told so", async () => {
	const { clients } = loadDefinitions("sop-definitions", registry.known(), { clock: systemClock, core: CORE });
	const { contoso } = clients;
	assert(contoso !== undefined);
	const untouched = () => assert.fail("nothing is opened");
	const parts = { clock: systemClock, env: {}, vault: { reveal: untouched }, sandboxOf: untouched };
	const found = await examineClient(contoso, parts);
	assert.deepEqual([...new Set(found.map(({ ok, words }) => `${ok} ${words}`))], ["true simulated, nothing to prove"]);
	const [none] = await examineClient({ ...contoso, connectors: {} }, parts);
	assert.deepEqual([none?.ok, none?.about], [false, "Contoso Ltd"]);
});

test("private hosts are looked at where a sandbox allows them, and are nobody else's", async (t) => {
	const server = createServer((socket) => socket.end());
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.after(() => server.close());
	const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	const parts = { vault: memoryVault(), env: {}, clock: systemClock, sandboxOf: () => assert.fail("none is asked") };
	const words = async (allowPrivate: boolean, sandbox: boolean) => {
		const client = clientOf({ http: { allow: [host], allowPrivate } });
		const findings = await examineClient({ ...client, values: { ...client.values, sandbox } }, parts);
		return findings.map((finding) => `${finding.what} ${finding.words}`).join("; ");
	};
	assert.match(await words(false, true), /which is not on the public internet/);
	assert.match(await words(true, true), /^Way to 127\.0\.0\.1 .*; TLS of 127\.0\.0\.1 it does not speak TLS there$/);
	assert.match(await words(true, false), /^Private addresses are only for a client that is a sandbox/);
});

test("what a token does not say is not guessed", () => {
	const token = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
	assert.deepEqual(grantedBy(token({ roles: ["User.Read.All"] })), ["User.Read.All"]);
	assert.deepEqual(grantedBy(token({})), []);
	for (const opaque of ["", "opaque", "a.b.c", token([1])]) assert.equal(grantedBy(opaque), undefined);
});
