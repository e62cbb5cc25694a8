/**
 * The published limits of Slack and of Teams, over any window of time; and that a decision waits for none of ours, only for
 * the vendor's own word.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createQueues, type Job } from "../../src/chat/place-queue.ts";
import { type Call, createPace } from "../../src/chat/slack/pace.ts";
import { createPace as createTeamsPace } from "../../src/chat/teams/pace.ts";
import { createTime } from "./simulated-chat.ts";

const post = (channel: string, team = "T1"): Call => ({ team, channel, method: "chat.postMessage" });
const edit = (channel: string, urgent = false): Call => ({ team: "T1", channel, method: "chat.update", urgent });

/** Asks for one call after another for some time. `take`: how long a call has to wait. Gives when each went. */
function run(take: (call: number, nowMs: number) => number, ms: number): readonly number[] {
	const made: number[] = [];
	for (let nowMs = 0; nowMs < ms; ) {
		const waitMs = take(made.length, nowMs);
		if (waitMs === 0) made.push(nowMs);
		else nowMs += waitMs;
	}
	return made;
}

function runSlack(call: (at: number) => Call, ms: number): readonly number[] {
	const pace = createPace(() => 0.5);
	return run((at, nowMs) => pace.take(call(at), nowMs).waitMs, ms);
}

function atMost(made: readonly number[], most: number, perMs: number): void {
	for (const [at, first] of made.entries()) {
		const next = made[at + most];
		assert(next === undefined || next - first >= perMs, `more than ${most} in ${perMs} ms`);
	}
}

describe("Slack", () => {
	test("a channel gets one message a second", () => {
		const made = runSlack(() => post("C1"), 600_000);
		atMost(made, 1, 1000);
		assert(made.length >= 190, `${made.length} messages in ten minutes`);
	});

	test("a workspace gets a few hundred messages a minute over all its channels, ten in a second", () => {
		const made = runSlack((at) => post(`C${at}`), 600_000);
		atMost(made, 200, 60_000);
		atMost(made, 10, 1000);
		assert(made.length >= 2000, `${made.length} messages in ten minutes`);
	});

	test("a workspace gets 40 edits a minute, so that room is left for what is urgent", () => {
		const made = runSlack((at) => edit(`C${at % 7}`), 600_000);
		atMost(made, 20, 30_000);
		assert(made.length >= 400, `${made.length} edits in ten minutes`);
	});

	test("a thousand places that want an edit get it in turn, and do not all ask at each call that is free", () => {
		const pace = createPace(createTime(7).random);
		const due = Array.from({ length: 1000 }, (_, at) => ({ at, atMs: at % 50 }));
		let [asked, lastMs] = [0, 0];
		while (due.length > 0) {
			due.sort((a, b) => a.atMs - b.atMs);
			const next = due.shift();
			assert(next !== undefined);
			asked += 1;
			const { waitMs } = pace.take(edit(`C${next.at}`), next.atMs);
			if (waitMs === 0) lastMs = next.atMs;
			else due.push({ ...next, atMs: next.atMs + waitMs });
		}
		assert(lastMs <= (1000 / 40) * 60_000 * 1.3, `the last went after ${lastMs / 60_000} min`);
		assert(asked <= 40_000, `${asked} asked`);
	});

	test("another workspace has limits of its own", () => {
		const pace = createPace(() => 0.5);
		assert.equal(pace.take(post("C1"), 0).waitMs, 0);
		assert.deepEqual(pace.take(post("C1"), 0), { waitMs: 1000, ours: true });
		assert.equal(pace.take(post("C1", "T2"), 0).waitMs, 0);
	});

	test("a decision waits for no limit of ours, and is counted", () => {
		const pace = createPace(() => 0.5);
		for (let at = 0; at < 20; at += 1) assert.equal(pace.take(edit("C1"), at).waitMs, 0);
		assert(pace.take(edit("C2"), 20).ours);
		assert.equal(pace.take(edit("C2", true), 20).waitMs, 0);
		assert.equal(pace.take(edit("C1"), 30_000).waitMs, 1, "the one at 1 ms has still 1 ms to go");
	});

	test("what Slack says itself holds for all of that method in that workspace, a decision too", () => {
		const pace = createPace(() => 0.5);
		const waitMs = pace.busy(edit("C1"), 0, 30_000);
		assert.equal(waitMs, 30_500);
		assert.deepEqual(pace.take(edit("C2", true), 1000), { waitMs: 29_500, ours: false });
		assert.equal(pace.take(post("C2"), 1000).waitMs, 0);
		assert.equal(pace.busy(edit("C1"), 2000, 1000), 1500);
		assert.equal(pace.take(edit("C2"), 4000).waitMs, 26_500, "the longer word holds");
	});

	test("a channel in trouble holds up no other and no decision, and is as before once it is well", () => {
		const pace = createPace(() => 0);
		pace.busy(edit("C1"), 0);
		pace.busy(edit("C1"), 0);
		assert.equal(pace.take(edit("C2"), 0).waitMs, 0);
		assert.deepEqual(pace.take(edit("C1"), 0), { waitMs: 1000, ours: true });
		assert.equal(pace.take(edit("C1", true), 0).waitMs, 0, "a guess of ours holds back no decision");
		pace.well(edit("C1"));
		assert.equal(pace.busy(edit("C1"), 0), 500);
	});

	test("a decision goes at once while its place waits for a limit of ours", async () => {
		const pace = createPace(() => 0.5);
		for (let at = 0; at < 20; at += 1) pace.take(edit("C9"), 0);
		const { pass, done, push } = place(pace);
		push("progress");
		await pass(1000);
		push("lock", true);
		await pass(0);
		assert.deepEqual(done, ["lock at 1000"]);
		await pass(60_000);
		assert.equal(done[1], "progress at 30000");
	});

	test("a decision waits out what Slack said, and goes first then", async () => {
		const pace = createPace(() => 0);
		pace.busy(edit("C1"), 0, 30_000);
		const { pass, done, push } = place(pace);
		push("progress");
		await pass(1000);
		push("lock", true);
		await pass(28_999);
		assert.deepEqual(done, []);
		await pass(10_000);
		assert.deepEqual(done, ["lock at 30000", "progress at 32000"]);
	});
});

