/**
 * What an attempt's beginning and end do to a run: go once, doubts, retries, the ledger, and each thing that comes late.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toMs } from "../../src/base/time.ts";
import type { Change } from "../../src/engine/event.ts";
import {
	approveStep,
	change,
	DAY,
	done,
	doStep,
	entry,
	freeStep,
	HOUR,
	make,
	never,
	planFor,
	refused,
	size,
	sopFor,
	tell,
	unknown,
} from "./stage.ts";

const free = (more = {}) => tell(sopFor([freeStep("a", more)]));
const ledger = (told: ReturnType<typeof tell>) => told.run().ledger.map((e) => `${e.change.id} ${e.state}`);

/** A run whose approval of these changes was given. */
function approved(changes: readonly Change[] = [make], more = {}) {
	const told = tell(sopFor([approveStep(["a"], more), doStep("a")]));
	told.planned("approve", planFor([entry("a", changes)]));
	told.answer("approve", "approve");
	return told;
}

test("go is said once, and never to another attempt, a stopping run or a paused one", () => {
	const told = free();
	assert.equal(told.began("a", [make]).verdict, "go");
	const again = told.began("a", [make]);
	assert.deepEqual([again.verdict, again.reason?.code], ["no", "begun-already"]);
	const other = free();
	const old = { kind: "attempt-began", step: "a", attempt: 7, changes: [make], input: {} } as const;
	assert.equal(other.send(old).reason?.code, "not-wanted");
	other.steer("pause");
	assert.equal(other.began("a", [make]).reason?.code, "paused");
	other.steer("resume");
	const before = other.run();
	assert.equal(other.send({ ...old, step: "nowhere" }).run, before);
	other.steer("cancel");
	assert.deepEqual([other.run().ended?.phase, other.run().ledger.length], ["stopped", 0]);
});

test("a look may begin without changes, never with one", () => {
	const wait = { kind: "for", action: never, with: {}, atMost: { clock: "wall", ms: HOUR }, everyMs: 5000 } as const;
	const step = { id: "w", name: "W", let: {}, blocking: true, onFailure: "ask", kind: "wait", wait } as const;
	const told = tell(sopFor([step]));
	assert.equal(told.began("w", [make]).reason?.code, "look-only");
	assert.equal(told.began("w", []).verdict, "go");
});

test("what began is a doubt until its end says otherwise, on every kind of outcome", () => {
	for (const [outcome, wanted] of [
		[done(make.id, size.id), ["create:x#thing applied", "set:x#size applied"]],
		[unknown(make.id), ["create:x#thing applied", "set:x#size maybe"]],
		[refused(false, make.id), ["create:x#thing applied"]],
		[refused(true), []],
		[{ kind: "not-yet", applied: [make.id] }, ["create:x#thing applied", "set:x#size maybe"]],
	] as const) {
		const told = free();
		told.began("a", [make, size]);
		assert.deepEqual(ledger(told), ["create:x#thing maybe", "set:x#size maybe"]);
		told.ended("a", outcome);
		assert.deepEqual(ledger(told), wanted, outcome.kind);
	}
});

test("after an unknown the next try waits until the write has settled", () => {
	const told = free();
	told.began("a", [make]);
	told.ended("a", unknown());
	const due = told.wait("a").timers.again ?? "";
	assert.ok(toMs(due) - toMs(told.now()) >= 5000);
	told.fire("a", "again");
	assert.deepEqual([told.state("a").attempt, told.effects().map((e) => e.kind)], [2, ["attempt"]]);
});

test("a refusal is tried again with growing pauses, as often as the step says, then its owner is asked", () => {
	const told = free();
	const pauses: number[] = [];
	for (let attempt = 1; attempt < 3; attempt += 1) {
		told.began("a", [make]);
		told.ended("a", refused(true));
		pauses.push(toMs(told.wait("a").timers.again ?? "") - toMs(told.now()));
		told.fire("a", "again");
	}
	assert.ok((pauses[0] ?? 0) >= 750 && (pauses[1] ?? 0) > (pauses[0] ?? 0), String(pauses));
	told.began("a", [make]);
	told.ended("a", refused(true));
	assert.deepEqual(told.wait("a").verbs, ["retry", "done", "skip", "stop", "claim"]);
	told.answer("a", "retry");
	told.began("a", [make]);
	told.ended("a", refused(true));
	assert.equal(told.wait("a").kind, "again", "a person's retry counts anew");
});

test("a refusal asks at least the pause the other side wants, and one that cannot be retried asks at once", () => {
	const told = free();
	told.ended("a", {
		...refused(true),
		kind: "refused",
		code: "busy",
		message: "",
		retryable: true,
		retryAfterMs: 90_000,
	});
	assert.ok(toMs(told.wait("a").timers.again ?? "") - toMs(told.now()) >= 90_000);
	const other = free();
	other.ended("a", refused(false));
	assert.deepEqual([other.wait("a").kind, other.wait("a").problem?.code], ["question", "no"]);
});

test("what cannot be sent twice is a person's question after an unknown, with the doubt named until it is settled", () => {
	const send = change("send:mo@x");
	const told = free({ action: never });
	told.began("a", [send]);
	told.ended("a", unknown());
	assert.deepEqual(told.wait("a").problem?.doubt, [send.id]);
	told.answer("a", "done");
	told.ended("a", { kind: "not-yet", applied: [] });
	assert.deepEqual(told.wait("a").problem?.doubt, [send.id], "the doubt outlives the next question");
	told.answer("a", "retry");
	told.ended("a", refused(false));
	assert.deepEqual(told.wait("a").problem?.doubt, [send.id]);
});

