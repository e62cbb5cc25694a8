/**
 * "Drift is coverage": every clause of the rule, and that coverage only ever shrinks with what was approved.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../src/base/json.ts";
import { plusMs } from "../../src/base/time.ts";
import { uncovered } from "../../src/engine/cover.ts";
import type { Change, LedgerEntry } from "../../src/engine/event.ts";
import type { Approval, Run } from "../../src/engine/run.ts";
import { approveStep, change, doStep, entry, planFor, sopFor, tell } from "./stage.ts";

const blank = tell(sopFor([approveStep(["a"]), doStep("a")])).run();
const now = blank.at;

function approved(changes: readonly Change[], more: Partial<Approval> & { readonly unknown?: boolean } = {}): Run {
	const { unknown = false, ...rest } = more;
	const plan = planFor([entry("a", changes, { unknown })]);
	const approval = { path: "approve", wait: "approve#2", at: now, by: ["mo"], until: plusMs(now, 1000), plan, ...rest };
	return { ...blank, approvals: [approval] };
}

const asks = (run: Run, ...changes: readonly Change[]): readonly string[] =>
	uncovered(run, "a", { changes, at: now }).map((c) => c.id);

const LETS_IN: Change = { ...change("create:x"), shown: true };
const clauses: readonly [string, Run, Change, boolean][] = [
	["the same change", approved([change("create:x", { after: 1 })]), change("create:x", { after: 1 }), true],
	["another value", approved([change("create:x", { after: 1 })]), change("create:x", { after: 2 }), false],
	["another target", approved([change("create:x")]), change("create:y"), false],
	["another facet", approved([change("set:x#a", { after: 1 })]), change("set:x#b", { after: 1 }), false],
	["another kind of the same thing", approved([change("add:x")]), { ...change("remove:x"), id: "add:x#thing" }, false],
	["other words and detail", approved([change("add:x")]), change("add:x", { words: "w", detail: "d" }), true],
	["another cost", approved([change("add:x")]), change("add:x", { cost: { count: 2 } }), true],
	[
		"a set over what was shown",
		approved([change("set:x#a", { before: "o", after: 1 })]),
		change("set:x#a", { before: "o", after: 1 }),
		true,
	],
	[
		"a set over something else",
		approved([change("set:x#a", { before: "o", after: 1 })]),
		change("set:x#a", { before: "p", after: 1 }),
		false,
	],
	[
		"a remove of something else",
		approved([change("remove:x", { before: 1 })]),
		change("remove:x", { before: 2 }),
		false,
	],
	[
		"a delete of something else",
		approved([change("delete:x", { before: 1 })]),
		change("delete:x", { before: 2 }),
		false,
	],
	["an add whose before moved on", approved([change("add:x", { before: 1 })]), change("add:x", { before: 2 }), true],
	["a create under a plan not yet known", approved([], { unknown: true }), change("create:x"), true],
	["an add under a plan not yet known", approved([], { unknown: true }), change("add:x"), true],
	["what lets somebody in, under a plan not yet known", approved([], { unknown: true }), LETS_IN, false],
	["what lets somebody in, once it was shown", approved([LETS_IN]), LETS_IN, true],
	["a set under a plan not yet known", approved([], { unknown: true }), change("set:x#a"), false],
	["a remove under a plan not yet known", approved([], { unknown: true }), change("remove:x"), false],
	["a delete under a plan not yet known", approved([], { unknown: true }), change("delete:x"), false],
	["a send under a plan not yet known", approved([], { unknown: true }), change("send:x"), false],
	["at the very end of its time", approved([change("add:x")], { until: now }), change("add:x"), true],
	["after its time", approved([change("add:x")], { until: plusMs(now, -1) }), change("add:x"), false],
];

for (const [name, run, wanted, covered] of clauses) {
	test(`${name} is ${covered ? "covered" : "asked"}`, () => {
		assert.deepEqual(asks(run, wanted), covered ? [] : [wanted.id]);
	});
}

test("what was approved for another step covers nothing here", () => {
	const run = approved([change("add:x")]);
	assert.equal(uncovered(run, "b", { changes: [change("add:x")], at: now }).length, 1);
});

test("a thing this run made may be set over, whatever is there by now", () => {
	const shown = change("set:x#a", { before: "o", after: 1 });
	const met = change("set:x#a", { before: "p", after: 1 });
	const made: LedgerEntry = {
		...{ path: "b", attempt: 1, action: "thing.make", input: {}, state: "maybe", at: now },
		change: change("create:x"),
	};
	assert.deepEqual(asks({ ...approved([shown]), ledger: [made] }, met), []);
	const other = { ...made, change: change("create:y") };
	assert.deepEqual(asks({ ...approved([shown]), ledger: [other] }, met), [met.id]);
	const changed = { ...made, change: change("set:x#b") };
	assert.deepEqual(asks({ ...approved([shown]), ledger: [changed] }, met), [met.id]);
});

const anyChange = fc
	.record({
		kind: fc.constantFrom("create", "set", "add", "remove", "delete", "send"),
		target: fc.constantFrom("x", "y"),
		before: fc.constantFrom<Json>(null, 1, 2),
		after: fc.constantFrom<Json>(null, 1, 2),
	})
	.map(({ kind, target, before, after }) => change(`${kind}:${target}`, { before, after }));

test("what was approved is covered, fewer changes too, and more approvals never cover less", () => {
	fc.assert(
		fc.property(fc.array(anyChange), fc.array(anyChange), fc.array(fc.nat()), (shown, met, pick) => {
			const run = approved(shown);
			const fewer = pick.map((i) => shown[i % Math.max(1, shown.length)]).filter((c) => c !== undefined);
			assert.deepEqual(asks(run, ...fewer), []);
			const one = asks(run, ...met);
			const both = asks({ ...run, approvals: [...run.approvals, ...approved(met.slice(0, 1)).approvals] }, ...met);
			assert.ok(both.every((id) => one.includes(id)));
			assert.ok(both.length <= one.length);
		}),
	);
});
