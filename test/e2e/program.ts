/** Story 5: by API and command line, and through a crash. */
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { chainProblem, type JournalRow } from "../fault/journal.ts";
import { type Bot, type Said, startBot, until } from "./bot.ts";
import {
	approve,
	becomesInGraph,
	day,
	hire,
	inGraph,
	planned,
	runUntil,
	type Stage,
	type Story,
	started,
	waitFor,
} from "./stage.ts";

export const program: Story = { name: "program", play };

async function play({ did }: Stage): Promise<void> {
	await using bot = await startBot();
	const before = await bot.directory("contoso");

	const file = join(bot.folder, "form.json");
	writeFileSync(file, JSON.stringify(hire("Ada", "Lovelace")));
	const plan = await bot.cli(["plan", "newhire", "--client", "contoso", "--form", file]);
	assert.equal(plan.code, 0, plan.err);
	assert.match(plan.out, /\+ +Make the account ada\.lovelace@contoso\.example, closed/);
	assert.match(plan.out, /Nothing was changed\./);
	const asJson = JSON.parse((await bot.cli(["plan", "newhire", "--client", "contoso", "--form", file, "--json"])).out);
	assert.deepEqual([asJson.hash.length, asJson.problems], [64, []]);
	assert.deepEqual(await bot.directory("contoso"), before);
	assert.deepEqual((await bot.api("harriet", "/runs")).body, { items: [] });
	did("plan prints what would change and touches nothing");

	await mistakes(bot);
	did("check names 7 mistakes in one go, each with file:line:column and what to write instead");
	await reloads(bot);
	did("reload takes what is valid, keeps the last good version of what is not, and shows what changed");

	const bad = { ...hire("Ada", "Lovelace"), profile: "pilot", startDate: "soon", extra: 1 };
	const wrong = await bot.api("harriet", "/runs", { client: "contoso", sop: "newhire", form: bad });
	const paths = (wrong.body.problems as readonly Said[]).map(({ path }) => path);
	assert.deepEqual([wrong.status, paths.toSorted()], [422, ["form.extra", "form.profile", "form.startDate"]]);
	const body = { client: "contoso", sop: "newhire", form: hire("Ada", "Lovelace", { startDate: day(20) }) };
	const first = await bot.api("harriet", "/runs", body, "key-1");
	const same = await bot.api("harriet", "/runs", body, "key-1");
	assert.deepEqual(
		[first.status, first.body.outcome, same.body],
		[202, "accepted", { ...first.body, outcome: "duplicate" }],
	);
	const id = String(first.body.id);
	await planned(bot, id);
	await bot.api("harriet", `/runs/${id}/notes`, { words: "From the HR system" });
	const pause = await bot.api("harriet", `/runs/${id}/steer`, { verb: "pause", words: "One moment" });
	assert.equal(pause.status, 200);
	await runUntil(bot, id, { what: "the pause", is: (run) => run.phase === "paused" });
	assert.equal((await bot.api("harriet", `/runs/${id}/steer`, { verb: "resume", words: "" })).status, 200);
	assert.equal((await bot.api("harriet", `/runs/${id}/amend`, { values: { startDate: day(21) } })).status, 200);
	await until("planned again", async () => {
		const run = await bot.read("mo", id);
		return waitFor(run, "approve") !== undefined;
	});
	await approve(bot, id);
	await runUntil(bot, id, {
		what: "the wait for the day",
		is: (run) => run.steps.some((step) => step.path === "firstMorning" && step.state === "waiting"),
	});
	const events = await journal(bot, id);
	const kinds = new Set(events.map(({ kind }) => kind));
	for (const kind of [
		"started",
		"planned",
		"noted",
		"steered",
		"amended",
		"answered",
		"attempt-began",
		"attempt-ended",
	])
		assert(kinds.has(kind), kind);
	did(`start, answer, steer, amend, notes; the journal's ${events.length} rows chain up to the last when recomputed`);

	await hook(bot);
	did("a signed webhook starts once, however often it is sent; a wrong signature starts nothing");
	await killed(bot);
	did("SIGKILL in the middle of a run changes nothing: it goes on where it was and writes once");

	const cancel = await bot.cli(["steer", id, "cancel", "--as", "harriet", "--client", "contoso", "--json"]);
	assert.equal(cancel.code, 0, cancel.err);
	await runUntil(bot, id, { what: "the end", is: (run) => run.phase === "stopped" });
	const undo = await bot.api("harriet", "/runs", { undo: id });
	assert.equal(undo.status, 202);
	await approve(bot, String(undo.body.id));
	await runUntil(bot, String(undo.body.id), { what: "the undo", is: (run) => run.phase === "done" });
	const audit = await bot.cli(["audit", "verify"]);
	assert.equal(audit.code, 0, audit.out + audit.err);
	const left = (await bot.directory("contoso")).users.map(({ displayName }) => displayName);
	const was = before.users.map(({ displayName }) => displayName);
	assert.deepEqual(left.filter((name) => !was.includes(name)).toSorted(), ["Hook Ed", "Kill Ed"]);
	await becomesInGraph(bot, { name: "Ada Lovelace" }, undefined);
	const cloud = await Promise.all(["Hook Ed", "Kill Ed"].map((name) => inGraph(bot, "contoso", name)));
	assert.deepEqual(
		cloud.map((user) => user?.licences),
		[["DESKLESSPACK"], ["SPB"]],
	);
	did("cancel and undo put one back; every chain verifies; the sandbox holds who it should");
}

