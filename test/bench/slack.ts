/**
 * How long Slack waits for us, beside a bare Bolt app and one that keeps a row, under the same load in the same run: presses
 * through the real local Slack, by signed HTTP, one at a time, to the answer 200 and to the edit of the card that was
 * pressed. Must never count a try whose effect is not there.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Values } from "../../src/base/json.ts";
import { type Slack, type SlackMessage, startSlack } from "../fixtures/slack.ts";
import { APP, rosterId, type SlackWho } from "../fixtures/slack-people.ts";
import { until } from "../fixtures/until.ts";
import { mailOf, startBeside, writeCast } from "./beside.ts";
import { type Figures, quantile } from "./row.ts";
import type { SlackTold } from "./slack-served.ts";

/** Who asks, and those who are asked in turn: a place is edited once in two seconds, which is not what is measured. */
const PEOPLE: readonly SlackWho[] = ["harriet", "mo", "di", "sol", "sam", "nobody"];
const ASKED = PEOPLE.slice(1);
const EACH = 24;
const TRIES = ASKED.length * EACH;
const WARM = 20;
const SIDES = ["ours", "bare", "keeping"] as const;
/** Local Slack takes a moment to show everything; a person takes longer. */
const REST_MS = 100;
/** A message a second and place, and room. */
const POSTED_MS = EACH * 6_000;

const CHORE = `sop: chore
title: Chore
owner: it-lead
start: [{ command: chore, by: [bench] }]
subject: { name: "\${form.what}", manager: "\${form.who}" }
form:
  who: { label: Whom, type: person }
  what: { label: What, type: text }
steps:
  - { name: Do it, id: it, task: { to: [manager], due: 1 working day } }
`;

/** Slack's answer comes after the press is durable in the run's journal; Bolt's before anything, or after one row is. */
export async function benchSlack(folder: string): Promise<Figures> {
	const place = join(folder, "slack");
	const accounts = PEOPLE.map((who) => ({ slack: rosterId(who) }));
	writeCast(join(place, "definitions"), { name: "chore", sop: CHORE, accounts, asking: 1 });
	const tasks = Array.from({ length: TRIES }, (_, n) => mailOf(1 + (n % ASKED.length)));
	const start = (): Promise<Slack> => startSlack({ way: "http" });
	const slacks = { ours: await start(), bare: await start(), keeping: await start() };
	const bots = [
		await served("serve-slack", place, slacks.ours, tasks),
		await served("serve-bolt", place, slacks.bare, []),
		await served("serve-keeping-bolt", place, slacks.keeping, []),
	];
	try {
		return await measured(slacks);
	} finally {
		for (const { kill } of bots) await kill();
		for (const slack of Object.values(slacks)) await slack.stop();
	}
}

type Sides<T> = { readonly [side in (typeof SIDES)[number]]: T };

async function measured({ ours, bare, keeping }: Sides<Slack>): Promise<Figures> {
	const took: Sides<{ answer: number; edited: number }[]> = { ours: [], bare: [], keeping: [] };
	for (let n = 0; n < TRIES; n++) {
		const who = ASKED[n % ASKED.length] ?? "mo";
		const message = await until(
			() => choreIn(ours, who, n),
			() => `chore ${n} was not asked`,
			POSTED_MS,
		);
		const here = await postSame(bare, who, message);
		const there = await postSame(keeping, who, message);
		const one = {
			ours: await pressed(ours, who, message),
			bare: await pressed(bare, who, here),
			keeping: await pressed(keeping, who, there),
		};
		if (n >= WARM) for (const side of SIDES) took[side].push(one[side]);
		await sleep(REST_MS);
	}
	const of = (what: "answer" | "edited") => (side: keyof typeof took, part: number) =>
		quantile(
			took[side].map((one) => one[what]),
			part,
		);
	const [answer, edited] = [of("answer"), of("edited")];
	return {
		"slack click to answer p50": answer("ours", 0.5),
		"slack click to answer p99": answer("ours", 0.99),
		"slack click to edited card p50": edited("ours", 0.5),
		"slack click to edited card p99": edited("ours", 0.99),
		"bare bolt answer p50": answer("bare", 0.5),
		"bare bolt edited card p50": edited("bare", 0.5),
		"slack answer over bare bolt p50": answer("ours", 0.5) / answer("bare", 0.5),
		"slack answer over bolt that keeps a row p50": answer("ours", 0.5) / answer("keeping", 0.5),
		"slack edited card over bare bolt p50": edited("ours", 0.5) / edited("bare", 0.5),
	};
}

/** The press: how long the bot took to answer, and how long until it edited that very card, as Slack sees both. */
async function pressed(slack: Slack, who: SlackWho, message: SlackMessage) {
	const before = slack.calls.length;
	const began = performance.now();
	const { status, after } = await slack.press(who, message, "Done");
	if (status !== 200) throw new Error(`answered ${status}`);
	const edit = await until(() =>
		slack.calls.slice(before).find(({ method, body }) => method === "chat.update" && body.ts === message.ts),
	);
	const shown = await until(() =>
		slack.messages(message.channel).find(({ ts, blocks }) => ts === message.ts && !asks(blocks)),
	);
	if (shown.text === message.text) throw new Error("the card says what it said before");
	return { answer: after, edited: edit.at - began };
}

function asks(blocks: SlackMessage["blocks"]): boolean {
	return JSON.stringify(blocks ?? []).includes("verb/complete");
}

function choreIn(slack: Slack, who: SlackWho, n: number): SlackMessage | undefined {
	const words = new RegExp(`Chore ${n}\\b`, "u");
	return slack.messages(slack.dm(who)).find(({ blocks }) => asks(blocks) && words.test(JSON.stringify(blocks)));
}

/** The same message from the bare app, which then only waits for the press. */
async function postSame(slack: Slack, who: SlackWho, { text, blocks }: SlackMessage): Promise<SlackMessage> {
	const headers = { "content-type": "application/json", authorization: `Bearer ${APP.bot}` };
	const body = JSON.stringify({ channel: slack.dm(who), text, blocks });
	const answer = await fetch(`${slack.url}/api/chat.postMessage`, { method: "POST", headers, body });
	const { ts } = (await answer.json()) as Values;
	return until(() => slack.messages(slack.dm(who)).find((each) => each.ts === ts));
}

/** A bot that this Slack delivers to. */
async function served(part: string, place: string, slack: Slack, tasks: readonly string[]) {
	const told: SlackTold = { api: slack.api, tasks };
	const bot = await startBeside(part, place, told);
	slack.deliverTo(`http://127.0.0.1:${bot.port}/slack/events`);
	return bot;
}
