/**
 * How a run walks on by itself: lists and their pace, branches, what waits for nothing, what a list gives, and how a run
 * that stops closes what is open.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CORE } from "../../src/engine/decide.ts";
import type { Step } from "../../src/sop/sop.ts";
import {
	base,
	beside,
	done,
	doStep,
	entry,
	freeStep,
	make,
	planFor,
	refused,
	sopFor,
	states,
	tell,
	unknown,
} from "./stage.ts";

type Each = Extract<Step, { kind: "each" }>;

function each(id: string, steps: readonly Step[], more: Partial<Each> = {}): Step {
	return { ...base, id, name: id, kind: "each", list: "form.list", atOnce: 1, atMost: 500, steps, ...more };
}

const ask = (id: string): Step => ({ ...base, id, name: id, kind: "ask", to: ["hr"], form: [] });
const undated = (id: string, more: Partial<Step> = {}): Step =>
	({ ...base, id, name: id, kind: "wait", wait: { kind: "until", until: "form.missing" }, ...more }) as Step;

const finish = (told: ReturnType<typeof tell>, step: string, output = {}) =>
	told.ended(step, { kind: "done", applied: [], output, proof: [] });

test("a list is worked through at its pace: no more items at once than it says, the next when one is over", () => {
	const told = tell(sopFor([each("e", [freeStep("x"), freeStep("y")], { atOnce: 2 })]), { list: ["a", "b", "c"] });
	assert.deepEqual(Object.keys(told.run().steps), ["e", "e[a].x", "e[b].x"]);
	finish(told, "e[a].x");
	assert.deepEqual(Object.keys(told.run().steps), ["e", "e[a].x", "e[b].x", "e[a].y"]);
	finish(told, "e[a].y");
	assert.equal(told.state("e[c].x").state, "running");
	assert.equal(told.state("e").state, "running");
});

test("an item that began goes on although an earlier one was taken up again", () => {
	const steps = [freeStep("x"), freeStep("y", { with: {} })];
	const told = tell(sopFor([each("e", steps)]), { value: "v0", list: ["a", "b"] });
	for (const step of ["e[a].x", "e[a].y"]) finish(told, step);
	told.began("e[b].x", [make]);
	told.amend({ value: "v1" });
	assert.equal(told.state("e[a].x").state, "running");
	told.ended("e[b].x", done(make.id));
	finish(told, "e[b].x");
	assert.equal(told.state("e[b].y").state, "running");
});

test("fifty items are steps of the run itself, one more and each is a run of its own", () => {
	const list = Array.from({ length: 51 }, (_, i) => `m${i}`);
	const sop = sopFor([each("e", [freeStep("x")], { atOnce: 500 })]);
	const within = tell(sop, { list: list.slice(1) });
	assert.deepEqual([Object.keys(within.run().steps).length, within.state("e").children], [51, undefined]);
	const apart = tell(sop, { list });
	assert.deepEqual(Object.keys(apart.run().steps), ["e"]);
	assert.deepEqual(new Set(apart.effects().map((e) => e.kind)), new Set(["start"]));
	assert.equal(apart.effects().length, 51);
});

test("a list gives what its only step gave, item by item, and nothing for an item that was skipped", () => {
	const told = tell(sopFor([each("e", [freeStep("x", { when: "item != 'b'" })], { atOnce: 3 })]), {
		list: ["a", "b", "c"],
	});
	finish(told, "e[a].x", { id: 1 });
	finish(told, "e[c].x", { id: 3 });
	assert.deepEqual(told.state("e").output, [{ id: 1 }, {}, { id: 3 }]);
});

test("a list of several steps gives each one's output by its name, a list inside as a list, what gave nothing not at all", () => {
	const inner = each("in", [freeStep("z")], { list: "form.inner" });
	const told = tell(sopFor([each("e", [freeStep("x"), freeStep("no", { when: "form.no" }), inner])]), {
		list: ["a"],
		inner: ["i"],
		no: false,
	});
	finish(told, "e[a].x", { id: 1 });
	finish(told, "e[a].in[i].z", { id: 2 });
	assert.deepEqual(told.state("e").output, [{ x: { id: 1 }, in: [{ id: 2 }] }]);
});

test("an empty list is over at once and gives an empty one", () => {
	const told = tell(sopFor([each("e", [freeStep("x")])]), { list: [] });
	assert.deepEqual([told.state("e").state, told.state("e").output, told.run().ended?.phase], ["done", [], "done"]);
});

test("what is not waited for lets the next step begin, and the run ends only with it", () => {
	const told = tell(sopFor([freeStep("a", { blocking: false }), freeStep("b"), freeStep("c")]));
	assert.deepEqual(states(told), { a: "running", b: "running" });
	finish(told, "b");
	finish(told, "c");
	assert.equal(told.run().ended, undefined);
	finish(told, "a");
	assert.equal(told.run().ended?.phase, "done");
});

test("parallel steps begin together and what follows waits for all of them", () => {
	const told = tell(sopFor([beside("p", freeStep("x"), freeStep("y")), freeStep("z")]));
	assert.deepEqual(states(told), { p: "running", x: "running", y: "running" });
	finish(told, "y");
	assert.equal(told.state("p").state, "running");
	finish(told, "x");
	assert.deepEqual(states(told), { p: "done", x: "done", y: "done", z: "running" });
});

test("the first branch that fits is walked; when none fits the run goes on", () => {
	const branches = [
		{ when: "form.kind == 'one'", steps: [freeStep("x")] },
		{ when: "form.kind == 'two'", steps: [freeStep("y")] },
	];
	const sop = sopFor([{ ...base, id: "c", name: "C", kind: "choose", branches }, freeStep("z")]);
	assert.deepEqual(states(tell(sop, { kind: "one" })), { c: "running", x: "running" });
	const told = tell(sop, { kind: "two" });
	assert.deepEqual([states(told), told.state("c").branch], [{ c: "running", y: "running" }, 1]);
	finish(told, "y");
	assert.deepEqual(states(told), { c: "done", y: "done", z: "running" });
	assert.deepEqual(states(tell(sop, { kind: "three" })), { c: "done", z: "running" });
});

test("a sub-SOP is one run of its own whose outputs are the step's", () => {
	const run: Step = { ...base, id: "r", name: "R", kind: "run", sop: "sub", with: { name: "${form.name}" } };
	const told = tell(sopFor([run], { outputs: { upn: "${steps.r.upn}" } }), { name: "Ada" });
	const [start] = told.effects();
	assert.ok(start?.kind === "start" && told.effects().length === 1);
	assert.deepEqual([start.request.sop, start.request.form], ["sub", { name: "Ada" }]);
	assert.deepEqual(start.request.parent, { run: "RUN", path: "r" });
	told.send({ kind: "child-ended", child: start.child, phase: "done", outputs: { upn: "ada@x" } });
	assert.deepEqual([told.state("r").output, told.run().outputs], [{ upn: "ada@x" }, { upn: "ada@x" }]);
	assert.equal(told.run().ended?.phase, "done");
});

test("a run that has ended keeps the time of its end and its outputs, whatever is noted later", () => {
	const told = tell(sopFor([freeStep("a")], { outputs: { at: "${now}" } }));
	finish(told, "a");
	const { ended, outputs } = told.run();
	assert.deepEqual(outputs, { at: ended?.at });
	told.send({ kind: "noted", by: "tia", words: "Well done." });
	assert.deepEqual([told.run().ended, told.run().outputs], [ended, outputs]);
	assert.deepEqual(
		told.run().notes.map(({ by, words }) => [by, words]),
		[["tia", "Well done."]],
	);
});

test("a step that stops the run as its turn comes lets nothing after it begin", () => {
	const told = tell(sopFor([undated("w", { onFailure: "stop" }), freeStep("b")]));
	assert.deepEqual([states(told), told.run().ended?.phase], [{ w: "failed" }, "failed"]);
	const inside = tell(sopFor([each("e", [undated("w", { onFailure: "stop" })]), freeStep("b")]), { list: ["a", "b"] });
	assert.deepEqual(states(inside), { e: "stopped", "e[a].w": "failed" });
});

test("a list whose last part stops the run is stopped, not done", () => {
	const told = tell(sopFor([each("e", [undated("w", { onFailure: "stop" })])]), { list: ["a"] });
	assert.deepEqual([states(told), told.state("e").output], [{ e: "stopped", "e[a].w": "failed" }, undefined]);
});

test("a child run writes under what its parent's approvers saw of its item", () => {
	const until = "2027-01-01T00:00:00.000Z";
	const plan = planFor([entry("x", [make])]);
	const given = { path: "approve", wait: "approve#2", at: "2026-05-01T00:00:00.000Z", by: ["mo"], until, plan };
	const parent = { run: "P", path: "e", approvals: { list: [given] as never } };
	const told = tell(sopFor([doStep("x")]), {}, { parent });
	assert.equal(told.began("x", [make]).verdict, "go");
});

test("a run that stops closes at once what nobody has begun, and containers when the last write has ended", () => {
	const parts = [freeStep("begun"), freeStep("wanted"), freeStep("failed"), ask("asked")];
	const list = each("e", [ask("q")]);
	const pick: Step = { ...base, id: "c", name: "C", kind: "choose", branches: [{ steps: [ask("chosen")] }] };
	const told = tell(sopFor([beside("p", ...parts, list, pick)]), { value: "v", list: ["a"] });
	told.began("begun", [make]);
	told.ended("failed", refused(false));
	told.steer("cancel");
	assert.equal(told.run().ended, undefined);
	const open = { wanted: "stopped", failed: "stopped", asked: "stopped", "e[a].q": "stopped", chosen: "stopped" };
	assert.deepEqual(states(told), { p: "stopped", begun: "running", ...open, e: "running", c: "running" });
	told.ended("begun", unknown());
	assert.deepEqual(states(told), { p: "stopped", begun: "stopped", ...open, e: "stopped", c: "stopped" });
	assert.equal(told.run().ended?.phase, "stopped");
});

test("a run that stops asks for no further child runs and waits for those it asked for", () => {
	const list = Array.from({ length: 51 }, (_, i) => `m${i}`);
	const told = tell(sopFor([each("e", [freeStep("x")], { atOnce: 2 })]), { list });
	const asked = told.effects().flatMap((e) => (e.kind === "start" ? [e.child] : []));
	assert.equal(asked.length, 2);
	told.steer("cancel");
	const ends = asked.map((child) => {
		const { effects } = told.send({ kind: "child-ended", child, phase: "stopped", outputs: {} });
		return [effects.length, told.run().ended?.phase];
	});
	assert.deepEqual(ends, [
		[0, undefined],
		[0, "stopped"],
	]);
	assert.equal(told.state("e").state, "stopped");
});

test("every fact that says something new counts one, and the run is of its time", () => {
	const told = tell(sopFor([freeStep("a"), ask("q")]));
	for (const [i, fact] of [() => told.began("a", [make]), () => told.ended("a", done(make.id))].entries()) {
		fact();
		assert.deepEqual([told.run().seq, told.run().at], [i + 2, told.now()]);
	}
});

test("a start that is told twice is one start, and a decision that went well gives no reason", () => {
	const told = tell(sopFor([freeStep("a")]));
	const run = told.run();
	const again = told.send({ kind: "started", run: "RUN", request: run.request });
	assert.equal(again.run, run);
	assert.deepEqual([again.verdict, again.effects, "reason" in again], ["accepted", [], false]);
	const began = told.began("a", [make]);
	assert.deepEqual([began.verdict, "reason" in began], ["go", false]);
});

test("a run begins at its first event with nothing decided, under its parent's approvals only when there are some", () => {
	const sop = sopFor([ask("q")]);
	const told = tell(sop, { name: " Ada ", email: "" });
	const { id, client, sop: of, definition, core, seq, startedAt, at, form, subject } = told.run();
	assert.deepEqual([id, client, of, definition, core, seq], ["RUN", "sim", "test", sop.definition, CORE, 1]);
	assert.deepEqual([startedAt, at], [told.now(), told.now()]);
	assert.deepEqual([form, subject], [{ name: " Ada ", email: "" }, { name: "Ada" }]);
	const { overrides, ledger, approvals, notes, outputs } = told.run();
	assert.deepEqual([overrides, ledger, approvals, notes, outputs], [{}, [], [], [], {}]);
	const none = tell(sop, {}, { parent: { run: "P", path: "e", approvals: { list: "none" } } });
	assert.deepEqual(none.run().approvals, []);
});
