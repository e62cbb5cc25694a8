/**
 * What goes wrong between Slack and us: deliveries that come again, an engine that is slow, a socket that drops, Slack that
 * is busy, two people at once. Each ends in one state, and everybody is told. Must never wait for a clock where it can ask.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { UnavailableError } from "../../../src/base/errors.ts";
import { isRecord, type Values } from "../../../src/base/json.ts";
import type { Bot } from "../../../src/chat/bot.ts";
import { needs } from "../../fixtures/needs.ts";
import { type Slack, type SlackMessage, startSlack } from "../../fixtures/slack.ts";
import { APP, CHANNELS, PEOPLE, type SlackWho, TEAM } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { definitions, MO } from "../world.ts";
import { becoming, openSlackWorld, type SlackWorld, standing, wordsIn } from "./slack-world.ts";

const skip = needs("local Slack");
const FORM = { startDate: "2026-12-01", profile: "sales" };
let slack: Slack;
let world: SlackWorld;
/** What the bot waits for before it does anything. */
let gate: Promise<void> = Promise.resolve();

/** What the bot fails with. */
let trouble: UnavailableError | undefined;

const gated = (bot: Bot): Bot => ({
	handle: async (inbound) => {
		await gate;
		if (trouble !== undefined) throw trouble;
		return bot.handle(inbound);
	},
});

before(async () => {
	if (skip !== false) return;
	slack = await startSlack();
	world = await openSlackWorld({ slack, around: gated, sops: { joint: joint() } });
});
after(async () => {
	await world?.end();
	await slack?.stop();
});
beforeEach(() => {
	gate = Promise.resolve();
	trouble = undefined;
});

/** A procedure that Mo or Di may approve. */
function joint() {
	const newhire = definitions.clients.contoso?.sops.newhire;
	assert(newhire !== undefined);
	const steps = newhire.steps.map((step) => (step.kind === "approve" ? { ...step, by: ["it-lead", "owner"] } : step));
	const starts = [{ kind: "command", command: "joint", by: ["hr"] }] as const;
	return { ...newhire, id: "joint", definition: "2".repeat(64), title: "Joint onboarding", unique: [], starts, steps };
}

/** Shuts the bot's gate; gives how to open it. */
function shut(): () => void {
	const { promise, resolve } = Promise.withResolvers<void>();
	gate = promise;
	return resolve;
}

async function asked(name: string, word = "newhire", who: SlackWho = "mo"): Promise<SlackMessage> {
	await slack.command("harriet", `/${word}`, `${name} Test`);
	await until(() => slack.views().at(-1));
	await slack.submit("harriet", FORM);
	return cardFor(name, who);
}

const cardFor = (name: string, who: SlackWho): Promise<SlackMessage> =>
	until(
		() => slack.messages(slack.dm(who)).find((message) => message.text.includes(name) && /Approve/.test(message.text)),
		() => `nobody asked ${who} about ${name}`,
	);

const now = (message: SlackMessage) => standing(slack, message);
const became = (message: SlackMessage, words: RegExp) => becoming(slack, message, words);

const said = (who: SlackWho, words: RegExp): Promise<SlackMessage> =>
	until(
		() =>
			slack.messages(slack.dm(who)).findLast(({ blocks, user }) => user === APP.botUser && words.test(wordsIn(blocks))),
		() => `${who} was not told ${words}`,
	);

function typed(text: string): Values {
	const ts = `${performance.timeOrigin + performance.now()}`;
	const event = { type: "message", channel_type: "im", channel: slack.dm("harriet"), user: PEOPLE.harriet.id, ts };
	return {
		...{ type: "event_callback", team_id: TEAM, api_app_id: APP.id, event_id: `Ev${ts}` },
		event: { ...event, text, team: TEAM },
		authorizations: [{ team_id: TEAM, enterprise_id: null, user_id: APP.botUser, is_bot: true }],
	};
}

/** What it makes us ask of Slack, once all that went before has come to rest. */
async function calls(act: () => Promise<unknown>): Promise<readonly string[]> {
	await world.poster.idle();
	await world.door.idle();
	const before = slack.calls.length;
	await act();
	await world.poster.idle();
	await world.door.idle();
	return slack.calls.slice(before).map(({ method }) => method);
}

describe("the same delivery", { skip }, () => {
	test("three times over six minutes acts once", async () => {
		const payload = typed("approvals");
		const made = await calls(async () => {
			for (const [attempt, minutes] of [
				[0, 0],
				[1, 1],
				[2, 5],
			] as const) {
				world.clock.pass(minutes * 60_000);
				const more = { retry_attempt: attempt, retry_reason: attempt === 0 ? "" : "timeout" };
				assert.equal((await slack.line.deliver("events_api", payload, { more })).status, 200);
			}
		});
		assert.deepEqual(made, ["chat.postMessage"]);
	});

	test("that comes again while the first is under way waits for its answer", async () => {
		const open = shut();
		const payload = typed("approvals");
		const made = await calls(async () => {
			const both = [slack.line.deliver("events_api", payload), slack.line.deliver("events_api", payload)];
			open();
			await Promise.all(both);
		});
		assert.deepEqual(made, ["chat.postMessage"]);
	});

	test("after a restart acts once", async () => {
		const payload = typed("approvals");
		const { folder } = world;
		assert.deepEqual(await calls(() => slack.line.deliver("events_api", payload)), ["chat.postMessage"]);
		await world.pause();
		world = await openSlackWorld({ slack, folder, around: gated, sops: { joint: joint() } });
		assert.deepEqual(await calls(() => slack.line.deliver("events_api", payload)), []);
	});
});

