/**
 * When the Graph door sends again, and how long it waits before: real HTTPS, and a clock that the waits move.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connectGraph } from "../../../src/actions/microsoft365/graph.ts";
import { sandboxGraph } from "../../../src/actions/sandbox/sandbox.ts";
import { toMs } from "../../../src/base/time.ts";
import { got } from "../../../src/engine/remote.ts";
import { newUser, type Stage, withSandbox } from "../sandbox/with-sandbox.ts";

const MO = { method: "GET", path: ["users", "mo@contoso.example"] } as const;
const ANN = { method: "POST", path: ["users"], body: newUser("Ann Lee") } as const;
const READS = { on: "graph", method: "GET" } as const;
const WRITES = { on: "graph", method: "POST" } as const;

const anns = (stage: Stage) => stage.sandbox.readOut().users.filter((user) => user.displayName === "Ann Lee").length;
const sent = (stage: Stage, method: string) => stage.sandbox.log.filter((entry) => entry.method === method).length;
const startOf = (stage: Stage) => toMs(stage.clock.now());

for (const [what, answer, waits] of [
	["429 with Retry-After", { kind: "status", status: 429, retryAfter: "3" }, 6000],
	["429 without Retry-After", { kind: "status", status: 429 }, 3000],
	["503", { kind: "status", status: 503 }, 3000],
	["504", { kind: "status", status: 504 }, 3000],
	["a lost connection", { kind: "dropped", applied: false }, 3000],
] as const) {
	test(`a read that met ${what} twice is answered at the third try, after ${waits / 1000} s`, async (t) => {
		const stage = await withSandbox(t);
		const start = startOf(stage);
		stage.sandbox.fault({ match: READS, times: 2, answer });
		assert.equal(got(await stage.graph.request(MO)).displayName, "Mo Manager");
		assert.deepEqual([sent(stage, "GET"), startOf(stage) - start], [3, waits]);
	});
}

for (const [what, answer, kind] of [
	["503", { kind: "status", status: 503, applied: true }, "unknown"],
	["504", { kind: "status", status: 504, applied: true }, "unknown"],
	["408", { kind: "status", status: 408, applied: true }, "unknown"],
	["507", { kind: "status", status: 507, applied: true }, "unknown"],
	["a lost connection", { kind: "dropped", applied: true }, "unknown"],
	["403", { kind: "status", status: 403, code: "Authorization_RequestDenied" }, "refused"],
] as const) {
	test(`a write that met ${what} is sent once and no more`, async (t) => {
		const stage = await withSandbox(t);
		stage.sandbox.fault({ match: WRITES, times: 9, answer });
		assert.equal((await stage.graph.request(ANN)).kind, kind);
		assert.deepEqual([sent(stage, "POST"), anns(stage)], [1, kind === "unknown" ? 1 : 0]);
	});
}

test("a write that met 429 was not done, so it is sent again after the wait", async (t) => {
	const stage = await withSandbox(t);
	const start = startOf(stage);
	stage.sandbox.fault({ match: WRITES, answer: { kind: "status", status: 429, retryAfter: "5" } });
	got(await stage.graph.request(ANN));
	assert.deepEqual([sent(stage, "POST"), anns(stage), startOf(stage) - start], [2, 1, 5000]);
});

test("a wait that is too long is told, and until it is over nothing is sent", async (t) => {
	const stage = await withSandbox(t);
	stage.sandbox.fault({ match: READS, answer: { kind: "status", status: 429, retryAfter: "315" } });
	const first = await stage.graph.request(MO);
	assert.deepEqual(first.kind === "refused" && [first.code, first.retryAfterMs], ["throttled", 315_000]);
	stage.clock.move(300_000);
	const early = await stage.graph.request(ANN);
	assert.deepEqual(early.kind === "unsent" && [early.retryAfterMs, early.message], [
		15_000,
		"Microsoft 365 asked us to wait. Nothing was sent.",
	]);
	assert.equal(stage.sandbox.log.length, 1);
	stage.clock.move(10_000);
	const start = startOf(stage);
	got(await stage.graph.request(MO));
	assert.deepEqual([startOf(stage) - start, stage.sandbox.log.length], [5000, 2]);
});

test("another service is asked while one asked to be left alone", async (t) => {
	const stage = await withSandbox(t, { patienceMs: 0 });
	const answer = { kind: "status", status: 429, retryAfter: "60" } as const;
	stage.sandbox.fault({ match: { path: /auditLogs/ }, answer });
	const logs = { method: "GET", path: ["auditLogs", "signIns"] } as const;
	assert.equal((await stage.graph.request(logs)).kind, "refused");
	assert.equal((await stage.graph.request(logs)).kind, "unsent");
	got(await stage.graph.request(MO));
});

test("a token that has ended meanwhile is renewed once, for a read and for a write", async (t) => {
	const stage = await withSandbox(t, { lawless: true });
	let asked = 0;
	const connection = await connectGraph({
		endpoint: stage.sandbox.endpoint,
		ca: stage.sandbox.ca,
		clock: stage.clock,
		token: async (refused) => (refused === undefined ? `stale${++asked}` : stage.sandbox.token()),
	});
	t.after(() => connection.close());
	const graph = connection.graph();
	assert.equal(got(await graph.request(MO)).displayName, "Mo Manager");
	got(await graph.request(ANN));
	assert.deepEqual([asked, anns(stage)], [2, 1]);
});

test("a token that is refused again is an answer, not a loop", async (t) => {
	const stage = await withSandbox(t);
	let asked = 0;
	const token = async () => `wrong${++asked}`;
	const { endpoint, ca } = stage.sandbox;
	const connection = await connectGraph({ endpoint, ca, clock: stage.clock, token });
	t.after(() => connection.close());
	const answer = await connection.graph().request(MO);
	assert.deepEqual(answer.kind === "refused" && [answer.code, answer.retryable, asked], ["not-signed-in", false, 2]);
});

test("what waits for its turn when its step gives up is never sent", async (t) => {
	const stage = await withSandbox(t);
	const stop = new AbortController();
	const wait = async () => stop.abort();
	const connection = await sandboxGraph(stage.sandbox, { clock: stage.clock, wait });
	t.after(() => connection.close());
	stage.sandbox.fault({ match: WRITES, answer: { kind: "status", status: 429, retryAfter: "5" } });
	const answer = await connection.graph().request({ ...ANN, signal: stop.signal });
	assert.deepEqual([answer.kind, answer.kind !== "ok" && answer.code], ["unsent", "stopped"]);
	assert.deepEqual([sent(stage, "POST"), anns(stage)], [1, 0]);
});

test("a refusal and an answer that was lost say what Microsoft's support asks for", async (t) => {
	const stage = await withSandbox(t, { patienceMs: 0 });
	const missing = await stage.graph.request({ method: "GET", path: ["users", "nobody@contoso.example"] });
	assert.ok(missing.kind === "refused");
	assert.equal(missing.message, "Microsoft 365 does not have what this is about. Nothing changed.");
	assert.match(missing.detail, /^HTTP 404 Request_ResourceNotFound, request-id [0-9a-f-]{36}, date \w{3}, .+ GMT: Res/);
	stage.sandbox.fault({ match: WRITES, answer: { kind: "dropped", applied: false } });
	const lost = await stage.graph.request(ANN);
	assert.ok(lost.kind === "unknown");
	const [, trace] = /client-request-id ([0-9a-f-]{36})$/.exec(lost.detail) ?? [];
	assert.equal(stage.sandbox.log.at(-1)?.headers["client-request-id"], trace);
});

test("a Retry-After that is neither seconds nor a date says nothing, and breaks nothing", async (t) => {
	const stage = await withSandbox(t);
	for (const retryAfter of [
		"soon",
		"9".repeat(400),
		"Wed, 31 Feb 2027 00:00:00 GMT",
		"Mon, 99 Nov 2026 99:99:99 GMT",
	]) {
		const start = startOf(stage);
		stage.sandbox.fault({ match: READS, answer: { kind: "status", status: 429, retryAfter } });
		got(await stage.graph.request(MO));
		assert.equal(startOf(stage) - start, 1000, retryAfter);
	}
});
