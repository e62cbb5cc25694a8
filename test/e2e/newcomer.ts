/** Story 1: from the first word to the proof, and back again. */
import assert from "node:assert/strict";
import { startBot, until } from "./bot.ts";
import { look } from "./browser.ts";
import {
	adaIsInGraph,
	becomesInGraph,
	day,
	fill,
	onlyRun,
	people,
	reads,
	runUntil,
	type Stage,
	type Story,
} from "./stage.ts";

export const newcomer: Story = { name: "newcomer", play };

async function play(stage: Stage): Promise<void> {
	const { did } = stage;
	await using bot = await startBot();
	const before = await bot.directory("contoso");
	const door = await stage.browser.newPage({ reducedMotion: "reduce", locale: "en-GB" });
	await door.goto(`${bot.url()}/runs`);
	await door.getByRole("heading", { name: "Who are you?" }).waitFor();
	await look(door, stage.eyes, "sign-in");
	await door.close();
	await using all = await people(stage, bot, {
		harriet: "contoso/harriet",
		mo: "contoso/mo",
		sol: "contoso/sol",
		tia: "/tia",
	});
	const { harriet, mo, sol, tia } = all;

	await harriet.say("newhire Ada");
	const form = harriet.page.locator("#chat article").last();
	assert.equal(await form.getByLabel("First name").inputValue(), "Ada");
	await harriet.look("chat-form");
	await form.getByRole("button", { name: "See the plan" }).click();
	await reads(form, "Enter the last name.");
	await reads(form, "Choose the manager.");
	await harriet.look("chat-form-missing");
	await fill(form, {
		lastName: "Lovelace",
		startDate: day(-1),
		profile: "sales",
		manager: "sol",
		privateEmail: "ada at example",
	});
	await form.getByRole("button", { name: "See the plan" }).click();
	await reads(form, "Nothing was started. What you typed is kept.");
	assert.equal(await form.getByLabel("Last name").inputValue(), "Lovelace");
	assert.equal(Array.isArray((await bot.api("harriet", "/runs")).body.items), true);
	await harriet.look("chat-form-wrong");
	did("missing and wrong values stand at their fields and are kept; nothing was started");
	await fill(form, { privateEmail: "ada@example.org" });
	await form.getByRole("button", { name: "See the plan" }).click();
	const card = harriet.page
		.locator("#chat article")
		.filter({ hasText: /Plan for Ada Lovelace|Ada Lovelace, new employee/ })
		.first();
	await reads(card, /Plan for Ada Lovelace/);
	await reads(card, "1 Business Premium, 28 left, no new cost");
	await reads(card, /Make the account ada\.lovelace@contoso\.example, closed/);
	assert.equal(await card.getByText("CN=Ada Lovelace").isVisible(), false, "detail is folded away");
	await card.getByRole("button", { name: "Details" }).click();
	await card.getByText("CN=Ada Lovelace").first().waitFor();
	await harriet.look("chat-plan");
	did("the plan is one card: words and cost first, LDAP and Graph behind Details");

	const id = await onlyRun(bot);
	const ref = id.slice(0, 6);
	const waiting = await bot.read("harriet", id);
	const approval = { wait: waiting.plan?.wait, verb: "approve", plan: waiting.plan?.hash };
	const own = await bot.api("harriet", `/runs/${id}/answers`, approval);
	assert.equal(own.status, 403);
	assert.match(String(own.body.title), /You asked for this one, so someone else approves it/);
	await reads(await harriet.say("approvals"), "Nothing waits for you.");
	await harriet.goto("/approvals");
	await reads(harriet.page.locator("main"), "You asked for this one, so Mo Manager or Sol Vance approves.");
	await harriet.look("approvals-requester");
	await harriet.goto("/");
	did("the requester's own approval is refused, with the reason and who may");

	const asked = mo.card("Approve the plan for Ada Lovelace?");
	await asked.waitFor();
	await mo.look("chat-approval");
	await mo.goto("/approvals");
	await mo.look("approvals");
	await mo.goto("/");
	assert.deepEqual(await bot.directory("contoso"), before, "nothing changes before the approval");
	await asked.getByRole("button", { name: "Approve", exact: true }).click();
	await reads(card, /Approve the plan.*approved by Mo Manager/);
	await reads(card, /See it arrive in Microsoft 365/);
	await harriet.look("chat-progress");
	await harriet.goto(`/runs/${ref}`);
	await harriet.look("run-running");
	await harriet.goto("/");
	await reads(card, /Open the account in Active Directory · read back/);
	await reads(card, /Waiting for .*Laptop/);
	did("one card lives: approved by whom, each step as it is read back, then what it waits for");

	const link = sol.card("The first sign-in of Ada Lovelace waits for you");
	await link.getByRole("link", { name: "Show it…" }).click();
	await sol.page.waitForURL(/\/handover\//);
	await sol.look("handover");
	await sol.page.getByRole("button", { name: "Show it", exact: true }).click();
	const pass = ((await sol.page.locator(".secret").textContent()) ?? "").trim();
	assert.match(pass, /^\S{6,}$/);
	await sol.look("handover-opened");
	await sol.page.goto(sol.page.url());
	await reads(sol.page.locator("main"), /Opened by you/);
	assert.equal((await sol.page.locator("body").textContent())?.includes(pass), false);
	await sol.look("handover-again");
	await harriet.goto(new URL(sol.page.url()).pathname);
	assert.equal(await harriet.page.getByRole("button", { name: "Show it", exact: true }).count(), 0);
	await harriet.look("handover-refused");
	await harriet.goto("/");
	did("the first credential is shown once, to the manager alone; afterwards it says who took it and when");

	const task = tia.card("Laptop");
	await task.waitFor();
	await tia.look("chat-task");
	for (const box of await task.getByRole("checkbox").all()) await box.check();
	await task.getByRole("button", { name: "Done" }).click();
	await runUntil(bot, id, { what: "the end", is: (run) => run.phase === "done" });
	await reads(card, /checks? (was|were) read back|read back and/);
	await harriet.look("chat-done");
	await harriet.goto(`/runs/${id}`);
	await harriet.look("run-done");
	await harriet.goto("/runs");
	await harriet.look("runs");
	const made = (await bot.directory("contoso")).users.find((user) => user.displayName === "Ada Lovelace");
	assert(made !== undefined);
	assert.equal(made.userPrincipalName, "ada.lovelace@contoso.example");
	assert.equal(made.enabled, true);
	assert.deepEqual(
		[made.groups, made.licences, made.manager],
		[["All Sales", "Sales"], ["SPB"], "sol@contoso.example"],
	);
	await adaIsInGraph(bot);
	await harriet.goto("/directory/contoso");
	await reads(harriet.page.locator("main"), "Ada Lovelace");
	await harriet.look("directory");
	await harriet.goto("/");
	did("the card ends with the proof, and Graph tells an independent reader the account, groups, licence and manager");

	const undo = await harriet.say(`undo ${ref}`);
	await harriet.look("chat-undo");
	await undo.getByRole("button", { name: /^Undo \d+ changes/ }).click();
	const back = await until("the undo", async () => (await bot.read("harriet", id)).undoneBy);
	const again = mo.card("Approve the undo for Ada Lovelace?");
	await again.getByRole("button", { name: "Approve", exact: true }).waitFor();
	await mo.look("chat-undo-approval");
	await again.getByRole("button", { name: "Approve", exact: true }).click();
	await runUntil(bot, back, { what: "the undo's end", is: (run) => run.phase === "done" });
	await harriet.look("chat-undone");
	await harriet.goto(`/runs/${back}`);
	await harriet.look("run-undo");
	const after = await bot.directory("contoso");
	assert.deepEqual(after.users, before.users);
	assert.deepEqual(after.licences, before.licences);
	await becomesInGraph(bot, { name: "Ada Lovelace" }, undefined);
	did("undo is a run with its own plan and approval; the directory is as it was before");
}
