/**
 * What a pass over the guarded steps looks at: what is there, not what was decided already; on what it reckons; and how long
 * the plan stands still.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../src/base/json.ts";
import type { Plan } from "../../src/engine/event.ts";
import { type PlanAnswer, type PlanRequest, planHash, planning } from "../../src/engine/plan.ts";
import type { Sop, Step } from "../../src/sop/sop.ts";
import {
	approveStep,
	base,
	beside,
	change,
	DAY,
	done,
	doStep,
	entry,
	freeStep,
	never,
	planFor,
	refused,
	sopFor,
	stays,
	type Told,
	tell,
	tellStep,
} from "./stage.ts";

const each = (steps: readonly Step[], more: object = {}): Step => {
	return { ...base, id: "e", name: "E", kind: "each", list: "form.list", atOnce: 500, atMost: 500, steps, ...more };
};
const after = (id: string, days: number): Step => {
	return { ...base, id, name: id, kind: "wait", wait: { kind: "after", after: { clock: "wall", ms: days * DAY } } };
};
const until = (id: string, day: string): Step => {
	return { ...base, id, name: id, kind: "wait", wait: { kind: "until", until: `'${day}'` } };
};

/** Looks at everything the wait guards; every look finds what `answers` says. */
function pass(sop: Sop, told: Told, wait = "approve#2", answers: (path: string) => Partial<PlanAnswer> = () => ({})) {
	const looks: PlanRequest[][] = [];
	const going = planning(sop, told.run(), wait, told.now());
	let turn = going.next();
	while (turn.done !== true) {
		looks.push([...turn.value]);
		const blank = (path: string) => ({
			changes: [change(`create:${path}`)],
			promises: {},
			outputs: [],
			unknown: false,
		});
		turn = going.next(turn.value.map((r) => ({ ...blank(r.path), ...answers(r.path) })));
	}
	return { plan: turn.value, looks };
}

const paths = (plan: Plan) => plan.entries.map((e) => e.path);
const planned = (steps: readonly Step[], guards: readonly string[], form: Values = { value: "v0" }) => {
	const sop = sopFor([approveStep(guards), ...steps]);
	return pass(sop, tell(sop, form));
};

test("what was skipped, failed or was stopped is not looked at again, wherever it stands", () => {
	const parts = ["a", "b", "c"];
	for (const steps of [
		(more: object) => parts.map((id) => freeStep(id, { ...(id === "b" ? more : {}) })),
		(more: object) => [beside("p", ...parts.map((id) => freeStep(id, { ...(id === "b" ? more : {}) })))],
	]) {
		const sop = (more = {}) => sopFor([approveStep(["a", "b", "c"]), ...steps(more)]);
		const open = (of: Sop) => {
			const told = tell(of);
			told.planned("approve", planFor([]));
			told.answer("approve", "approve");
			return told;
		};
		const skipped = open(sop());
		if (skipped.run().steps.b === undefined) skipped.ended("a", done());
		skipped.ended("b", refused(false));
		skipped.answer("b", "skip");
		assert.deepEqual(paths(pass(sop(), skipped).plan), ["a", "c"]);
		const failed = open(sop({ onFailure: "continue" }));
		if (failed.run().steps.b === undefined) failed.ended("a", done());
		failed.ended("b", refused(false));
		assert.deepEqual(paths(pass(sop({ onFailure: "continue" }), failed).plan), ["a", "c"]);
		failed.steer("cancel");
		assert.equal(failed.state("c").state, "stopped");
		assert.deepEqual(
			paths(pass(sop({ onFailure: "continue" }), failed).plan).filter((p) => p !== "a"),
			[],
		);
	}
});

test("a step inside parallel ones is looked at when its condition holds, containers inside them too", () => {
	const steps = [
		doStep("no", { when: "form.no" }),
		doStep("yes", { when: "form.yes" }),
		each([doStep("x"), doStep("y")]),
		doStep("plain"),
	];
	const { plan, looks } = planned([beside("p", ...steps)], ["no", "yes", "plain", "e.x", "e.y"], {
		...{ yes: true, no: false, list: ["k"] },
	});
	assert.deepEqual(
		looks.map((l) => l.map((r) => r.path)),
		[["yes", "plain"], ["e[k].x"], ["e[k].y"]],
	);
	assert.equal(plan.entries.length, 4);
});

