/**
 * The published limits of Teams, over any hour; and that a decision does not wait for the pace of its place.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createQueues, type Job } from "../../../src/chat/place-queue.ts";
import { createPace } from "../../../src/chat/teams/pace.ts";

const LIMITS = [
	[7, 1_000],
	[8, 2_000],
	[60, 30_000],
	[1_800, 3_600_000],
] as const;

test("however one asks, no window holds more calls than Teams takes", () => {
	const pace = createPace(() => 0.5);
	const made: number[] = [];
	for (let nowMs = 0; nowMs < 2 * 3_600_000; ) {
		const waitMs = pace.take({ conversation: "one", tenant: "t" }, nowMs);
		if (waitMs === 0) made.push(nowMs);
		else nowMs += waitMs;
	}
	for (const [most, perMs] of LIMITS) {
		for (const [at, first] of made.entries()) {
			const next = made[at + most];
			assert(next === undefined || next - first >= perMs, `${most} in ${perMs} ms`);
		}
	}
	assert(made.length >= 3_600, `${made.length} calls in two hours`);
});

test("over all conversations of a tenant thirty calls go out in a second, and another tenant is free", () => {
	const pace = createPace(() => 0.5);
	const waits = Array.from({ length: 40 }, (_, at) => pace.take({ conversation: `c${at}`, tenant: "t" }, at));
	assert.equal(waits.filter((ms) => ms === 0).length, 30);
	assert.equal(pace.take({ conversation: "c1", tenant: "other" }, 40), 0);
	assert.equal(pace.take({ conversation: "c35", tenant: "t" }, 1_000), 0);
});

test("a busy conversation is left alone for longer each time, and never at the same instant as others", () => {
	const waits = [0, 1].map((luck) => {
		const pace = createPace(() => luck);
		return [1, 2, 3, 4, 5, 6, 7, 8, 9].map(() => pace.busy("one", 0));
	});
	assert.deepEqual(waits[0], [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
	assert.deepEqual(waits[1], [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

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

test("a thousand changes in a minute are at most 31 edits, and the last one stands", async () => {
	const timers = handTimers();
	const queues = createQueues({ after: timers.after, paceMs: () => 2000 });
	const shown: number[] = [];
	for (let change = 1; change <= 1000; change += 1) {
		const job: Job = {
			name: "run",
			urgent: false,
			act: async () => {
				shown.push(change);
				return "done";
			},
		};
		queues.push("place", job);
		await timers.pass(60);
	}
	assert(shown.length <= 31, `${shown.length} edits`);
	await timers.pass(2000);
	assert.equal(shown.at(-1), 1000);
});

test("a decision goes at once where a place only keeps its pace, and waits where Teams was busy", async () => {
	const timers = handTimers();
	const queues = createQueues({ after: timers.after, paceMs: () => 2000 });
	const done: string[] = [];
	const job = (name: string, urgent: boolean, busy = 0): Job => ({
		name,
		urgent,
		act: async (tries) => {
			if (tries < busy) return { againInMs: 5000 };
			done.push(`${name} at ${timers.now()}`);
			return "done";
		},
	});
	queues.push("place", job("progress", false));
	queues.push("place", job("more", false));
	await timers.pass(100);
	queues.push("place", job("decision", true));
	await timers.pass(0);
	assert.deepEqual(done, ["progress at 0", "decision at 100"]);
	await timers.pass(10_000);
	queues.push("place", job("busy", false, 1));
	await timers.pass(100);
	queues.push("place", job("late decision", true));
	await timers.pass(10_000);
	assert.deepEqual(done.slice(2), ["more at 2100", "late decision at 15100", "busy at 17100"]);
});

test("a decision asked for while the place is at work goes right after", async () => {
	const timers = handTimers();
	const queues = createQueues({ after: timers.after, paceMs: () => 2000 });
	const done: string[] = [];
	const first = Promise.withResolvers<"done">();
	queues.push("place", { name: "progress", urgent: false, act: () => first.promise });
	const job = (name: string, urgent: boolean): Job => ({
		name,
		urgent,
		act: async () => {
			done.push(`${name} at ${timers.now()}`);
			return "done";
		},
	});
	queues.push("place", job("more", false));
	queues.push("place", job("decision", true));
	first.resolve("done");
	await timers.pass(0);
	assert.deepEqual(done, ["decision at 0"]);
	await timers.pass(2000);
	assert.deepEqual(done, ["decision at 0", "more at 2000"]);
});
