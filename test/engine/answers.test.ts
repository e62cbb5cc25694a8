/**
 * What people's answers do: votes, sending back, choices, questions of every kind of failure, and hands on the wheel.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { OnFailure } from "../../src/sop/sop.ts";
import {
	approveStep,
	DAY,
	done,
	doStep,
	entry,
	freeStep,
	make,
	planFor,
	refused,
	sopFor,
	tell,
	wall,
} from "./stage.ts";

const plan = planFor([entry("a", [make])]);

function asking(need = 1, more = {}) {
	const told = tell(sopFor([approveStep(["a"], { need }), doStep("a")], more));
	told.planned("approve", plan);
	return told;
}

test("the requester never approves what they asked for, unless it is an emergency", () => {
	const told = asking();
	const before = told.run();
	const refusal = told.answer("approve", "approve", "harriet");
	assert.deepEqual([refusal.run, refusal.reason?.code], [before, "own-request"]);
	const urgent = asking(1, { urgency: "emergency" });
	assert.equal(urgent.answer("approve", "approve", "harriet").verdict, "accepted");
	assert.equal(urgent.state("approve").state, "done");
});

test("two votes need two people: one person counts once", () => {
	const told = asking(2);
	told.answer("approve", "approve", "mo");
	told.answer("approve", "approve", "mo");
	assert.deepEqual([told.state("approve").state, told.wait("approve").votes?.length], ["waiting", 1]);
	told.answer("approve", "approve", "di");
	assert.deepEqual(
		told.run().approvals.map((a) => a.by),
		[["mo", "di"]],
	);
});

test("an answer to an old question, a foreign verb, a changed plan or without a role is not taken", () => {
	const told = asking();
	const wait = told.wait("approve").id;
	const base = { kind: "answered", wait, verb: "approve", by: "mo", as: "it-lead", values: {}, via: "web" } as const;
	const codes = [
		told.send({ ...base, wait: "approve#1" }),
		told.send({ ...base, wait: "nowhere#1" }),
		told.send({ ...base, verb: "retry" }),
		told.send({ ...base, plan: "another" }),
		told.send({ ...base, as: "" }),
	].map((d) => d.reason?.code);
	assert.deepEqual(codes, ["stale", "stale", "not-taken", "stale", "stale"]);
	assert.equal(told.send({ ...base, plan: plan.hash }).verdict, "accepted");
	assert.equal(told.send(base).reason?.code, "stale", "decided already");
});

test("sent back, the requester may ask again: it is planned anew and rings anew", () => {
	const told = asking();
	told.answer("approve", "send-back", "mo", { words: "Which manager?" });
	assert.deepEqual(
		[told.wait("approve").who, told.wait("approve").verbs, told.wait("approve").problem?.message],
		[["requester"], ["retry", "stop"], "Which manager?"],
	);
	told.answer("approve", "retry", "harriet");
	assert.deepEqual(
		told.effects().map((e) => e.kind),
		["plan"],
	);
	told.planned("approve", plan);
	assert.ok(told.wait("approve").rings > 0);
});

test("a plan with problems cannot be approved; a choice changes the input and everything is planned again", () => {
	const told = tell(sopFor([approveStep(["a"]), doStep("a")]));
	const choices = [{ id: "other", words: "Another", with: { value: "", kind: "b" } }];
	const problems = [{ path: "a", code: "taken", message: "Taken.", choices }];
	told.planned("approve", planFor([entry("a", [])], { problems }));
	assert.deepEqual(told.wait("approve").verbs, ["choose", "retry", "send-back"]);
	assert.equal(told.answer("approve", "approve").reason?.code, "not-taken");
	assert.equal(told.answer("approve", "choose", "mo", { choice: "nothing" }).reason?.code, "not-taken");
	told.answer("approve", "choose", "mo", { choice: "other", with: { value: "typed", kind: "no", more: "no" } });
	assert.deepEqual(told.run().overrides, { a: { value: "typed", kind: "b" } });
	told.planned("approve", plan);
	told.answer("approve", "approve");
	assert.deepEqual(told.state("a").try?.input, { value: "typed", kind: "b" });
});

test("a standing approval lets a routine plan pass, never one that destroys or has problems", () => {
	const standing = { id: "s", by: "mo", until: "2027-01-01", used: 1, of: 3, words: "In advance" };
	const passes = (given = plan, more = {}) => {
		const told = tell(sopFor([approveStep(["a"], more), doStep("a")]));
		told.send({ kind: "planned", wait: told.wait("approve").id, plan: given, standing });
		return told.run().approvals.map((a) => a.standing?.id);
	};
	assert.deepEqual(passes(), ["s"]);
	assert.deepEqual(passes(plan, { destructive: true }), []);
	assert.deepEqual(passes(planFor([entry("a", [make], { destructive: true })])), []);
	assert.deepEqual(passes(planFor([], { problems: [{ path: "a", code: "c", message: "m", choices: [] }] })), []);
});

test("what a failed step does is what its author said", () => {
	const endings = (["ask", "stop", "continue", "undo"] as const).map((onFailure: OnFailure) => {
		const told = tell(sopFor([freeStep("a"), freeStep("b", { onFailure })]));
		told.began("a", [make]);
		told.ended("a", done(make.id));
		told.ended("b", refused(false));
		return [onFailure, told.state("b").state, told.run().ended?.phase, told.effects().map((e) => e.kind)];
	});
	assert.deepEqual(endings, [
		["ask", "asking", undefined, ["timer"]],
		["stop", "failed", "failed", []],
		["continue", "failed", "done", []],
		["undo", "failed", undefined, ["start"]],
	]);
});

test("a run that undoes itself ends once that undo has ended, and at once when there is nothing to undo", () => {
	const told = tell(sopFor([freeStep("a"), freeStep("b", { onFailure: "undo" })]));
	told.began("a", [make]);
	told.ended("a", done(make.id));
	told.ended("b", refused(false));
	const [start] = told.effects();
	assert.ok(start?.kind === "start" && start.request.undo?.entries.length === 1);
	told.send({ kind: "child-ended", child: start.child, phase: "done", outputs: {} });
	assert.equal(told.run().ended?.phase, "failed");
	const empty = tell(sopFor([freeStep("b", { onFailure: "undo" })]));
	empty.ended("b", refused(false));
	assert.equal(empty.run().ended?.phase, "failed");
});

test("skip goes on, stop ends, claim names who is at it, done looks and proves", () => {
	const stuck = () => {
		const told = tell(sopFor([freeStep("a"), freeStep("b")]));
		told.ended("a", refused(false));
		return told;
	};
	const skipped = stuck();
	skipped.answer("a", "skip", "tia", { words: "not needed" });
	assert.deepEqual([skipped.state("a").why, skipped.state("b").state], ["not needed", "running"]);
	const stopped = stuck();
	stopped.answer("a", "stop");
	assert.equal(stopped.run().ended?.phase, "stopped");
	const claimed = stuck();
	const { id } = claimed.wait("a");
	claimed.answer("a", "claim", "tia");
	assert.deepEqual([claimed.wait("a").claimedBy, claimed.wait("a").id], ["tia", id]);
	const byHand = stuck();
	byHand.answer("a", "done", "tia");
	const [look] = byHand.effects();
	assert.ok(look?.kind === "attempt" && look.mode === "look");
	byHand.ended("a", done());
	assert.deepEqual([byHand.state("a").by, byHand.state("a").why], ["tia", "by-hand"]);
});

test("the same step asking a second time rings above the first", () => {
	const told = tell(sopFor([freeStep("a")]));
	told.ended("a", refused(false));
	assert.equal(told.wait("a").rings, 0);
	told.fire("a", "remind");
	assert.equal(told.wait("a").rings, 1);
	told.answer("a", "retry");
	told.ended("a", refused(false));
	assert.equal(told.wait("a").rings, 2);
});

test("a paused run wants no work and takes answers; resumed it wants all of it again", () => {
	const told = tell(sopFor([freeStep("a"), freeStep("b")]));
	assert.equal(told.steer("pause").effects.length, 0);
	assert.equal(told.steer("pause").reason?.code, "paused");
	assert.deepEqual(
		told.steer("resume").effects.map((e) => e.kind),
		["attempt"],
	);
	assert.equal(told.steer("resume").reason?.code, "not-paused");
	told.began("a", [make]);
	told.steer("pause");
	told.ended("a", done(make.id));
	assert.equal(told.run().steps.b, undefined, "nothing new begins");
	assert.deepEqual(
		told.steer("resume").effects.map((e) => e.kind),
		["attempt"],
	);
});

test("cancel waits for what began, gives no more go, and ends with the doubts listed", () => {
	const told = tell(sopFor([freeStep("a"), freeStep("b")]));
	told.began("a", [make]);
	told.steer("cancel");
	assert.equal(told.run().ended, undefined);
	assert.equal(told.steer("cancel").reason?.code, "stopping");
	told.ended("a", { kind: "unknown", applied: [], code: "cut" });
	assert.deepEqual([told.run().ended?.phase, told.run().ledger.map((e) => e.state)], ["stopped", ["maybe"]]);
	assert.equal(told.steer("pause").reason?.code, "ended");
});

test("silence never answers: reminders and overdue ring and bring in others, the wait stays", () => {
	const more = { remind: wall(DAY), overdue: { after: wall(3 * DAY), ask: ["owner"] } };
	const told = tell(sopFor([approveStep(["a"], more), doStep("a")]));
	told.planned("approve", plan);
	told.fire("approve", "remind");
	told.fire("approve", "remind");
	told.fire("approve", "overdue");
	const { rings, also, verbs } = told.wait("approve");
	assert.deepEqual([rings, also, verbs], [3, ["owner"], ["approve", "send-back"]]);
});