describe("Teams", () => {
	test("however one asks, no window holds more calls than Teams takes", () => {
		const pace = createTeamsPace(() => 0.5);
		const made = run((_, nowMs) => pace.take({ conversation: "one", tenant: "t" }, nowMs), 2 * 3_600_000);
		atMost(made, 7, 1_000);
		atMost(made, 8, 2_000);
		atMost(made, 60, 30_000);
		atMost(made, 1_800, 3_600_000);
		assert(made.length >= 3_600, `${made.length} calls in two hours`);
	});

	test("over all conversations of a tenant thirty calls go out in a second, and another tenant is free", () => {
		const pace = createTeamsPace(() => 0.5);
		const waits = Array.from({ length: 40 }, (_, at) => pace.take({ conversation: `c${at}`, tenant: "t" }, at));
		assert.equal(waits.filter((ms) => ms === 0).length, 30);
		assert.equal(pace.take({ conversation: "c1", tenant: "other" }, 40), 0);
		assert.equal(pace.take({ conversation: "c35", tenant: "t" }, 1_000), 0);
	});
});

/** Trouble again and again in one place: how long it is left alone each time. */
const TROUBLE = {
	Slack: (luck: number) => {
		const pace = createPace(() => luck);
		return () => pace.busy(edit("C1"), 0);
	},
	Teams: (luck: number) => {
		const pace = createTeamsPace(() => luck);
		return () => pace.busy("one", 0);
	},
};
for (const [vendor, inTrouble] of Object.entries(TROUBLE)) {
	test(`a place in trouble in ${vendor} is left alone for longer each time, and never at the same instant as others`, () => {
		const waits = [0, 1].map((luck) => Array.from({ length: 9 }, inTrouble(luck)));
		assert.deepEqual(waits[0], [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
		assert.deepEqual(waits[1], [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
	});
}

/** Jobs of one place over the pace of a workspace, and when each was done. */
function place(pace: ReturnType<typeof createPace>) {
	const time = createTime(1);
	const began = time.ms();
	const nowMs = () => time.ms() - began;
	const queues = createQueues({ after: time.after, paceMs: () => 2000 });
	const done: string[] = [];
	const job = (name: string, urgent: boolean): Job => ({
		name,
		urgent,
		act: async () => {
			const { waitMs, ours } = pace.take(edit("C1", urgent), nowMs());
			if (waitMs > 0) return { againInMs: waitMs, paced: ours };
			done.push(`${name} at ${nowMs()}`);
			return "done";
		},
	});
	return { pass: time.pass, done, push: (name: string, urgent = false) => queues.push("place", job(name, urgent)) };
}
