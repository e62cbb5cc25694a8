/** Story 8: one run in Slack, Teams and the web chat at once: asked for in one, approved in another, watched in the third. */
import assert from "node:assert/strict";
import { startSlack } from "../fixtures/slack.ts";
import { enterSlackIds } from "../parity/ground.ts";
import { slackSettings } from "../parity/houses.ts";
import { enterTeamsIds } from "../playground/people.ts";
import { startBot } from "./bot.ts";
import { openSlackPage, tickLaptop } from "./slack-page.ts";
import { adaIsInGraph, hire, onlyRun, people, reads, runUntil, type Stage, type Story } from "./stage.ts";
import { openTeamsPage } from "./teams-page.ts";

export const both: Story = { name: "both", needs: ["local Slack"], play };

async function play(stage: Stage): Promise<void> {
	const { did } = stage;
	await using workspace = await startSlack();
	await using bot = await startBot((definitions) => {
		enterTeamsIds(definitions);
		enterSlackIds(definitions);
		return { TEAMS_PLAYGROUND: "1", ...slackSettings(workspace, "socket") };
	});
	await using harriet = await openSlackPage(stage, workspace, "harriet");
	await harriet.goto("Harriet Reyes");
	await using mo = await openTeamsPage(stage, "mo", bot.url());
	await mo.card("What you can type").waitFor();
	await using all = await people(stage, bot, { sol: "contoso/sol" });
	const { sol } = all;

	await harriet.say("/newhire");
	await harriet.fill(hire("Ada", "Lovelace"));
	await harriet.modal.getByRole("button", { name: "See the plan" }).click();
	const asked = mo.card("Approve the plan for Ada Lovelace?");
	await reads(asked, "Harriet Reyes asks");
	const watched = sol.card("Approve the plan for Ada Lovelace?");
	await reads(watched, "Harriet Reyes asks");
	await sol.look("both-asked");
	did("asked for in Slack, the plan is asked of one approver in Teams and of another on the web");

	await asked.getByRole("button", { name: "Approve", exact: true }).click();
	await reads(mo.card("The plan for Ada Lovelace"), "Approved by you in Teams");
	const locked = sol.card("The plan for Ada Lovelace");
	await reads(locked, "Approved by Mo Manager in Teams, today at");
	assert.equal(await locked.getByRole("button", { name: "Approve" }).count(), 0);
	const progress = harriet.message("Ada Lovelace, new employee");
	await reads(progress, /approved by Mo Manager/);
	await mo.picture("both-approved");
	await sol.look("both-locked");
	await harriet.picture("both-progress");
	did("the decision in Teams stands on the card on the web and on the message in Slack, with who, where and when");

	const id = await onlyRun(bot);
	await tickLaptop(workspace);
	await runUntil(bot, id, { what: "the end", is: (run) => run.phase === "done" });
	await reads(progress, /done/);
	await sol.goto(`/runs/${id}`);
	await reads(sol.page.locator("main"), /Teams/);
	await reads(sol.page.locator("main"), /Slack/);
	await sol.look("both-run");
	await adaIsInGraph(bot);
	did("the run's page says in which chat each of them acted, and Graph says that it was done");
}
