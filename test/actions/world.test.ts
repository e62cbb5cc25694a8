/**
 * The tenant fence: what the world of a step reaches, and what it does not.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { byGuid } from "../../src/actions/directory/entries.ts";
import { createWorlds } from "../../src/actions/world.ts";
import { systemClock } from "../../src/base/time.ts";
import type { LedgerEntry } from "../../src/engine/event.ts";
import { madeBy } from "../../src/engine/made.ts";
import type { Run } from "../../src/engine/run.ts";
import type { Connectors } from "../../src/sop/connector-schema.ts";
import type { Client } from "../../src/sop/definitions.ts";
import { ldapServer } from "./directory/ldap-server.ts";
import { movingClock } from "./sandbox/with-sandbox.ts";
import { clientOf, memoryVault, onStage, runOf, sopOf } from "./stage.ts";

test("a client without a connector is told so, and nothing begins", async (t) => {
	const stage = await onStage(t, { connectors: {} });
	const tries = [
		{ action: "directory.enabled", input: { user: "ada@contoso.example" } },
		{ action: "microsoft365.licence", input: { user: "ada@contoso.example", licences: ["SPB"] } },
		{ action: "mail.send", input: { to: "ada@contoso.example", subject: "x" } },
		{ action: "http.request", input: { url: "https://psa.example/" } },
	];
	for (const order of tries) {
		const { outcome, changes } = await stage.attempt(order);
		assert.ok(outcome?.kind === "refused");
		assert.deepEqual([outcome.code, outcome.retryable, changes], ["no-connector", false, undefined]);
		assert.match(outcome.message, /^contoso has no \w+ connector, so this cannot be done\. Nothing changed\.$/);
	}
});

test("what a connector points to and is not there is named, and nothing begins", async (t) => {
	const ad = { use: "active-directory", url: "ldaps://127.0.0.1:9", base: "DC=contoso,DC=example", bind: "x" } as const;
	const broken: readonly (readonly [Connectors, string, RegExp])[] = [
		[
			{ directory: { ...ad, password: "env:NOT_SET", ca: "none.pem" } },
			"no-such-file",
			/: none\.pem\. Nothing changed\.$/,
		],
		[{ directory: { ...ad, password: "env:NOT_SET" } }, "no-such-secret", /: env:NOT_SET\. Nothing changed\.$/],
		[{ directory: { ...ad, password: "file:none" } }, "no-such-secret", /: file:none\. Nothing changed\.$/],
		[
			{ directory: { ...ad, password: "secret:fabrikam/ad" } },
			"no-such-secret",
			/: secret:fabrikam\/ad\. Nothing changed\.$/,
		],
		[
			{ directory: { use: "sandbox" }, mail: { use: "graph", from: "it@contoso.example" } },
			"connector-broken",
			/mail connector/,
		],
	];
	for (const [connectors, code, message] of broken) {
		const stage = await onStage(t, { connectors });
		const { outcome, changes } = await stage.attempt({
			action: "directory.enabled",
			input: { user: "ada@contoso.example" },
		});
		assert.ok(outcome?.kind === "refused", code);
		assert.deepEqual([outcome.code, outcome.retryable, changes], [code, false, undefined]);
		assert.match(outcome.message, message);
	}
});

test("a secret of another client is not there", async (t) => {
	const stage = await onStage(t, {
		connectors: { http: { allow: ["psa.example"] } },
	});
	const input = { url: "https://psa.example/", headers: { authorization: { $secret: "fabrikam/psa" } } };
	const { outcome } = await stage.attempt({ action: "http.request", input });
	assert.notEqual(outcome?.kind, "done");
	assert.deepEqual(stage.sandbox.log, []);
});

test("what a step keeps lies in its own corner of its client's vault", async (t) => {
	const stage = await onStage(t);
	const input = { firstName: "Ada", lastName: "Lovelace", ou: "OU=Sales,DC=contoso,DC=example" };
	await stage.attempt({ action: "directory.user", input, run: "7k2q", step: "account" });
	assert.deepEqual([...stage.vault.secrets.keys()], ["contoso/runs/7k2q/account/initial-password"]);
});

/** Contoso with its directory on a server that answers each removal when it is told to. */
async function whoseFileChanges(t: TestContext) {
	const answer = Promise.withResolvers<void>();
	const server = await ldapServer(t, ({ operation }) =>
		operation === "delete" ? { kind: "later", until: answer.promise } : { kind: "result", code: 0 },
	);
	const folder = mkdtempSync(join(tmpdir(), "sopwith-world-"));
	t.after(() => rmSync(folder, { recursive: true }));
	writeFileSync(join(folder, "ca.pem"), server.ca);
	const written = (more: { readonly ca?: string; readonly connections?: number }): Client => {
		const { url, servername } = server;
		const ad = { use: "active-directory", url, servername, base: "DC=contoso,DC=example", bind: "x" } as const;
		return { ...clientOf({ directory: { ...ad, password: "env:PASSWORD", ca: "ca.pem", ...more } }), folder };
	};
	let client = written({});
	const worlds = createWorlds({
		clientOf: () => client,
		vault: memoryVault(),
		sandboxOf: () => assert.fail("nothing is simulated here"),
		clock: systemClock,
		env: { PASSWORD: "Quiet-River-42" },
	});
	t.after(() => worlds.close());
	const run = runOf({ action: "directory.enabled", input: {} }, systemClock);
	return {
		server,
		folder,
		answer: answer.resolve,
		change: (more: Parameters<typeof written>[0]) => {
			client = written(more);
		},
		async enter() {
			const { directory, leave } = await worlds.worldOf(run, sopOf(client), "account");
			assert.ok(directory !== undefined && leave !== undefined);
			return { directory, leave };
		},
	};
}

