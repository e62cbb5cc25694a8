/**
 * What moves a run beside its own work: timers that ring, forms that are corrected, notes, and hands on the wheel.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../src/base/json.ts";
import { toMs } from "../../src/base/time.ts";
import type { Step } from "../../src/sop/sop.ts";
import {
	approveStep,
	base,
	DAY,
	done,
	doStep,
	entry,
	freeStep,
	HOUR,
	make,
	planFor,
	refused,
	size,
	sopFor,
	states,
	stays,
	type Told,
	tell,
	wall,
} from "./stage.ts";

const clock: Step = { ...base, id: "w", name: "W", kind: "wait", wait: { kind: "until", until: "form.day" } };
const task = (more: object = {}): Step => {
	return { ...base, id: "t", name: "T", kind: "task", to: ["desk"], checklist: ["a"], evidence: false, ...more };
};

test("a timer counts from its very instant on, once, and only for the wait it was set for", () => {
	const told = tell(sopFor([clock]), { day: "2026-06-01" });
	const { id, timers } = told.wait("w");
	const fired = { kind: "timer-fired", wait: id, timer: "until" } as const;
	told.pass(toMs(timers.until ?? "") - toMs(told.now()) - 1001);
	const run = told.run();
	assert.equal(told.send(fired).run, run, "a millisecond early");
	told.pass(-999);
	assert.equal(told.send(fired).run.ended?.phase, "done");
	const moved = tell(sopFor([clock]), { day: "2026-06-01" });
	moved.amend({ day: "2026-06-02" });
	moved.pass(30 * DAY);
	const before = moved.run();
	assert.equal(moved.send({ ...fired, wait: "w#2" }).run, before, "of the day it was before");
	assert.equal(moved.send({ ...fired, wait: moved.wait("w").id, timer: "remind" }).run, before, "not set");
});

test("reminders come again at their distance; overdue rings once and brings in whom it names", () => {
	const told = tell(sopFor([task({ remind: wall(HOUR), overdue: { after: wall(5 * HOUR), ask: ["lead"] } })]));
	told.fire("t", "remind");
	assert.equal(toMs(told.wait("t").timers.remind ?? "") - toMs(told.now()), HOUR);
	assert.equal(told.wait("t").rings, 1);
	told.fire("t", "overdue");
	assert.deepEqual([told.wait("t").also, told.wait("t").rings], [["lead"], 2]);
	assert.deepEqual(Object.keys(told.wait("t").timers), ["remind"]);
});

test("a task that is due rings its owner in, once", () => {
	const told = tell(sopFor([task({ due: wall(DAY) })]));
	told.fire("t", "due");
	assert.deepEqual([told.wait("t").also, told.wait("t").rings, told.wait("t").timers], [["owner"], 1, {}]);
});

test("every kind of question is remembered by its own rule", () => {
	const rule = { remind: wall(3 * HOUR) };
	const again = (told: Told, path: string) => {
		told.fire(path, "remind");
		return toMs(told.wait(path).timers.remind ?? "") - toMs(told.now());
	};
	assert.equal(again(tell(sopFor([{ ...stays, ...rule } as Step])), "q"), 3 * HOUR);
	const guarded = tell(sopFor([approveStep(["a"], rule), doStep("a")]));
	guarded.planned("approve", planFor([entry("a", [make])]));
	assert.equal(again(guarded, "approve"), 3 * HOUR);
	guarded.answer("approve", "approve");
	guarded.began("a", [make, size]);
	assert.equal(again(guarded, "a"), 3 * HOUR, "a difference is reminded of like its approval");
});

test("a step that asks is reminded of after two working hours, then every four", () => {
	const told = tell(sopFor([freeStep("a")]));
	told.ended("a", refused(false));
	assert.equal(told.wait("a").timers.remind, "2026-05-29T10:00:00.000Z");
	told.fire("a", "remind");
	assert.equal(told.wait("a").timers.remind, "2026-05-29T14:00:01.000Z");
});

test("a run that stops or is over takes no corrections", () => {
	const told = tell(sopFor([freeStep("a")]));
	told.began("a", [make]);
	told.steer("cancel");
	assert.equal(told.amend({ value: "v1" }).reason?.code, "ended");
	const over = tell(sopFor([freeStep("a")]));
	over.ended("a", done());
	const run = over.run();
	const late = over.amend({ value: "v1" });
	assert.deepEqual([late.verdict, late.reason?.code, late.run === run], ["no", "ended", true]);
});

test("a correction renames the run, from the form and the client, without blanks", () => {
	const subject = {
		name: "${client.id}/${client.name}: ${form.name}",
		manager: "${form.lead}",
		email: " ${form.email} ",
	};
	const told = tell(sopFor([stays], { subject }), { name: "Ada", lead: 7, email: "ada@home" });
	assert.deepEqual(told.run().subject, { name: "sim/Sim: Ada", email: "ada@home" });
	told.amend({ name: "Eve", email: "" });
	assert.deepEqual(told.run().subject, { name: "sim/Sim: Eve" });
	assert.deepEqual(told.run().form, { name: "Eve", lead: 7, email: "" });
});

test("a correction counts the tries of a plan anew", () => {
	const told = tell(sopFor([approveStep(["a"]), doStep("a")]));
	const fail = () => told.send({ kind: "plan-failed", wait: told.wait("approve").id, problems: [], retryable: true });
	fail();
	told.fire("approve", "again");
	fail();
	told.amend({ value: "v1" });
	assert.equal(told.state("approve").failures, 0);
});

test("a list that grew is taken up again with all around it; under the first core one worked on by child runs stays", () => {
	const each = (list: string, atMost: number): Step => {
		const steps = [freeStep("x", { with: {} })];
		return { ...base, id: "e", name: "E", kind: "each", list, atOnce: 500, atMost, steps };
	};
	const beside: Step = { ...base, id: "p", name: "P", kind: "parallel", steps: [each("form.list", 9)] };
	const told = tell(sopFor([beside, stays]), { list: ["a"] });
	told.ended("e[a].x", done());
	assert.deepEqual(states(told), { p: "done", e: "done", "e[a].x": "done", q: "waiting" });
	told.amend({ list: ["a", "b"] });
	told.ended("e[a].x", done());
	assert.deepEqual([told.state("p").state, told.state("e").state], ["running", "running"]);
	told.ended("e[b].x", done());
	assert.deepEqual(states(told), { p: "done", e: "done", "e[a].x": "done", "e[b].x": "done", q: "waiting" });
	const list = Array.from({ length: 51 }, (_, i) => `m${i}`);
	const apart = tell(sopFor([each("form.list", 500)], { core: 1 }), { list });
	apart.amend({ list: ["a"] });
	assert.equal(apart.state("e").items?.length, 51);
});

test("a list that was empty is begun with all around it when the form fills it", () => {
	const task = { ...base, id: "x", name: "X", kind: "task", to: ["desk"], checklist: [], evidence: false } as const;
	const each: Step = {
		...base,
		id: "e",
		name: "E",
		kind: "each",
		list: "form.list",
		atOnce: 1,
		atMost: 9,
		steps: [task],
	};
	const told = tell(sopFor([{ ...base, id: "p", name: "P", kind: "parallel", steps: [each] }, stays]), { list: [] });
	told.amend({ list: ["a"] });
	assert.deepEqual(states(told), { p: "running", e: "running", "e[a].x": "waiting", q: "waiting" });
});

test("a list that is open stays as long as it was begun when something else changes", () => {
	const steps = [freeStep("x", { with: {} })];
	const each: Step = { ...base, id: "e", name: "E", kind: "each", list: "form.list", atOnce: 1, atMost: 9, steps };
	const told = tell(sopFor([each]), { list: ["a", "b"] });
	const { epoch } = told.state("e");
	told.amend({ list: ["a", "c"] });
	assert.deepEqual([told.state("e").epoch, told.state("e").items?.map((i) => i.key)], [epoch, ["a", "c"]]);
});

test("a day that moved ahead is waited for again; one that has gone by, and a length of time, are left", () => {
	const told = tell(sopFor([clock, stays]), { day: "2026-05-01" });
	assert.equal(told.state("w").state, "done");
	const { epoch } = told.state("w");
	told.amend({ day: "2026-05-02" });
	assert.deepEqual([told.state("w").state, told.state("w").epoch], ["done", epoch]);
	const next = Temporal.Instant.from(told.now()).add({ seconds: 1 }).toString({ fractionalSecondDigits: 3 });
	told.amend({ day: next });
	assert.deepEqual([told.now(), told.state("w").epoch], [next, epoch], "that very moment has come");
	told.amend({ day: "2026-06-02" });
	assert.deepEqual(told.wait("w").timers, { until: "2026-06-01T23:00:00.000Z" });
	told.amend({ day: "never" });
	assert.deepEqual(told.wait("w").timers, { until: "2026-06-01T23:00:00.000Z" });
	const after: Step = { ...base, id: "w", name: "W", kind: "wait", wait: { kind: "after", after: wall(DAY) } };
	const length = tell(sopFor([after]));
	const { id } = length.wait("w");
	length.amend({ value: "v1" });
	assert.equal(length.wait("w").id, id);
});

test("notes stay in their order, with who wrote them and when", () => {
	const told = tell(sopFor([stays]));
	told.send({ kind: "noted", by: "tia", words: "One." });
	const first = told.now();
	told.send({ kind: "noted", by: "mo", words: "Two." });
	assert.deepEqual(told.run().notes, [
		{ at: first, by: "tia", words: "One." },
		{ at: told.now(), by: "mo", words: "Two." },
	]);
});

test("a paused run that is cancelled is stopping, not paused, and a stopping run cannot be paused", () => {
	const told = tell(sopFor([freeStep("a")]));
	told.began("a", [make]);
	told.steer("pause");
	assert.deepEqual(told.run().paused, { at: told.now(), by: "tia", words: "" });
	told.steer("cancel");
	assert.deepEqual(told.run().stopping, { at: told.now(), by: "tia", words: "", cause: "cancel" });
	assert.equal(told.run().paused, undefined);
	assert.equal(told.steer("pause").reason?.code, "paused");
	assert.equal(told.run().paused, undefined);
});

test("a paused run plans nothing and keeps its timers; resumed it plans", () => {
	const kinds = (told: Told) => told.effects().map((e) => e.kind);
	const told = tell(sopFor([approveStep(["a"]), doStep("a")]), { value: "v0" } as Values);
	assert.deepEqual(told.effects(), [{ kind: "plan", wait: told.wait("approve").id, range: ["a"] }]);
	told.steer("pause");
	told.amend({ value: "v1" });
	assert.deepEqual(kinds(told), []);
	told.steer("resume");
	assert.deepEqual(kinds(told), ["plan"]);
});
