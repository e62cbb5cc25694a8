/**
 * An amendment reaches writes that lie inside finished containers: they are planned and done again, and only then.
 */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/engine/decide.ts";
import type { NewEvent } from "../../src/engine/event.ts";
import type { Run } from "../../src/engine/run.ts";
import { nameOf } from "../../src/engine/scope.ts";
import type { Sop, Step } from "../../src/sop/sop.ts";

const base = { let: {}, blocking: true, onFailure: "ask" } as const;
const action = { name: "x.make", repeat: { kind: "settle", ms: 5000 }, writes: true, destructive: false } as const;
const write = (id: string, value: string): Step => ({
	...base,
	id,
	name: id,
	kind: "do",
	action,
	with: { value },
	retry: { attempts: 4, firstMs: 1000, mostMs: 60_000 },
	timeoutMs: 1000,
	proveWithinMs: 1000,
	unguarded: "a test",
});
const sop: Sop = {
	id: "s",
	title: "S",
	client: {
		id: "c",
		name: "C",
		timezone: "UTC",
		calendar: { hours: {}, holidays: [] },
		identity: "cloud",
		profiles: {},
		sandbox: true,
	},
	definition: "d",
	core: 1,
	owner: "owner",
	urgency: "routine",
	visibility: "all",
	subject: {},
	unique: [],
	starts: [],
	form: [],
	outputs: {},
	steps: [
		{ ...base, id: "pick", name: "Pick", kind: "choose", branches: [{ steps: [write("account", `\${form.name}`)] }] },
		{
			...base,
			id: "groups",
			name: "Groups",
			kind: "each",
			list: "form.groups",
			atOnce: 4,
			atMost: 50,
			steps: [write("join", `\${item}`)],
		},
		{ ...base, id: "wait", name: "Wait", kind: "wait", wait: { kind: "until", until: "form.day" } },
	],
};

function play() {
	let run: Run | undefined;
	let ms = 0;
	const tell = (event: NewEvent) => {
		ms += 1000;
		const at = new Temporal.Instant(BigInt(1_780_000_000_000 + ms) * 1_000_000n).toString({
			fractionalSecondDigits: 3,
		});
		const decision = decide(sop, run, { at, ...event });
		run = decision.run;
		return decision;
	};
	const perform = (step: string) => {
		const attempt = run?.steps[step]?.attempt ?? 0;
		equal(tell({ kind: "attempt-began", step, attempt, changes: [], input: {} }).verdict, "go", step);
		tell({ kind: "attempt-ended", step, attempt, outcome: { kind: "done", applied: [], output: {}, proof: [] } });
	};
	return { tell, perform, run: () => run as Run };
}

function started() {
	const played = play();
	const form = { name: "Eve", groups: ["a", "b"], day: "2030-01-01" };
	played.tell({ kind: "started", run: "R", request: { client: "c", sop: "s", key: "k", by: "p", via: "web", form } });
	for (const step of ["account", "groups[a].join", "groups[b].join"]) played.perform(step);
	return played;
}

test("a corrected value sends the write inside a finished branch out again, with the new input", () => {
	const { tell, perform, run } = started();
	equal(run().steps.pick?.state, "done");
	const { effects } = tell({ kind: "amended", values: { name: "Ada" }, by: "p" });
	equal(run().steps.pick?.state, "running");
	deepEqual(
		effects.flatMap((e) => (e.kind === "attempt" ? [[e.step, e.attempt, e.input.value]] : [])),
		[["account", 2, "Ada"]],
	);
	perform("account");
	equal(run().steps.pick?.state, "done");
});

test("an item that is new in a list is worked through, and the run still waits for its day", () => {
	const { tell, perform, run } = started();
	tell({ kind: "amended", values: { groups: ["b", "c"] }, by: "p" });
	perform("account");
	const begun = Object.entries(run().steps).filter(([, state]) => state.try !== undefined);
	deepEqual(begun.map(([path]) => path).sort(), ["groups[b].join", "groups[c].join"]);
	perform("groups[b].join");
	perform("groups[c].join");
	equal(run().steps.groups?.state, "done");
	equal(run().steps.wait?.state, "waiting");
	equal(run().ended, undefined);
});

test("a list is named by its items, and an item is never read as a template", () => {
	const played = play();
	const form = { name: "Eve", groups: ["${form.name}"], day: "2030-01-01" };
	played.tell({ kind: "started", run: "R", request: { client: "c", sop: "s", key: "k", by: "p", via: "web", form } });
	played.perform("account");
	equal(played.run().steps.groups?.name, "Groups");
	const named = { ...sop.steps[1], steps: [{ ...write("join", "x"), name: `Join \${item}` }] } as Step;
	const scope = { values: () => ({ form }) };
	equal(nameOf(named, scope, ["${form.name}", "b"]), "Join ${form.name}, b");
});
