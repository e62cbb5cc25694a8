/**
 * One queue per place, on simulated time: what is urgent goes first, also where something has to wait.
 */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createQueues, type Job, type Queues } from "../../src/chat/place-queue.ts";
import { createTime, type Time } from "./simulated-chat.ts";

let time: Time;
let queues: Queues;
let done: string[];
let began: number;

beforeEach(() => {
	time = createTime(1);
	began = time.ms();
	done = [];
	queues = createQueues({ after: time.after, paceMs: () => 2000 });
});

type Answer = Awaited<ReturnType<Job["act"]>>;

/** A job of 100 ms that meets these answers, one after the other, and then is done. */
function push(name: string, urgent: boolean, ...answers: Answer[]): void {
	queues.push("place", {
		name,
		urgent,
		act: async () => {
			await time.wait(100);
			const answer = answers.shift() ?? "done";
			if (answer === "done") done.push(`${name} ${time.ms() - began}`);
			return answer;
		},
	});
}

test("jobs keep their pace; urgent ones do not wait for it, and stay in order", async () => {
	push("a", false);
	push("b", false);
	await time.pass(500);
	push("first", true);
	push("second", true);
	await time.pass(10_000);
	assert.deepEqual(done, ["a 100", "first 600", "second 700", "b 2800"]);
});

test("an urgent one that is asked for while another is refused goes first when the vendor allows, not before", async () => {
	push("a", false, { againInMs: 1000 });
	await time.pass(50);
	push("locks", true);
	await time.pass(10_000);
	assert.deepEqual(done, ["locks 1200", "a 3300"]);
});

test("an urgent one that comes while the vendor makes everybody wait goes first then", async () => {
	push("a", false, { againInMs: 1000 });
	push("b", false);
	await time.pass(500);
	push("locks", true);
	await time.pass(10_000);
	assert.deepEqual(done, ["locks 1200", "a 3300", "b 5400"]);
});

test("a wait of our own does not hold back what is urgent, but urgent ones that fail do wait", async () => {
	push("a", false, { againInMs: 60_000, paced: true });
	await time.pass(500);
	push("locks", true, { againInMs: 30_000, paced: true });
	await time.pass(200);
	push("locks too", true);
	await time.pass(60_000);
	assert.deepEqual(done, ["locks 30700", "locks too 30800", "a 32900"]);
});

test("the same name again takes the waiting one's place; what has become urgent moves up", async () => {
	push("a", false);
	push("b", false);
	push("c", false);
	push("b", false);
	push("c", true);
	await time.pass(10_000);
	assert.deepEqual(done, ["a 100", "c 200", "b 2300"]);
});

test("a job that waits alone holds up none of its place, and its newer like waits as long", async () => {
	push("a", false, { againInMs: 1000, aloneMs: 30_000 });
	push("b", false);
	await time.pass(5000);
	push("a", false);
	push("c", false);
	await time.pass(60_000);
	assert.deepEqual(done, ["b 1200", "c 5100", "a 30200"]);
	await queues.idle();
});

test("a job that waits alone goes at once when it becomes urgent", async () => {
	push("a", false, { againInMs: 1000, aloneMs: 30_000 });
	await time.pass(5000);
	push("a", true);
	await time.pass(60_000);
	assert.deepEqual(done, ["a 5100"]);
	await queues.idle();
});

test("a place that waits holds up no other", async () => {
	push("a", false, { againInMs: 60_000 });
	const act: Job["act"] = async () => {
		done.push("x");
		return "done";
	};
	queues.push("other", { name: "x", urgent: false, act });
	await time.pass(1000);
	assert.deepEqual(done, ["x"]);
});

test("a thousand changes in a minute are at most 31 edits, and the last one stands", async () => {
	const shown: number[] = [];
	for (let change = 1; change <= 1000; change += 1) {
		const act: Job["act"] = async () => {
			shown.push(change);
			return "done";
		};
		queues.push("place", { name: "run", urgent: false, act });
		await time.pass(60);
	}
	assert(shown.length <= 31, `${shown.length} edits`);
	await time.pass(2000);
	assert.equal(shown.at(-1), 1000);
});

test("two urgent ones that have to wait are tried a few times, not for ever", async () => {
	let tries = 0;
	const act: Job["act"] = async () => {
		tries += 1;
		return time.ms() - began < 5000 ? { againInMs: 1000, paced: true } : "done";
	};
	queues.push("place", { name: "first", urgent: true, act });
	queues.push("place", { name: "second", urgent: true, act });
	await time.pass(20_000);
	assert(tries <= 10, `${tries} tries`);
});