test("nobody is asked to look at nothing", () => {
	assert.deepEqual(planned([beside("p", doStep("no", { when: "form.no" }))], ["no"], { no: false }).looks, []);
	assert.deepEqual(planned([each([doStep("x")])], ["e.x"], { list: [] }).looks, []);
});

test("each item is looked at with its own value, and all its steps one after the other", () => {
	const item = { with: { group: "${item}" } };
	const { looks } = planned([each([doStep("x", item), doStep("y", item)])], ["e.x", "e.y"], { list: ["a", "b"] });
	assert.deepEqual(
		looks.flat().map((r) => [r.path, r.input]),
		["a", "b"].flatMap((group) => ["x", "y"].map((id) => [`e[${group}].${id}`, { group }])),
	);
	assert.equal(looks.length, 4);
	const one = planned([each([doStep("x", item)])], ["e.x"], { list: ["a", "b"] });
	assert.deepEqual(
		one.looks.map((l) => l.map((r) => r.input)),
		[[{ group: "a" }, { group: "b" }]],
	);
});

test("a list that was amended is planned as it is now; under the first core as it was begun", () => {
	const sop = sopFor([approveStep(["e.x"]), each([doStep("x")])]);
	const list = Array.from({ length: 51 }, (_, i) => `m${i}`);
	for (const [core, count] of [
		[1, 51],
		[2, 1],
	] as const) {
		const told = tell({ ...sop, core }, { list });
		told.planned("approve", planFor([]));
		told.answer("approve", "approve");
		told.amend({ list: ["m0"] });
		assert.equal(pass(sop, told).plan.entries.length, count, `core ${core}`);
	}
});

test("a branch that was taken is planned although another one fits by now; a condition only before its step began", () => {
	const branches = [{ when: "form.kind == 'one'", steps: [doStep("x")] }, { steps: [doStep("y")] }];
	const choose: Step = { ...base, id: "c", name: "C", kind: "choose", branches };
	const list = each([doStep("z")], { when: "form.kind == 'one'" });
	const sop = sopFor([approveStep(["x", "y", "e.z"]), beside("p", choose, list)]);
	const told = tell(sop, { kind: "one", list: ["k"] });
	const before = paths(pass(sop, told).plan);
	told.planned("approve", planFor([]));
	told.answer("approve", "approve");
	told.amend({ kind: "two" });
	assert.deepEqual(
		[before, paths(pass(sop, told).plan)],
		[
			["x", "e[k].z"],
			["x", "e[k].z"],
		],
	);
	assert.deepEqual(paths(pass(sop, tell(sop, { kind: "two", list: ["k"] })).plan), ["y"]);
});

test("waits one after the other add up, the latest day counts, and what is over or has gone by holds up nothing", () => {
	const { plan } = planned([after("w1", 3), after("w2", 2), doStep("a")], ["a"]);
	assert.deepEqual([plan.waitsMs, plan.entries[0]?.when], [5 * DAY, "2026-06-02T20:26:40.000Z"]);
	const days = planned([until("w1", "2026-07-02"), until("w2", "2026-07-01"), doStep("a")], ["a"]);
	assert.equal(days.plan.entries[0]?.when, "2026-07-01T23:00:00.000Z");
	const now = planned([until("w", tell(sopFor([])).now()), doStep("a")], ["a"]);
	assert.equal("when" in (now.plan.entries[0] ?? {}), false);
	const past = planned([until("w", "2026-01-01"), doStep("a")], ["a"]);
	assert.deepEqual([past.plan.waitsMs, "when" in (past.plan.entries[0] ?? {})], [0, false]);
	const sop = sopFor([approveStep(["a"]), after("w", 3), doStep("a")]);
	const told = tell(sop);
	told.planned("approve", planFor([]));
	told.answer("approve", "approve");
	told.fire("w", "until");
	assert.equal(pass(sop, told).plan.waitsMs, 0);
});

test("a mail is planned for who has an address and while the notice is not over", () => {
	const mail = { action: never, with: { to: "${subject.email}" }, guard: { id: "approve", depth: 0 }, timeoutMs: 1 };
	const sop = sopFor([approveStep(["n"]), tellStep("n", mail), stays]);
	const { looks } = pass(sop, tell(sop, { email: "ada@home" }));
	assert.deepEqual(looks, [[{ path: "n", action: "mail.send", input: { to: "ada@home" }, deferred: false }]]);
	assert.deepEqual(pass(sop, tell(sop, {})).looks, []);
	const over = tell(sop, { email: "ada@home" });
	over.planned("approve", planFor([]));
	over.answer("approve", "approve");
	over.ended("n", done());
	assert.equal(over.state("n").state, "done");
	assert.deepEqual(pass(sop, over).looks, []);
	const plain = sopFor([approveStep(["a"]), tellStep("n", mail), doStep("a")]);
	assert.deepEqual(paths(pass(plain, tell(plain, { email: "ada@home" })).plan), ["a"]);
});

