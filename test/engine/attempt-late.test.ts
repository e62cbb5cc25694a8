/**
 * What comes late, twice or under a stop: no outcome reopens what was decided, and no refusal takes out what was applied.
 * And what an approval that ran out, or was renewed, lets a step write.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toMs } from "../../src/base/time.ts";
import type { Outcome } from "../../src/engine/event.ts";
import {
	approveStep,
	beside,
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
	stays,
	type Told,
	tell,
	unknown,
} from "./stage.ts";

const ledger = (told: Told) => told.run().ledger.map((e) => `${e.path} ${e.change.id} ${e.state}`);

test("an end that is told twice is one end, and a late refusal takes nothing out of what was applied", () => {
	const told = tell(sopFor([freeStep("a"), stays]));
	told.began("a", [make]);
	told.ended("a", done(make.id));
	const run = told.run();
	assert.equal(told.ended("a", done(make.id)).run, run);
	assert.equal(told.ended("a", refused(false)).run, run);
	assert.deepEqual(ledger(told), ["a create:x#thing applied"]);
});

test("what was skipped, failed or stopped stays so when its end comes late; what it applied is remembered", () => {
	const late = (told: Told) => {
		const before = told.state("a").state;
		told.ended("a", done(make.id), 1);
		assert.deepEqual(ledger(told), ["a create:x#thing applied"]);
		return [before, told.state("a").state];
	};
	const lost = (more = {}) => {
		const told = tell(sopFor([freeStep("a", { action: never, ...more }), stays]));
		told.began("a", [make]);
		told.ended("a", unknown());
		return told;
	};
	const skipped = lost();
	skipped.answer("a", "skip");
	assert.deepEqual(late(skipped), ["skipped", "skipped"]);
	assert.deepEqual(late(lost({ onFailure: "continue" })), ["failed", "failed"]);
	const stopped = lost();
	stopped.steer("cancel");
	assert.deepEqual(late(stopped), ["stopped", "stopped"]);
	assert.equal(stopped.run().ended?.phase, "stopped");
});

test("a write of one step never settles the doubt of another, even for the same change", () => {
	const add = change("add:group");
	const told = tell(sopFor([beside("p", freeStep("a", { action: never }), freeStep("b"))]));
	told.began("a", [add]);
	told.ended("a", unknown());
	const [doubt] = told.run().ledger;
	told.began("b", [add]);
	assert.deepEqual(ledger(told), ["a add:group#thing maybe", "b add:group#thing maybe"]);
	told.ended("b", done(add.id));
	assert.deepEqual(ledger(told), ["a add:group#thing maybe", "b add:group#thing applied"]);
	assert.deepEqual(told.run().ledger[0], doubt);
});

test("a doubt counts from the latest time its write may have ended, and not from that of an older attempt", () => {
	const told = tell(sopFor([freeStep("a")]));
	told.began("a", [make]);
	told.pass(3000);
	told.ended("a", unknown());
	assert.equal(told.run().ledger[0]?.at, told.now());
	told.pass(-1000);
	const run = told.run();
	assert.equal(told.ended("a", unknown()).run, run, "told at that very moment again");
	told.fire("a", "again");
	told.began("a", [size]);
	const newer = told.run().ledger[1]?.at;
	told.ended("a", unknown(), 1);
	assert.deepEqual(
		told.run().ledger.map((e) => e.at),
		[told.now(), newer],
	);
});

test("a try that ended before it began says nothing about one that did begin", () => {
	const unbegun: Outcome = { kind: "refused", applied: [], code: "dead", message: "", retryable: true, unbegun: true };
	const told = tell(sopFor([freeStep("a")]));
	told.began("a", [make]);
	const run = told.run();
	assert.equal(told.ended("a", unbegun).run, run);
	const fresh = tell(sopFor([freeStep("a")]));
	fresh.ended("a", unbegun);
	assert.equal(fresh.wait("a").kind, "again");
});

test("a write that may be repeated is looked at again when anything changed; what a person skipped is not", () => {
	const told = tell(sopFor([freeStep("a"), freeStep("b"), stays]));
	told.began("a", [make]);
	told.ended("a", done(make.id));
	told.ended("b", refused(false));
	told.answer("b", "skip");
	told.amend({ other: 1 });
	assert.deepEqual([told.state("a").state, told.state("a").attempt, told.state("b").state], ["running", 2, "skipped"]);
});

test("a write that ends well under a stop is done, with what it gave and proved", () => {
	const told = tell(sopFor([freeStep("a"), freeStep("b")]));
	told.began("a", [make]);
	told.steer("cancel");
	const proof = [{ words: "It is there.", detail: "", ok: true }];
	told.ended("a", { kind: "done", applied: [make.id], output: { id: 1 }, proof });
	const { state, output, proof: kept } = told.state("a");
	assert.deepEqual([state, output, kept, told.run().ended?.phase], ["done", { id: 1 }, proof, "stopped"]);
});

test("a write that ends badly under a stop is stopped, and says how it ended", () => {
	for (const [outcome, last] of [
		[unknown(), { kind: "unknown", code: "cut", message: "It was sent, but no answer came back." }],
		[refused(true), { kind: "refused", code: "no", message: "No." }],
		[
			{ ...refused(true), detail: "HTTP 409" } as Outcome,
			{ kind: "refused", code: "no", message: "No.", detail: "HTTP 409" },
		],
		[
			{ ...unknown(), detail: "ECONNRESET" } as Outcome,
			{
				...{ kind: "unknown", code: "cut", message: "It was sent, but no answer came back.", detail: "ECONNRESET" },
			},
		],
		[
			{ kind: "not-yet", applied: [] },
			{ kind: "not-yet", code: "not-yet", message: "It is not so yet." },
		],
	] as const) {
		const told = tell(sopFor([freeStep("a")]));
		told.began("a", [make]);
		told.steer("cancel");
		told.ended("a", outcome);
		assert.equal(told.state("a").state, "stopped");
		assert.deepEqual(told.state("a").last, { ...last, at: told.now(), attempt: 1 });
	}
});

test("a write that was refused after the form changed is tried again with the new values, nobody is asked", () => {
	for (const action of [undefined, never]) {
		const told = tell(sopFor([freeStep("a", action === undefined ? {} : { action })]));
		told.began("a", [make]);
		told.amend({ value: "v1" });
		told.ended("a", refused(false));
		const { state, attempt, failures, redo } = told.state("a");
		assert.deepEqual([state, attempt, failures, redo], ["running", 2, 0, undefined]);
		assert.deepEqual(told.state("a").try?.input, { value: "v1" });
	}
});

test("what a person said is done by hand is done, although the form changed while it was looked at", () => {
	const told = tell(sopFor([freeStep("a"), stays]));
	told.ended("a", refused(false));
	told.answer("a", "done", "tia");
	assert.deepEqual(told.state("a").try?.byHand, "tia");
	assert.equal(told.began("a", []).verdict, "go");
	told.amend({ value: "v1" });
	told.ended("a", done());
	assert.deepEqual([told.state("a").state, told.state("a").by, told.state("a").why], ["done", "tia", "by-hand"]);
});

test("done by hand but not so yet is asked again, and nothing is called proven", () => {
	const told = tell(sopFor([freeStep("a")]));
	told.ended("a", refused(false));
	told.answer("a", "done", "tia");
	told.ended("a", { kind: "not-yet", applied: [] });
	assert.deepEqual([told.wait("a").kind, told.wait("a").problem?.code], ["question", "not-so-yet"]);
});

test("what was sent although it was refused is not sent again when something else changes", () => {
	const send = change("send:mo");
	const told = tell(sopFor([freeStep("a", { action: never }), stays]));
	told.began("a", [send]);
	told.ended("a", refused(false, send.id));
	told.amend({ other: 1 });
	assert.deepEqual([told.state("a").state, told.state("a").why, told.state("a").output], ["done", "sent-before", {}]);
});

const both = planFor([entry("a", [make]), entry("b", [size])]);
function approved() {
	const told = tell(sopFor([approveStep(["a", "b"]), beside("p", doStep("a"), doStep("b")), stays]));
	told.planned("approve", both);
	told.answer("approve", "approve");
	return told;
}

test("a step whose approval ran out is tried anew once it is renewed; a second one does not ask a second time", () => {
	const told = approved();
	told.pass(15 * DAY);
	told.began("a", [make]);
	const { id } = told.wait("approve");
	assert.deepEqual([told.began("b", [size]).verdict, told.wait("approve").id], ["no", id]);
	told.planned("approve", both);
	assert.equal(told.wait("approve").kind, "approval");
	const { effects } = told.answer("approve", "approve");
	assert.deepEqual(
		effects.flatMap((e) => (e.kind === "attempt" ? [[e.step, e.attempt]] : [])),
		[
			["a", 2],
			["b", 2],
		],
	);
});

test("once renewed, or to its very last moment, only a difference is asked, and of the step itself", () => {
	const more = change("set:x#name", { before: 0, after: 2 });
	const renewed = approved();
	renewed.pass(15 * DAY);
	renewed.began("a", [make]);
	renewed.planned("approve", both);
	renewed.answer("approve", "approve");
	renewed.began("a", [make, more]);
	assert.deepEqual([renewed.wait("a").kind, renewed.state("approve").state], ["approval", "done"]);
	const last = approved();
	last.pass(toMs(last.run().approvals[0]?.until ?? "") - toMs(last.now()) - 1000);
	last.began("a", [make, more]);
	assert.deepEqual([last.wait("a").kind, last.state("approve").state], ["approval", "done"]);
});

test("a difference is asked of those who approved, with their reminders, and shows exactly what would be written", () => {
	const remind = { clock: "wall", ms: HOUR } as const;
	const told = tell(sopFor([approveStep(["a"], { remind, by: ["it-lead", "owner"] }), doStep("a")]));
	told.planned("approve", planFor([entry("a", [make])]));
	told.answer("approve", "approve");
	told.began("a", [make, size]);
	const { kind, verbs, who, timers, covered, votes, plan } = told.wait("a");
	assert.deepEqual([kind, verbs, who], ["approval", ["approve", "send-back"], ["it-lead", "owner"]]);
	assert.deepEqual([Object.keys(timers), covered, votes], [["remind"], [make.id], []]);
	const shown = { path: "a", name: "Do a", action: "thing.make", input: { value: "v0" }, changes: [make, size] };
	assert.deepEqual(plan?.entries, [{ ...shown, unknown: false, destructive: false }]);
	assert.deepEqual([plan?.problems, plan?.waitsMs], [[], 0]);
	told.answer("a", "approve");
	assert.deepEqual([told.state("a").state, told.state("a").attempt], ["running", 2]);
	assert.deepEqual(told.run().approvals[1]?.plan.hash, plan?.hash);
});

test("a difference that nobody in this run guards is asked of the owner", () => {
	const told = tell(sopFor([doStep("a")]));
	told.began("a", [make]);
	assert.deepEqual([told.wait("a").who, told.wait("a").timers], [["owner"], {}]);
});
