/** The JSON API over real HTTP: who may call, what each route takes and gives, and how everything wrong is said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConflictError, DeniedError, InputError, UnavailableError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/json.ts";
import type { Receipt, Recorded } from "../../src/engine/ports.ts";
import { asking, waiting } from "./sample.ts";
import { type Ask, type Served, serve, TOKENS } from "./serve.ts";

const START = { client: "contoso", sop: "newhire", form: { firstName: "Ada" } };
const ANSWER = { wait: "approve#1", verb: "approve", plan: "9f3ac2" };
const receipt = (more: Partial<Receipt> = {}): Receipt => ({
	run: waiting.id,
	seq: 7,
	outcome: "accepted",
	verdict: "accepted",
	...more,
});
const throws = (error: Error) => () => {
	throw error;
};

/** All that an answer of the API may hold; each test reads what its route promises. */
type Said = { readonly [fact in "id" | "outcome" | "code" | "title" | "type" | "waitingFor"]: string } & {
	readonly status: number;
	readonly cursor?: string;
	readonly run?: string;
	readonly by?: string;
	readonly at?: string;
	readonly verb?: string;
	readonly problems?: unknown;
	readonly items: readonly Recorded[];
	readonly plan: object;
	readonly steps: readonly { readonly path: string; readonly wait: { readonly by: readonly string[] } }[];
};
const said = async (response: Response): Promise<Said> => (await response.json()) as Said;

async function problem(served: Served, path: string, how: Ask) {
	const response = await served.ask(path, how);
	const body = await said(response);
	assert.equal(response.headers.get("content-type"), "application/problem+json; charset=utf-8");
	assert.equal(body.status, response.status);
	assert.equal(typeof body.title, "string");
	assert.equal(body.type, `urn:sopwith:problem:${body.code}`);
	return { status: response.status, code: body.code, body, response };
}

test("a call without a token that is known and fresh is refused", async () => {
	await using served = await serve();
	for (const how of [
		{},
		{ token: "nobody-knows-this-one" },
		{ token: TOKENS.old },
		{ headers: { authorization: "Basic YTpi" } },
		{ headers: { authorization: "Bearer x" } },
	]) {
		const { status, response } = await problem(served, "/api/v1/runs", how);
		assert.equal(status, 401);
		assert.match(response.headers.get("www-authenticate") ?? "", /^Bearer/);
	}
});

test("a session of the pages reads but does not change anything", async () => {
	await using served = await serve();
	assert.equal((await served.ask("/api/v1/runs", { as: "mo" })).status, 200);
	assert.equal((await problem(served, "/api/v1/runs", { as: "mo", json: START })).status, 401);
	assert.equal((await problem(served, "/api/v1/runs", { as: "mo", token: "nobody-knows-this-one" })).status, 401);
	assert.equal(
		served.desk.asked.some((one) => one.what === "start"),
		false,
	);
});

test("a start is 202 with the run's id, and the same key is the same run", async () => {
	await using served = await serve();
	const how = { token: TOKENS.ada, json: START, headers: { "idempotency-key": "hr-17" } };
	const first = await served.ask("/api/v1/runs", how);
	assert.equal(first.status, 202);
	const { id, outcome } = await said(first);
	assert.equal(outcome, "accepted");
	assert.equal(first.headers.get("location"), `/api/v1/runs/${id}`);
	assert.deepEqual(await said(await served.ask("/api/v1/runs", how)), { id, outcome: "duplicate" });
	const other = await problem(served, "/api/v1/runs", { ...how, json: { ...START, form: { firstName: "Ben" } } });
	assert.deepEqual([other.status, other.code], [409, "key-reused"]);
});

test("a key belongs to its caller, and without one every start is new", async () => {
	await using served = await serve();
	const ids = new Set<string>();
	for (const token of [TOKENS.ada, TOKENS.mo]) {
		const response = await served.ask("/api/v1/runs", { token, json: START, headers: { "idempotency-key": "same" } });
		ids.add((await said(response)).id);
	}
	for (let n = 0; n < 2; n += 1)
		ids.add((await said(await served.ask("/api/v1/runs", { token: TOKENS.ada, json: START }))).id);
	assert.equal(ids.size, 4);
});

