/**
 * What child runs hear of an amendment of their parent: what they are given now, once and in order; or that they are not
 * wanted any more. Parent and children are decided side by side, as a host would.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../src/base/json.ts";
import { itemSop } from "../../src/engine/child.ts";
import { decide } from "../../src/engine/decide.ts";
import type { Effect } from "../../src/engine/effect.ts";
import type { LedgerEntry, NewEvent } from "../../src/engine/event.ts";
import { pending } from "../../src/engine/pending.ts";
import { planning } from "../../src/engine/plan.ts";
import type { Run } from "../../src/engine/run.ts";
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
	sopFor,
	stays,
	type Told,
	tell,
} from "./stage.ts";

const join = { with: { group: "${item}", name: "${form.name}" } };
const long = (steps: readonly Step[], atOnce = 2): Step => {
	return { ...base, id: "e", name: "E", kind: "each", list: "form.list", atOnce, atMost: 500, steps };
};
const list = (from: number) => Array.from({ length: 51 }, (_, i) => `g${i + from}`);
const form = (from = 0): Values => ({ name: "Eve", list: list(from) });

type Start = Extract<Effect, { kind: "start" }>;
const starts = (told: Told): readonly Start[] =>
	pending(told.sop, told.run()).filter((effect): effect is Start => effect.kind === "start");
const keyOf = (start: Start) => start.request.parent?.item?.key;
const told = (start: Start | undefined): NewEvent => {
	ok(start?.tell, "nothing is told");
	return start.tell.event;
};

/** The child as its host keeps it. */
function childOf(sop: Sop, { child, request }: Start, at: string) {
	const own = request.parent?.item === undefined ? sop : itemSop(sop, "e");
	let run: Run = decide(own, undefined, { at, kind: "started", run: child, request }).run;
	return {
		run: () => run,
		send: (event: NewEvent) => {
			const decision = decide(own, run, { at, ...event });
			run = decision.run;
			return decision;
		},
	};
}

test("children that are open hear what they are given now, each once; those that ended stay as they are", () => {
	const parent = tell(sopFor([long([freeStep("join", join)])]), form());
	const [first, second] = starts(parent);
	ok(first && second);
	const child = childOf(parent.sop, second, parent.now());
	equal(child.run().steps.join?.try?.input.name, "Eve");
	parent.send({ kind: "child-ended", child: first.child, phase: "done", outputs: {} });
	parent.amend({ name: "Ada" });
	const now = starts(parent);
	deepEqual(now.map(keyOf), ["g1", "g2"]);
	const event = told(now[0]);
	ok(event.kind === "amended" && now[0]?.child === second.child);
	const { effects } = child.send(event);
	deepEqual(
		effects.flatMap((e) => (e.kind === "attempt" ? [[e.attempt, e.input]] : [])),
		[[2, { group: "g1", name: "Ada" }]],
	);
	const heard = child.run();
	equal(child.send(event).reason?.code, "stale");
	equal(child.run(), heard, "told twice is told once");
	parent.amend({ name: "Bea" });
	const later = told(starts(parent)[0]);
	child.send(later);
	child.send(event);
	equal(child.run().steps.join?.try?.input.name, "Bea", "a late one does not turn it back");
});

test("a child that is not started yet begins with what is so by then, and nothing is told twice after a restart", () => {
	const parent = tell(sopFor([long([freeStep("join", join)], 1)]), form());
	const [first] = starts(parent);
	parent.amend({ name: "Ada" });
	parent.send({ kind: "child-ended", child: first?.child ?? "", phase: "done", outputs: {} });
	const [next] = starts(parent);
	deepEqual([next?.request.form.name, next?.tell], ["Ada", undefined]);
});

test("a part hears only of what it is given, and what was corrected in the part itself stays", () => {
	const step: Step = {
		...base,
		id: "r",
		name: "R",
		kind: "run",
		sop: "part",
		with: { name: "${form.name}", size: "L" },
	};
	const parent = tell(sopFor([step]), { name: "Eve", other: 1 });
	const [start] = starts(parent);
	ok(start);
	const part = childOf(sopFor([stays], { id: "part", definition: "part" }), start, parent.now());
	part.send({ kind: "amended", values: { size: "M" }, by: "tia" });
	const quiet = part.run();
	parent.amend({ other: 2 });
	const event = told(starts(parent)[0]);
	part.send(event);
	deepEqual(part.run().form, quiet.form);
	parent.amend({ name: "Ada" });
	part.send(told(starts(parent)[0]));
	deepEqual(part.run().form, { name: "Ada", size: "M" });
});

