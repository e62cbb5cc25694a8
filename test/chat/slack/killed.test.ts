/**
 * The real program, killed while Slack has things outstanding: forms just sent, posts whose answer is lost, clicks just
 * acknowledged. Nothing that was acknowledged may be lost, and each end costs one message too many at most.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Bot, startBot } from "../../e2e/bot.ts";
import { day } from "../../e2e/stage.ts";
import { needs } from "../../fixtures/needs.ts";
import { type Slack, type SlackMessage, startSlack } from "../../fixtures/slack.ts";
import { APP, type SlackWho } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { enterSlackIds } from "../../parity/ground.ts";
import { wordsIn } from "./slack-world.ts";

describe("the program, killed", { skip: needs("local Slack") }, () => {
	let slack: Slack;
	let bot: Bot;
	before(async () => {
		slack = await startSlack();
		bot = await startBot((definitions) => {
			enterSlackIds(definitions);
			return { SLACK_BOT_TOKEN: APP.bot, SLACK_APP_TOKEN: APP.token, SLACK_API_URL: slack.api };
		});
		await until(() => slack.line.sockets() === 1);
	});
	after(async () => {
		await bot?.[Symbol.asyncDispose]();
		await slack?.stop();
	});

	const about = (who: SlackWho, words: RegExp): readonly SlackMessage[] =>
		slack.messages(slack.dm(who)).filter(({ user, blocks }) => user === APP.botUser && words.test(wordsIn(blocks)));
	const shown = (who: SlackWho, words: RegExp) =>
		until(
			() => about(who, words).at(-1),
			() => `${who} does not see ${words} in ${JSON.stringify(about(who, /./u).map(({ blocks }) => wordsIn(blocks)))}`,
		);

	async function asks(name: string): Promise<void> {
		await slack.command("harriet", "/newhire", `${name} Killed`);
		await until(() => JSON.stringify(slack.views().at(-1)?.blocks ?? []).includes(`"initial_value":"${name}"`));
		const { status, body } = await slack.submit("harriet", { startDate: day(5), profile: "sales", manager: "sol" });
		assert.equal(status, 200);
		assert.doesNotMatch(JSON.stringify(body), /errors/u);
	}

	async function killed(): Promise<void> {
		await bot.end("SIGKILL");
		await until(() => slack.line.sockets() === 0);
		await bot.start();
		await until(() => slack.line.sockets() === 1);
	}

	for (const [at, ms] of [0, 40, 150, 400].entries()) {
		test(`${ms} ms after a form was taken, asks all the same, once or twice, and takes the answer`, async () => {
			const name = `Form${at}`;
			await asks(name);
			await new Promise((next) => setTimeout(next, ms));
			await killed();
			await shown("mo", new RegExp(`Approve the plan for ${name} Killed`, "u"));
			await shown("harriet", new RegExp(`${name} Killed.*Mo Manager`, "u"));
			for (const who of ["mo", "sol", "harriet"] as const) {
				const copies = about(who, new RegExp(`(plan for|^)[^.]*${name} Killed`, "iu"));
				assert(copies.length <= 2 + (who === "harriet" ? 1 : 0), `${copies.length} for ${who}`);
			}
		});
	}

	test("while the answer to the post for who is asked is lost, asks once more at most, and either card decides", async () => {
		const lost = slack.line.trouble({ method: "chat.postMessage", done: true, answer: "cut", times: 3 });
		await asks("Lost");
		await until(() => lost.met() === 3);
		await killed();
		const card = await shown("mo", /Approve the plan for Lost Killed/u);
		await shown("sol", /Approve the plan for Lost Killed/u);
		const copies =
			about("mo", /Approve the plan for Lost Killed/u).length + about("sol", /Approve the plan for Lost/u).length;
		assert(copies <= 2 + lost.met() + 1, `${copies} copies, ${lost.met()} answers lost, killed once`);
		const [first = card] = about("mo", /Approve the plan for Lost Killed/u);
		await slack.press("mo", first, "Approve");
		await shown("mo", /Approved by you in Slack/u);
	});

	for (const ms of [0, 60]) {
		test(`${ms} ms after a click was acknowledged, has counted it; the same click again counts nothing`, async () => {
			const name = `Click${ms}`;
			await asks(name);
			const card = await shown("mo", new RegExp(`Approve the plan for ${name} Killed`, "u"));
			const other = await shown("sol", new RegExp(`Approve the plan for ${name} Killed`, "u"));
			const { status } = await slack.press("mo", card, "Approve");
			assert.equal(status, 200);
			await new Promise((next) => setTimeout(next, ms));
			const click = slack.deliveries.findLast(({ payload }) => payload.type === "block_actions")?.payload;
			assert(click !== undefined);
			await killed();
			const became = (message: SlackMessage, words: RegExp) =>
				until(
					() =>
						slack.messages(message.channel).some(({ ts, blocks }) => ts === message.ts && words.test(wordsIn(blocks))),
					() => `the card did not become ${words}`,
				);
			await became(card, /Approved by you in Slack/u);
			await became(other, /Approved by Mo Manager in Slack/u);
			const before = slack.messages(slack.dm("mo")).length;
			assert.equal((await slack.line.deliver("interactive", click)).status, 200);
			const { body } = await bot.api("mo", "/runs");
			const run = (body.items as readonly { id: string; subject: string }[]).find(({ subject }) =>
				subject.includes(name),
			);
			assert(run !== undefined);
			assert.deepEqual((await bot.read("mo", run.id)).plan?.decidedBy, ["mo"]);
			assert.equal(about("mo", new RegExp(`${name} Killed`, "u")).length, 1, `${before} messages before`);
		});
	}
});
