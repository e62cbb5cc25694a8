/**
 * The detail in a message's thread: each ended step once, several together, whatever breaks in between.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createThreads, type Threads } from "../../../src/chat/slack/threads.ts";
import { createMemory } from "../../../src/engine/embedded/memory.ts";
import { CHANNELS } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import type { RoughSlack } from "./rough-slack.ts";
import { drawn, MO, OPERATIONS, openRoughWorld, type RoughWorld } from "./send-world.ts";

let slack: RoughSlack;
let world: RoughWorld;
beforeEach(async () => {
	world = await openRoughWorld();
	slack = world.slack;
});
afterEach(() => world.end());

const step = (title: string, ...lines: string[]) => ({ title, lines });
const ACCOUNT = step("Make the account", "Ada is there: CN=Ada Lovelace", "It is closed: userAccountControl 514");
const LICENCE = step("Give the licence", "Business Premium is given: SPB");

/** The replies under the first message of a channel, as their words. */
function replies(): readonly string[] {
	const [first] = slack.of(CHANNELS.operations);
	return slack.repliesTo(first?.ts ?? "").map(({ body }) => JSON.stringify(body.blocks));
}

const edit = (ref: string, detail: readonly (typeof ACCOUNT)[], closed = false) =>
	world.surface.edit(OPERATIONS, ref, drawn("Ada Lovelace", { detail, closed }));

describe("what a run read back", () => {
	test("stands in the thread of its message, a step once, and steps that end together in one reply", async () => {
		const { ref } = await world.surface.put(OPERATIONS, drawn("Ada Lovelace"), false);
		const together = Promise.withResolvers<void>();
		world.held.until = together.promise;
		await edit(ref, [ACCOUNT]);
		await edit(ref, [ACCOUNT, LICENCE]);
		together.resolve();
		await world.threads.idle();
		assert.equal(replies().length, 1);
		assert.match(replies()[0] ?? "", /Make the account.*Ada is there.*Give the licence/u);
		await edit(ref, [ACCOUNT, LICENCE], true);
		await edit(ref, [ACCOUNT, LICENCE, step("Join Sales", "Ada is in Sales")], true);
		await world.threads.idle();
		assert.equal(replies().length, 2);
		assert.doesNotMatch(replies()[1] ?? "", /Make the account/u);
		assert.match(replies()[1] ?? "", /Ada is in Sales/u);
	});

	test("comes to a person's own chat at the end only, for a reply there rings", async () => {
		const { ref } = await world.surface.put(MO, drawn("Ada Lovelace"), false);
		await world.surface.edit(MO, ref, drawn("going", { detail: [ACCOUNT] }));
		await world.threads.idle();
		assert.equal(slack.callsOf("chat.postMessage").length, 1);
		await world.surface.edit(MO, ref, drawn("done", { detail: [ACCOUNT, LICENCE], closed: true }));
		await world.threads.idle();
		assert.equal(slack.callsOf("chat.postMessage").length, 2);
	});

	test("is nobody's markup", async () => {
		const { ref } = await world.surface.put(OPERATIONS, drawn("x"), false);
		await edit(ref, [step("<!channel>", "*bold* <@U02MO> <https://evil.example|here>")]);
		await world.threads.idle();
		assert.doesNotMatch(replies()[0] ?? "", /<[!@h]|[^\\]\*bold\*/u);
	});

	test("of a long run fits: many steps in several replies, many lines counted", async () => {
		const { ref } = await world.surface.put(OPERATIONS, drawn("x"), false);
		const lines = Array.from({ length: 100 }, (_, at) => `${at} ${"ä".repeat(90)}`);
		await edit(
			ref,
			Array.from({ length: 9 }, (_, at) => step(`Step ${at}`, ...lines)),
		);
		await world.threads.idle();
		assert.equal(replies().length, 3);
		assert.match(replies()[0] ?? "", /more: open the run/u);
	});
});

