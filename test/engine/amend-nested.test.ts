/**
 * An amendment reaches writes that lie inside finished containers: they are planned and done again, and only then. What was
 * done for an item that is not wanted any more is taken back.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../src/base/json.ts";
import { planning } from "../../src/engine/plan.ts";
import { planLines } from "../../src/engine/plan-words.ts";
import { nameOf } from "../../src/engine/scope.ts";
import { undoable } from "../../src/engine/undo.ts";
import type { Sop, Step } from "../../src/sop/sop.ts";
import {
	approveStep,
	base,
	change,
	done,
	doStep,
	entry,
	freeStep,
	planFor,
	refused,
	sopFor,
	stays,
	type Told,
	tell,
	unknown,
} from "./stage.ts";

const choose: Step = {
	...{ ...base, id: "pick", name: "Pick", kind: "choose" },
	branches: [{ steps: [freeStep("account", { with: { value: `\${form.name}` } })] }],
};
const groups = (join: Step): Step => {
	return {
		...base,
		id: "groups",
		name: "Groups",
		kind: "each",
		list: "form.groups",
		atOnce: 4,
		atMost: 50,
		steps: [join],
	};
};
const free = groups(freeStep("join", { with: { value: `\${item}` } }));
const wait: Step = { ...base, id: "wait", name: "Wait", kind: "wait", wait: { kind: "until", until: "form.day" } };
const form = { name: "Eve", groups: ["a", "b"], day: "2030-01-01" };

function perform(told: Told, step: string): void {
	equal(told.began(step, []).verdict, "go", step);
	told.ended(step, done());
}

function started(): Told {
	const told = tell(sopFor([choose, free, wait]), form);
	for (const step of ["account", "groups[a].join", "groups[b].join"]) perform(told, step);
	return told;
}

test("a corrected value sends the write inside a finished branch out again, with the new input", () => {
	const told = started();
	equal(told.state("pick").state, "done");
	const { effects } = told.amend({ name: "Ada" });
	equal(told.state("pick").state, "running");
	deepEqual(
		effects.flatMap((e) => (e.kind === "attempt" ? [[e.step, e.attempt, e.input.value]] : [])),
		[["account", 2, "Ada"]],
	);
	perform(told, "account");
	equal(told.state("pick").state, "done");
});

test("an item that is new in a list is worked through, and the run still waits for its day", () => {
	const told = started();
	told.amend({ groups: ["b", "c"] });
	perform(told, "account");
	const begun = Object.entries(told.run().steps).filter(([, state]) => state.try !== undefined);
	deepEqual(begun.map(([path]) => path).sort(), ["groups[b].join", "groups[c].join"]);
	perform(told, "groups[b].join");
	perform(told, "groups[c].join");
	equal(told.state("groups").state, "done");
	equal(told.state("wait").state, "waiting");
	equal(told.run().ended, undefined);
});

test("a list is named by its items, and an item is never read as a template", () => {
	const told = tell(sopFor([choose, free, wait]), { ...form, groups: ["${form.name}"] });
	perform(told, "account");
	equal(told.state("groups").name, "Groups");
	const named = { ...free, steps: [freeStep("join", { name: `Join \${item}` })] } as Step;
	const scope = { values: () => ({ form }) };
	equal(nameOf(named, scope, ["${form.name}", "b"]), "Join ${form.name}, b");
});

const guarded = groups(doStep("join", { with: { value: `\${item}` } }));
const joins = (item: string) => change(`add:eve#group:${item}`, { after: true, words: `Join ${item}` });
const leaves = (item: string) => change(`remove:eve#group:${item}`, { before: true, words: `Leave ${item}` });
const path = (item: string) => `groups[${item}].join`;

/** The change that an attempt takes back. */
const turned = (told: Told, item: string) => (told.state(path(item)).try?.input.$undo ?? {}) as Values;

/** Joined a and b under an approval; then HR wants something else. */
function joined(sop: Sop, groups: Values[string], words = ["a", "b"]): Told {
	const told = tell(sop, form);
	told.planned("approve", planFor(words.map((item) => entry(path(item), [joins(item)]))));
	told.answer("approve", "approve");
	for (const item of words) {
		equal(told.began(path(item), [joins(item)]).verdict, "go");
		told.ended(path(item), done(joins(item).id));
	}
	told.pass(10_000);
	told.amend({ groups });
	return told;
}

const sop = sopFor([approveStep(["groups.join"]), guarded, stays]);

