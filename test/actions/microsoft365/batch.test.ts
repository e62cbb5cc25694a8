/** Reads that travel together: each answered by itself, in order, and never a write among them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isRecord, type Json } from "../../../src/base/json.ts";
import { toMs } from "../../../src/base/time.ts";
import { newUser, type Stage, withSandbox } from "../sandbox/with-sandbox.ts";

const user = (name: string) => ({ path: ["users", `${name}@contoso.example`], query: { $select: "displayName" } });
const sent = (stage: Stage) => stage.sandbox.log.map(({ method, url }) => `${method} ${url.split("?")[0]}`);
const inBatch = (body: Json | undefined) =>
	isRecord(body) && Array.isArray(body.requests) ? body.requests.filter(isRecord) : [];

test("three reads are one exchange, and one that finds nobody spoils no other", async (t) => {
	const stage = await withSandbox(t);
	const said = await stage.graph.batch([user("mo"), user("nobody"), user("di")]);
	assert.deepEqual(
		said.map((answer) => (answer.kind === "ok" ? answer.value.displayName : answer.code)),
		["Mo Manager", "not-found", "Di Owner"],
	);
	assert.deepEqual(sent(stage), ["POST /v1.0/$batch"]);
	assert.deepEqual(
		inBatch(stage.sandbox.log[0]?.body).map(({ method }) => method),
		["GET", "GET", "GET"],
	);
});

test("45 reads are three exchanges, with names that need care, and headers of their own", async (t) => {
	const stage = await withSandbox(t);
	stage.sandbox.addGuest({ displayName: "Guest", mail: "x@other.example" });
	const guest = { path: ["users", "x_other.example#EXT#@contoso.onmicrosoft.com"], query: { $select: "displayName" } };
	const counted = {
		path: ["users"],
		query: { $count: "true", $filter: "displayName eq 'O''Brien & Sons #1+'" },
		headers: { ConsistencyLevel: "eventual" },
	};
	const said = await stage.graph.batch([counted, ...Array.from({ length: 43 }, () => user("mo")), guest]);
	assert.equal(said.length, 45);
	assert.ok(said.every((answer) => answer.kind === "ok"));
	assert.equal(said[44]?.kind === "ok" && said[44].value.displayName, "Guest");
	assert.deepEqual(sent(stage), Array(3).fill("POST /v1.0/$batch"));
});

test("a collection comes with all its pages", async (t) => {
	const stage = await withSandbox(t);
	const [people] = await stage.graph.batch([{ path: ["users"], query: { $top: "1" } }, user("mo")]);
	assert.ok(people?.kind === "ok");
	assert.equal(Array.isArray(people.value.value) && people.value.value.length, 3);
	assert.deepEqual(sent(stage), ["POST /v1.0/$batch", "GET /v1.0/users", "GET /v1.0/users"]);
});

test("one that met 429 inside a batch is asked again alone, after its wait", async (t) => {
	const stage = await withSandbox(t);
	const start = toMs(stage.clock.now());
	const answer = { kind: "status", status: 429, retryAfter: "4" } as const;
	stage.sandbox.fault({ match: { method: "GET", path: /di@/ }, answer });
	const said = await stage.graph.batch([user("mo"), user("di")]);
	assert.deepEqual(
		said.map((one) => one.kind === "ok" && one.value.displayName),
		["Mo Manager", "Di Owner"],
	);
	assert.deepEqual(sent(stage), ["POST /v1.0/$batch", "GET /v1.0/users/di%40contoso.example"]);
	assert.equal(toMs(stage.clock.now()) - start, 4000);
});

test("a batch that is lost is asked again whole, because it holds nothing but reads", async (t) => {
	const stage = await withSandbox(t);
	stage.sandbox.fault({ match: { method: "GET" }, answer: { kind: "dropped", applied: false } });
	const said = await stage.graph.batch([user("mo"), user("di")]);
	assert.ok(said.every((answer) => answer.kind === "ok"));
	assert.deepEqual(sent(stage), Array(2).fill("POST /v1.0/$batch"));
});

test("what is paced travels alone, and what cannot be asked is not sent", async (t) => {
	const stage = await withSandbox(t);
	const logs = { path: ["auditLogs", "signIns"] };
	const [ann, climbs, signIns, mo] = await stage.graph.batch([user("ann"), { path: [".."] }, logs, user("mo")]);
	assert.deepEqual(
		[ann?.kind, climbs?.kind === "refused" && climbs.code, signIns?.kind, mo?.kind],
		["refused", "bad-path", "ok", "ok"],
	);
	assert.deepEqual(sent(stage).toSorted(), ["GET /v1.0/auditLogs/signIns", "POST /v1.0/$batch"]);
	assert.deepEqual(await stage.graph.batch([]), []);
});

test("a script that meets writes does not meet a batch of reads", async (t) => {
	const stage = await withSandbox(t);
	stage.sandbox.fault({ match: { method: "POST" }, answer: { kind: "dropped", applied: true } });
	assert.ok((await stage.graph.batch([user("mo"), user("di")])).every((answer) => answer.kind === "ok"));
	const made = await stage.graph.request({ method: "POST", path: ["users"], body: newUser("Ann Lee") });
	assert.equal(made.kind, "unknown");
});