describe("a thread in trouble", () => {
	test("waits while Slack is busy, and holds up no edit", async () => {
		const { ref } = await world.surface.put(OPERATIONS, drawn("x"), false);
		slack.faults.push(
			{ method: "chat.postMessage", status: 429, after: "30" },
			{ method: "chat.postMessage", status: 503 },
		);
		await edit(ref, [ACCOUNT]);
		assert.equal(slack.of(CHANNELS.operations)[0]?.edits, 1);
		await world.threads.idle();
		assert.equal(replies().length, 1);
	});

	test("whose answer was lost is not told twice", async () => {
		const { ref } = await world.surface.put(OPERATIONS, drawn("x"), false);
		slack.faults.push({ method: "chat.postMessage", lost: true });
		await edit(ref, [ACCOUNT]);
		await world.threads.idle();
		await edit(ref, [ACCOUNT, LICENCE]);
		await world.threads.idle();
		assert.equal(replies().length, 2);
		assert.equal(replies().filter((words) => words.includes("Make the account")).length, 1);
	});

	test("that is not there any more is let be", async () => {
		const { ref } = await world.surface.put(OPERATIONS, drawn("x"), false);
		slack.faults.push({ method: "chat.postMessage", error: "thread_not_found" });
		await edit(ref, [ACCOUNT]);
		await world.threads.idle();
		assert.equal(replies().length, 0);
		assert.equal(slack.callsOf("chat.postMessage").length, 2);
	});

	test("that is older than any message still edited is forgotten at the next start", async () => {
		const memory = createMemory(world.store, "slack-threads");
		const row = { told: [], owed: [ACCOUNT] };
		memory.set(`${OPERATIONS.ref}/1600000000.000001`, row);
		memory.set(`${OPERATIONS.ref}/1700000000.000001`, { ...row, owed: [] });
		const threads = world.openThreads();
		threads.start();
		await threads.idle();
		assert.deepEqual(
			memory.all().map(({ name }) => name),
			[`${OPERATIONS.ref}/1700000000.000001`],
		);
	});

	test("when the process ends goes on where it was", async () => {
		const { ref } = await world.surface.put(OPERATIONS, drawn("x"), false);
		await edit(ref, [ACCOUNT]);
		await world.threads.close();
		assert.equal(replies().length, 0);
		const again: Threads = world.openThreads();
		again.start();
		await again.idle();
		assert.equal(replies().length, 1);
		const last = world.openThreads();
		last.start();
		await last.idle();
		assert.equal(replies().length, 1);
	});

	test("that was being said when the process ended is not said again", async () => {
		const { ref } = await world.surface.put(OPERATIONS, drawn("x"), false);
		const memory = createMemory(world.store, "slack-threads");
		const said = Promise.withResolvers<void>();
		const ended = createThreads({
			memory,
			speak: {
				post: async (...about) => {
					await world.speak.post(...about);
					said.resolve();
					return new Promise<never>(() => {});
				},
			},
			wait: async () => {},
			complain: () => {},
		});
		const [channel = "", ts = ""] = ref.split("/");
		ended.want({ team: OPERATIONS.ref.split("/")[0] ?? "", channel }, ts, [ACCOUNT]);
		await said.promise;
		const again = world.openThreads();
		again.start();
		await again.idle();
		await edit(ref, [ACCOUNT]);
		await world.threads.idle();
		assert.equal(replies().length, 1);
	});

	test("whose detail finds no room costs no second message, and is told once there is", async () => {
		const { db } = world.store;
		const lines = Array.from({ length: 4000 }, (_, at) => `${at} ${"ä".repeat(90)}`);
		const room = Promise.withResolvers<void>();
		world.held.until = room.promise;
		db.pragma(`max_page_count = ${Number(db.pragma("page_count", { simple: true }))}`);
		await world.surface.put(OPERATIONS, drawn("x", { detail: [step("Long", ...lines)] }), false);
		assert.equal(world.wrong.splice(0).length, 1);
		db.pragma("max_page_count = 1000000");
		room.resolve();
		await until(() => replies().length === 1);
		await world.threads.idle();
		assert.equal(slack.of(CHANNELS.operations).length, 1);
	});
});
