/**
 * The SOP that turns a run round: who approves it, what each of its steps is given, and that what was sent, or sent before,
 * is left alone.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerEntry, StartRequest } from "../../src/engine/event.ts";
import { guarded, undoable, undoRequest, undoSop } from "../../src/engine/undo.ts";
import type { Step } from "../../src/sop/sop.ts";
import {
	approveStep,
	base,
	change,
	done,
	doStep,
	freeStep,
	HOUR,
	make,
	never,
	planFor,
	refused,
	settle,
	sopFor,
	stays,
	tell,
	tellStep,
} from "./stage.ts";

const size = change("set:y#size", { before: 0, after: 1 });
const by = { by: "mo", via: "web", key: "u" } as const;

function worked(steps: readonly Step[] = [freeStep("a"), freeStep("b"), freeStep("c", { action: never })]) {
	const sop = sopFor(steps);
	const told = tell(sop);
	told.began("a", [make]);
	told.ended("a", done(make.id));
	told.began("b", [size]);
	told.ended("b", done(size.id));
	return { sop, told };
}

test("what was sent stays sent: only the rest is turned round, newest first", () => {
	const { told } = worked();
	told.began("c", [change("send:mo")]);
	told.ended("c", done("send:mo#thing"));
	assert.equal(told.run().ledger.length, 3);
	assert.deepEqual(
		undoable(told.run()).map((e) => e.change.id),
		[size.id, make.id],
	);
});

test("whoever approves in the SOP approves its undo, and its owner where nobody does", () => {
	const { sop, told } = worked();
	assert.deepEqual(undoRequest(sop, told.run(), by).undo?.approvers, ["owner"]);
	const approved = sopFor([approveStep(["a"], { by: ["it-lead", "hr"] }), doStep("a")]);
	assert.deepEqual(undoRequest(approved, tell(approved).run(), by).undo?.approvers, ["it-lead", "hr"]);
});

test("as many approve an undo as had to approve any of what it undoes, in a part too", () => {
	const first = approveStep(["a"]);
	const second = approveStep(["b"], { id: "second", by: ["owner", "hr"], need: 2 });
	const steps = [first, doStep("a"), second, doStep("b", { guard: { id: "second", depth: 0 } })];
	const sop = sopFor(steps);
	const entries = (...paths: readonly string[]): readonly LedgerEntry[] =>
		paths.map((path) => {
			const at = "2026-06-01T00:00:00.000Z";
			return { path, attempt: 1, action: "thing.make", input: {}, change: make, state: "applied", at };
		});
	const asked = (ledger: readonly LedgerEntry[], of = sop) => {
		const request = undoRequest(of, { ...tell(of).run(), ledger }, by);
		const [approve] = undoSop(of, request).steps;
		assert.ok(approve?.kind === "approve");
		return { by: approve.by, need: approve.need };
	};
	assert.deepEqual(asked(entries("a")), { by: ["it-lead"], need: 1 });
	assert.deepEqual(asked(entries("a", "b", "a")), { by: ["owner", "hr"], need: 2 });
	const whole = sopFor([{ ...base, id: "r", name: "R", kind: "run", sop: "part", with: {} }]);
	const told = guarded(sop, entries("b")).map((entry) => ({ ...entry, path: `r.${entry.path}` }));
	assert.deepEqual(asked(told, whole), { by: ["owner", "hr"], need: 2 });
	const old = entries("b").map((entry) => ({ ...entry, path: `r.${entry.path}` }));
	assert.deepEqual(asked(old, whole), { by: ["owner"], need: 1 }, "in a run from before that was kept");
});

test("an undo asks for one run's ledger in its own words", () => {
	const { sop, told } = worked();
	const { entries, ...rest } = undoRequest(sop, told.run(), by).undo ?? assert.fail("no undo");
	assert.deepEqual([rest, entries], [{ of: "RUN", approvers: ["owner"] }, undoable(told.run())]);
	const { undo: _undo, ...request } = undoRequest(sop, told.run(), by);
	assert.deepEqual(request, { ...by, client: "sim", sop: "test", form: { value: "v0" } });
});

test("the SOP of an undo is one approval for a day and one destructive step for each change, tried and proved like others", () => {
	const { sop, told } = worked();
	const undo = undoSop(sop, undoRequest(sop, told.run(), by));
	assert.deepEqual(
		[undo.title, undo.undoes, undo.unique, undo.starts, undo.form, undo.outputs],
		["Undo of test", "RUN", [], [], [], {}],
	);
	const [approve, first, second] = undo.steps;
	assert.deepEqual(approve, {
		...{ ...base, id: "approve", name: "Approve the undo", kind: "approve", by: ["owner"], need: 1 },
		...{ valid: { clock: "wall", ms: 24 * HOUR }, guards: ["u0", "u1"], destructive: true },
		remind: { clock: "working", ms: 2 * HOUR },
	});
	assert.deepEqual(first, {
		...{
			...base,
			id: "u0",
			name: "Undo: ${undo[0].change.words}",
			kind: "do",
			action: { ...settle, destructive: true },
		},
		with: { $undo: "${undo[0].change}", $input: "${undo[0].input}", $at: "${undo[0].at}" },
		...{ retry: { attempts: 4, firstMs: 1000, mostMs: 60_000 }, timeoutMs: 30_000, proveWithinMs: 30_000 },
		guard: { id: "approve", depth: 0 },
	});
	assert.equal(second?.id, "u1");
});

test("each step of an undo is given the change it turns round, with its input and its time, and is named by its words", () => {
	const { sop, told } = worked();
	const request = undoRequest(sop, told.run(), by);
	const undo = tell(undoSop(sop, request), {}, request);
	undo.pass(HOUR);
	undo.planned("approve", planFor([]));
	undo.answer("approve", "approve", "di");
	const [newest] = undoable(told.run());
	const { try: begun, name } = undo.state("u0");
	assert.deepEqual(begun?.input, { $undo: size, $input: { value: "v0" }, $at: newest?.at });
	assert.equal(name, "Undo: set:y#size");
});

test("an undo is its own definition, the same for the same run and another for another", () => {
	const { sop, told } = worked();
	const request = undoRequest(sop, told.run(), by);
	const of = (run: string): StartRequest => ({ ...request, undo: { of: run, entries: [], approvers: [] } });
	const { definition } = undoSop(sop, of("RUN"));
	assert.equal(undoSop(sop, of("RUN")).definition, definition);
	const others = [undoSop(sop, of("OTHER")).definition, undoSop({ ...sop, definition: "d2" }, of("RUN")).definition];
	assert.equal(new Set([definition, sop.definition, ...others]).size, 4);
});

test("what a mail or a sub-SOP changed is turned round by its own action, with the longest settling where none is known", () => {
	const sop = sopFor([stays]);
	const entries = [
		{
			path: "r.inner",
			attempt: 1,
			action: "thing.join",
			input: {},
			change: make,
			state: "applied",
			at: "2026-01-01T00:00:00.000Z",
		},
	] as const;
	const request = {
		client: "sim",
		sop: "test",
		form: {},
		...by,
		undo: { of: "RUN", entries, approvers: ["owner"] },
	} as const;
	const [, step] = undoSop(sop, request).steps;
	assert.ok(step?.kind === "do");
	assert.deepEqual(step.action, {
		...{ name: "thing.join", repeat: { kind: "settle", ms: 30_000 }, writes: true, destructive: true },
	});
	const mail = { action: never, with: {}, timeoutMs: 1 };
	const of = { ...request, undo: { ...request.undo, entries: [{ ...entries[0], path: "r" }] } };
	const [, turned] = undoSop(sopFor([tellStep("r", mail)]), of).steps;
	assert.deepEqual(turned?.kind === "do" && turned.action, { ...never, destructive: true });
});

test("a run that undoes itself orders that once, in its own name, as part of nothing", () => {
	const { told } = worked([freeStep("a"), freeStep("b"), freeStep("c", { onFailure: "undo" })]);
	told.ended("c", refused(false));
	const [start] = told.effects();
	assert.ok(start?.kind === "start" && told.effects().length === 1);
	const { key, by: asker, via, parent } = start.request;
	assert.deepEqual([key, asker, via, parent], ["undo:RUN", "harriet", "web", { run: "RUN", path: "" }]);
	assert.equal(told.run().stopping?.undo?.run, start.child);
	told.send({ kind: "child-ended", child: "another", phase: "done", outputs: {} });
	assert.equal(told.run().ended, undefined);
	told.send({ kind: "child-ended", child: start.child, phase: "failed", outputs: {} });
	assert.deepEqual([told.run().stopping?.undo?.phase, told.run().ended?.phase], ["failed", "failed"]);
});

test("what went out once with these very words does not go out again, whatever else was sent by it or by others", () => {
	const send = change("send:mo");
	const first = freeStep("a", { action: never });
	const told = tell(sopFor([first, freeStep("b", { action: never }), stays]));
	told.began("a", [send]);
	told.ended("a", { kind: "done", applied: [send.id], output: { id: 1 }, proof: [] });
	told.amend({ other: 1 });
	assert.deepEqual(told.state("a").output, { id: 1 }, "what it gave then it still gives");
	assert.deepEqual([told.state("a").why, told.state("b").state], ["sent-before", "running"], "b has sent nothing yet");
	told.amend({ value: "v1" });
	told.began("a", [change("send:mo", { after: "v1" })]);
	told.ended("a", done(send.id));
	told.amend({ value: "v0" });
	assert.deepEqual([told.state("a").state, told.state("a").why], ["done", "sent-before"]);
});
