/**
 * What an answer leaves behind: who said what, which doubts and ways on are shown, what is ticked, and what an approval, a
 * plan that cannot be made and a plan that must not be approved ask for.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toMs } from "../../src/base/time.ts";
import type { NewEvent, Plan, StandingUse } from "../../src/engine/event.ts";
import { pending } from "../../src/engine/pending.ts";
import { view } from "../../src/engine/view.ts";
import type { Step } from "../../src/sop/sop.ts";
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
	make,
	never,
	planFor,
	refused,
	size,
	sopFor,
	stays,
	tell,
	unknown,
} from "./stage.ts";

const task = (more: object = {}): Step => {
	return { ...base, id: "t", name: "T", kind: "task", to: ["desk"], checklist: ["a", "b"], evidence: true, ...more };
};
const standing: StandingUse = { id: "s", by: "di", until: "2027-01-01", used: 1, of: 3, words: "In advance" };

function guarded(more = {}, steps: readonly Step[] = [doStep("a")]) {
	return tell(sopFor([approveStep(["a"], more), ...steps]));
}

test("an answer to a run that stops or is over is told so", () => {
	const told = tell(sopFor([beside("p", freeStep("a"), stays)]));
	const { id } = told.wait("q");
	const answer: NewEvent = {
		...{ kind: "answered", wait: id, verb: "submit", by: "di", as: "hr", values: {}, via: "web" },
	};
	told.began("a", [make]);
	told.steer("cancel");
	const stopping = told.send(answer).reason;
	told.ended("a", done());
	assert.deepEqual([stopping, told.send(answer).reason], [stopping, { code: "stale", words: "This run is over." }]);
	assert.equal(stopping?.words, "This run is over.");
	const over = tell(sopFor([stays]));
	over.answer("q", "submit");
	assert.deepEqual(over.send(answer).reason, { code: "stale", words: "This run is over." });
});

test("a claim names who is at it and changes nothing else", () => {
	const told = tell(sopFor([freeStep("a")]));
	told.ended("a", refused(false));
	const before = told.wait("a");
	told.answer("a", "claim", "tia");
	assert.deepEqual(told.wait("a"), { ...before, claimedBy: "tia" });
});

test("a skip without a word was chosen; a stop keeps who said it, with what words, and tries nothing more", () => {
	const stuck = () => {
		const told = tell(sopFor([freeStep("a"), stays]));
		told.ended("a", refused(false));
		return told;
	};
	const skipped = stuck();
	skipped.answer("a", "skip", "tia", { words: "" });
	assert.deepEqual([skipped.state("a").why, skipped.state("a").by], ["chosen", "tia"]);
	for (const words of ["Not today.", ""]) {
		const stopped = stuck();
		stopped.answer("a", "stop", "tia", { words });
		assert.deepEqual(stopped.run().stopping, { at: stopped.now(), by: "tia", words, cause: "cancel" });
		assert.deepEqual([stopped.state("a").state, stopped.state("a").attempt], ["stopped", 1]);
	}
});

test("sent back without a word says so, and by whom", () => {
	const told = guarded();
	told.planned("approve", planFor([entry("a", [make])]));
	told.answer("approve", "send-back", "mo", { words: "" });
	assert.deepEqual([told.wait("approve").problem?.code, told.state("approve").by], ["sent-back", "mo"]);
	assert.equal(told.wait("approve").problem?.message, "It was sent back without a word why.");
});

test("a task is complete when all is ticked, whoever ticked it; the first to tick has claimed it", () => {
	const told = tell(sopFor([task(), stays]));
	told.answer("t", "complete", "di", { checked: "1, 7" });
	assert.deepEqual([told.wait("t").checked, told.wait("t").claimedBy], [["1"], "di"]);
	told.answer("t", "complete", "tia", { checked: ["0", 1] });
	assert.deepEqual([told.wait("t").checked, told.wait("t").claimedBy], [["0"], "di"]);
	told.answer("t", "complete", "tia", { checked: " 0 ,1", evidence: "photo" });
	assert.deepEqual(
		[told.state("t").state, told.state("t").by, told.state("t").output],
		["done", "tia", { evidence: "photo" }],
	);
	const long = tell(sopFor([task({ checklist: Array.from({ length: 11 }, (_, i) => `item ${i}`) }), stays]));
	long.answer("t", "complete", "di", { checked: "10" });
	assert.deepEqual(long.wait("t").checked, ["10"]);
	const bare = tell(sopFor([task(), stays]));
	bare.answer("t", "complete", "di");
	assert.deepEqual([bare.state("t").state, "output" in bare.state("t")], ["done", false]);
});

test("choices add up: each takes what it offers, keeps what was chosen before and asks a word only where it offers none", () => {
	const told = guarded({}, [doStep("a"), doStep("b")]);
	const choice = (id: string, given: object) => ({ id, words: id, with: given as never });
	const problem = (path: string, ...choices: ReturnType<typeof choice>[]) => ({
		path,
		code: "c",
		message: "m",
		choices,
	});
	const plan = (...problems: Plan["problems"]) => planFor([entry("a", [])], { problems });
	told.planned(
		"approve",
		plan(problem("a", choice("name", { name: null }), choice("x", { size: 1 })), problem("b", choice("x", {}))),
	);
	told.answer("approve", "choose", "mo", { choice: "x", with: { size: "typed" } });
	assert.deepEqual(told.run().overrides, { a: { size: 1 } });
	told.planned("approve", plan(problem("a", choice("name", { name: null })), problem("b", choice("y", { why: "" }))));
	told.answer("approve", "choose", "mo", { choice: "name", with: { name: "ada2", size: "typed" } });
	assert.deepEqual(told.run().overrides, { a: { size: 1, name: "ada2" } });
	told.planned("approve", plan(problem("b", choice("y", { why: "" }))));
	told.answer("approve", "choose", "mo", { choice: "y", with: { why: 7 } });
	assert.deepEqual(told.run().overrides, { a: { size: 1, name: "ada2" }, b: { why: "" } });
});

test("what another step may have written is no doubt of this one", () => {
	const told = tell(sopFor([beside("p", freeStep("a", { action: never }), freeStep("b"))]));
	told.began("a", [change("send:mo")]);
	told.ended("a", unknown());
	told.ended("b", refused(false));
	assert.deepEqual([told.wait("a").problem?.doubt, told.wait("b").problem?.doubt], [["send:mo#thing"], []]);
});

test("a step that performs nothing can be skipped or end the run, not be tried again or be done by hand", () => {
	const each: Step = { ...base, id: "e", name: "E", kind: "each", list: "form.no", atOnce: 1, atMost: 5, steps: [] };
	assert.deepEqual(tell(sopFor([each])).wait("e").verbs, ["skip", "stop", "claim"]);
});

test("a step that is taken back is remembered by its count of tries and what was asked, and goes on from there", () => {
	const told = tell(sopFor([freeStep("a"), stays]));
	told.ended("a", { kind: "done", applied: [], output: { id: 1 }, proof: [] });
	const { epoch } = told.state("a");
	told.amend({ value: "v1" });
	assert.deepEqual(told.run().before, { a: { epoch, attempt: 1, name: "Do a", output: { id: 1 } } });
	assert.ok(told.state("a").epoch > epoch, "an old button stays old");
	assert.deepEqual([told.state("a").attempt, told.state("a").output], [2, undefined]);
	told.ended("a", refused(false));
	told.fire("a", "remind");
	const asked = told.state("a").epoch;
	told.amend({ value: "v2" });
	assert.deepEqual(told.run().before?.a, { epoch: asked, attempt: 2, name: "Do a", had: ["question"], rings: 1 });
});

test("an approval in advance is recorded as such, and only the first time", () => {
	const told = guarded({}, [doStep("a"), stays]);
	const pass = (plan: Plan) => told.send({ kind: "planned", wait: told.wait("approve").id, plan, standing });
	pass(planFor([entry("a", [make], {}), entry("b", [], { destructive: true })]));
	const { by, why, state } = told.state("approve");
	assert.deepEqual([state, by, why], ["done", "di", "standing"]);
	assert.deepEqual(
		told.run().approvals.map((a) => [a.path, a.by, a.standing]),
		[["approve", ["di"], standing]],
	);
	told.amend({ value: "v1" });
	pass(planFor([entry("a", [size])]));
	assert.deepEqual([told.state("approve").state, told.wait("approve").kind], ["waiting", "approval"]);
	const asked = guarded();
	asked.planned("approve", planFor([entry("a", [make])]));
	asked.answer("approve", "approve");
	const given = asked.run().approvals[0];
	assert.equal(given !== undefined && "standing" in given, false);
	assert.deepEqual([given?.wait, given?.at], ["approve#3", asked.now()]);
});

test("a plan for a question that moved on changes nothing", () => {
	const told = guarded();
	const old = told.wait("approve").id;
	const plan = planFor([entry("a", [make])]);
	told.planned("approve", plan);
	const run = told.run();
	for (const wait of [old, told.wait("approve").id, "nowhere#1"]) {
		assert.equal(told.send({ kind: "planned", wait, plan }).run, run, wait);
		assert.equal(told.send({ kind: "plan-failed", wait, problems: [] }).run, run, wait);
	}
});

test("a plan with problems is shown to whoever can mend it, with the ways on there are", () => {
	const stuck = (...choices: readonly (readonly string[])[]) => {
		const told = guarded();
		const problems = choices.map((ids) => ({
			...{ path: "a", code: "c", message: "m" },
			choices: ids.map((id) => ({ id, words: id, with: {} })),
		}));
		told.planned("approve", planFor([entry("a", [make])], { problems }));
		return told.wait("approve");
	};
	assert.deepEqual(stuck([]).verbs, ["retry", "send-back"]);
	assert.deepEqual(stuck([], ["x"]).verbs, ["choose", "retry", "send-back"]);
	assert.deepEqual([stuck([]).who, stuck([]).problems?.length], [["requester", "owner", "it-lead"], 1]);
	const sop = sopFor([approveStep(["a"]), doStep("a")]);
	const shown = tell(sop);
	const problems = [{ path: "a", code: "c", message: "Nothing is written there.", choices: [] }];
	shown.planned("approve", planFor([entry("a", [make, size])], { problems }));
	const cards = view(sop, shown.run()).map((message) => message.data);
	const card = cards.find(({ lead }) => lead.some((line) => line === "Nothing is written there."));
	assert.deepEqual(
		card?.lines.map(({ text }) => text),
		[make.words, size.words],
		"the whole plan stands on the card that says why it cannot be approved",
	);
	const fine = guarded();
	fine.planned("approve", planFor([entry("a", [make])]));
	const { who, covered, votes } = fine.wait("approve");
	assert.deepEqual([who, covered, votes, "problems" in fine.wait("approve")], [["it-lead"], [], [], false]);
});

test("what is asked again shows what was approved before as covered, by whatever approval", () => {
	const told = guarded({}, [doStep("a"), stays]);
	told.planned("approve", planFor([entry("a", [make])]));
	told.answer("approve", "approve");
	told.began("a", [make, size]);
	told.answer("a", "approve");
	told.amend({ value: "v1" });
	const name = change("set:x#name", { before: 0, after: 1 });
	told.planned("approve", planFor([entry("a", [make, size, name])]));
	assert.deepEqual(told.wait("approve").covered, [make.id, size.id]);
});

test("a plan that could not be made is tried again with growing pauses where it may help, four times", () => {
	const told = guarded();
	const problems = [{ path: "a", code: "down", message: "The directory is down.", choices: [] }];
	const fail = (more = {}) => {
		told.send({ kind: "plan-failed", wait: told.wait("approve").id, problems, retryable: true, ...more });
		const due = told.wait("approve").timers.again;
		return due === undefined ? undefined : toMs(due) - toMs(told.now());
	};
	const pauses = [fail()];
	assert.deepEqual(
		told.effects().map((e) => e.kind),
		["timer"],
	);
	for (const more of [{}, { retryAfterMs: 30_000 }, { retryAfterMs: 10 }]) {
		told.fire("approve", "again");
		assert.deepEqual(
			told.effects().map((e) => e.kind),
			["plan"],
		);
		pauses.push(fail(more));
	}
	assert.deepEqual(pauses, [2000, 4000, 30_000, 16_000]);
	const said = { kind: "refused", code: "down", message: "The directory is down.", at: told.now(), attempt: 4 };
	assert.deepEqual(told.state("approve").last, said);
	told.fire("approve", "again");
	assert.equal(fail(), undefined);
	const { kind, who, verbs, problem } = told.wait("approve");
	assert.deepEqual([kind, who, verbs], ["question", ["owner"], ["retry", "stop", "claim"]]);
	assert.deepEqual([problem?.code, problem?.message], ["down", "The directory is down. Nothing has changed."]);
});

test("a plan that cannot be made is asked at once, even when nothing says why", () => {
	const told = guarded();
	told.send({ kind: "plan-failed", wait: told.wait("approve").id, problems: [] });
	const { kind, problem } = told.wait("approve");
	assert.deepEqual([kind, problem?.code], ["question", "plan-failed"]);
	assert.equal(problem?.message, "The plan could not be made. Nothing has changed.");
	assert.equal(told.state("approve").last?.code, "plan-failed");
});

test("an approval without a length of its own holds a day when an entry that changes something destroys", () => {
	const holds = (plan: Plan) => {
		const told = guarded();
		told.planned("approve", plan);
		told.answer("approve", "approve");
		return toMs(told.run().approvals[0]?.until ?? "") - toMs(told.now());
	};
	assert.equal(holds(planFor([entry("a", [make], { destructive: true })])), DAY);
	assert.equal(holds(planFor([entry("a", [], { destructive: true })])), 14 * DAY);
	assert.equal(holds(planFor([entry("a", [make], { destructive: true }), entry("b", [size])])), DAY);
});

test("what is under way is not wanted again; what a pause holds back is wanted after it", () => {
	const sop = sopFor([freeStep("a"), freeStep("b", { onFailure: "undo" })]);
	const told = tell(sop);
	const wanted = () => pending(sop, told.run()).map((e) => e.kind);
	assert.deepEqual(wanted(), ["attempt"]);
	told.began("a", [make]);
	assert.deepEqual(wanted(), []);
	told.ended("a", done(make.id));
	told.began("b", [size]);
	told.steer("pause");
	told.ended("b", refused(false));
	assert.deepEqual([told.run().stopping?.cause, wanted()], ["undo", []]);
	told.steer("resume");
	assert.deepEqual(wanted(), ["start"]);
});

test("a paused run asks for no child runs until it goes on", () => {
	const run: Step = { ...base, id: "r", name: "R", kind: "run", sop: "sub", with: {} };
	const sop = sopFor([stays, run]);
	const told = tell(sop);
	told.answer("q", "submit");
	assert.deepEqual(
		pending(sop, told.run()).map((e) => e.kind),
		["start"],
	);
	told.steer("pause");
	assert.deepEqual(pending(sop, told.run()), []);
	assert.deepEqual(
		told.steer("resume").effects.map((e) => e.kind),
		["start"],
	);
});
