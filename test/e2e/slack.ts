/** Story 7: a new employee in Slack, on the page of the real local Slack: three people, each at a page of their own. */
import assert from "node:assert/strict";
import { startSlack, until } from "../fixtures/slack.ts";
import { APP } from "../fixtures/slack-people.ts";
import { enterSlackIds } from "../parity/ground.ts";
import { slackSettings } from "../parity/houses.ts";
import { startBot } from "./bot.ts";
import { openSlackPage } from "./slack-page.ts";
import { becomesInGraph, day, reads, runUntil, type Stage, type Story } from "./stage.ts";

export const slack: Story = { name: "slack", needs: ["local Slack"], play };

async function play(stage: Stage): Promise<void> {
	const { did } = stage;
	const workspace = await startSlack();
	try {
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

		// This page forgets what stood in a field unless it is touched; Slack sends it along.
		const fill = async (startDate: string): Promise<void> => {
			for (const [label, value] of [
				["First name", "Ada"],
				["Last name", "Lovelace"],
			] as const) {
				await harriet.field(label).clear();
				await harriet.field(label).fill(value);
			}
			await harriet.field("First day").fill(startDate);
			await harriet.field("Role").selectOption("sales");
			await harriet.field("Manager").selectOption("sol");
		};
		await fill(day(-400));
		await harriet.modal.getByRole("button", { name: "See the plan" }).click();
		await harriet.modal.locator(".modal-error").first().waitFor();
		assert.equal(await harriet.field("Last name").inputValue(), "Lovelace");
		await harriet.picture("form-wrong");
		did("a wrong value leaves the form open with the mistake, and what was typed; nothing was started");

		await fill(day(-1));
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
		const { items } = (await bot.api("harriet", "/runs")).body as { items: { id: string }[] };
		const [{ id } = { id: "" }] = items;
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

		await tia.message("Laptop").waitFor();
		await tia.picture("task");
		// This page draws no boxes in messages, so they are ticked as Slack's own would tick them.
		const task = await until(() =>
			workspace.messages(workspace.dm("tia")).findLast((one) => JSON.stringify(one.blocks).includes("Laptop imaged")),
		);
		await workspace.press("tia", task, "Done", { checked: ["Laptop imaged and labelled", "Laptop handed over"] });
		await reads(tia.message("Laptop"), "By you in Slack");
		await tia.picture("task-done");
		did("the task is ticked off by a third person");

		await runUntil(bot, id, { what: "the end", is: (run) => run.phase === "done" });
		await reads(progress, /done/);
		await harriet.picture("done");
		await becomesInGraph(
			bot,
			{ name: "Ada Lovelace" },
			{
				...{ userPrincipalName: "ada.lovelace@contoso.example", enabled: true, manager: "sol@contoso.example" },
				...{ licences: ["SPB"], groups: ["All Sales", "Sales"] },
			},
		);
		did("the run ends on the same message, and Graph itself says so");

		await mo.goto("Sopwith");
		await reads(mo.page.locator("main"), /Nothing waits for you/);
		await mo.picture("home");
		await harriet.goto("operations");
		await harriet.say(`<@${APP.botUser}> newhrie Grace`);
		await reads(harriet.message("Did you mean"), "newhrie");
		await harriet.picture("channel");
		assert.deepEqual(
			workspace.messages("C01OPERATIONS").filter(({ user }) => user === APP.botUser),
			[],
		);
		did("Home shows what waits; in a channel a mention is answered where nobody else reads");
	} finally {
		await workspace.stop();
	}
}
