/** Story 6: a new employee in Teams, as Microsoft's Agents Playground plays it: three people, each at a page of their own. */
import assert from "node:assert/strict";
import { idOf } from "../chat/teams/teams-world.ts";
import { enterTeamsIds } from "../playground/people.ts";
import { startBot } from "./bot.ts";
import { adaIsInGraph, day, onlyRun, reads, runUntil, type Stage, type Story } from "./stage.ts";
import { choose, openTeamsPage } from "./teams-page.ts";

export const teams: Story = { name: "teams", play };

async function play(stage: Stage): Promise<void> {
	const { did } = stage;
	await using bot = await startBot((definitions) => {
		enterTeamsIds(definitions);
		return { TEAMS_PLAYGROUND: "1" };
	});
	await using harriet = await openTeamsPage(stage, "harriet", bot.url());
	await using mo = await openTeamsPage(stage, "mo", bot.url());
	await using tia = await openTeamsPage(stage, "tia", bot.url());
	await harriet.card("What you can type").waitFor();
	await mo.card("What you can type").waitFor();
	await tia.card("What you can type").waitFor();
	await harriet.picture("hello");
	did("added to somebody's chat, the bot says hello with what they can type");

	await harriet.say("/newhire Ada Lovelace");
	const form = harriet.card("Nothing changes until Mo Manager has approved");
	assert.equal(await form.getByLabel("Last name").inputValue(), "Lovelace");
	await form.getByRole("button", { name: "See the plan" }).click();
	await reads(form, "Choose the role.");
	await harriet.picture("form-missing");
	await form.getByLabel("First day").fill(day(-1));
	await choose(form, "Role", "Sales");
	await choose(form, "Manager", "Sol Vance");
	await form.getByLabel("Private e-mail").fill("ada at home");
	await form.getByRole("button", { name: "See the plan" }).click();
	const wrong = harriet.card("Nothing was started. What you typed is kept.");
	await reads(wrong, "Enter the private e-mail as name@example.com.");
	assert.equal(await wrong.getByLabel("Last name").inputValue(), "Lovelace");
	await harriet.picture("form-wrong");
	did("missing and wrong values stand at their fields and are kept; nothing was started");

	await wrong.getByLabel("Private e-mail").fill("ada@example.org");
	await wrong.getByRole("button", { name: "See the plan" }).click();
	await harriet.card("Asked for: Ada Lovelace").waitFor();
	await reads(harriet.card("Plan for Ada Lovelace"), "1 Business Premium, 28 left, no new cost");
	await harriet.picture("plan");
	const asked = mo.card("Approve the plan for Ada Lovelace?");
	await reads(asked, "Harriet Reyes asks");
	await asked.scrollIntoViewIfNeeded();
	await mo.picture("approval");
	const id = await onlyRun(bot);
	did("the plan is shown to who asked, and who approves is asked in a chat of their own, unasked");

	const own = harriet.playground.shown[1];
	const theirs = mo.playground.shown.findLast(({ card }) => JSON.stringify(card).includes('"approve"'));
	assert(own !== undefined && theirs?.card !== undefined);
	const refused = await harriet.playground.press(own, { verb: "approve", values: idOf(theirs.card) });
	assert.match(JSON.stringify(refused), /You asked for this one, so someone else approves it\. Nothing changed\./);
	assert.equal((await bot.read("harriet", id)).phase, "waiting");
	did("the requester's own press of that card is refused in its answer, with the reason");

	await mo.card("Approve the plan for Ada Lovelace?").getByRole("button", { name: "Approve", exact: true }).click();
	await reads(mo.card("The plan for Ada Lovelace"), "Approved by you");
	assert.equal(await mo.page.getByRole("button", { name: "Approve", exact: true }).count(), 0);
	await mo.picture("approved");
	const progress = harriet.card("Ada Lovelace, new employee");
	await reads(progress, /approved by Mo Manager/);
	await reads(progress, /Open the account in Active Directory\s+·\s+read back/);
	assert.equal(await harriet.card("Plan for Ada Lovelace").count(), 0, "the plan's card became the progress");
	await harriet.picture("progress");
	const edited = harriet.playground.shown.filter(({ card }) =>
		JSON.stringify(card).includes("Ada Lovelace, new employee"),
	);
	assert.equal(edited.filter(({ edits }) => edits > 0).length, 1);
	did("the approval closes its card, and the plan's card becomes the progress, edited in place");

	const task = tia.card("Laptop");
	await task.getByRole("button", { name: "Done" }).click();
	await tia.page.getByText("Tick what is done first. Nothing happened.").waitFor();
	await tia.picture("task");
	for (const box of await task.getByRole("checkbox").all()) await box.check();
	await task.getByRole("button", { name: "Done" }).click();
	await reads(tia.card("Laptop"), "By you");
	did("the task is ticked off by a third person; nothing ticked is nothing done");

	await runUntil(bot, id, { what: "the end", is: (run) => run.phase === "done" });
	await reads(progress, /read back and/);
	await harriet.picture("done");
	await adaIsInGraph(bot);
	did("the run ends on the same card, and Graph itself says so");

	await harriet.goto("Group");
	await harriet.page.getByText("Hello. Mention Sopwith").last().waitFor();
	await harriet.mention("newhire Grace Hopper");
	await harriet.page.keyboard.press("Enter");
	await harriet.picture("group");
	await harriet.goto("Personal Chat");
	const grace = harriet.card("Nothing changes until Mo Manager has approved");
	assert.equal(await grace.getByLabel("Last name").inputValue(), "Hopper");
	await harriet.goto("Operations");
	await harriet.mention("newhire Alan Turing");
	await harriet.page.getByRole("button", { name: "Post" }).first().click();
	await harriet.picture("channel");
	await harriet.goto("Personal Chat");
	assert.equal(
		await harriet.card("Nothing changes until Mo Manager has approved").getByLabel("Last name").inputValue(),
		"Turing",
	);
	did("in a group and in a channel a mention is answered where nobody else reads");
}