test("a late end of the current attempt resolves it even while a person is asked", () => {
	const told = free({ action: never });
	told.began("a", [change("send:x")]);
	told.ended("a", unknown());
	const asked = told.wait("a").id;
	told.ended("a", done("send:x#thing"), 1);
	assert.deepEqual([told.state("a").state, told.run().ended?.phase], ["done", "done"]);
	const late = { kind: "answered", wait: asked, verb: "retry", by: "mo", as: "owner", values: {}, via: "web" } as const;
	assert.equal(told.send(late).reason?.code, "stale");
});

test("a late end of an older attempt enters the ledger and moves nothing", () => {
	const told = free();
	told.began("a", [make]);
	told.ended("a", unknown());
	told.fire("a", "again");
	const before = told.state("a");
	told.ended("a", done(make.id), 1);
	assert.deepEqual([told.state("a"), ledger(told)], [before, ["create:x#thing applied"]]);
});

test("a late refusal of an older attempt takes nothing out that a later one may have written", () => {
	const told = free();
	told.began("a", [make]);
	told.ended("a", unknown());
	told.fire("a", "again");
	told.began("a", [make]);
	told.ended("a", refused(true), 1);
	assert.deepEqual(ledger(told), ["create:x#thing maybe"]);
});

test("a try that never began says nothing about the one that did", () => {
	const told = free();
	told.began("a", [make]);
	const before = told.run();
	told.ended("a", { kind: "refused", applied: [], code: "cut", message: "", retryable: true, unbegun: true });
	assert.equal(told.run(), before);
	told.ended("a", done(make.id));
	assert.equal(told.run().ended?.phase, "done");
});

test("a second value for the same thing is an entry of its own, so that an undo finds what stands", () => {
	const told = free();
	const first = change("set:x#size", { before: 0, after: 1 });
	const second = change("set:x#size", { before: 1, after: 2 });
	told.began("a", [first]);
	told.amend({ value: "v1" });
	told.ended("a", done(first.id));
	told.began("a", [second]);
	told.ended("a", refused(false));
	assert.deepEqual(
		told.run().ledger.map((e) => e.change.after),
		[1],
	);
	told.answer("a", "retry");
	told.began("a", [second]);
	told.ended("a", done(second.id));
	assert.deepEqual(
		told.run().ledger.map((e) => [e.change.before, e.change.after]),
		[
			[0, 1],
			[1, 2],
		],
	);
});

test("a read-back that does not show it is never done again by itself", () => {
	const told = free();
	told.began("a", [make]);
	told.ended("a", { kind: "not-yet", applied: [make.id] });
	assert.deepEqual([told.wait("a").kind, told.wait("a").problem?.code], ["question", "not-proven"]);
	assert.deepEqual(
		told.effects().filter((e) => e.kind === "attempt"),
		[],
	);
});

test("only the uncovered part of a change is asked again, and its approval lets it go", () => {
	const told = approved([make]);
	const drift = told.began("a", [make, size]);
	assert.deepEqual([drift.verdict, drift.reason?.code], ["no", "drift"]);
	assert.deepEqual(told.wait("a").covered, [make.id]);
	assert.deepEqual(told.run().ledger, []);
	told.answer("a", "approve");
	assert.equal(told.began("a", [make, size]).verdict, "go");
});

test("fewer changes than approved, or none, are no drift", () => {
	assert.equal(approved([make, size]).began("a", [size]).verdict, "go");
	assert.equal(approved([make]).began("a", []).verdict, "go");
});

test("an approval holds 14 days, 24 hours when something is destroyed, longer by the waits it showed", () => {
	for (const [more, plan, holdsMs] of [
		[{}, {}, 14 * DAY],
		[{ destructive: true }, {}, DAY],
		[{ valid: { clock: "wall", ms: HOUR } }, {}, HOUR],
		[{}, { waitsMs: 3 * DAY }, 17 * DAY],
		[{ destructive: true }, { waitsMs: HOUR }, DAY + HOUR],
	] as const) {
		for (const late of [false, true]) {
			const told = tell(sopFor([approveStep(["a"], more), doStep("a")]));
			told.planned("approve", planFor([entry("a", [make])], plan));
			told.answer("approve", "approve");
			told.pass(late ? holdsMs : holdsMs - 1000);
			assert.equal(told.began("a", [make]).verdict, late ? "no" : "go", JSON.stringify([more, plan]));
		}
	}
});

test("an approval that has run out is asked once for everything, then each step goes", () => {
	const told = tell(sopFor([approveStep(["a", "b"]), doStep("a"), doStep("b")]));
	const plan = planFor([entry("a", [make]), entry("b", [size])]);
	told.planned("approve", plan);
	told.answer("approve", "approve");
	told.pass(15 * DAY);
	assert.equal(told.began("a", [make]).reason?.code, "drift");
	assert.deepEqual(
		told.effects().map((e) => e.kind),
		["plan"],
	);
	told.planned("approve", plan);
	told.answer("approve", "approve");
	assert.equal(told.began("a", [make]).verdict, "go");
	told.ended("a", done(make.id));
	assert.equal(told.began("b", [size]).verdict, "go");
});

test("an item's own run whose parent's approval has run out asks by itself, once", () => {
	const step = doStep("a");
	const plan = planFor([entry("a", [make])]);
	const until = "2026-01-01T00:00:00.000Z";
	const given = { path: "approve", wait: "approve#2", at: until, by: ["mo"], until, plan };
	const parent = { run: "P", path: "many", approvals: { list: [given] as never } };
	const told = tell(sopFor([step]), { value: "v0" }, { parent });
	assert.equal(told.began("a", [make]).verdict, "no");
	assert.deepEqual([told.wait("a").kind, told.effects().length], ["approval", 0]);
	told.answer("a", "approve");
	assert.equal(told.began("a", [make]).verdict, "go");
});
