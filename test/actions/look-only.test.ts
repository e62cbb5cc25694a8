/**
 * A client that is look-only: planned whole, never approved, and not written to by anything, however it is asked.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { connect, type Doors } from "../../src/actions/connect.ts";
import { seedOf } from "../../src/actions/sandbox/seed.ts";
import type { Values } from "../../src/base/json.ts";
import type { World } from "../../src/engine/action.ts";
import type { Answer } from "../../src/engine/remote.ts";
import { undoRequest, undoSop } from "../../src/engine/undo.ts";
import type { Connectors } from "../../src/sop/connector-schema.ts";
import { startSmtp } from "../fixtures/smtp.ts";
import { edit, type House, hire, openFor, openHouse, type RunSaid } from "../scenario/house.ts";
import { ldapServer } from "./directory/ldap-server.ts";
import { clientOf, memoryVault, onStage } from "./stage.ts";
import { theatre } from "./theatre.ts";
import { writesOf } from "./writes.ts";

const CONTOSO = "clients/contoso/client.yaml";
const HELD = /^Contoso Ltd is look-only: nothing is written there until lookOnly is taken out of its client\.yaml\.$/;
const lookOnly = (folder: string) => edit(folder, CONTOSO, ["connectors:\n", "connectors:\n  lookOnly: true\n"]);
const writable = (folder: string) => edit(folder, CONTOSO, ["  lookOnly: true\n", ""]);

async function openStage(t: TestContext, definitions: (folder: string) => void): Promise<House> {
	const house = await openHouse({ definitions });
	t.after(() => house.close());
	return house;
}

const planned = (run: RunSaid) => run.plan !== undefined;

test("a look-only client's plan is shown whole, says why in one sentence, and cannot be approved", async (t) => {
	const house = await openStage(t, lookOnly);
	const tenant = house.tenant("contoso");
	const before = tenant.readOut();
	const id = await house.start("harriet", hire("Ada", "Lovelace", { privateEmail: "ada@home.example" }));
	const run = await house.when("harriet", id, planned);
	const [problem, ...more] = run.plan?.problems ?? [];
	assert.deepEqual([problem?.code, problem?.choices, more], ["look-only", [], []]);
	assert.match(String(problem?.message), HELD);
	const words = run.plan?.entries.flatMap((entry) => entry.changes.map((change) => change.words)) ?? [];
	for (const part of ["Make the account", "Give 1 Business Premium", "Send the welcome"]) {
		assert(
			words.some((line) => line.startsWith(part)),
			`${part}: ${words.join("; ")}`,
		);
	}
	for (const person of ["mo", "di", "harriet", "tia"]) assert.equal(openFor(run, "approve", person), undefined, person);
	const wait = run.plan?.wait;
	const { status } = await house.ask("mo", `/runs/${id}/answers`, { wait, verb: "approve", plan: run.plan?.hash });
	assert.ok(status >= 400, String(status));
	assert.deepEqual(writesOf(tenant.log), []);
	assert.deepEqual(tenant.readOut(), before);

	writable(house.definitions);
	await house.app.reload();
	await house.answer("harriet", id, "retry");
	const open = await house.when("harriet", id, (one) => openFor(one, "approve", "mo"));
	assert.deepEqual(open.plan?.problems, []);
	assert.deepEqual(
		open.plan?.entries.map((entry) => entry.changes.length),
		run.plan?.entries.map((entry) => entry.changes.length),
		"the plan is the one that was shown",
	);
});

test("a client that turns look-only after the approval is not written to, and a person is asked", async (t) => {
	const house = await openStage(t, () => {});
	const tenant = house.tenant("contoso");
	const before = tenant.readOut();
	const id = await house.start("harriet", hire("Eve", "Held"));
	await house.when("harriet", id, (one) => openFor(one, "approve", "mo"));
	lookOnly(house.definitions);
	await house.app.reload();
	await house.answer("mo", id, "approve");
	const asked = await house.when("harriet", id, (one) => one.phase === "asking");
	const step = asked.steps.find((one) => one.wait?.verbs.includes("retry"));
	assert.deepEqual([step?.path.endsWith("account"), step?.state], [true, "asking"]);
	assert.deepEqual(writesOf(tenant.log), []);
	assert.deepEqual(tenant.readOut(), before);
});

test("a call by http.request waits with the rest, a question alone goes out", async (t) => {
	const stage = await onStage(t, { connectors: { http: { allow: ["psa.invalid"], lookOnly: true } } });
	const call = (method: string) =>
		stage.attempt({ action: "http.request", input: { method, url: "https://psa.invalid/x" } });
	const held = await call("POST");
	assert(held.outcome?.kind === "refused");
	assert.deepEqual([held.outcome.code, held.outcome.retryable, held.changes], ["look-only", false, undefined]);
	const asked = await call("GET");
	assert(asked.outcome?.kind === "refused");
	assert.deepEqual([asked.outcome.code, asked.changes?.length], ["no-such-host", 1]);
});

type Call = { readonly door: keyof Doors; readonly method: string; readonly args: readonly unknown[] };

/** Writes of a door, noted as they are sent. */
function noting(world: World, calls: Call[]): World {
	const watched = Object.entries(WRITES).flatMap(([name, methods]) => {
		const door = world[name as keyof Doors] as unknown as {
			readonly [method: string]: (...args: unknown[]) => unknown;
		};
		if (door === undefined) return [];
		const noted = methods.map((method) => [
			method,
			(...args: unknown[]) => {
				calls.push({ door: name as keyof Doors, method, args });
				return door[method]?.(...args);
			},
		]);
		return [[name, { ...door, ...Object.fromEntries(noted) }]];
	});
	return { ...world, ...Object.fromEntries(watched) };
}

