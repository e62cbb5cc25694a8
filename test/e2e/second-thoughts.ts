/** Story 3: HR changes her mind, and asks for the same person twice. */
import assert from "node:assert/strict";
import { startBot, until } from "./bot.ts";
import {
	approve,
	day,
	fill,
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

export const secondThoughts: Story = { name: "second-thoughts", play };

async function play(stage: Stage): Promise<void> {
	const { did } = stage;
	await using bot = await startBot();
	await using all = await people(stage, bot, { harriet: "contoso/harriet", mo: "contoso/mo" });
	const { harriet, mo } = all;
	const first = hire("Ada", "Lovelac", { startDate: day(9) });
	const id = await started(bot, first);
	const ref = id.slice(0, 6);
	await approve(bot, id);
	const waitsUntil = (days: number) => ({
		what: `the wait until ${day(days)}`,
		is: (run: Awaited<ReturnType<typeof bot.read>>) =>
			run.steps.some((step) => step.path === "firstMorning" && step.state === "waiting"),
	});
	await runUntil(bot, id, waitsUntil(9));
	const dated = (days: number) =>
		Temporal.PlainDate.from(day(days)).toLocaleString("en-GB", { weekday: "short", day: "numeric", month: "short" });

	const again = await bot.api("harriet", "/runs", { client: "contoso", sop: "newhire", form: first });
	assert.deepEqual([again.status, again.body], [202, { id, outcome: "duplicate" }]);
	await harriet.say("newhire Ada Lovelac");
	const twice = harriet.page.locator("#chat article").last();
	await fill(twice, { startDate: day(9), profile: "sales", manager: "sol" });
	await twice.getByRole("button", { name: "See the plan" }).click();
	await reads(harriet.page.locator("#chat > li").last(), "No second run was started.");
	await harriet.look("chat-asked-twice");
	did("asking twice shows the first run, in chat and by API");

	await harriet.say(`amend ${ref}`);
	const form = harriet.page.locator("#chat article").last();
	assert.equal(await form.getByLabel("Last name").inputValue(), "Lovelac");
	await harriet.look("chat-amend");
	await fill(form, { startDate: day(12) });
	await form.getByRole("button", { name: "See what changes" }).click();
	await reads(harriet.page.locator("#chat"), "Changed. What differs is planned now");
	const card = harriet.page.locator("#chat article").filter({ hasText: "Ada Lovelac, new employee" }).first();
	await reads(card, dated(12).replace(",", ""));
	const moved = await runUntil(bot, id, waitsUntil(12));
	assert.equal(
		moved.steps.some((step) => step.wait?.verbs.includes("approve")),
		false,
		"a later first day changes nothing that was approved",
	);
	did("a later first day moves the open wait and asks nobody again");

	await harriet.goto(`/runs/${id}/amend`);
	await harriet.look("run-amend");
	const page = harriet.page.locator("main");
	await page.getByLabel("Last name").fill("Lovelace");
	await page.getByRole("button", { name: "Correct it" }).click();
	await harriet.page.waitForURL(new RegExp(`/runs/${id}$`));
	const asked = await planned(bot, id);
	const differs = asked.plan?.entries.flatMap((entry) => entry.changes.map((change) => String(change.words))) ?? [];
	await harriet.look("run-amended");
	const approval = mo.card(/Approve .*Ada Lovelace/);
	await approval.waitFor();
	await mo.look("chat-approve-difference");
	await approval.getByRole("button", { name: "Approve", exact: true }).click();
	const shown = async () => (await bot.directory("contoso")).users.filter((user) => user.displayName.startsWith("Ada"));
	await until("the corrected name", async () => (await shown())[0]?.displayName === "Ada Lovelace");
	assert.deepEqual(
		(await shown()).map((user) => [user.displayName, user.enabled]),
		[["Ada Lovelace", false]],
	);
	await until(
		"the corrected name in Graph",
		async () => (await inGraph(bot, "contoso", "Ada Lovelace"))?.enabled === false,
	);
	assert.equal(await inGraph(bot, "contoso", "Ada Lovelac"), undefined);
	did(`a corrected name is planned as what differs and approved as that: ${differs.join("; ")}`);
}