test("a write that is under way is planned although its condition no longer holds", () => {
	const sop = sopFor([approveStep(["a"]), beside("p", doStep("a", { when: "form.yes" }))]);
	const told = tell(sop, { yes: true });
	told.planned("approve", planFor([entry("a", [change("create:a")])]));
	told.answer("approve", "approve");
	told.began("a", [change("create:a")]);
	told.amend({ yes: false });
	assert.deepEqual(paths(pass(sop, told).plan), ["a"]);
});

test("a way on that was chosen is planned, and a write that may be repeated is looked at although it was made", () => {
	const sop = sopFor([approveStep(["a"]), doStep("a"), stays]);
	const told = tell(sop);
	const choices = [{ id: "x", words: "X", with: { size: 2 } }];
	told.planned("approve", planFor([], { problems: [{ path: "a", code: "c", message: "m", choices }] }));
	told.answer("approve", "choose", "mo", { choice: "x" });
	assert.deepEqual(pass(sop, told).looks[0]?.[0]?.input, { value: "v0", size: 2 });
	told.planned("approve", planFor([entry("a", [change("create:a")])]));
	told.answer("approve", "approve");
	told.began("a", [change("create:a")]);
	told.ended("a", done("create:a#thing"));
	assert.deepEqual(paths(pass(sop, told).plan), ["a"]);
});

test("steps reckon with all that earlier ones promise, and with what they gave where they are done", () => {
	const steps = [doStep("a"), doStep("b"), doStep("c", { with: { list: ["${steps.a.id}", "${steps.b.upn}"] } })];
	const sop = sopFor([approveStep(["a", "b", "c"]), ...steps]);
	const answers = (path: string): Partial<PlanAnswer> =>
		path === "a" ? { outputs: ["id"] } : path === "b" ? { promises: { upn: "ada@x", more: 1 }, outputs: ["upn"] } : {};
	const told = tell(sop);
	const before = pass(sop, told, "approve#2", answers).looks.at(-1)?.[0];
	assert.deepEqual(before?.input, { list: [{ $after: "a.id" }, "ada@x"] });
	assert.equal(before?.deferred, true);
	told.planned("approve", planFor([]));
	told.answer("approve", "approve");
	told.ended("a", { kind: "done", applied: [], output: { id: 7 }, proof: [] });
	const later = pass(sop, told, "approve#2", answers).looks.at(-1)?.[0];
	assert.deepEqual([later?.input, later?.deferred], [{ list: [7, "ada@x"] }, false]);
});

test("an entry says what would be done, in what words, and whether it destroys; nothing stands still by itself", () => {
	const action = { name: "x.delete", repeat: { kind: "replace" }, writes: true, destructive: true } as const;
	const { plan } = planned([doStep("a", { action, name: "Delete ${form.value}" })], ["a"]);
	const shown = { path: "a", name: "Delete v0", action: "x.delete", input: { value: "v0" }, unknown: false };
	assert.deepEqual(plan.entries, [{ ...shown, changes: [change("create:a")], destructive: true }]);
	assert.deepEqual([plan.problems, plan.waitsMs], [[], 0]);
});

test("planned for one step alone, only that step is looked at", () => {
	const sop = sopFor([approveStep(["a", "b"]), doStep("a"), doStep("b")]);
	assert.deepEqual(paths(pass(sop, tell(sop), "b#3").plan), ["b"]);
});

test("the hash heeds what a removal and a deletion find, not what a creation or a mail does", () => {
	const sop = sopFor([approveStep(["a"]), doStep("a")]);
	const run = tell(sop).run();
	const hash = (id: string, before: number) =>
		planHash(sop, run, { wait: "approve#2", entries: [entry("a", [change(id, { before })])] });
	for (const id of ["set:x", "remove:x", "delete:x"]) assert.notEqual(hash(id, 1), hash(id, 2), id);
	for (const id of ["create:x", "add:x", "send:x"]) assert.equal(hash(id, 1), hash(id, 2), id);
});
