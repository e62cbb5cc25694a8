/** Story 7: a new employee in Slack, on the page of the real local Slack: three people, each at a page of their own. */
import assert from "node:assert/strict";
import { type Slack, startSlack } from "../fixtures/slack.ts";
import { APP } from "../fixtures/slack-people.ts";
import { enterSlackIds } from "../parity/ground.ts";
import { slackSettings } from "../parity/houses.ts";
import { type Bot, startBot } from "./bot.ts";
import { chooseIn, openSlackPage, tickLaptop } from "./slack-page.ts";
import {
	adaIsInGraph,
	approve,
	day,
	hire,
	onlyRun,
	planned,
	reads,
	runUntil,
	type Stage,
	type Story,
	started,
} from "./stage.ts";

export const slack: Story = { name: "slack", needs: ["local Slack"], play };

type Page = Awaited<ReturnType<typeof openSlackPage>>;

async function play(stage: Stage): Promise<void> {
	const { did } = stage;
	await using workspace = await startSlack();
	await using bot = await startBot((definitions) => {
		enterSlackIds(definitions);
		return slackSettings(workspace, "socket");
	});
	await using harriet = await openSlackPage(stage, workspace, "harriet");
	await using mo = await openSlackPage(stage, workspace, "mo");
	await using tia = await openSlackPage(stage, workspace, "tia");
	await harriet.goto("Harriet Reyes");
	await mo.goto("Mo Manager");
	await tia.goto("Tia Tran");

	await harriet.say("help");
	await harriet.message("What you can type").waitFor();
	await harriet.picture("help");
	await harriet.say("/newhire Ada Lovelace");
	await reads(harriet.modal, "Nothing changes until Mo Manager has approved");
	assert.equal(await harriet.field("Last name").inputValue(), "Lovelace");
	await harriet.picture("form");
	did("a command opens the form, with what was typed in its fields");

	await harriet.fill(hire("Ada", "Lovelace", { startDate: day(-400) }));
	await harriet.modal.getByRole("button", { name: "See the plan" }).click();
	await harriet.modal.locator(".modal-error").first().waitFor();
	assert.equal(await harriet.field("Last name").inputValue(), "Lovelace");
	await harriet.picture("form-wrong");
	did("a wrong value leaves the form open with the mistake, and what was typed; nothing was started");

	await harriet.fill(hire("Ada", "Lovelace"));
	await harriet.modal.getByRole("button", { name: "See the plan" }).click();
	await harriet.message("Asked for: Ada Lovelace").waitFor();
	await reads(harriet.message("Plan for Ada Lovelace"), "1 Business Premium, 28 left, no new cost");
	await harriet.picture("plan");
	const asked = mo.message("Approve the plan for Ada Lovelace?");
	await reads(asked, "Harriet Reyes asks");
	await mo.picture("approval");
	await asked.getByRole("button", { name: "Details" }).click();
	await reads(mo.modal, "LDAP add CN=Ada Lovelace");
	await mo.picture("details");
	await mo.modal.getByRole("button", { name: "Go back" }).click();
	await asked.getByRole("button", { name: "Send back…" }).click();
	await reads(mo.modal, "What should change?");
	await mo.picture("send-back");
	await mo.modal.getByRole("button", { name: "Go back" }).click();
	const id = await onlyRun(bot);
	assert.equal((await bot.read("harriet", id)).phase, "waiting");
	did(
		"the plan is shown to who asked, and who approves is asked in a chat of their own, technical detail one press away",
	);

	await asked.getByRole("button", { name: "Approve", exact: true }).click();
	const decided = mo.message("The plan for Ada Lovelace");
	await reads(decided, "Approved by you in Slack");
	assert.equal(await decided.getByRole("button", { name: "Approve", exact: true }).count(), 0);
	await mo.picture("approved");
	const progress = harriet.message("Ada Lovelace, new employee");
	await reads(progress, /approved by Mo Manager/);
	await reads(progress, /Open the account in Active Directory\s+.*read back/);
	await harriet.picture("progress");
	assert.equal(await harriet.page.locator(".msg").filter({ hasText: "Plan for Ada Lovelace" }).count(), 0);
	did("the approval closes its card, and the plan's message becomes the progress, edited in place");

	const stuck = await outOfLicences(bot);
	await tia.message("Laptop").waitFor();
	await tia.picture("task");
	await tickLaptop(workspace);
	await reads(tia.message("Laptop"), "By you in Slack");
	await tia.picture("task-done");
	did("the task is ticked off by a third person");

	await runUntil(bot, id, { what: "the end", is: (run) => run.phase === "done" });
	await reads(progress, /done/);
	await harriet.picture("done");
	await adaIsInGraph(bot);
	did("the run ends on the same message, and Graph itself says so");

	await asksBack(stage, { bot, workspace, mo, stuck });

	await mo.goto("Sopwith");
	await reads(mo.page.locator("main"), /waits? for you/);
	await mo.picture("home");
	await harriet.goto("Sopwith");
	await reads(harriet.page.locator("main"), /Nothing waits for you.*Start something/s);
	await harriet.picture("home-requester");
	await harriet.goto("operations");
	await harriet.say(`<@${APP.botUser}> newhrie Grace`);
	await reads(harriet.message("Did you mean"), "newhrie");
	await harriet.picture("channel");
	assert.deepEqual(
		workspace.messages("C01OPERATIONS").filter(({ user }) => user === APP.botUser),
		[],
	);
	did("Home shows what waits; in a channel a mention is answered where nobody else reads");
}