test("a request asked for already is the first run, or 409 without its id where it may not be seen", async () => {
	await using served = await serve();
	served.desk.next = () => receipt({ outcome: "duplicate" });
	const seen = await served.ask("/api/v1/runs", { token: TOKENS.ada, json: START });
	assert.deepEqual([seen.status, await said(seen)], [202, { id: waiting.id, outcome: "duplicate" }]);
	served.desk.next = throws(new ConflictError("asked-already", "This was asked for already."));
	const hidden = await problem(served, "/api/v1/runs", { token: TOKENS.ada, json: START });
	assert.deepEqual(
		[hidden.status, hidden.code, "run" in hidden.body, "id" in hidden.body],
		[409, "asked-already", false, false],
	);
});

test("a form's problems come all at once, each with its path", async () => {
	await using served = await serve();
	const problems = [
		{ path: "form.firstName", code: "missing", message: "Enter a first name.", remedy: "Ada" },
		{ path: "form.startDate", code: "not-a-day", message: "Enter a day." },
	];
	served.desk.next = throws(new InputError(problems));
	const { status, body } = await problem(served, "/api/v1/runs", { token: TOKENS.ada, json: START });
	assert.equal(status, 422);
	assert.deepEqual(
		body.problems,
		problems.map(({ path, code, message }) => ({ path, code, message })),
	);
});

test("an undo is a start, and a second one names the first", async () => {
	await using served = await serve();
	const how = { token: TOKENS.ada, json: { undo: asking.id } };
	served.desk.next = () => receipt({ run: "UNDO1" });
	const response = await served.ask("/api/v1/runs", how);
	assert.deepEqual([response.status, await said(response)], [202, { id: "UNDO1", outcome: "accepted" }]);
	served.desk.next = throws(new ConflictError("undone-already", "It is undone already.", { facts: { run: "UNDO1" } }));
	const again = await problem(served, "/api/v1/runs", how);
	assert.deepEqual([again.status, again.code, again.body.run], [409, "undone-already", "UNDO1"]);
	assert.equal((await problem(served, "/api/v1/runs", { ...how, token: TOKENS.finn })).status, 404);
});

test("a run is read in the shape that is promised, with its sentences filled", async () => {
	await using served = await serve();
	const run = await said(await served.ask(`/api/v1/runs/${asking.id}`, { token: TOKENS.tia }));
	assert.deepEqual(Object.keys(run).sort(), [
		"by",
		"client",
		"definition",
		"id",
		"phase",
		"plan",
		"sop",
		"startedAt",
		"steps",
		"subject",
		"waitingFor",
	]);
	assert.equal(run.waitingFor, "Waiting for you to choose a licence");
	const step = run.steps.find((one) => one.path === "licence");
	assert.deepEqual(Object.keys(step ?? {}).sort(), ["attempts", "name", "path", "state", "wait"]);
	assert.deepEqual(Object.keys(step?.wait ?? {}).sort(), ["by", "due", "id", "verbs", "words"]);
	assert.deepEqual(step?.wait.by, ["tia"]);
	assert.deepEqual(Object.keys(run.plan).sort(), ["decidedAt", "decidedBy", "entries", "hash", "problems", "wait"]);
});

test("a list hands its filters on, gives a cursor and refuses filters it does not know", async () => {
	await using served = await serve();
	const path = "/api/v1/runs?client=contoso&sop=newhire&phase=open&subject=Ada&by=ada&cursor=older";
	const page = await said(await served.ask(path, { token: TOKENS.tia }));
	assert.deepEqual(served.desk.asked.at(-1)?.request, {
		client: "contoso",
		sop: "newhire",
		subject: "Ada",
		by: "ada",
		cursor: "older",
		phase: "open",
	});
	assert.equal("cursor" in page, false);
	assert.equal((await said(await served.ask("/api/v1/runs", { token: TOKENS.tia }))).cursor, "older");
	for (const bad of ["colour=red", "phase=sleeping", "client=a&client=b", `subject=${"x".repeat(301)}`]) {
		assert.equal((await problem(served, `/api/v1/runs?${bad}`, { token: TOKENS.tia })).status, 422, bad);
	}
});

test("the journal comes in pages whose chain anyone can check", async () => {
	await using served = await serve();
	const path = `/api/v1/runs/${asking.id}/events`;
	const first = await said(await served.ask(path, { token: TOKENS.tia }));
	const second = await said(await served.ask(`${path}?cursor=${first.cursor}`, { token: TOKENS.tia }));
	assert.equal("cursor" in second, false);
	const rows = [...first.items, ...second.items];
	assert.equal(rows.length, 150);
	let prev = "0".repeat(64);
	for (const row of rows) {
		assert.equal(row.prev, prev);
		assert.equal(row.payloadHash, sha256(row.payload));
		prev = sha256([prev, row.run, row.seq, row.at, row.kind, row.payloadHash].join("\n"));
		assert.equal(row.hash, prev);
	}
	assert.equal((await problem(served, `${path}?cursor=x`, { token: TOKENS.tia })).status, 422);
});

