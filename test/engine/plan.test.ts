/**
 * What an approval shows and guards: promises carry on, what is only known later is said so, looks that do not hang on each
 * other go together, and the hash means what is done, never how it is worded.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Values } from "../../src/base/json.ts";
import type { PlanEntry } from "../../src/engine/event.ts";
import { type PlanAnswer, type PlanRequest, planHash, planning } from "../../src/engine/plan.ts";
import type { Step } from "../../src/sop/sop.ts";
import { approveStep, base, change, DAY, done, doStep, entry, never, sopFor, tell } from "./stage.ts";

type Answers = (request: PlanRequest) => Partial<PlanAnswer>;

function planOf(steps: readonly Step[], answers: Answers = () => ({}), form: Values = { value: "v0" }) {
	const sop = sopFor([approveStep(guardsOf(steps, "")), ...steps]);
	const told = tell(sop, form);
	return look(told, sop, answers);
}

function look(told: ReturnType<typeof tell>, sop: ReturnType<typeof sopFor>, answers: Answers) {
	const pass = planning(sop, told.run(), told.wait("approve").id, told.now());
	const batches: PlanRequest[][] = [];
	let turn = pass.next();
	while (turn.done !== true) {
		batches.push([...turn.value]);
		turn = pass.next(turn.value.map((r) => ({ ...blank(r.path), ...answers(r) })));
	}
	return { plan: turn.value, batches };
}

const blank = (path: string): PlanAnswer => {
	return { changes: [change(`create:${path}`)], promises: {}, outputs: [], unknown: false };
};

function guardsOf(steps: readonly Step[], prefix: string): readonly string[] {
	return steps.flatMap((s) => {
		if (s.kind === "parallel") return guardsOf(s.steps, prefix);
		if (s.kind === "each") return guardsOf(s.steps, `${prefix}${s.id}.`);
		if (s.kind === "choose") return s.branches.flatMap((b) => guardsOf(b.steps, prefix));
		return s.kind === "do" ? [prefix + s.id] : [];
	});
}

test("a later step is planned on what an earlier one promises, and marked where only doing it tells", () => {
	const later = doStep("b", { with: { upn: "${steps.a.upn}", id: "${steps.a.id}" } });
	const { batches } = planOf([doStep("a"), later], (r) =>
		r.path === "a" ? { promises: { upn: "ada@x" }, outputs: ["upn", "id"] } : {},
	);
	assert.deepEqual(batches[1]?.[0]?.input, { upn: "ada@x", id: { $after: "a.id" } });
	assert.deepEqual(
		batches.map((b) => b.map((r) => r.deferred)),
		[[false], [true]],
	);
});

test("looks of a list and of parallel steps go together, those that follow go after", () => {
	const list: Step = {
		...{ ...base, id: "list", name: "List", kind: "each", list: "form.items", atOnce: 1, atMost: 500 },
		steps: [doStep("join", { with: { group: "${item}" } })],
	};
	const beside: Step = { ...base, id: "p", name: "P", kind: "parallel", steps: [doStep("x"), doStep("y")] };
	const { batches, plan } = planOf([list, beside, doStep("z")], undefined, { items: ["a", "b.c"] });
	assert.deepEqual(
		batches.map((b) => b.map((r) => r.path)),
		[["list[a].join", "list[b%2ec].join"], ["x", "y"], ["z"]],
	);
	assert.equal(plan.entries.length, 5);
});

test("branches not taken and steps whose condition is false are not planned", () => {
	const choose: Step = {
		...{ ...base, id: "c", name: "C", kind: "choose" },
		branches: [{ when: "form.no", steps: [doStep("n")] }, { steps: [doStep("y")] }],
	};
	const { plan } = planOf([choose, doStep("off", { when: "form.no" }), doStep("on", { when: "form.yes" })], undefined, {
		yes: true,
		no: false,
	});
	assert.deepEqual(
		plan.entries.map((e) => e.path),
		["y", "on"],
	);
});

test("what stands after a clock says when, and the plan says how long it stands still", () => {
	const wait: Step = {
		...{ ...base, id: "w", name: "W", kind: "wait" },
		wait: { kind: "after", after: { clock: "wall", ms: 3 * DAY } },
	};
	const { plan } = planOf([doStep("a"), wait, doStep("b")]);
	assert.deepEqual([plan.entries[0]?.when, plan.waitsMs], [undefined, 3 * DAY]);
	assert.ok(plan.entries[1]?.when !== undefined);
});

test("an obstacle is a problem of its step with its choices, and the rest is planned all the same", () => {
	const choices = [{ id: "wait", words: "Wait", with: {} }];
	const { plan } = planOf([doStep("a"), doStep("b")], (r) =>
		r.path === "a" ? { changes: [], obstacle: { code: "none-left", message: "None left.", choices } } : {},
	);
	assert.deepEqual(plan.problems, [{ path: "a", code: "none-left", message: "None left.", choices }]);
	assert.equal(plan.entries.length, 2);
});

test("only what this approval guards is planned", () => {
	const sop = sopFor([approveStep(["a"]), doStep("a"), doStep("other")]);
	const { plan } = look(tell(sop), sop, () => ({}));
	assert.deepEqual(
		plan.entries.map((e) => e.path),
		["a"],
	);
});

test("what was sent already with this input is not planned again; with another it is", () => {
	const sop = sopFor([approveStep(["a", "b"]), doStep("a", { action: never }), doStep("b")]);
	const sent = () => {
		const told = tell(sop);
		told.planned("approve", look(told, sop, () => ({})).plan);
		told.answer("approve", "approve");
		told.began("a", [change("create:a")]);
		told.ended("a", done("create:a#thing"));
		return told;
	};
	const paths = (values: Values) => {
		const told = sent();
		told.amend(values);
		return look(told, sop, () => ({})).plan.entries.map((e) => e.path);
	};
	assert.deepEqual(paths({ other: 1 }), ["b"]);
	assert.deepEqual(paths({ value: "v1" }), ["a", "b"]);
});

const sop = sopFor([approveStep(["a"]), doStep("a")]);
const run = tell(sop).run();
const hash = (entries: readonly PlanEntry[], wait = "approve#2", of = run) => planHash(sop, of, { wait, entries });
const shown = entry("a", [change("set:x#a", { before: 1, after: 2 })], { input: { value: "v" } });
const [first] = shown.changes as readonly [(typeof shown.changes)[0]];

test("the hash heeds what is done", () => {
	const others = [
		hash([{ ...shown, path: "b" }]),
		hash([{ ...shown, action: "other" }]),
		hash([{ ...shown, input: { value: { $after: "a.id" } } }]),
		hash([{ ...shown, changes: [] }]),
		hash([{ ...shown, changes: [{ ...first, id: "set:y#a" }] }]),
		hash([{ ...shown, changes: [{ ...first, after: 3 }] }]),
		hash([{ ...shown, changes: [{ ...first, before: 3 }] }]),
		hash([shown, shown]),
		hash([shown], "approve#3"),
		hash([shown], "approve#2", { ...run, id: "OTHER" }),
		planHash({ ...sop, definition: "other" }, run, { wait: "approve#2", entries: [shown] }),
		planHash({ ...sop, client: { ...sop.client, id: "other" } }, run, { wait: "approve#2", entries: [shown] }),
	];
	assert.equal(new Set([hash([shown]), ...others]).size, others.length + 1);
	const add = (before: number) => [entry("a", [change("add:x", { before })])];
	assert.equal(hash(add(1)), hash(add(2)), "what an add finds does not matter");
});

test("the hash never heeds words, details, costs, names or times", () => {
	fc.assert(
		fc.property(fc.string(), fc.string(), fc.nat(), (words, detail, count) => {
			const reworded = { ...first, words, detail, cost: { count } };
			const other = { ...shown, name: words, when: "2030-01-01T00:00:00.000Z", changes: [reworded] };
			assert.equal(hash([other]), hash([shown]));
		}),
	);
});
