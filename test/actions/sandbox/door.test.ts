/** The Graph door on the wire: what it sends, what it refuses to send, and how it sorts what comes back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { connectGraph, odata } from "../../../src/actions/microsoft365/graph.ts";
import { graphAnswer, retryAfterMs } from "../../../src/actions/microsoft365/graph-answer.ts";
import { graphUrl, isEndpoint, staysWithin } from "../../../src/actions/microsoft365/graph-url.ts";
import { sandboxGraph } from "../../../src/actions/sandbox/sandbox.ts";
import { type GraphRequest, got, RemoteError } from "../../../src/engine/remote.ts";
import { freePort } from "../../fixtures/process.ts";
import { movingClock, newUser, type Stage, withSandbox } from "./with-sandbox.ts";

const GET_MO = { method: "GET", path: ["users", "mo@contoso.example"] } as const;
const POST_ANN = { method: "POST", path: ["users"], body: newUser("Ann Lee") } as const;
const anns = (stage: Stage) => stage.sandbox.readOut().users.filter((user) => user.displayName === "Ann Lee").length;
const posts = (stage: Stage) => stage.sandbox.log.filter(({ method }) => method === "POST").length;

test("a guest's sign-in name reaches Graph whole", async (t) => {
	const stage = await withSandbox(t);
	const id = stage.sandbox.addGuest({ displayName: "Guest", mail: "x@other.example" });
	const name = "x_other.example#EXT#@contoso.onmicrosoft.com";
	assert.equal(
		got(await stage.graph.request({ method: "GET", path: ["users", name], query: { $select: "id" } })).id,
		id,
	);
	assert.equal(
		stage.sandbox.log.at(-1)?.url,
		"/v1.0/users/x_other.example%23EXT%23%40contoso.onmicrosoft.com?$select=id",
	);
	got(await stage.graph.request({ method: "DELETE", path: ["users", name] }));
	assert.equal(
		stage.sandbox.readOut().users.some((user) => user.id === id),
		false,
	);
	assert.equal(stage.sandbox.readOut().users.length, 3);
});

test("a filter's quotes, ampersands and hashes arrive as they are", async (t) => {
	const stage = await withSandbox(t);
	const name = "O'Brien & Sons #1+ 100% ?=";
	got(await stage.graph.request({ method: "POST", path: ["users"], body: newUser("Ann Lee", { displayName: name }) }));
	stage.clock.move(1000);
	const query = { $filter: `displayName eq ${odata(name)}`, $select: "displayName" };
	assert.deepEqual(got(await stage.graph.list({ path: ["users"], query })), [{ displayName: name }]);
});

const NEVER_SENT: readonly (readonly [string, GraphRequest])[] = [
	["a path that climbs", { method: "DELETE", path: ["users", "..", "groups", "1"] }],
	["a path that climbs inside one part", { method: "DELETE", path: ["users", "../groups/1"] }],
	["a dot", { method: "GET", path: ["users", "."] }],
	["an empty part", { method: "DELETE", path: ["users", ""] }],
	["an empty path", { method: "GET", path: [] }],
	["a slash in an id", { method: "GET", path: ["users/1"] }],
	["a backslash in an id", { method: "GET", path: ["users", "a\\b"] }],
	["a line break in an id", { method: "GET", path: ["users", "a\r\nb"] }],
	["half a character", { method: "GET", path: ["users", "a\ud800"] }],
	["a climb to another version", { method: "GET", path: ["..", "beta", "users"] }],
	["a member removed without $ref", { method: "DELETE", path: ["groups", "g", "members", "u"] }],
	["an owner removed without $ref", { method: "DELETE", path: ["groups", "g", "Owners", "u"] }],
	["a manager removed without $ref", { method: "DELETE", path: ["users", "u", "manager"] }],
	["a query option with an ampersand", { method: "GET", path: ["users"], query: { "$top=1&x": "1" } }],
];

for (const [what, request] of NEVER_SENT) {
	test(`${what} is refused before anything is sent`, async (t) => {
		const { graph, sandbox } = await withSandbox(t);
		const answer = await graph.request(request);
		assert.deepEqual([answer.kind, answer.kind === "refused" && answer.status], ["refused", 0]);
		assert.equal(sandbox.log.length, 0);
	});
}

test("whatever the parts are, an address has as many and they read back the same", () => {
	const endpoint = "https://graph.microsoft.com/v1.0";
	fc.assert(
		fc.property(fc.array(fc.string({ unit: "grapheme" }), { minLength: 1 }), fc.string(), (path, text) => {
			const made = graphUrl(endpoint, { method: "GET", path, query: { $filter: `x eq ${odata(text)}` } });
			if (made.kind === "bad") return;
			const url = new URL(made.url);
			assert.equal(url.origin, "https://graph.microsoft.com");
			assert.equal(url.hash, "");
			assert.deepEqual(url.pathname.split("/").slice(2).map(decodeURIComponent), path);
			assert.deepEqual([...url.searchParams], [["$filter", `x eq '${text.replaceAll("'", "''")}'`]]);
		}),
	);
});

test("an endpoint is https and v1.0, and a next page stays there", () => {
	const endpoint = "https://graph.microsoft.com/v1.0";
	assert.equal(isEndpoint(endpoint), true);
	for (const other of ["http://graph.microsoft.com/v1.0", "https://graph.microsoft.com/beta", `${endpoint}/`, "x"]) {
		assert.equal(isEndpoint(other), false, other);
	}
	assert.equal(staysWithin(endpoint, `${endpoint}/users?$skiptoken=1`), true);
	for (const link of [
		"https://evil.example/v1.0/users",
		`${endpoint}@evil.example/`,
		`${endpoint}/../beta/users`,
		"https://graph.microsoft.com/beta/users",
		"https://user:pw@graph.microsoft.com/v1.0/users",
	]) {
		assert.equal(staysWithin(endpoint, link), false, link);
	}
});

type Sorted = {
	readonly what: string;
	readonly status: number;
	readonly read: string;
	readonly write: string;
};

const SORTED: readonly Sorted[] = [
	{ what: "400", status: 400, read: "refused bad-request", write: "refused bad-request" },
	{ what: "403", status: 403, read: "refused no-rights", write: "refused no-rights" },
	{ what: "404", status: 404, read: "refused not-found", write: "refused not-found" },
	{ what: "409", status: 409, read: "refused conflict again", write: "refused conflict again" },
	{ what: "429", status: 429, read: "refused throttled again", write: "refused throttled again" },
	{ what: "500", status: 500, read: "refused server-error again", write: "unknown server-error" },
	{ what: "502", status: 502, read: "refused server-error again", write: "unknown server-error" },
	{ what: "503", status: 503, read: "refused unavailable again", write: "unknown unavailable" },
	{ what: "504", status: 504, read: "refused gateway-timeout again", write: "unknown gateway-timeout" },
];

for (const { what, status, read, write } of SORTED) {
	test(`${what} to a read is ${read}, to a write ${write}, and without patience neither is tried again`, async (t) => {
		const stage = await withSandbox(t, { patienceMs: 0 });
		const code = status === 400 ? "Request_BadRequest" : "";
		stage.sandbox.fault({ match: { on: "graph" }, times: 2, answer: { kind: "status", status, code } });
		const said: string[] = [];
		for (const request of [GET_MO, POST_ANN]) {
			const answer = await stage.graph.request(request);
			assert(answer.kind !== "ok");
			said.push(
				[answer.kind, answer.code, ...(answer.kind === "refused" && answer.retryable ? ["again"] : [])].join(" "),
			);
		}
		assert.deepEqual(said, [read, write]);
		assert.equal(stage.sandbox.log.length, 2);
		assert.equal(anns(stage), 0);
	});
}

test("a write that was done and answered with an error is unknown, and was sent once", async (t) => {
	const stage = await withSandbox(t);
	stage.sandbox.fault({ match: { method: "POST" }, answer: { kind: "status", status: 504, applied: true } });
	assert.equal((await stage.graph.request(POST_ANN)).kind, "unknown");
	assert.deepEqual([anns(stage), posts(stage)], [1, 1]);
});

for (const applied of [true, false]) {
	test(`a write whose connection is lost ${applied ? "after" : "before"} it was done is unknown`, async (t) => {
		const stage = await withSandbox(t);
		stage.sandbox.fault({ match: { method: "POST" }, answer: { kind: "dropped", applied } });
		const answer = await stage.graph.request(POST_ANN);
		assert.deepEqual([answer.kind, answer.kind !== "ok" && answer.code], ["unknown", "connection-lost"]);
		assert.deepEqual([anns(stage), posts(stage)], [Number(applied), 1]);
	});
}

test("a write that is not answered in time is unknown, and was done", async (t) => {
	const stage = await withSandbox(t, { timeoutMs: 300 });
	stage.sandbox.fault({ match: { method: "POST" }, answer: { kind: "slow", ms: 600 } });
	const answer = await stage.graph.request(POST_ANN);
	assert.deepEqual([answer.kind, answer.kind !== "ok" && answer.code], ["unknown", "timeout"]);
	assert.equal(anns(stage), 1);
});

test("how long Graph asks to wait is passed on in full", async (t) => {
	const stage = await withSandbox(t, { patienceMs: 0 });
	for (const [retryAfter, ms] of [
		["7", 7000],
		["315", 315_000],
		["86400", 86_400_000],
	] as const) {
		stage.sandbox.fault({ match: { on: "graph" }, answer: { kind: "status", status: 429, retryAfter } });
		const answer = await stage.graph.request(GET_MO);
		assert.equal(answer.kind === "refused" && answer.retryAfterMs, ms);
		stage.clock.move(ms);
	}
	stage.sandbox.fault({ match: { on: "graph" }, answer: { kind: "status", status: 429 } });
	const answer = await stage.graph.request(GET_MO);
	assert.equal("retryAfterMs" in answer, false);
});

test("Retry-After is read as seconds and as a date", () => {
	const clock = movingClock("2026-11-22T12:00:00.000Z");
	assert.equal(retryAfterMs("120", clock), 120_000);
	assert.equal(retryAfterMs("Sun, 22 Nov 2026 12:02:00 GMT", clock), 120_000);
	assert.equal(retryAfterMs("Sun, 22 Nov 2026 11:00:00 GMT", clock), 0);
	assert.equal(retryAfterMs("soon", clock), undefined);
	assert.equal(retryAfterMs(null, clock), undefined);
});

test("what never reached the other side is unsent: nobody there, no such host, not trusted, no token", async (t) => {
	const { sandbox, clock } = await withSandbox(t);
	const free = await freePort();
	const doors = [
		["unreachable", { endpoint: `https://127.0.0.1:${free}/v1.0`, ca: sandbox.ca, token: async () => "x" }],
		["unknown-host", { endpoint: "https://nobody.invalid/v1.0", token: async () => "x" }],
		["not-trusted", { endpoint: sandbox.endpoint, token: () => sandbox.token() }],
		["no-token", { endpoint: sandbox.endpoint, ca: sandbox.ca, token: () => Promise.reject(new Error("no")) }],
	] as const;
	for (const [code, options] of doors) {
		const connection = await connectGraph({ ...options, clock });
		const answer = await connection.graph().request(POST_ANN);
		connection.close();
		assert.deepEqual([answer.kind, answer.kind !== "ok" && answer.code], ["unsent", code]);
	}
	assert.equal(sandbox.log.length, 0);
});

test("a token that cannot be had says why, where the giver knows", async (t) => {
	const { sandbox, clock } = await withSandbox(t);
	const why = { kind: "unsent", code: "sign-in-throttled", detail: "AADSTS", retryAfterMs: 5000 } as const;
	const token = () => Promise.reject(new RemoteError(why));
	const connection = await connectGraph({ endpoint: sandbox.endpoint, ca: sandbox.ca, token, clock });
	assert.deepEqual(await connection.graph().request(GET_MO), why);
	connection.close();
});

test("a stop ends a request that is under way, and one that comes after it is not sent", async (t) => {
	const { sandbox, clock } = await withSandbox(t);
	const connection = await sandboxGraph(sandbox, { clock });
	t.after(() => connection.close());
	const stop = new AbortController();
	const graph = connection.graph(stop.signal);
	const seen = () => {
		stop.abort();
		return true;
	};
	sandbox.fault({ match: seen, answer: { kind: "slow", ms: 300 } });
	const running = await graph.request(POST_ANN);
	assert.deepEqual([running.kind, running.kind !== "ok" && running.code], ["unknown", "stopped"]);
	const later = await graph.request(POST_ANN);
	assert.deepEqual([later.kind, later.kind !== "ok" && later.code], ["unsent", "stopped"]);
});

test("an answer that is not JSON is no answer to a read", () => {
	const clock = movingClock();
	const exchange = { kind: "answered", status: 200, headers: new Headers(), body: "<html>" } as const;
	assert.equal(graphAnswer("GET", exchange, clock).kind, "unknown");
	assert.deepEqual(graphAnswer("DELETE", { ...exchange, status: 204, body: "" }, clock), { kind: "ok", value: {} });
	const moved = graphAnswer("GET", { ...exchange, status: 302 }, clock);
	assert.equal(moved.kind === "refused" && moved.code, "http-302");
});