test("a run of somebody else is the same as none at all, on every route", async () => {
	await using served = await serve();
	const routes: readonly [string, Ask][] = [
		["", {}],
		["/events", {}],
		["/answers", { json: ANSWER }],
		["/steer", { json: { verb: "pause", words: "" } }],
		["/amend", { json: { values: {} } }],
		["/notes", { json: { words: "x" } }],
	];
	for (const [route, how] of routes) {
		const theirs = await problem(served, `/api/v1/runs/${asking.id}${route}`, { ...how, token: TOKENS.finn });
		const none = await problem(served, `/api/v1/runs/NOSUCHRUN${route}`, { ...how, token: TOKENS.finn });
		const narrow = await problem(served, `/api/v1/runs/${asking.id}${route}`, { ...how, token: TOKENS.narrow });
		assert.equal(theirs.status, 404);
		assert.deepEqual(theirs.body, none.body);
		assert.deepEqual(narrow.body, none.body);
	}
	assert.deepEqual(served.desk.asked, []);
});

test("a token made for one client starts and lists nothing elsewhere", async () => {
	await using served = await serve();
	assert.equal((await problem(served, "/api/v1/runs", { token: TOKENS.narrow, json: START })).status, 403);
	assert.deepEqual(await said(await served.ask("/api/v1/runs?client=contoso", { token: TOKENS.narrow })), {
		items: [],
	});
	await served.ask("/api/v1/runs", { token: TOKENS.narrow });
	assert.equal(served.desk.asked.at(-1)?.request.client, "fabrikam");
});

test("each way an answer can end has its own status", async () => {
	await using served = await serve();
	const path = `/api/v1/runs/${waiting.id}/answers`;
	const how = { token: TOKENS.mo, json: ANSWER };
	const decided = { by: "mo", at: "2026-11-23T14:02:00.000Z", verb: "approve" };
	const rows: readonly [() => Receipt, number, string][] = [
		[throws(new ConflictError("stale", "The question has moved on.")), 409, "stale"],
		[throws(new ConflictError("decided", "Decided already.", { facts: decided })), 409, "decided"],
		[throws(new ConflictError("not-taken", "This takes no such answer.")), 422, "not-taken"],
		[throws(new ConflictError("no-such-run", "whatever it says")), 404, "no-such-run"],
		[
			throws(new DeniedError("own-request", "You asked for this one, so someone else approves it.")),
			403,
			"own-request",
		],
		[throws(new InputError([{ path: "form.desk", code: "missing", message: "Enter a desk." }])), 422, "bad-input"],
		[throws(new UnavailableError("unconfirmed", "Not confirmed yet.", { retryAfterMs: 3200 })), 503, "unconfirmed"],
		[() => receipt({ verdict: "no", reason: { code: "stale", words: "The question has moved on." } }), 409, "stale"],
	];
	for (const [next, status, code] of rows) {
		served.desk.next = next;
		const told = await problem(served, path, how);
		assert.deepEqual([told.status, told.code], [status, code]);
		if (code === "decided") assert.deepEqual({ by: told.body.by, at: told.body.at, verb: told.body.verb }, decided);
		if (status === 503) assert.equal(told.response.headers.get("retry-after"), "4");
	}
	served.desk.next = () => receipt({ outcome: "duplicate" });
	const again = await served.ask(path, how);
	assert.deepEqual(
		[again.status, await said(again)],
		[200, { run: waiting.id, seq: 7, outcome: "duplicate", verdict: "accepted" }],
	);
	assert.deepEqual(served.desk.asked.at(-1)?.request, {
		actor: { id: "mo", client: "contoso" },
		run: waiting.id,
		...ANSWER,
		values: {},
		via: "api",
	});
});