test("the account a run was asked for from cannot approve its part either, by whatever name", () => {
	const step: Step = { ...base, id: "r", name: "R", kind: "run", sop: "part", with: {} };
	const parent = tell(sopFor([step]), {}, { via: "slack", from: "T01/U02" });
	const [start] = starts(parent);
	ok(start);
	const sop = sopFor([approveStep(["a"]), doStep("a")], { id: "part", definition: "part" });
	const part = childOf(sop, start, parent.now());
	const wait = () => part.run().steps.approve?.wait?.id ?? "";
	part.send({ kind: "planned", wait: wait(), plan: planFor([entry("a", [change("add:a", { after: "Ada" })])]) });
	const vote = (from: string) =>
		part.send({
			...{ kind: "answered", wait: wait(), verb: "approve", by: "mo", as: "it-lead", values: {}, via: "slack", from },
		});
	equal(vote("T01/U02").reason?.code, "own-request");
	equal(vote("T01/U03").reason, undefined);
});

test("a child hears of the approval that its parent was given for the difference, and only after it", () => {
	const sop = sopFor([approveStep(["e.join"]), long([doStep("join", join)])]);
	const parent = tell(sop, form());
	parent.planned("approve", planFor([]));
	parent.answer("approve", "approve");
	const [start] = starts(parent);
	ok(start);
	const child = childOf(sop, start, parent.now());
	parent.amend({ name: "Ada" });
	equal(starts(parent)[0]?.tell, undefined, "until then it goes on with what was approved");
	const made = change("add:eve#g0", { after: "Ada" });
	parent.planned("approve", planFor([entry("e[g0].join", [made])]));
	parent.answer("approve", "approve");
	child.send(told(starts(parent)[0]));
	const { attempt = 0, try: trying } = child.run().steps.join ?? {};
	const began = { kind: "attempt-began", step: "join", attempt, changes: [made], input: trying?.input ?? {} } as const;
	equal(child.send(began).verdict, "go", "nobody is asked a second time");
});

test("a child whose item is gone is cancelled, what it did is planned and taken back, and new items are begun", () => {
	const sop = sopFor([approveStep(["e.join"]), long([doStep("join", join)]), stays]);
	const parent = tell(sop, form());
	parent.planned("approve", planFor([]));
	parent.answer("approve", "approve");
	const [gone] = starts(parent);
	ok(gone);
	parent.pass(60_000);
	parent.amend({ list: list(1) });
	const [cancel] = starts(parent);
	deepEqual(
		[cancel?.child, told(cancel)],
		[gone.child, { kind: "steered", verb: "cancel", by: "harriet", words: "It is not wanted any more." }],
	);
	parent.planned("approve", planFor([]));
	equal(parent.state("approve").state, "done", "nothing differs yet");
	const made = change("add:eve#g0", { after: true });
	const entries: readonly LedgerEntry[] = [
		{
			path: "join",
			attempt: 1,
			action: "thing.make",
			input: {},
			change: made,
			state: "applied",
			at: parent.run().startedAt,
		},
	];
	parent.send({ kind: "child-ended", child: gone.child, phase: "stopped", outputs: {}, ledger: entries });
	equal(parent.wait("approve").kind, "plan", "what it did before it heard is planned now");
	const pass = planning(sop, parent.run(), parent.wait("approve").id, parent.now());
	const asked = pass.next();
	ok(asked.done !== true);
	deepEqual(asked.value[0]?.path, "e[g0].join");
	const taken = change("remove:eve#g0", { before: true });
	parent.planned("approve", planFor([entry("e[g0].join", [taken])]));
	parent.answer("approve", "approve");
	equal(parent.began("e[g0].join", [taken]).verdict, "go");
	parent.ended("e[g0].join", done(taken.id));
	deepEqual(undoable(parent.run()), []);
	for (let open = starts(parent); open.length > 0; open = starts(parent))
		parent.send({ kind: "child-ended", child: open[0]?.child ?? "", phase: "done", outputs: { n: 1 } });
	deepEqual([parent.state("e").state, (parent.state("e").output as readonly unknown[]).length], ["done", 51]);
	ok(Object.values(parent.state("e").children ?? {}).some(({ key }) => key === "g51"));
});

test("an item that comes back gets a child of its own, and a cancelled parent cancels its children", () => {
	const parent = tell(sopFor([long([freeStep("join", join)], 1)]), form());
	const [first] = starts(parent);
	parent.amend({ list: list(1) });
	parent.amend({ list: list(0) });
	const ids = Object.entries(parent.state("e").children ?? {}).filter(([, { key }]) => key === "g0");
	deepEqual(
		ids.map(([id, { unwanted }]) => [id === first?.child, unwanted]),
		[
			[true, "harriet"],
			[false, undefined],
		],
	);
	parent.steer("cancel");
	for (const start of starts(parent)) equal(told(start).kind, "steered");
});
