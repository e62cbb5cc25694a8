/** The pages over real HTTP: who sees what, what a form does, and that only a POST from our own page does anything. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConflictError, DeniedError } from "../../src/base/errors.ts";
import { readJournal } from "../../src/console/journal.ts";
import type { RunDescription } from "../../src/engine/desk.ts";
import { asking, handing, question, runs, waiting } from "./sample.ts";
import { journal, type ScriptedDesk, scriptedDesk } from "./scripted-desk.ts";
import { PASS, type Served, serve, TOKENS } from "./serve.ts";

const page = async (served: Served, path: string, as: string) => (await served.ask(path, { as })).text();

test("nobody sees a page without signing in", async () => {
	await using served = await serve();
	for (const path of [
		"/runs",
		`/runs/${asking.id}`,
		"/approvals",
		"/sops",
		"/directory/contoso",
		`/handover/${handing.id}/first`,
	]) {
		const response = await served.ask(path);
		assert.deepEqual([response.status, response.headers.get("location")], [303, "/sign-in"], path);
	}
});

test("every run opens with its sentence, its state in a word, and no phase name", async () => {
	await using served = await serve();
	for (const run of runs) {
		const text = await page(served, `/runs/${run.id}`, "tia");
		const main = text.slice(text.indexOf("<main"));
		assert.match(main, /class="now" data-state="(asking|person|time|running|done|skipped|failed)"/);
		assert.ok(main.indexOf('class="now"') < main.indexOf('class="steps"'));
		assert.doesNotMatch(main, />(planning|stopping|asking|waiting)</);
	}
});

test("what people typed is shown as text and never as markup", async () => {
	await using served = await serve();
	const text = await page(served, `/runs/${asking.id}`, "tia");
	assert.match(text, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
	assert.doesNotMatch(text, /<script>alert/);
	const found = await page(served, `/runs?subject=${encodeURIComponent('"><img src=x onerror=alert(1)>')}`, "tia");
	assert.doesNotMatch(found, /<img/);
});

test("the answer is offered to who is asked and to nobody else", async () => {
	await using served = await serve();
	assert.match(await page(served, `/runs/${waiting.id}`, "mo"), /value="approve">Approve</);
	assert.doesNotMatch(await page(served, `/runs/${waiting.id}`, "ada"), /value="approve"/);
	assert.match(await page(served, "/approvals", "mo"), /value="approve">Approve</);
	assert.doesNotMatch(await page(served, "/approvals", "ada"), /value="approve"/);
	const choices = await page(served, `/runs/${asking.id}`, "tia");
	for (const choice of ["retry", "standard", "done", "skip", "stop"])
		assert.match(choices, new RegExp(`name="choice" value="${choice}"`));
});

test("a plan that takes access away is decided on its own page", async () => {
	const plan = waiting.plan && {
		...waiting.plan,
		entries: waiting.plan.entries.map((entry) => ({ ...entry, destructive: true })),
	};
	await using served = await serve({ desk: scriptedDesk([{ ...waiting, ...(plan && { plan }) }]) });
	const text = await page(served, "/approvals", "mo");
	assert.match(text, /Takes access away/);
	assert.match(text, /Open to decide/);
	assert.doesNotMatch(text, /value="approve"/);
});

test("an answer goes to the desk as given, and the run is shown again", async () => {
	await using served = await serve();
	const send = (form: Record<string, string>, id: string, as: string) => served.ask(`/runs/${id}/answer`, { as, form });
	const response = await send({ wait: "approve#1", plan: "9f3ac2", verb: "approve" }, waiting.id, "mo");
	assert.deepEqual([response.status, response.headers.get("location")], [303, `/runs/${waiting.id}`]);
	await send({ wait: "licence#3", verb: "answer", choice: "skip" }, asking.id, "tia");
	await send({ wait: "licence#3", verb: "answer", choice: "standard" }, asking.id, "tia");
	await send({ wait: "laptop#1", verb: "complete", listed: "1", checked: "0" }, asking.id, "tia");
	await send({ wait: "ask#1", verb: "submit", profile: "sales", remote: "true" }, question.id, "sol");
	const got = served.desk.asked.map(({ request }) => [
		request.wait,
		request.verb,
		request.plan,
		request.values,
		request.via,
	]);
	assert.deepEqual(got, [
		["approve#1", "approve", "9f3ac2", {}, "web"],
		["licence#3", "skip", undefined, {}, "web"],
		["licence#3", "choose", undefined, { choice: "standard" }, "web"],
		["laptop#1", "complete", undefined, { checked: ["0"] }, "web"],
		["ask#1", "submit", undefined, { profile: "sales", remote: "true" }, "web"],
	]);
});

test("a refusal is said on the run's own page, with what is so", async () => {
	await using served = await serve();
	const rows: readonly [Error, number][] = [
		[new ConflictError("decided", "Mo Manager approved this at 14:02, 3 min before you."), 409],
		[new DeniedError("own-request", "You asked for this one, so someone else approves it."), 403],
	];
	for (const [error, status] of rows) {
		served.desk.next = () => {
			throw error;
		};
		const response = await served.ask(`/runs/${waiting.id}/answer`, {
			as: "mo",
			form: { wait: "approve#1", verb: "approve" },
		});
		assert.equal(response.status, status);
		const text = await response.text();
		assert.ok(text.includes(error.message) && text.includes("Ada Lovelace, new employee"));
	}
});

test("a form that was not sent from our own pages does nothing", async () => {
	await using served = await serve();
	const form = { wait: "approve#1", verb: "approve" };
	const foreign: readonly Record<string, string>[] = [
		{ origin: "https://evil.example" },
		{ origin: "null" },
		{ origin: served.url, "sec-fetch-site": "cross-site" },
		{ origin: "http://127.0.0.1:1" },
	];
	for (const headers of foreign) {
		const response = await served.ask(`/runs/${waiting.id}/answer`, { as: "mo", form, headers });
		assert.equal(response.status, 403, JSON.stringify(headers));
	}
	const body = new URLSearchParams(form).toString();
	const headers = { "content-type": "application/x-www-form-urlencoded" };
	assert.equal((await served.ask(`/runs/${waiting.id}/answer`, { as: "mo", body, headers })).status, 403);
	assert.deepEqual(served.desk.asked, []);
});

test("a GET changes nothing, wherever it goes", async () => {
	await using served = await serve();
	const paths = ["answer", "steer", "note", "undo", "amend", "cancel"].map(
		(one) => `/runs/${asking.id}/${one}?verb=approve&wait=approve%231`,
	);
	for (const path of [...paths, "/portal/contoso/newhire?firstName=Ada", `/handover/${handing.id}/first`])
		await served.ask(path, { as: "sol" });
	assert.deepEqual(served.desk.asked, []);
	assert.equal(served.audited.length, 0);
});

test("somebody else's run, procedure or directory is the same page as none", async () => {
	await using served = await serve();
	const plain = async (path: string) => {
		const response = await served.ask(path, { as: "finn" });
		assert.equal(response.status, 404, path);
		return response.text();
	};
	const none = await plain("/runs/NOSUCHRUN");
	for (const path of [
		`/runs/${asking.id}`,
		`/runs/${asking.id}/stream`,
		`/runs/${asking.id}/undo`,
		"/sops/newhire?client=contoso",
		"/directory/contoso",
		"/directory/fabrikam",
		"/portal/contoso/newhire",
		`/handover/${handing.id}/first`,
	]) {
		assert.equal(await plain(path), none, path);
	}
});

test("the portal keeps what was typed, says what is wrong at its field, and starts once", async () => {
	await using served = await serve();
	const path = "/portal/contoso/newhire";
	const draft = /name="draft" value="([^"]+)"/.exec(await page(served, path, "ada"))?.[1] ?? "";
	const wrong = await served.ask(path, { as: "ada", form: { draft, lastName: "Lovelace", profile: "sales" } });
	const text = await wrong.text();
	assert.equal(wrong.status, 422);
	assert.match(text, /<a href="#firstName">First name: Enter a first name\.<\/a>/);
	assert.match(text, /aria-invalid="true"/);
	assert.match(text, /value="Lovelace"/);
	assert.match(text, /value="sales" selected/);
	assert.ok(text.includes(draft));
	const form = { draft, firstName: "Ada", lastName: "Lovelace", unknown: "x" };
	const first = await served.ask(path, { as: "ada", form });
	const second = await served.ask(path, { as: "ada", form });
	assert.equal(first.status, 303);
	assert.equal(first.headers.get("location"), second.headers.get("location"));
	assert.deepEqual(served.desk.asked.at(-1)?.request.form, { firstName: "Ada", lastName: "Lovelace" });
	assert.equal(served.desk.asked.at(-1)?.request.via, "portal");
});

test("a first sign-in is shown once, after a press, to its audience alone", async () => {
	await using served = await serve();
	const path = `/handover/${handing.id}/first`;
	assert.doesNotMatch(await page(served, path, "sol"), new RegExp(PASS));
	const other = await served.ask(path, { as: "ada", form: {} });
	assert.equal(other.status, 403);
	assert.match(await other.text(), /for Sol Vance alone/);
	const shown = await served.ask(path, { as: "sol", form: {} });
	assert.match(await shown.text(), new RegExp(PASS));
	assert.equal(shown.headers.get("cache-control"), "no-store");
	assert.equal(shown.headers.get("referrer-policy"), "no-referrer");
	for (const how of [{ as: "sol", form: {} }, { as: "sol" }]) {
		const text = await (await served.ask(path, how)).text();
		assert.doesNotMatch(text, new RegExp(PASS));
		assert.match(text, /Opened by you/);
	}
	assert.deepEqual(
		served.audited.map((one) => one.what),
		["handover-refused", "handover-opened"],
	);
	assert.doesNotMatch(JSON.stringify([served.audited, served.complaints]), new RegExp(PASS));
});

test("a run's page offers what its reader may do, and nothing else", async () => {
	const only = (may: RunDescription["may"], more: Partial<RunDescription> = {}) =>
		scriptedDesk([{ ...asking, ...more, may }]);
	const offered = async (desk: ScriptedDesk) => {
		await using served = await serve({ desk });
		const text = await page(served, `/runs/${asking.id}`, "sol");
		const words = [
			"Add a note",
			"Pause the run",
			"Resume the run",
			"Correct what was asked",
			"Cancel the run",
			"Undo…",
		];
		return words.filter((one) => text.includes(one));
	};
	assert.deepEqual(await offered(only([])), []);
	assert.deepEqual(await offered(only(["note", "resume"])), ["Add a note", "Resume the run"]);
	assert.deepEqual(await offered(only(["pause", "amend"])), ["Pause the run", "Correct what was asked"]);
	const ended = { phase: "done", endedAt: asking.at } as const;
	assert.deepEqual(await offered(only(["undo"], ended)), ["Undo…"]);
	await using served = await serve({ desk: only(["note"]) });
	for (const act of ["cancel", "amend", "undo"]) {
		const answer = await served.ask(`/runs/${asking.id}/${act}`, { as: "sol" });
		assert.deepEqual([answer.status, answer.headers.get("location")], [303, `/runs/${asking.id}`], act);
	}
});

test("a task asks for what shows that it is done, and its page shows it afterwards", async () => {
	await using served = await serve();
	const text = await page(served, `/runs/${asking.id}`, "tia");
	assert.match(text, /<label for="laptop-evidence">What shows that it is done<\/label>/);
	assert.match(text, /<textarea id="laptop-evidence" name="evidence"/);
	const form = { wait: "laptop#1", verb: "complete", listed: "1", checked: "0", evidence: "Serial 4711" };
	await served.ask(`/runs/${asking.id}/answer`, { as: "tia", form });
	assert.deepEqual(served.desk.asked.at(-1)?.request.values, { checked: ["0"], evidence: "Serial 4711" });
	const steps = asking.steps.map((step) =>
		step.path === "laptop" ? { ...step, state: "done" as const, output: { evidence: "Serial <4711>" } } : step,
	);
	await using later = await serve({ desk: scriptedDesk([{ ...asking, steps }]) });
	assert.match(await page(later, `/runs/${asking.id}`, "ada"), /<p>“Serial &lt;4711&gt;”<\/p>/);
});

test("the directory is a page or the data that is promised", async () => {
	await using served = await serve();
	const text = await page(served, "/directory/contoso", "tia");
	assert.match(text, /<dt id="licence-0">Business Premium<\/dt><dd>25 of 25 in use/);
	assert.doesNotMatch(text, /SPB/);
	const response = await served.ask("/directory/contoso", { as: "tia", headers: { accept: "application/json" } });
	const data = (await response.json()) as object;
	assert.deepEqual(Object.keys(data).sort(), ["groups", "licences", "users"]);
	const none = await served.ask("/directory/fabrikam", { as: "tia", headers: { accept: "application/json" } });
	assert.deepEqual([none.status, none.headers.get("content-type")], [404, "application/problem+json; charset=utf-8"]);
});

test("the directory takes a program's token by the rule that lets its person in", async () => {
	await using served = await serve();
	const read = async (token: string, client = "contoso", as?: string) => {
		const response = await served.ask(`/directory/${client}`, { token, ...(as === undefined ? {} : { as }) });
		return [response.status, response.headers.get("content-type")?.split(";")[0]];
	};
	const problem = "application/problem+json";
	assert.deepEqual(await read(TOKENS.tia), [200, "application/json"]);
	assert.deepEqual(await read(TOKENS.mo), [200, "application/json"]);
	assert.deepEqual(await read(TOKENS.finn), [404, problem], "another client's person");
	assert.deepEqual(await read(TOKENS.narrow), [404, problem], "a token made for another client");
	assert.deepEqual(await read(TOKENS.tia, "fabrikam"), [404, problem], "not simulated");
	assert.deepEqual(await read(TOKENS.old), [401, problem]);
	assert.deepEqual(await read("no-such-token-0123456789", "contoso", "tia"), [401, problem], "never the session's");
	assert.equal((await served.ask("/runs", { token: TOKENS.tia })).status, 303, "no other page takes one");
});

test("the stream sends the page's moving part at once and again after a change", async () => {
	await using served = await serve();
	const response = await served.ask(`/runs/${asking.id}/stream`, { as: "tia" });
	assert.equal(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
	const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
	let text = "";
	const until = async (count: number) => {
		while (text.split("event: run").length - 1 < count) text += (await reader?.read())?.value ?? "";
	};
	await until(1);
	served.tick(120_000);
	served.changed(asking.id);
	await until(2);
	assert.match(text, /id="live-now"/);
	await reader?.cancel();
});

test("whoever sends too many forms is told to wait, and nobody of another client by the same id", async () => {
	await using served = await serve();
	const send = async (as: string) => (await served.ask("/runs/NONE/note", { as, form: { words: "x" } })).status;
	const sent = await Promise.all(Array.from({ length: 241 }, () => send("mo")));
	assert.equal(sent.filter((status) => status === 429).length, 1);
	assert.equal(await send("mona"), 404);
});

test("the stream ends with the session, and says nothing more", async () => {
	await using served = await serve();
	const response = await served.ask(`/runs/${asking.id}/stream`, { as: "tia" });
	const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
	let text = "";
	while (!text.includes("event: run")) text += (await reader?.read())?.value ?? "";
	served.signOut();
	served.tick(120_000);
	served.changed(asking.id);
	const rest: string[] = [];
	for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) rest.push(part.value);
	assert.doesNotMatch(rest.join(""), /event: run/);
});

test("a journal names the day of what did not happen today, once a day", async () => {
	await using served = await serve();
	const days = async () => (await page(served, `/runs/${asking.id}`, "tia")).split('<li class="day">').length - 1;
	assert.equal(await days(), 0);
	served.tick(24 * 3_600_000);
	assert.equal(await days(), 1);
	assert.match(await page(served, `/runs/${asking.id}`, "tia"), /<li class="day">Mon.23.Nov<\/li>/);
});

test("a journal is whole only when every row and every link holds", async () => {
	const rows = await Array.fromAsync(journal("R", 1));
	const checked = async (changed: typeof rows) => {
		async function* source() {
			yield* changed;
		}
		return (await readJournal(source())).chain;
	};
	assert.equal(await checked(rows), "whole");
	assert.equal(await checked(rows.slice(1)), "broken");
	assert.equal(await checked(rows.filter((row) => row.seq !== 70)), "broken");
	assert.equal(await checked(rows.map((row) => (row.seq === 70 ? { ...row, payload: { by: "eve" } } : row))), "broken");
	assert.equal(
		await checked(rows.map((row) => (row.seq === 70 ? { ...row, at: "2026-11-23T14:02:06.000Z" } : row))),
		"broken",
	);
});
