/**
 * One run on three surfaces at once: asked for in Slack, approved in Teams, watched on the web. A decision answers where it
 * was made and locks every other copy before anything else is edited there.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Bot, startBot } from "../e2e/bot.ts";
import { day } from "../e2e/stage.ts";
import { needs } from "../fixtures/needs.ts";
import { type Slack, startSlack } from "../fixtures/slack.ts";
import { enterTeamsIds } from "../playground/people.ts";
import { enterSlackIds } from "./ground.ts";
import { slackSettings } from "./houses.ts";
import { openScene, type Scene } from "./scene.ts";
import type { Card, House } from "./seat.ts";
import { wordsOf } from "./shown.ts";
import { openSlackHouse } from "./slack-house.ts";
import { openTeamsHouse } from "./teams-house.ts";
import { openWebHouse } from "./web-house.ts";

/** From a decision to its lock on every other copy, where nothing else is going on. */
const LOCK_MS = 2000;
const HOME = { firstName: "Ada", lastName: "Mixed", startDate: day(5), profile: "sales", manager: "sol" };

describe("a request in Slack, an approver in Teams, a watcher on the web", { skip: needs("local Slack") }, () => {
	let slack: Slack;
	let bot: Bot;
	let houses: { readonly slack: House; readonly teams: House; readonly web: House };
	let scene: Scene;
	let asked: Card;
	before(async () => {
		slack = await startSlack();
		bot = await startBot((definitions) => {
			enterTeamsIds(definitions);
			enterSlackIds(definitions);
			return { TEAMS_PLAYGROUND: "1", ...slackSettings(slack, "socket") };
		});
		houses = {
			slack: openSlackHouse(slack, "slack by socket"),
			teams: await openTeamsHouse(bot.url(), ["mo"]),
			web: await openWebHouse(bot),
		};
		scene = openScene(houses.slack, bot);
	});
	after(async () => {
		await bot?.[Symbol.asyncDispose]();
		await houses?.teams.close();
		await slack?.stop();
	});

	/** The copies of the approval besides the one in Teams. */
	const copies = () =>
		(
			[
				[houses.slack, "sol"],
				[houses.web, "sol"],
				[houses.web, "mo"],
			] as const
		).map(([house, who]) => ({ house, who, seat: house.seat(who) }));

	test("what is asked for in Slack is asked of the approver wherever they can be reached", async () => {
		const harriet = houses.slack.seat("harriet");
		const form = await harriet.say("newhire", /New employee/u, "slash");
		await harriet.press(form, "See the plan", { typed: HOME, words: /Asked for: Ada Mixed/u });
		asked = await houses.teams.seat("mo").sees(/Approve the plan for Ada Mixed/u);
		// Each has the web chat and the one other chat that reaches them: Mo came by Teams, Sol is in Slack alone.
		for (const { seat } of copies()) await seat.sees(/Approve the plan for Ada Mixed/u);
	});

	test("a decision in Teams answers there, and locks every other copy ahead of all else, with who, where and when", async () => {
		const held = await Promise.all(
			copies().map(async (copy) => ({ ...copy, card: await copy.seat.sees(/Approve the plan for Ada Mixed/u) })),
		);
		const calls = slack.calls.length;
		const begun = performance.now();
		assert.equal(await houses.teams.seat("mo").press(asked, "Approve"), undefined, "the card itself shows it");
		await Promise.all(
			held.map(async ({ seat, who, card }) => {
				const by = who === "mo" ? "you" : "Mo Manager";
				const locked = await seat.becomes(card, new RegExp(`Approved by ${by} in Teams, today at \\d\\d:\\d\\d`, "u"));
				assert.deepEqual(
					locked.shown.buttons.filter((button) => button !== "Open the run"),
					[],
				);
			}),
		);
		const took = performance.now() - begun;
		assert(took < LOCK_MS, `it took ${Math.round(took)} ms`);
		await houses.teams.seat("mo").becomes(asked, /Approved by you in Teams/u);
		const [first] = slack.calls.slice(calls).filter(({ body }) => body.channel === slack.dm("sol"));
		const card = held.find(({ house }) => house === houses.slack)?.card;
		assert.deepEqual(
			[first?.method, first?.body.ts],
			["chat.update", card?.key],
			"the lock is the first that Sol sees",
		);
	});

	test("whoever asked sees it in Slack, and the run's page says the same", async () => {
		const progress = await houses.slack.seat("harriet").sees(/Ada Mixed, new employee.*approved by Mo Manager/iu);
		assert.match(wordsOf(progress.shown), /approved by Mo Manager/u);
		await houses.web.seat("harriet").sees(/Ada Mixed, new employee.*approved by Mo Manager/iu);
		const run = await scene.runOf("Ada Mixed");
		assert.deepEqual(run.plan?.decidedBy, ["mo"]);
	});

	test("whoever decides a second time is told that it was decided, and where", async () => {
		const copy = await houses.web.seat("mo").sees(/The plan for Ada Mixed/u);
		assert(!copy.shown.buttons.includes("Approve"));
		const late = await houses.teams.seat("mo").press(asked, "Approve");
		assert.match(wordsOf(late?.shown ?? copy.shown), /You approved this in Teams at .*Nothing more is needed/su);
		const sol = await houses.slack.seat("sol").sees(/The plan for Ada Mixed/u);
		assert(!sol.shown.buttons.includes("Approve"));
		assert.deepEqual((await scene.runOf("Ada Mixed")).plan?.decidedBy, ["mo"]);
	});

	test("two approvers in two chats in the same instant: one decides, both cards say who and where, the other is told", async () => {
		const harriet = houses.slack.seat("harriet");
		const form = await harriet.say("newhire", /New employee/u, "slash");
		const typed = { ...HOME, lastName: "Twice" };
		await harriet.press(form, "See the plan", { typed, words: /Asked for: Ada Twice/u });
		const [mo, sol] = [houses.teams.seat("mo"), houses.slack.seat("sol")];
		const [his, theirs] = [await mo.sees(/plan for Ada Twice/u), await sol.sees(/plan for Ada Twice/u)];
		const [toMo] = await Promise.all([mo.press(his, "Approve"), sol.press(theirs, "Approve")]);
		const { plan } = await scene.runOf("Ada Twice");
		assert.equal(plan?.decidedBy?.length, 1);
		const byMo = plan?.decidedBy?.[0] === "mo";
		await mo.becomes(his, byMo ? /Approved by you in Teams, today at/u : /Approved by Sol Vance in Slack, today at/u);
		await sol.becomes(
			theirs,
			byMo ? /Approved by Mo Manager in Teams, today at/u : /Approved by you in Slack, today at/u,
		);
		if (byMo) await sol.sees(/Mo Manager approved this in Teams at .*just before you.*Nothing more is needed/su);
		else assert.match(wordsOf(toMo?.shown ?? his.shown), /Sol Vance approved this in Slack at .*just before you/su);
	});

	test("a task is taken in Slack and ends on the web too", async () => {
		const task = await houses.slack.seat("tia").sees(/Laptop.*For Ada Mixed/u);
		const watched = await houses.web.seat("tia").sees(/Laptop.*For Ada Mixed/u);
		const all = task.shown.fields[0]?.options ?? [];
		await houses.slack.seat("tia").press(task, "Done", { typed: { checked: all } });
		await houses.web.seat("tia").becomes(watched, /By you in Slack/u);
	});
});