describe("an engine that is slow", { skip }, () => {
	test("is said so after two seconds, in time for Slack, and the answer follows", async () => {
		const open = shut();
		const { status, after: ms } = await slack.line.deliver("events_api", typed("approvals"));
		assert.equal(status, 200);
		assert(ms < 3000, `${ms} ms`);
		await said("harriet", /Not confirmed yet/);
		open();
		await said("harriet", /Nothing waits for you/);
	});

	test("is said so in the modal, and what came of it follows", async () => {
		await slack.command("harriet", "/newhire", "Slow Test");
		await until(() => slack.views().at(-1));
		const open = shut();
		const { body, after: ms } = await slack.submit("harriet", FORM);
		assert(isRecord(body) && body.response_action === "update" && ms < 3000);
		await until(() => /Not confirmed yet/.test(wordsIn(slack.views().at(-1))));
		open();
		await said("harriet", /Asked for: Slow Test/);
		await slack.close("harriet");
	});

	test("does not lose a click, nor count it twice when it is pressed again meanwhile", async () => {
		const card = await asked("Patience");
		const open = shut();
		const both = await Promise.all([slack.press("mo", card, "Approve"), slack.press("mo", card, "Approve")]);
		assert(both.every(({ status, after: ms }) => status === 200 && ms < 3000));
		await said("mo", /Not confirmed yet/);
		open();
		await became(card, /Approved by you in Slack/);
	});
});

describe("what cannot be done now", { skip }, () => {
	test("is said so, with what to do; done again later it is done", async () => {
		const advice = "Make room on the disk.";
		trouble = new UnavailableError("disk-full", "The disk is full, so nothing was kept.", { advice });
		await slack.command("harriet", "/newhire", "Full Test");
		await said("harriet", /The disk is full.*Make room/s);
		trouble = undefined;
		await asked("Full");
	});

	test("in a modal comes on top of the form, so that nothing typed is lost", async () => {
		await slack.command("harriet", "/newhire", "Kept Test");
		await until(() => /First name/.test(wordsIn(slack.views().at(-1))));
		trouble = new UnavailableError("disk-full", "The disk is full, so nothing was kept.");
		const { body } = await slack.submit("harriet", FORM);
		assert(isRecord(body) && body.response_action === "push");
		await until(() => slack.views().length === 2);
		assert.match(wordsIn(slack.views().at(-1)), /disk is full.*Trying again is safe/s);
		await slack.close("harriet");
	});

	test("or may have been done, is said honestly", async () => {
		trouble = new UnavailableError("unconfirmed", "The store has not answered.");
		await slack.line.deliver("events_api", typed("approvals"));
		await said("harriet", /Not confirmed yet/);
	});
});

test("a socket that drops between click and answer loses neither", { skip }, async () => {
	const card = await asked("Dropped");
	const open = shut();
	const pressing = slack.press("mo", card, "Approve");
	const { payload } = await until(() =>
		slack.deliveries.find(({ payload }) => payload.type === "block_actions" && isAbout(payload, card)),
	);
	await dropped();
	open();
	await became(card, /Approved by you in Slack/);
	const runs = async () => (await world.desk.list(MO, {})).items;
	await until(async () => (await runs()).some(({ subject, phase }) => subject === "Dropped Test" && phase === "done"));
	const made = await calls(() => slack.line.deliver("interactive", payload));
	assert.deepEqual(made, [], "Slack hands it over again, and nothing more comes of it");
	await pressing;
});

/** Cuts the socket, and waits until the next one was said hello to. */
async function dropped(): Promise<void> {
	const hellos = async () => (await slack.log()).filter(({ summary }) => String(summary).includes("(hello)")).length;
	const before = await hellos();
	slack.line.drop();
	await until(async () => (await hellos()) > before);
}

function isAbout(payload: Values, { ts }: SlackMessage): boolean {
	return isRecord(payload.container) && payload.container.message_ts === ts;
}

test("a socket that Slack ends by itself is open again at once", { skip }, async () => {
	await dropped();
	const { status } = await slack.command("harriet", "/approvals");
	assert.equal(status, 200);
});