const WRITES: { readonly [door in keyof Doors]-?: readonly string[] } = {
	directory: ["add", "modify", "move", "remove"],
	graph: ["request"],
	mail: ["send"],
	http: ["request"],
};

test("every write of a new hire and its undo, sent through look-only doors, is refused before it is sent", async (t) => {
	const calls: Call[] = [];
	const stage = await theatre(t, (world) => noting(world, calls));
	const sop = stage.definitions.clients.contoso?.sops.newhire;
	assert(sop !== undefined);
	const profile: Values = { ...sop.client.profiles.finance, key: "finance" };
	const form = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", manager: "sol", profile };
	const start = { client: "contoso", sop: "newhire", key: "ada", by: "hr", via: "web" } as const;
	const run = await stage.play(sop, { ...start, form: { ...form, privateEmail: "ada@home.example" } }, "mo");
	const back = undoRequest(sop, run, { by: "hr", via: "web", key: "undo" });
	await stage.play(undoSop(sop, back), back, "mo");
	const isRead = ({ door, args }: Call) =>
		door === "graph" && (args[0] as { readonly method: string }).method === "GET";
	const writes = calls.filter((call) => !isRead(call));
	const ldap = await ldapServer(t, () => ({ kind: "result", code: 0 }));
	await using smtp = await startSmtp();
	const tenant = stage.server.of("contoso");
	assert(tenant !== undefined);
	writeFileSync(join(stage.folder, "ldap.pem"), ldap.ca);
	writeFileSync(join(stage.folder, "smtp.pem"), smtp.ca);
	const connectors: Connectors = {
		lookOnly: true,
		directory: {
			...{ use: "active-directory", url: ldap.url, servername: "dc1.contoso.example", ca: "ldap.pem" },
			...{ base: "DC=contoso,DC=example", bind: "x@contoso.example", password: "env:PASSWORD" },
		},
		microsoft365: { use: "sandbox" },
		mail: {
			use: "smtp",
			url: smtp.url,
			from: "it@contoso.example",
			ca: "smtp.pem",
			user: smtp.user,
			password: "env:SMTP",
		},
		http: { allow: ["psa.example"] },
	};
	const client = { ...clientOf(connectors), folder: stage.folder };
	const env = { PASSWORD: "hunter2", SMTP: smtp.password };
	const parts = { vault: memoryVault(), env, clock: stage.clock, sandboxOf: () => tenant };
	const { door: doors, close } = await connect(parts, client);
	const sentBefore = tenant.log.length;
	const extra: readonly Call[] = ["POST", "PUT", "PATCH", "DELETE"].map((method) => ({
		...{ door: "http", method: "request" },
		args: [{ method, url: "https://psa.example/tickets" }],
	}));
	const counts = new Map<string, number>();
	for (const { door, method, args } of [...writes, ...extra]) {
		const target = doors[door] as unknown as {
			readonly [method: string]: (...args: unknown[]) => Promise<Answer<unknown>>;
		};
		const answer = await target[method]?.(...args);
		assert(answer?.kind === "refused", `${door}.${method}`);
		assert.deepEqual([answer.code, answer.retryable], ["look-only", false]);
		assert.match(answer.message, /^Contoso Ltd is look-only: .* Nothing was sent\.$/);
		counts.set(door, (counts.get(door) ?? 0) + 1);
	}
	await close();
	assert.deepEqual([ldap.received, smtp.mails, tenant.log.slice(sentBefore)], [[], [], []]);
	t.diagnostic(JSON.stringify([...counts]));
	const least: { readonly [door: string]: number } = { directory: 8, graph: 6, mail: 1, http: 4 };
	for (const [door, count] of Object.entries(least))
		assert((counts.get(door) ?? 0) >= count, `${door}: ${counts.get(door)}`);
});

test("what only looks goes through, and one look-only connector binds no other", async (t) => {
	const stage = await theatre(t);
	const { contoso } = stage.definitions.clients;
	assert(contoso !== undefined);
	const tenant = stage.server.tenant(seedOf(contoso));
	const connectors: Connectors = {
		directory: { use: "sandbox" },
		microsoft365: { use: "sandbox", lookOnly: true },
		mail: { use: "sandbox", from: "it@contoso.example" },
		http: { allow: [], lookOnly: true },
	};
	const parts = { vault: memoryVault(), env: {}, clock: stage.clock, sandboxOf: () => tenant };
	const { door: doors, close } = await connect(parts, clientOf(connectors));
	t.after(close);
	const read = await doors.graph?.request({ method: "GET", path: ["subscribedSkus"] });
	const listed = await doors.graph?.list({ path: ["users"] });
	const [batched] = (await doors.graph?.batch([{ path: ["organization"] }])) ?? [];
	assert.deepEqual([read?.kind, listed?.kind, batched?.kind], ["ok", "ok", "ok"]);
	const patched = await doors.graph?.request({ method: "PATCH", path: ["users", "x"], body: {} });
	assert.equal(patched?.kind === "refused" && patched.code, "look-only");
	assert.match(patched?.kind === "refused" ? patched.message : "", /^Contoso Ltd, Microsoft 365, is look-only:/);
	const asked = await doors.http?.request({ method: "GET", url: "https://psa.example/" });
	assert.equal(asked?.kind === "refused" && asked.code, "host-not-allowed");
	const mail = { id: "<1@contoso.example>", to: ["ada@home.example"], subject: "Hello", text: "Hello" };
	assert.equal((await doors.mail?.send(mail))?.kind, "ok");
	const removed = await doors.directory?.remove("CN=Nobody,DC=contoso,DC=example");
	assert.notEqual(removed?.kind === "refused" && removed.code, "look-only");
});