/** Approves the plan for somebody while there are licences, and has none left when it comes to theirs. */
async function outOfLicences(bot: Bot): Promise<string> {
	const run = await started(bot, hire("Ben", "Ode"));
	await planned(bot, run);
	await sold(bot, "{ use: sandbox }", 2);
	await approve(bot, run);
	return run;
}

/** A step that cannot go on, and a plan that cannot be made: each asks Mo, and goes on as he says. */
async function asksBack(
	{ did }: Stage,
	at: { readonly bot: Bot; readonly workspace: Slack; readonly mo: Page; readonly stuck: string },
): Promise<void> {
	const { bot, workspace, mo, stuck } = at;
	const failed = mo.message("Give the licence: a choice is needed");
	await reads(failed, "For Ben Ode. Business Premium: 2 of 2 in use. No licence was given.");
	await mo.picture("question-failed");
	await sold(bot, licences(2), 9);
	await chooseIn(workspace, "mo", { asks: "Give the licence: a choice is needed", choice: "retry" });
	await runUntil(bot, stuck, {
		what: "the licence after all",
		is: (run) => run.steps.some((step) => step.path === "licence" && step.state === "done"),
	});
	await reads(mo.message("Give the licence"), "Read back");
	assert.equal(await mo.page.getByRole("button", { name: "Answer" }).count(), 0);
	await mo.picture("question-answered");
	did("a step that failed for good asks, and goes on once it is told to try again");

	const second = await started(bot, hire("Ada", "Lovelace", { startDate: day(3) }));
	const unsure = mo.message("A choice is needed for Ada Lovelace");
	await reads(unsure, "ada.lovelace belongs to someone else");
	await mo.picture("question");
	await chooseIn(workspace, "mo", { asks: "A choice is needed for Ada Lovelace", choice: "next-free-name" });
	await reads(mo.message("Approve the plan for Ada Lovelace?"), "ada.lovelace2@contoso.example");
	assert.deepEqual((await bot.read("mo", second)).plan?.problems, []);
	did("a plan that cannot know whose name it is asks, and is made as it is told");
}

async function sold(bot: Bot, before: string, total: number): Promise<void> {
	const was = `microsoft365: ${before}`;
	bot.edit("clients/contoso/client.yaml", (text) => text.replace(was, `microsoft365: ${licences(total)}`));
	assert.equal((await bot.cli(["reload"])).code, 0);
}

function licences(total: number): string {
	return `{ use: sandbox, licences: { SPB: { total: ${total}, used: 1 } } }`;
}