test("what this run did for an item that is gone is planned, shown as its own, approved and taken back", () => {
	const told = joined(sop, ["b"]);
	equal(told.state("groups").state, "running");
	const pass = planning(sop, told.run(), told.wait("approve").id, told.now());
	const first = pass.next();
	ok(first.done !== true);
	deepEqual(
		first.value.map((request) => [request.path, request.action, (request.input.$undo as Values).id]),
		[[path("a"), "thing.make", joins("a").id]],
	);
	const nothing = { changes: [], promises: {}, outputs: [], unknown: false };
	pass.next([{ ...nothing, changes: [leaves("a")] }]);
	const last = pass.next([nothing]);
	ok(last.done === true);
	deepEqual(
		planLines(last.value).map((line) => line.text),
		["Leave a (was done by this run)"],
	);
	told.planned("approve", last.value);
	equal(told.wait("approve").kind, "approval", "only the difference is asked");
	equal(told.run().steps[path("a")], undefined, "nothing is taken back before it is approved");
	told.answer("approve", "approve");
	equal(turned(told, "a").id, joins("a").id);
	equal(told.state(path("a")).try?.input.$at, told.run().ledger[0]?.at);
	equal(told.began(path("a"), [leaves("a")]).verdict, "go");
	told.ended(path("a"), done(leaves("a").id));
	perform(told, path("b"));
	deepEqual([told.state(path("a")).why, told.state("groups").state], ["taken-back", "done"]);
	deepEqual(
		undoable(told.run()).map(({ change: { id } }) => id),
		[joins("b").id],
		"an undo has nothing left to do about it",
	);
});

test("a change that nobody saw is asked about, whatever it takes back", () => {
	const told = joined(sop, ["b"]);
	told.planned("approve", planFor([]));
	equal(told.began(path("a"), [leaves("a")]).reason?.code, "drift");
	equal(told.wait(path("a")).kind, "approval");
});

test("without an approval only what this run itself changed is taken back", () => {
	const told = tell(sopFor([free, stays]), form);
	for (const item of ["a", "b"]) {
		told.began(path(item), [joins(item)]);
		told.ended(path(item), done(joins(item).id));
	}
	told.pass(10_000);
	told.amend({ groups: [] });
	equal(told.began(path("a"), [change("remove:adam#group:a", { before: true })]).reason?.code, "drift");
	equal(told.began(path("b"), [leaves("b")]).verdict, "go");
});

test("a write that is under way when its item goes is waited for, then taken back once it has had time to show", () => {
	const told = tell(sopFor([free, stays]), form);
	told.began(path("a"), [joins("a")]);
	told.amend({ groups: ["b"] });
	equal(told.state(path("a")).try?.begun?.changes.length, 1);
	told.ended(path("a"), unknown());
	equal(told.wait(path("a")).kind, "again", "it may be there and not be seen yet");
	told.fire(path("a"), "again");
	equal(turned(told, "a").id, joins("a").id);
	told.ended(path("a"), done());
	perform(told, path("b"));
	deepEqual([told.state(path("a")).state, told.state("groups").state, undoable(told.run())], ["done", "done", []]);
});

test("an item that comes back before or after it was left is worked through again", () => {
	const early = joined(sop, ["b"]);
	early.amend({ groups: ["b", "a"] });
	early.planned("approve", planFor([]));
	perform(early, path("b"));
	perform(early, path("a"));
	deepEqual([early.state("groups").state, undoable(early.run()).length], ["done", 2]);
	const late = joined(sop, ["b"]);
	late.planned("approve", planFor([entry(path("a"), [leaves("a")])]));
	late.answer("approve", "approve");
	late.began(path("a"), [leaves("a")]);
	late.amend({ groups: ["a"] });
	late.ended(path("a"), done(leaves("a").id));
	late.planned("approve", planFor([entry(path("a"), [joins("a")]), entry(path("b"), [leaves("b")])]));
	late.answer("approve", "approve");
	deepEqual(late.state(path("a")).try?.input, { value: "a" });
	equal(late.began(path("a"), [joins("a")]).verdict, "go");
	late.ended(path("a"), done(joins("a").id));
	late.began(path("b"), [leaves("b")]);
	late.ended(path("b"), done(leaves("b").id));
	deepEqual(
		undoable(late.run()).map((one) => one.change.id),
		[joins("a").id],
	);
	equal(late.state("groups").state, "done");
});

test("what cannot be taken back is a question; a person may let it stand, and the run goes on", () => {
	const told = tell(sopFor([free, stays]), { ...form, groups: ["a"] });
	told.began(path("a"), [joins("a")]);
	told.ended(path("a"), done(joins("a").id));
	told.pass(10_000);
	told.amend({ groups: [] });
	told.ended(path("a"), refused(false));
	const { kind, verbs } = told.wait(path("a"));
	deepEqual([kind, verbs], ["question", ["retry", "done", "skip", "stop", "claim"]]);
	told.answer(path("a"), "skip");
	equal(told.state("groups").state, "done");
	deepEqual(undoable(told.run()).length, 1, "an undo still knows of it");
});

test("a run that was begun under an older core leaves such items as they stand", () => {
	const told = joined({ ...sop, core: 1 }, ["b"]);
	told.planned("approve", planFor([]));
	perform(told, path("b"));
	deepEqual([told.state("groups").state, undoable(told.run()).length], ["done", 2]);
});