test("steer, amend and note hand on what was said and nothing else", async () => {
	await using served = await serve();
	const path = `/api/v1/runs/${asking.id}`;
	const headers = { "idempotency-key": "k1" };
	await served.ask(`${path}/steer`, { token: TOKENS.tia, headers, json: { verb: "cancel", words: "starts in March" } });
	await served.ask(`${path}/amend`, { token: TOKENS.tia, headers, json: { values: { startDate: "2026-12-02" } } });
	const noted = await served.ask(`${path}/notes`, { token: TOKENS.tia, headers, json: { words: "laptop is late" } });
	assert.equal(noted.status, 200);
	const common = { actor: { id: "tia" }, run: asking.id, key: "k1" };
	assert.deepEqual(
		served.desk.asked.map((one) => one.request),
		[
			{ ...common, verb: "cancel", words: "starts in March", via: "api" },
			{ ...common, values: { startDate: "2026-12-02" }, via: "api" },
			{ ...common, words: "laptop is late" },
		],
	);
});

const json = { "content-type": "application/json" };
const deep = (levels: number) =>
	`{"client":"contoso","sop":"newhire","form":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`;
const form = (inner: string) => `{"client":"contoso","sop":"newhire","form":${inner}}`;
const bad: readonly [string, number, string, { body: string; headers?: Record<string, string> }][] = [
	["a body above 256 kB", 413, "too-large", { body: form(`{"firstName":"${"x".repeat(262_144)}"}`), headers: json }],
	[
		"another kind of content",
		415,
		"not-json-content",
		{ body: "client=contoso", headers: { "content-type": "application/x-www-form-urlencoded" } },
	],
	["text called JSON", 400, "not-json", { body: "{", headers: json }],
	["a list", 422, "bad-input", { body: "[]", headers: json }],
	["null", 422, "bad-input", { body: "null", headers: json }],
	["an unknown field", 422, "bad-input", { body: JSON.stringify({ ...START, admin: true }), headers: json }],
	["a wrong type", 422, "bad-input", { body: JSON.stringify({ ...START, client: 7 }), headers: json }],
	["a form that is a list", 422, "bad-input", { body: form("[]"), headers: json }],
	["no SOP", 422, "bad-input", { body: '{"client":"contoso","form":{}}', headers: json }],
	[
		"a prototype at the top",
		422,
		"bad-input",
		{ body: '{"__proto__":{"x":1},"client":"contoso","sop":"newhire","form":{}}', headers: json },
	],
	["a prototype inside", 422, "bad-input", { body: form('{"firstName":{"__proto__":{"x":1}}}'), headers: json }],
	["a constructor inside a list", 422, "bad-input", { body: form('{"a":[{"constructor":1}]}'), headers: json }],
	["a prototype by that name", 422, "bad-input", { body: form('{"prototype":1}'), headers: json }],
	["40 levels", 422, "bad-input", { body: deep(40), headers: json }],
	["100,000 brackets", 422, "bad-input", { body: form(`${"[".repeat(100_000)}${"]".repeat(100_000)}`), headers: json }],
	["a number that is no number", 422, "bad-input", { body: form('{"a":1e999}'), headers: json }],
	[
		"a key with spaces",
		422,
		"bad-input",
		{ body: JSON.stringify(START), headers: { ...json, "idempotency-key": "a b" } },
	],
];
for (const [what, status, code, how] of bad) {
	test(`${what} is refused with ${status}, and nothing is started`, async () => {
		await using served = await serve();
		const told = await problem(served, "/api/v1/runs", { token: TOKENS.ada, ...how });
		assert.deepEqual([told.status, told.code], [status, code]);
		assert.deepEqual(served.desk.asked, []);
		assert.equal(served.complaints.length, 0);
	});
}

test("a client or verb by the name of an object's own parts starts and answers nothing", async () => {
	await using served = await serve();
	assert.equal(
		(await problem(served, "/api/v1/runs", { token: TOKENS.ada, json: { ...START, client: "constructor" } })).status,
		403,
	);
	const verb = { ...ANSWER, verb: "toString" };
	assert.equal(
		(await problem(served, `/api/v1/runs/${waiting.id}/answers`, { token: TOKENS.mo, json: verb })).status,
		422,
	);
});

test("a mistake of ours is 500 without its words, and is complained about", async () => {
	await using served = await serve();
	served.desk.next = throws(new Error("SQLITE_CORRUPT in /var/lib/secret"));
	const told = await problem(served, `/api/v1/runs/${waiting.id}/answers`, { token: TOKENS.mo, json: ANSWER });
	assert.deepEqual([told.status, told.code], [500, "internal"]);
	assert.doesNotMatch(JSON.stringify(told.body), /SQLITE|secret/);
	assert.equal(served.complaints.length, 1);
});
