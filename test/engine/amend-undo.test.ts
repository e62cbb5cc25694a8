/**
 * Second thoughts: an amendment asks only the difference, moves open clocks and sends nothing twice; an undo turns round what
 * the ledger holds, newest first, and nothing else. Child runs are asked for, counted and told apart.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { plusMs } from "../../src/base/time.ts";
import { decide } from "../../src/engine/decide.ts";
import { undoable, undoRequest, undoSop } from "../../src/engine/undo.ts";
import { view } from "../../src/engine/view.ts";
import type { Step } from "../../src/sop/sop.ts";
import {
	approveStep,
	base,
	change,
	done,
	doStep,
	entry,
	freeStep,
	never,
	planFor,
	refused,
	sopFor,
	tell,
	unknown,
} from "./stage.ts";

const clock: Step = {
	...base,
	id: "w",
	name: "W",
	kind: "wait",
	wait: { kind: "until", until: "form.day", at: "07:00" },
};
const create = change("create:x", { after: 1 });
const rename = change("set:x#name", { before: "v0", after: "v1" });

test("a name corrected after the account is made is a set change, and only that is asked", () => {
	const told = tell(sopFor([approveStep(["a"]), doStep("a"), clock]), { value: "v0", day: "2027-01-01" });
	told.planned("approve", planFor([entry("a", [create])]));
	told.answer("approve", "approve");
	told.began("a", [create]);
	told.ended("a", done(create.id));
	told.amend({ value: "v1" });
	told.planned("approve", planFor([entry("a", [rename])]));
	assert.equal(told.wait("approve").kind, "approval");
	told.answer("approve", "approve");
	assert.deepEqual([told.state("a").attempt, told.state("a").try?.input], [2, { value: "v1" }]);
	assert.equal(told.began("a", [rename]).verdict, "go");
	told.ended("a", done(rename.id));
	assert.deepEqual(
		told.run().ledger.map((e) => e.change.id),
		[create.id, rename.id],
	);
});

test("an amendment that changes nothing that was approved passes without asking", () => {
	const told = tell(sopFor([approveStep(["a"]), doStep("a"), clock]), { value: "v0", day: "2027-01-01" });
	told.planned("approve", planFor([entry("a", [create])]));
	told.answer("approve", "approve");
	told.amend({ other: 1 });
	told.planned("approve", planFor([entry("a", [create])]));
	assert.deepEqual([told.state("approve").state, told.state("approve").why], ["done", "covered"]);
	assert.equal(told.began("a", [create]).verdict, "go");
});

test("a moved date moves the open clock; the old timer is stale", () => {
	const told = tell(sopFor([clock]), { day: "2027-01-01" });
	const old = told.wait("w");
	told.amend({ day: "2027-02-01" });
	assert.equal(told.wait("w").timers.until, "2027-02-01T07:00:00.000Z");
	const stale = { kind: "timer-fired", wait: old.id, timer: "until" } as const;
	const before = told.run();
	assert.equal(told.send(stale).run, before);
	told.amend({ day: "2026-01-01" });
	told.fire("w", "until");
	assert.equal(told.run().ended?.phase, "done");
});

test("the same values again, and values for a run that is over, change nothing to wait for", () => {
	const told = tell(sopFor([clock]), { day: "2027-01-01" });
	const { id } = told.wait("w");
	told.amend({ day: "2027-01-01" });
	assert.equal(told.wait("w").id, id);
	told.steer("cancel");
	assert.equal(told.amend({ day: "2027-03-01" }).reason?.code, "ended");
});

test("an amendment under a write lets it end, then does it again with the new value", () => {
	const told = tell(sopFor([freeStep("a"), clock]), { value: "v0", day: "2027-01-01" });
	told.began("a", [create]);
	told.amend({ value: "v1" });
	assert.ok(told.state("a").redo);
	told.ended("a", done(create.id));
	assert.deepEqual([told.state("a").attempt, told.state("a").try?.input], [2, { value: "v1" }]);
});

test("what was sent is not sent again by an amendment, unless what it says changed", () => {
	const send = change("send:mo", { after: "v0" });
	const sent = () => {
		const told = tell(sopFor([freeStep("a", { action: never }), clock]), { value: "v0", day: "2027-01-01" });
		told.began("a", [send]);
		return told;
	};
	const after = sent();
	after.ended("a", done(send.id));
	after.amend({ day: "2027-01-02" });
	assert.deepEqual([after.state("a").state, after.state("a").why], ["done", "sent-before"]);
	after.amend({ value: "v1" });
	assert.deepEqual([after.state("a").state, after.state("a").attempt], ["running", 2]);
	const during = sent();
	during.amend({ day: "2027-01-02" });
	during.ended("a", done(send.id));
	assert.equal(during.state("a").state, "done");
	const doubted = sent();
	doubted.ended("a", unknown());
	doubted.amend({ day: "2027-01-02" });
	assert.deepEqual([doubted.wait("a").problem?.code, doubted.wait("a").problem?.doubt], ["in-doubt", [send.id]]);
	const both = sent();
	both.amend({ day: "2027-01-02" });
	both.ended("a", unknown());
	assert.equal(both.wait("a").kind, "question", "a doubt is asked although the form changed");
});

test("what a step asked before it was taken back stays as a closed message", () => {
	const sop = sopFor([approveStep(["a"]), doStep("a")]);
	const told = tell(sop);
	told.planned("approve", planFor([entry("a", [create])]));
	told.answer("approve", "approve");
	told.ended("a", refused(false));
	const question = () => view(sop, told.run()).find((m) => m.key === "a/question");
	assert.equal(question()?.closed, false);
	told.amend({ value: "v1" });
	assert.equal(question()?.closed, true);
	told.planned("approve", planFor([entry("a", [create])]));
	told.ended("a", refused(false));
	assert.deepEqual([question()?.closed, (question()?.rings ?? 0) > 0], [false, true]);
});

test("an undo is a plan of its own over the ledger, newest first, doubts too, never what was sent", () => {
	const sop = sopFor([approveStep(["a", "b", "c"]), doStep("a"), doStep("b"), doStep("c", { action: never })]);
	const told = tell(sop);
	const [size, send] = [change("set:y#s", { before: 0, after: 1 }), change("send:mo")];
	told.planned("approve", planFor([entry("a", [create]), entry("b", [size]), entry("c", [send])]));
	told.answer("approve", "approve");
	told.began("a", [create]);
	told.ended("a", done(create.id));
	told.began("b", [size]);
	told.steer("cancel");
	told.ended("b", unknown());
	assert.deepEqual(
		undoable(told.run()).map((e) => [e.change.id, e.state]),
		[
			[size.id, "maybe"],
			[create.id, "applied"],
		],
	);
	const request = undoRequest(sop, told.run(), { by: "harriet", via: "web", key: "u" });
	const undo = undoSop(sop, request);
	assert.deepEqual(
		undo.steps.map((s) => s.id),
		["approve", "u0", "u1"],
	);
	const [approve] = undo.steps;
	assert.ok(approve?.kind === "approve" && approve.destructive && approve.by.includes("it-lead"));
	assert.deepEqual(undoSop(sop, request), undo, "the same ledger is the same undo");
	const at = plusMs(told.run().at, 1000);
	const begun = decide(undo, undefined, { at, kind: "started", run: "UNDO", request });
	assert.deepEqual(
		begun.effects.map((e) => e.kind),
		["plan"],
	);
});

test("an undo looks only once what it turns round has settled", () => {
	const sop = sopFor([freeStep("a")]);
	const told = tell(sop);
	told.began("a", [create]);
	told.ended("a", done(create.id));
	const request = undoRequest(sop, told.run(), { by: "mo", via: "web", key: "u" });
	const undo = tell(undoSop(sop, request), {}, request);
	undo.planned("approve", planFor([entry("u0", [change("delete:x")])]));
	undo.answer("approve", "approve", "di");
	const wanted = undo.state("u0");
	const applied = request.undo?.entries[0]?.at ?? "";
	if (wanted.wait === undefined) assert.ok(undo.run().at >= plusMs(applied, 5000));
	else assert.equal(wanted.wait.timers.again, plusMs(applied, 5000));
});

test("children are asked for in turn, counted, and what did not finish is named", () => {
	const many = Array.from({ length: 51 }, (_, i) => `m${i}`);
	const each: Step = {
		...{ ...base, id: "e", name: "E", kind: "each", list: "form.many", atOnce: 20, atMost: 500 },
		steps: [freeStep("a")],
	};
	const told = tell(sopFor([each]), { many });
	const asked = new Set<string>();
	const end = (child: string, phase: "done" | "stopped") =>
		told.send({ kind: "child-ended", child, phase, outputs: { of: child } });
	for (const effect of told.effects()) if (effect.kind === "start") asked.add(effect.child);
	assert.equal(asked.size, 20);
	for (const child of asked) {
		for (const effect of end(child, child === [...asked][3] ? "stopped" : "done").effects)
			if (effect.kind === "start") asked.add(effect.child);
		const before = told.run();
		assert.equal(end(child, "done").run, before, "an end is heard once");
	}
	assert.equal(asked.size, 51);
	assert.equal(told.wait("e").problem?.code, "part-not-done");
	assert.match(told.wait("e").problem?.message ?? "", /^1 of 51 did not finish: m3\.$/);
});