describe("Slack that does not open a modal", { skip }, () => {
	for (const [name, answer] of [
		["is busy", { status: 429, headers: { "retry-after": "1" }, body: { ok: false, error: "ratelimited" } }],
		["fails", { status: 500 }],
		["says the trigger is over", { body: { ok: false, error: "expired_trigger_id" } }],
		["hangs up", "cut"],
	] as const) {
		test(`because it ${name}: the form stands as a message`, async () => {
			const person = `Modal${name.replaceAll(/\W/g, "")}`;
			const trouble = slack.line.trouble({ method: "views.open", answer });
			await slack.command("harriet", "/newhire", `${person} Test`);
			const form = await until(() => {
				const mine = slack.messages(slack.dm("harriet"));
				return mine.find(({ blocks }) => JSON.stringify(blocks ?? []).includes(`"initial_value":"${person}"`));
			});
			assert.equal(trouble.met(), 1, "tried once");
			await slack.press("harriet", form, "See the plan", FORM);
			await became(form, new RegExp(`Asked for: ${person} Test`));
			await cardFor(person, "mo");
		});
	}

	test("for “Send back…”: the person is told to press again", async () => {
		const card = await asked("Reveal");
		slack.line.trouble({ method: "views.open", answer: { status: 500 } });
		await slack.press("mo", card, "Send back…");
		await said("mo", /did not open the form in time.*Press the button again/);
	});
});

test("Slack that is busy is told what a person is to be told a little later", { skip }, async () => {
	slack.line.trouble({
		method: "chat.postMessage",
		answer: { status: 429, headers: { "retry-after": "1" }, body: { ok: false, error: "ratelimited" } },
	});
	world.clock.pass(60_000);
	await slack.line.deliver("events_api", typed("run 0000"));
	await said("harriet", /There is no run 0000/);
});

describe("a click while Slack answers", { skip }, () => {
	const busy = { status: 429, headers: { "retry-after": "1" }, body: { ok: false, error: "ratelimited" } };
	for (const [name, answer] of [
		["429", busy],
		["500", { status: 500 }],
	] as const) {
		test(`${name} to everything is acknowledged and durable at once, and every card shows it when Slack is well`, async () => {
			const card = await asked(`Down${name}`, "joint");
			const other = await cardFor(`Down${name}`, "di");
			await world.poster.idle();
			const down = slack.line.trouble({ method: "*", times: 1000, answer });
			const { status, after: ms } = await slack.press("mo", card, "Approve");
			assert(status === 200 && ms < 3000, `${status} after ${ms} ms`);
			const run = (await world.desk.list(MO, {})).items.find(({ subject }) => subject === `Down${name} Test`);
			assert(run !== undefined && run.phase !== "waiting", `it is ${run?.phase}`);
			// Pauses go by the world's clock.
			const waited = until(() => world.clock.pass(100) === undefined && down.met() >= 6);
			await waited.catch(() => down.end());
			assert(down.met() >= 6, `${down.met()} calls were made`);
			assert.match(wordsIn(now(card).blocks), /Approve the plan/);
			down.end();
			await until(() => world.clock.pass(100) === undefined && /Approved by you/.test(wordsIn(now(card).blocks)));
			await until(() => world.clock.pass(100) === undefined && /Approved by Mo/.test(wordsIn(now(other).blocks)));
			assert(down.met() < 60, `${down.met()} calls while Slack said no`);
		});
	}
});

test("what cannot be said in a channel is said in one’s own chat", { skip }, async () => {
	slack.line.trouble({ method: "chat.postEphemeral", answer: { body: { ok: false, error: "not_in_channel" } } });
	await slack.say("harriet", `<@${APP.botUser}> run 1111`, { channel: CHANNELS.lounge });
	await said("harriet", /There is no run 1111/);
});

test("two approvers in the same millisecond: one decides, both read who, and the second is told", {
	skip,
}, async () => {
	const mo = await asked("Both", "joint");
	const di = await cardFor("Both", "di");
	const both = await Promise.all([slack.press("mo", mo, "Approve"), slack.press("di", di, "Approve")]);
	assert.deepEqual(
		both.map(({ status }) => status),
		[200, 200],
	);
	const words = [await became(mo, /Approved by/), await became(di, /Approved by/)].map(({ blocks }) => wordsIn(blocks));
	const byMo = /Approved by you/.test(words[0] ?? "");
	assert.match(words[byMo ? 1 : 0] ?? "", byMo ? /Approved by Mo Manager in Slack/ : /Approved by Di Okafor in Slack/);
	await said(byMo ? "di" : "mo", byMo ? /Mo Manager approved this in Slack at/ : /Di Okafor approved this in Slack at/);
});

test("a click on a message two days old still means what it says", { skip }, async () => {
	const card = await asked("Old");
	world.clock.pass(2 * 24 * 3_600_000);
	await slack.press("mo", card, "Approve");
	await until(() =>
		slack
			.messages(slack.dm("mo"))
			.some(({ blocks }) => /Approved by you in Slack/.test(wordsIn(blocks)) && /Old Test/.test(wordsIn(blocks))),
	);
});
