/** Story 4: a step that fails asks, and every way on is taken once. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { startBot, until } from "./bot.ts";
import {
	approve,
	day,
	hire,
	inGraph,
	people,
	planned,
	reads,
	runUntil,
	type Stage,
	type Story,
	started,
} from "./stage.ts";

export const technician: Story = { name: "technician", play };

const CLIENT = "clients/contoso/client.yaml";
const licences = (total: number) => `microsoft365: { use: sandbox, licences: { SPB: { total: ${total}, used: 1 } } }`;

async function play(stage: Stage): Promise<void> {
	const { did } = stage;
	await using bot = await startBot();
	bot.edit(CLIENT, (text) => text.replace("microsoft365: { use: sandbox }", licences(2)));
	assert.equal((await bot.cli(["reload"])).code, 0);
	await using all = await people(stage, bot, { mo: "contoso/mo", harriet: "contoso/harriet" });
	const { mo, harriet } = all;

	const hires = [hire("Ada", "Lovelace"), hire("Ben", "Skip"), hire("Cleo", "Stop"), hire("Dan", "Retry")];
	const ids: string[] = [];
	for (const one of hires) ids.push(await started(bot, one));
	for (const id of ids) await planned(bot, id);
	const [ada = "", ben = "", cleo = "", dan = ""] = ids;
	await approve(bot, ada);
	await runUntil(bot, ada, {
		what: "the licence",
		is: (run) => run.steps.some((step) => step.path === "licence" && step.state === "done"),
	});
	const asks = { what: "the question", is: (run: { phase: string }) => run.phase === "asking" };
	for (const id of [ben, cleo, dan]) await approve(bot, id);
	for (const id of [ben, cleo, dan]) await runUntil(bot, id, asks);
	const question = (name: string): Locator =>
		mo.page.locator("#chat article").filter({ hasText: name }).filter({ hasText: "What now?" }).last();
	await reads(question("Ben Skip"), "For Ben Skip. Business Premium: 2 of 2 in use. No licence was given.");
	await reads(question("Ben Skip"), "4 changes stand; nothing else changed.");
	await mo.look("chat-question");
	did("a step that fails asks its owner: what is so, what did not change, what can be done");

	await reads(await mo.say(`claim ${ben.slice(0, 6)}`), "It is yours.");
	await reads(await mo.say(`note ${ben.slice(0, 6)} Called the distributor`), "Noted with Ben Skip");
	await choose(question("Ben Skip"), /Skip/);
	const skipped = await runUntil(bot, ben, {
		what: "the skipped step",
		is: (run) => run.steps.some((step) => step.path === "licence" && step.state === "skipped"),
	});
	assert.notEqual(skipped.phase, "failed");
	await harriet.goto(`/runs/${ben}`);
	await reads(harriet.page.locator("main"), "Called the distributor");
	await harriet.look("run-skipped");
	await mo.goto(`/runs/${cleo}`);
	await mo.look("run-asking");
	await mo.page.getByRole("radio", { name: /Stop the run/ }).check();
	await mo.page.getByRole("button", { name: "Answer" }).click();
	await runUntil(bot, cleo, { what: "the stop", is: (run) => run.phase === "stopped" || run.phase === "failed" });
	await mo.goto(`/runs/${cleo}`);
	await mo.look("run-stopped");
	await mo.goto("/");
	did("claim, note, skip and stop do what they say");

	await reads(await mo.say(`done ${dan.slice(0, 6)}`), "It is looked at now, to make sure.");
	const again = await until("asked again", async () => {
		const run = await bot.read("mo", dan);
		const step = run.steps.find(({ path }) => path === "licence");
		return step?.state === "asking" && step.attempts > 1 && step;
	});
	assert.match(again.wait?.words ?? "", /Licence|licence|Business Premium|not/);
	did("done by hand is looked at, and asks again when it is not so");
	bot.edit(CLIENT, (text) => text.replace(licences(2), licences(9)));
	assert.equal((await bot.cli(["reload"])).code, 0);
	await reads(await mo.say(`retry ${dan.slice(0, 6)}`), "It is tried again now.");
	await runUntil(bot, dan, {
		what: "the licence after all",
		is: (run) => run.steps.some((step) => step.path === "licence" && step.state === "done"),
	});
	did("once there is a licence, try again goes on");

	const second = await started(bot, hire("Ada", "Lovelace", { startDate: day(3) }));
	const clash = mo.page.locator("#chat article").filter({ hasText: "ada.lovelace belongs to someone else" }).last();
	await clash.waitFor();
	await mo.look("chat-name-taken");
	await choose(clash, /ada\.lovelace2/);
	const other = await until("the plan for the second Ada", async () => {
		const run = await bot.read("mo", second);
		return run.plan?.problems.length === 0 && run;
	});
	assert.match(JSON.stringify(other.plan?.entries), /ada\.lovelace2@contoso\.example/);
	await approve(bot, second);
	await until("the second Ada", async () =>
		(await bot.directory("contoso")).users.find((user) => user.userPrincipalName.startsWith("ada.lovelace2@")),
	);
	did("a name that is taken is never taken over: the plan offers the next free one");

	await harriet.goto("/");
	for (const [word, answer] of [
		["runs", /runs are under way/],
		["approvals", /waits? for you/],
		["sops", /procedure you can start/],
		["help", /What you can type/],
		[`run ${dan.slice(0, 4)}`, /Dan Retry/],
		["newhrie", /Did you mean .newhire./],
	] as const)
		await reads(await harriet.say(word), answer);
	await harriet.look("chat-commands");
	await harriet.goto("/sops/newhire?client=contoso");
	await harriet.look("sop");
	await harriet.page.emulateMedia({ media: "print" });
	const pdf = await harriet.page.pdf({ path: join(stage.eyes.shots, "sop.pdf"), format: "A4" });
	assert.ok(pdf.length > 20_000, "it prints");
	await harriet.page.emulateMedia({ media: null });
	await harriet.goto("/sops");
	await harriet.look("sops");
	await harriet.goto("/runs/NOSUCH");
	await harriet.look("not-here");
	did("runs, approvals, sops, help, run, a word that is not there; the procedure prints");

	const { users, licences: sold } = await bot.directory("contoso");
	const has = (name: string) => users.find((user) => user.displayName === name)?.licences ?? "nobody";
	assert.deepEqual(
		[has("Ada Lovelace"), has("Ben Skip"), has("Cleo Stop"), has("Dan Retry")],
		[["SPB"], [], [], ["SPB"]],
	);
	assert.equal(sold.find(({ sku }) => sku === "SPB")?.total, 9);
	const inCloud = async (name: string) => (await inGraph(bot, "contoso", name))?.licences;
	assert.deepEqual(
		[
			await inCloud("ada.lovelace@contoso.example"),
			await inCloud("Ben Skip"),
			await inCloud("Cleo Stop"),
			await inCloud("Dan Retry"),
		],
		[["SPB"], [], [], ["SPB"]],
	);
	did("the sandbox holds exactly what was answered");
}

async function choose(card: Locator, answer: RegExp): Promise<void> {
	await card.getByRole("radio", { name: answer }).check();
	await card.getByRole("button", { name: "Answer" }).click();
}