async function mistakes(bot: Bot): Promise<void> {
	await using other = await startBot();
	const folder = other.definitions;
	other.edit("newhire.yaml", (text) =>
		text
			.replace("review: 6 months", "review: sometimes")
			.replace("urgency: routine", "urgency: whenever")
			.replace("type: date, min", "type: dat, min")
			.replace("do: directory.manager", "do: directory.manger")
			.replace("when: form.profile.laptop", "when: form.profle.laptop"),
	);
	other.edit("clients/contoso/client.yaml", (text) =>
		text.replace("America/New_York", "New York").replace("owner: [di]", "owner: [dee]"),
	);
	const found = await bot.cli(["check", folder]);
	const lines = found.out.split("\n").filter((line) => /\.yaml:\d+:\d+/.test(line));
	assert.equal(found.code, 2, found.err);
	assert.ok(lines.length >= 7, found.out);
	for (const word of ["not a length of time", "whenever", "dat", "directory.manger", "profle", "New York", "dee"])
		assert.match(found.out, new RegExp(word), word);
	const { problems } = JSON.parse((await bot.cli(["check", folder, "--json"])).out);
	for (const problem of problems) {
		assert.deepEqual([typeof problem.line, typeof problem.column], ["number", "number"]);
		assert.ok(problem.file.length > 0 && problem.message.length > 0);
	}
}

async function reloads(bot: Bot): Promise<void> {
	const good = "clients/fabrikam/client.yaml";
	bot.edit(good, (text) => text.replace("name: Fabrikam GmbH", "name: Fabrikam AG"));
	bot.edit("clients/contoso/client.yaml", (text) => text.replace("America/New_York", "New York"));
	const found = await bot.cli(["reload"]);
	assert.equal(found.code, 2);
	assert.match(found.out, /Fabrikam AG/);
	assert.match(found.out, /contoso\/client\.yaml:\d+:\d+/);
	const { items } = (await bot.api("tia", "/runs")).body as { items: readonly Said[] };
	assert.deepEqual(items, []);
	const still = await bot.api("harriet", "/runs", { client: "contoso", sop: "newhire", form: {} });
	assert.equal(still.status, 422, "the last good version of contoso serves");
	bot.edit("clients/contoso/client.yaml", (text) => text.replace("timezone: New York", "timezone: America/New_York"));
	assert.equal((await bot.cli(["reload"])).code, 0);
}

/** A run's whole journal, recomputed from its payloads as anyone could. */
async function journal(bot: Bot, id: string): Promise<readonly JournalRow[]> {
	const rows: JournalRow[] = [];
	for (let cursor = ""; ; ) {
		const { body } = await bot.api("harriet", `/runs/${id}/events${cursor === "" ? "" : `?cursor=${cursor}`}`);
		rows.push(...(body.items as readonly JournalRow[]));
		if (body.cursor === undefined) break;
		cursor = String(body.cursor);
	}
	assert.equal(chainProblem(id, rows), undefined);
	return rows;
}

async function hook(bot: Bot): Promise<void> {
	const key = randomBytes(32);
	const kept = await bot.cli(["secret", "set", "contoso/hooks/hris"], `whsec_${key.toString("base64")}`);
	assert.equal(kept.code, 0, kept.err);
	const body = JSON.stringify(hire("Hook", "Ed", { profile: "warehouse" }));
	const timestamp = String(Math.floor(Temporal.Now.instant().epochMilliseconds / 1000));
	const send = async (with_: Buffer): Promise<{ status: number; body: Said }> => {
		const mac = createHmac("sha256", with_).update(`msg_1.${timestamp}.${body}`).digest("base64");
		const headers = { "webhook-id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": `v1,${mac}` };
		const response = await fetch(`${bot.url()}/hooks/contoso/hris`, { method: "POST", headers, body });
		return { status: response.status, body: (await response.json()) as Said };
	};
	assert.equal((await send(randomBytes(32))).status, 401);
	const first = await send(key);
	assert.equal(first.status, 202, JSON.stringify(first.body));
	assert.deepEqual((await send(key)).body, { ...first.body, outcome: "duplicate" });
	await runUntil(bot, String(first.body.id), { as: "tia", what: "the hook's run", is: (run) => run.phase === "done" });
}

async function killed(bot: Bot): Promise<void> {
	const id = await started(bot, hire("Kill", "Ed", { profile: "finance" }));
	await planned(bot, id);
	await bot.end("SIGKILL");
	await bot.start();
	await approve(bot, id);
	for (const path of ["arrival", "mailbox"]) {
		await runUntil(bot, id, {
			what: path,
			is: (run) => run.steps.some((step) => step.path === path && step.state !== "planned"),
		});
		await bot.end("SIGKILL");
		await bot.start();
	}
	await runUntil(bot, id, {
		what: "the first sign-in",
		is: (run) => run.steps.some((step) => step.path === "credential" && step.state === "done"),
	});
	const rows = await journal(bot, id);
	assert.equal(rows.filter(({ kind }) => kind === "answered").length, 1);
	const { users } = await bot.directory("contoso");
	const made = users.filter((user) => user.displayName === "Kill Ed");
	assert.deepEqual(
		made.map(({ enabled, groups, licences }) => [enabled, groups, licences]),
		[[true, ["All Finance", "Finance", "Invoices"], ["SPB"]]],
	);
}