const ADA = byGuid("3f2504e0-4f89-41d3-9a0c-0305e82c3301");

test("a step that began before the client's file changed goes on through the doors it came by", async (t) => {
	const { server, change, enter, answer } = await whoseFileChanges(t);
	const before = await enter();
	const begun = before.directory.remove(ADA);
	while (server.received.every(({ operation }) => operation !== "delete")) await pause(5);
	change({ connections: 2 });
	const after = await enter();
	assert.notEqual(after.directory, before.directory);
	answer();
	assert.equal((await begun).kind, "ok");
	assert.equal((await before.directory.remove(ADA)).kind, "ok", "it may still be asked");
	before.leave();
	before.leave();
	while (server.received.every(({ operation }) => operation !== "unbind")) await pause(5);
	assert.equal((await before.directory.remove(ADA)).kind, "unsent", "and is closed when nobody is left");
	assert.equal((await after.directory.remove(ADA)).kind, "ok");
});

test("a file that names a certificate that is not there stops new steps, and nothing else", async (t) => {
	const { server, change, enter, answer } = await whoseFileChanges(t);
	const before = await enter();
	const begun = before.directory.remove(ADA);
	while (server.received.every(({ operation }) => operation !== "delete")) await pause(5);
	change({ ca: "none.pem" });
	await assert.rejects(enter(), { code: "no-such-file" });
	answer();
	assert.equal((await begun).kind, "ok");
	change({ ca: "ca.pem" });
	assert.equal((await (await enter()).directory.remove(ADA)).kind, "ok");
});

test("a certificate that is put right in its place is trusted from the next step on", async (t) => {
	const { server, folder, enter } = await whoseFileChanges(t);
	const other = await ldapServer(t, () => ({ kind: "result", code: 0 }));
	writeFileSync(join(folder, "ca.pem"), other.ca);
	const answer = await (await enter()).directory.move(ADA, ADA);
	assert.deepEqual([answer.kind, server.received], ["unsent", []]);
	await pause(20);
	writeFileSync(join(folder, "ca.pem"), server.ca);
	assert.equal((await (await enter()).directory.move(ADA, ADA)).kind, "ok");
});

test("what a run made is new for an hour, to its children and to its undo as well", async (t) => {
	const clock = movingClock();
	const client = clientOf({});
	const worlds = createWorlds({
		...{ clientOf: () => client, vault: memoryVault(), clock, env: {} },
		sandboxOf: () => assert.fail("no connector"),
	});
	t.after(() => worlds.close());
	const run = runOf({ action: "microsoft365.user", input: {} }, clock);
	const entry = (id: string, kind: "create" | "set"): LedgerEntry => ({
		...{ path: "account", attempt: 1, action: "microsoft365.user", input: {}, state: "applied", at: clock.now() },
		change: { id, kind, target: "ada@contoso.example", facet: "account", words: "", detail: "" },
	});
	const made = entry("create:ada@contoso.example#account", "create");
	const set = entry("set:mo@contoso.example#account", "set");
	const { request } = run;
	const runs: readonly Run[] = [
		{ ...run, ledger: [set, made] },
		{ ...run, request: { ...request, undo: { of: "x", entries: [made], approvers: [] } } },
		{ ...run, request: { ...request, parent: { run: "x", path: "p", made: madeBy({ ...run, ledger: [made] }) } } },
	];
	const isNew = async (one: Run, name: string) => (await worlds.worldOf(one, sopOf(client), "p")).isNew?.(name);
	for (const one of runs) assert.equal(await isNew(one, "Ada@contoso.example"), true);
	assert.equal(await isNew({ ...run, ledger: [set] }, "mo@contoso.example"), false);
	assert.equal(await isNew({ ...run, ledger: [{ ...made, undone: true }] }, "ada@contoso.example"), false);
	clock.move(3_600_000);
	for (const one of runs) assert.equal(await isNew(one, "ada@contoso.example"), false);
});
