/**
 * The published limits of Slack, over any minute; and that a decision waits for none of ours, only for Slack's own word.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createQueues, type Job } from "../../../src/chat/place-queue.ts";
import { type Call, createPace } from "../../../src/chat/slack/pace.ts";

const post = (channel: string, team = "T1"): Call => ({ team, channel, method: "chat.postMessage" });
const edit = (channel: string, urgent = false): Call => ({ team: "T1", channel, method: "chat.update", urgent });

/** Asks for one call after another for some time. Gives when each went. */
function run(call: (at: number) => Call, ms: number, begun = 0): readonly number[] {
	const pace = createPace(() => 0.5);
	const made: number[] = [];
	for (let nowMs = begun; nowMs < begun + ms; ) {
		const { waitMs } = pace.take(call(made.length), nowMs);
		if (waitMs === 0) made.push(nowMs);
		else nowMs += waitMs;
	}
	return made;
}

function atMost(made: readonly number[], most: number, perMs: number): void {
	for (const [at, first] of made.entries()) {
		const next = made[at + most];
		assert(next === undefined || next - first >= perMs, `more than ${most} in ${perMs} ms`);
	}
}

test("a channel gets one message a second", () => {
	const made = run(() => post("C1"), 600_000);
	atMost(made, 1, 1000);
	assert(made.length >= 190, `${made.length} messages in ten minutes`);
});

test("a workspace gets a few hundred messages a minute over all its channels, ten in a second", () => {
	const made = run((at) => post(`C${at}`), 600_000);
	atMost(made, 200, 60_000);
	atMost(made, 10, 1000);
	assert(made.length >= 2000, `${made.length} messages in ten minutes`);
});

test("a workspace gets 40 edits a minute, so that room is left for what is urgent", () => {
	const made = run((at) => edit(`C${at % 7}`), 600_000);
	atMost(made, 20, 30_000);
	assert(made.length >= 400, `${made.length} edits in ten minutes`);
});

test("a thousand places that want an edit get it in turn, and do not all ask at each call that is free", () => {
	const luck = seeded(7);
	const pace = createPace(luck);
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

test("a place in trouble is left alone for longer each time, and never at the same instant as others", () => {
	const waits = [0, 1].map((luck) => {
		const pace = createPace(() => luck);
		return [1, 2, 3, 4, 5, 6, 7, 8, 9].map(() => pace.busy(edit("C1"), 0));
	});
	assert.deepEqual(waits[0], [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
	assert.deepEqual(waits[1], [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
	const pace = createPace(() => 0);
	pace.busy(edit("C1"), 0);
	pace.busy(edit("C1"), 0);
	assert.equal(pace.take(edit("C2"), 0).waitMs, 0);
	assert.deepEqual(pace.take(edit("C1"), 0), { waitMs: 1000, ours: true });
	assert.equal(pace.take(edit("C1", true), 0).waitMs, 0, "a guess of ours holds back no decision");
	pace.well(edit("C1"));
	assert.equal(pace.busy(edit("C1"), 0), 500);
});

/** Luck that is the same each time. */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return state / 2_147_483_648;
	};
}

/** Timers by hand: `pass` lets the time go by. */
function handTimers() {
	let nowMs = 0;
	const timers = new Set<{ readonly atMs: number; readonly act: () => void }>();
	return {
		now: () => nowMs,
		after: (ms: number, act: () => void) => {
			const timer = { atMs: nowMs + ms, act };
			timers.add(timer);
			return () => void timers.delete(timer);
		},
		pass: async (ms: number) => {
			const end = nowMs + ms;
			for (;;) {
				await new Promise((next) => setImmediate(next));
				const due = [...timers].filter((timer) => timer.atMs <= end).sort((a, b) => a.atMs - b.atMs)[0];
				if (due === undefined) break;
				timers.delete(due);
				nowMs = due.atMs;
				due.act();
			}
			nowMs = end;
		},
	};
}

/** Jobs of one place over the pace of a workspace, and when each was done. */
function place(pace: ReturnType<typeof createPace>) {
	const timers = handTimers();
	const queues = createQueues({ after: timers.after, paceMs: () => 2000 });
	const done: string[] = [];
	const job = (name: string, urgent: boolean): Job => ({
		name,
		urgent,
		act: async () => {
			const { waitMs, ours } = pace.take(edit("C1", urgent), timers.now());
			if (waitMs > 0) return { againInMs: waitMs, paced: ours };
			done.push(`${name} at ${timers.now()}`);
			return "done";
		},
	});
	return { timers, done, push: (name: string, urgent = false) => queues.push("place", job(name, urgent)) };
}

test("a decision goes at once while its place waits for a limit of ours", async () => {
	const pace = createPace(() => 0.5);
	for (let at = 0; at < 20; at += 1) pace.take(edit("C9"), 0);
	const { timers, done, push } = place(pace);
	push("progress");
	await timers.pass(1000);
	push("lock", true);
	await timers.pass(0);
	assert.deepEqual(done, ["lock at 1000"]);
	await timers.pass(60_000);
	assert.equal(done[1], "progress at 30000");
});

test("a decision waits out what Slack said, and goes first then", async () => {
	const pace = createPace(() => 0);
	pace.busy(edit("C1"), 0, 30_000);
	const { timers, done, push } = place(pace);
	push("progress");
	await timers.pass(1000);
	push("lock", true);
	await timers.pass(28_999);
	assert.deepEqual(done, []);
	await timers.pass(10_000);
	assert.deepEqual(done, ["lock at 30000", "progress at 32000"]);
});

test("two urgent ones that have to wait are tried a few times, not for ever", async () => {
	const timers = handTimers();
	const queues = createQueues({ after: timers.after, paceMs: () => 2000 });
	let tries = 0;
	const act = async () => {
		tries += 1;
		return timers.now() < 5000 ? { againInMs: 1000, paced: true } : ("done" as const);
	};
	queues.push("place", { name: "first", urgent: true, act });
	queues.push("place", { name: "second", urgent: true, act });
	await timers.pass(20_000);
	assert(tries <= 10, `${tries} tries`);
});
