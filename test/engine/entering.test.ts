/**
 * What a step waits for when its turn comes: whom it asks and how they may answer, when it rings, which day it waits for,
 * which items a list holds and what is said when there is none.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json, Values } from "../../src/base/json.ts";
import { fromMs } from "../../src/base/time.ts";
import type { WordsJson } from "../../src/base/words.ts";
import { stepWords, waitingFor } from "../../src/engine/sentences.ts";
import { view } from "../../src/engine/view.ts";
import type { Step } from "../../src/sop/sop.ts";
import { base, change, DAY, done, freeStep, HOUR, never, START_MS, settle, sopFor, tell, wall } from "./stage.ts";

const inMs = (ms: number) => fromMs(START_MS + ms);

type Only<K extends Step["kind"]> = Extract<Step, { kind: K }>;
const task = (more: Partial<Only<"task">> = {}): Step => {
	return { ...base, id: "t", name: "T", kind: "task", to: ["desk"], checklist: ["a"], evidence: false, ...more };
};
const note = (more: Partial<Only<"tell">> = {}): Step => {
	return {
		...base,
		id: "n",
		name: "N",
		kind: "tell",
		to: ["hr"],
		card: "notice",
		data: {},
		acknowledge: false,
		...more,
	};
};
const until = (more: { readonly at?: string } = {}): Step => {
	return { ...base, id: "w", name: "W", kind: "wait", wait: { kind: "until", until: "form.day", ...more } };
};
const each = (more: Partial<Only<"each">> = {}): Step => {
	const list = { list: "form.list", atOnce: 500, atMost: 5, steps: [freeStep("x", { with: {} })] };
	return { ...base, id: "e", name: "E", kind: "each", ...list, ...more };
};

test("a page asks the people it pages to acknowledge it, and whoever does has it", () => {
	const told = tell(sopFor([{ ...base, id: "p", name: "P", kind: "page", to: ["duty"], words: "Help." }]));
	const { kind, verbs, who, timers } = told.wait("p");
	assert.deepEqual([kind, verbs, who, timers], ["acknowledge", ["acknowledge"], ["duty"], {}]);
	told.answer("p", "acknowledge", "di");
	assert.deepEqual([told.state("p").by, told.run().ended?.phase], ["di", "done"]);
});

test("a notice is over as soon as it is told, unless it is to be acknowledged", () => {
	assert.equal(tell(sopFor([note()])).run().ended?.phase, "done");
	const told = tell(sopFor([note({ acknowledge: true })]));
	assert.deepEqual(
		[told.state("n").state, told.wait("n").kind, told.wait("n").verbs, told.wait("n").who],
		["waiting", "acknowledge", ["acknowledge"], ["hr"]],
	);
});

test("a broadcast is over when everybody it means has said so, each once, and tells who has not", () => {
	const told = tell(sopFor([note({ acknowledge: true })]));
	const { id } = told.wait("n");
	const says = (by: string, audience: readonly string[]) => {
		const event = {
			kind: "answered",
			wait: id,
			verb: "acknowledge",
			by,
			as: "hr",
			values: {},
			via: "web",
			audience,
		} as const;
		return told.send(event);
	};
	says("ada", ["ada", "mo", "tia"]);
	const at = told.now();
	assert.deepEqual(told.state("n").output, { acknowledged: [{ by: "ada", at }], missing: ["mo", "tia"] });
	says("ada", ["ada", "mo", "tia"]);
	assert.deepEqual(told.state("n").output, { acknowledged: [{ by: "ada", at }], missing: ["mo", "tia"] });
	assert.equal(told.wait("n").id, id, "whoever still holds the card can answer it");
	const card = view(told.sop, told.run()).find((one) => one.key === "n/tell");
	assert.deepEqual(
		card?.data.lines.map(({ sign, text }) => [sign, (text as WordsJson).$words[0]]),
		[
			["✓", { person: "ada" }],
			["○", { person: "mo" }],
			["○", { person: "tia" }],
		],
	);
	assert.deepEqual(waitingFor(told.sop, told.run()).$words.slice(0, 4), [
		"Waiting for ",
		{ person: "mo" },
		" and ",
		{ person: "tia" },
	]);
	says("tia", ["ada", "tia"]);
	assert.equal(told.run().ended?.phase, "done", "mo has left the company meanwhile, so nobody is missing");
	assert.deepEqual(says("mo", ["ada", "mo", "tia"]).reason?.code, "stale", "a late one is harmless");
});

test("a broadcast with a time limit goes on when it is over, and names who has not read it", () => {
	const atMost = { clock: "wall", ms: DAY } as const;
	const told = tell(sopFor([note({ acknowledge: true, atMost })]));
	const { id } = told.wait("n");
	const event = {
		kind: "answered",
		wait: id,
		verb: "acknowledge",
		by: "ada",
		as: "hr",
		values: {},
		via: "web",
	} as const;
	told.send({ ...event, audience: ["ada", "mo"] });
	told.fire("n", "give-up");
	const { state, output, why } = told.state("n");
	assert.deepEqual([state, why, (output as Values).missing], ["done", "not-in-time", ["mo"]]);
	const said = stepWords(told.sop, told.run(), { path: "n", state: told.state("n") }).$words;
	assert.deepEqual(said.slice(0, 2), ["read by 1; not in time by ", { person: "mo" }]);
	const silent = tell(sopFor([note({ acknowledge: true, atMost })]));
	silent.fire("n", "give-up");
	assert.deepEqual(silent.state("n").output, { acknowledged: [] });
});

test("the mail of a notice goes out first, only to someone who has an address, and is acknowledged after", () => {
	const mail = { action: never, with: { to: "${subject.email}" }, timeoutMs: 7000 } as const;
	const sop = sopFor([note({ mail, acknowledge: true })]);
	assert.equal(tell(sop, {}).wait("n").kind, "acknowledge");
	const told = tell(sop, { email: "ada@home" });
	const [mailing] = told.effects();
	const wanted = { action: "mail.send", input: { to: "ada@home" }, mode: "apply", timeoutMs: 7000, proveWithinMs: 0 };
	assert.deepEqual(mailing, { kind: "attempt", step: "n", attempt: 1, ...wanted });
	told.began("n", [change("send:ada")]);
	told.ended("n", { ...done("send:ada#thing"), kind: "done", output: { id: 1 }, proof: [] });
	assert.deepEqual([told.wait("n").kind, told.state("n").output], ["acknowledge", { id: 1 }]);
	told.answer("n", "acknowledge", "ada");
	assert.equal(told.run().ended?.phase, "done");
});

test("a task is due at the earlier of its length and its moment, and never at one that has gone by", () => {
	const timers = (more: Partial<Only<"task">>, before?: string) =>
		tell(sopFor([task(more)]), before === undefined ? {} : { before }).wait("t").timers;
	assert.deepEqual(timers({}), {});
	assert.deepEqual(timers({ due: wall(DAY) }), { due: inMs(DAY) });
	const both = { due: wall(DAY), before: "form.before" };
	assert.deepEqual(timers(both, inMs(HOUR)), { due: inMs(HOUR) });
	assert.deepEqual(timers(both, inMs(2 * DAY)), { due: inMs(DAY) });
	assert.deepEqual(timers(both, inMs(-HOUR)), { due: inMs(DAY) });
	assert.deepEqual(timers({ before: "form.before" }, inMs(0)), {});
	const rings = { remind: wall(HOUR), overdue: { after: wall(DAY), ask: ["owner"] } };
	assert.deepEqual(timers({ ...rings, due: wall(2 * DAY) }), {
		...{ remind: inMs(HOUR), overdue: inMs(DAY) },
		due: inMs(2 * DAY),
	});
	const { kind, verbs, who, checked } = tell(sopFor([task()])).wait("t");
	assert.deepEqual([kind, verbs, who, checked], ["task", ["complete", "claim"], ["desk"], []]);
});

test("a question asks its people with its reminders and takes what they fill in", () => {
	const ask = { ...base, id: "q", name: "Q", kind: "ask", to: ["hr"], form: [], remind: wall(HOUR) } as const;
	const told = tell(sopFor([ask]));
	const { kind, verbs, who, timers } = told.wait("q");
	assert.deepEqual([kind, verbs, who, timers], ["ask", ["submit", "claim"], ["hr"], { remind: inMs(HOUR) }]);
	told.answer("q", "submit", "di", { laptop: "yes" });
	assert.deepEqual([told.state("q").output, told.state("q").by], [{ laptop: "yes" }, "di"]);
});

test("a day is waited for until its first moment or the time given, where the client is; an instant as it stands", () => {
	const due = (day: Json, more = {}) => tell(sopFor([until(more)]), { day }).wait("w").timers;
	assert.deepEqual(due("2026-12-01"), { until: "2026-12-01T00:00:00.000Z" });
	assert.deepEqual(due("2026-07-01"), { until: "2026-06-30T23:00:00.000Z" });
	assert.deepEqual(due("2026-07-01", { at: "07:30" }), { until: "2026-07-01T06:30:00.000Z" });
	assert.deepEqual(due("2026-12-01T12:34:56.789Z"), { until: "2026-12-01T12:34:56.789Z" });
});

test("a moment that is now or has gone by is not waited for; one that is missing or unreadable is asked", () => {
	const wait = (day: Json | undefined) => tell(sopFor([until()]), day === undefined ? {} : { day });
	for (const past of [inMs(0), inMs(-1), "2020-01-01"]) assert.equal(wait(past).run().ended?.phase, "done", past);
	for (const missing of [undefined, null, 7, "soon", "1 2026-12-01", "2026-12-01 07:00", "2026-12-01T07:00:00Z+1"]) {
		const told = wait(missing);
		assert.deepEqual([told.state("w").state, told.wait("w").problem?.code], ["asking", "no-date"], String(missing));
	}
});

test("a list that is missing or too long is asked before anything of it begins", () => {
	const code = (form: Values, more: Partial<Only<"each">> = {}) => {
		const told = tell(sopFor([each(more)]), form);
		return [Object.keys(told.run().steps), told.state("e").wait?.problem?.code];
	};
	assert.deepEqual(code({}), [["e"], "no-list"]);
	assert.deepEqual(code({ list: "abc" }), [["e"], "no-list"]);
	assert.deepEqual(code({ list: ["a", { id: 1 }] }), [["e"], "no-list"]);
	assert.deepEqual(code({ list: ["a", null] }), [["e"], "no-list"]);
	assert.deepEqual(code({ list: [{ id: 1 }, {}] }, { key: "item.id" }), [["e"], "no-list"]);
	assert.deepEqual(code({ list: ["1", "2", "3", "4", "5", "6"] }), [["e"], "too-many"]);
	assert.equal(code({ list: ["1", "2", "3", "4", "5"] })[1], undefined);
});

test("items are told apart by their keys, the first of two alike counts, and a number is a key", () => {
	const items = (list: Json, more: Partial<Only<"each">> = {}, form: Values = {}) =>
		tell(sopFor([each(more)]), { list, ...form })
			.state("e")
			.items?.map(({ key, value }) => [key, value]);
	assert.deepEqual(items(["a", 7, true, "a"]), [
		["a", "a"],
		["7", 7],
		["true", true],
	]);
	const records = [
		{ id: "x", no: 1 },
		{ id: "y", no: 2 },
		{ id: "x", no: 3 },
	];
	const keyed = items(records, { key: "concat(form.pre, item.id)" }, { pre: "g-" });
	assert.deepEqual(keyed, [
		["g-x", records[0]],
		["g-y", records[1]],
	]);
});

test("an attempt holds what it was given and when, and a step its name, and no more", () => {
	const told = tell(sopFor([freeStep("a", { name: "Make ${form.value}" })]));
	const state = { epoch: 2, state: "running", name: "Make v0", attempt: 1, failures: 0 };
	const at = { startedAt: inMs(0), since: inMs(0) };
	assert.deepEqual(told.state("a"), {
		...{ ...state, ...at },
		try: { mode: "apply", input: { value: "v0" }, startedAt: inMs(0) },
	});
	assert.deepEqual(told.effects(), [
		{
			...{ kind: "attempt", step: "a", attempt: 1, action: settle.name, input: { value: "v0" }, mode: "apply" },
			...{ timeoutMs: 30_000, proveWithinMs: 6000 },
		},
	]);
});

test("a step whose condition is false is skipped for it, with its name", () => {
	const told = tell(sopFor([freeStep("a", { when: "form.no" }), freeStep("b", { when: "form.yes" })]), {
		...{ yes: true, no: false },
	});
	assert.deepEqual([told.state("a").state, told.state("a").why, told.state("a").name], ["skipped", "when", "Do a"]);
	assert.equal(told.state("b").state, "running");
});

test("what turns a write round begins once that write has had time to show, not a moment sooner or later", () => {
	const back = (madeMs: number, action = settle) =>
		tell(sopFor([freeStep("u", { action, with: { $at: "${form.made}" } })]), { made: inMs(madeMs) });
	assert.equal(back(-5000).state("u").state, "running");
	assert.equal(back(0, never).state("u").state, "running");
	const early = back(-4999);
	assert.deepEqual(
		[early.wait("u").kind, early.wait("u").timers, early.effects().length],
		["again", { again: inMs(1) }, 1],
	);
	early.fire("u", "again");
	assert.deepEqual([early.state("u").state, early.state("u").attempt], ["running", 1]);
});

test("a state is looked for with its own timer to give up, and asked when that time is over", () => {
	const wait = { kind: "for", action: settle, with: { of: "x" }, atMost: wall(HOUR), everyMs: 60_000 } as const;
	const told = tell(sopFor([{ ...base, id: "s", name: "S", kind: "wait", wait }]));
	assert.deepEqual([told.wait("s").kind, told.wait("s").timers], ["state", { "give-up": inMs(HOUR) }]);
	const [look] = told.effects().filter((e) => e.kind === "attempt");
	assert.deepEqual([look?.mode, look?.input, look?.timeoutMs, look?.proveWithinMs], ["look", { of: "x" }, 30_000, 0]);
	told.ended("s", { kind: "not-yet", applied: [] });
	assert.deepEqual(told.wait("s").timers, { "give-up": inMs(HOUR), look: inMs(61_000) });
	told.fire("s", "look");
	assert.deepEqual([told.state("s").attempt, told.wait("s").timers], [2, { "give-up": inMs(HOUR) }]);
	told.fire("s", "give-up");
	assert.deepEqual([told.wait("s").kind, told.wait("s").problem?.code], ["question", "not-in-time"]);
	const asked = told.now();
	told.answer("s", "retry");
	assert.equal(told.wait("s").kind, "state");
	assert.equal(told.wait("s").timers["give-up"], fromMs(Temporal.Instant.from(asked).epochMilliseconds + 1000 + HOUR));
});
