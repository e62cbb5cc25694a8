/**
 * One attempt, as the performer makes it: nothing before go, every way out one outcome, and no write twice.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { UnavailableError } from "../../../src/base/errors.ts";
import type { Values } from "../../../src/base/json.ts";
import { fromMs, toMs } from "../../../src/base/time.ts";
import type { Action, Obstacle, World } from "../../../src/engine/action.ts";
import type { Change, NewEvent, Outcome } from "../../../src/engine/event.ts";
import { createPerformer, type Note } from "../../../src/engine/performer/performer.ts";
import type { Receipt } from "../../../src/engine/ports.ts";
import { RemoteError } from "../../../src/engine/remote.ts";
import type { Run } from "../../../src/engine/run.ts";
import type { Sop } from "../../../src/sop/sop.ts";

const lamp = (n: number): Change => ({
	id: `set:lamp${n}#on`,
	kind: "set",
	target: `lamp${n}`,
	facet: "on",
	words: `Light lamp ${n}`,
	detail: "",
});

/** Lamps in a room: each change lights one. */
type Room = {
	readonly lit: Set<string>;
	/** How many looks see the room as it was before. */
	blind: number;
	looks: number;
	readonly applied: string[];
	look?: () => Promise<void>;
	apply?: (change: Change, world: World) => Promise<Outcome | undefined>;
	obstacle?: Obstacle;
};

function room(more: Partial<Room> = {}): Room {
	return { lit: new Set(), blind: 0, looks: 0, applied: [], ...more };
}

function actionFor(at: Room, repeat: Action["repeat"] = { kind: "replace" }): Action {
	const wanted = [lamp(1), lamp(2)];
	return {
		name: "room.light",
		about: "",
		input: z.object({ token: z.exactOptional(z.object({ $secret: z.string() })), note: z.exactOptional(z.string()) }),
		output: z.object({}),
		repeat,
		writes: true,
		defaults: {},
		async look() {
			at.looks++;
			await at.look?.();
			const blind = at.applied.length > 0 && at.blind-- > 0;
			return { lit: blind ? [] : [...at.lit] };
		},
		plan(_input, facts) {
			if (at.obstacle !== undefined) return { changes: [], promises: {}, obstacle: at.obstacle };
			const lit = facts.lit as readonly string[];
			return { changes: wanted.filter((change) => !lit.includes(change.id)), promises: {} };
		},
		prove: () => ({ output: { lamps: 2 }, proof: [{ words: "Both lamps are lit", detail: "", ok: true }] }),
		async apply(change, _input, world) {
			const other = await at.apply?.(change, world);
			if (other !== undefined) return other;
			at.applied.push(change.id);
			at.lit.add(change.id);
			return { kind: "done", applied: [change.id], output: {}, proof: [] };
		},
	};
}

type Told = {
	readonly events: readonly NewEvent[];
	readonly keys: readonly string[];
	readonly outcome?: Outcome;
	readonly notes: readonly Note[];
	readonly waits: readonly number[];
};
type Given = {
	readonly action: Action;
	readonly input?: Values;
	readonly mode?: "apply" | "look";
	readonly receipt?: Partial<Receipt>;
	readonly run?: Partial<Run>;
	readonly timeoutMs?: number;
	readonly proveWithinMs?: number;
	readonly signal?: AbortSignal;
	readonly worldOf?: () => World;
	/** How many deliveries the host cannot take at first. */
	readonly full?: number;
};

async function perform(given: Given): Promise<Told> {
	const events: NewEvent[] = [];
	const keys: string[] = [];
	const notes: Note[] = [];
	const waits: number[] = [];
	let full = given.full ?? 0;
	let now = toMs("2026-11-22T12:00:00.000Z");
	const performer = createPerformer({
		actions: { get: (name) => (name === given.action.name ? given.action : undefined), known: () => ({}) },
		worldOf: given.worldOf ?? (() => ({}) as World),
		standing: async () => undefined,
		clock: { now: () => fromMs(now) },
		log: (note) => notes.push(note),
		wait: async (ms) => {
			waits.push(ms);
			now += ms;
		},
	});
	const run = { id: "r", steps: {}, ledger: [], ...given.run } as unknown as Run;
	await performer.perform(
		{
			run,
			sop: {} as Sop,
			effect: {
				kind: "attempt",
				step: "light",
				attempt: 1,
				action: "room.light",
				input: given.input ?? {},
				mode: given.mode ?? "apply",
				timeoutMs: given.timeoutMs ?? 5_000,
				proveWithinMs: given.proveWithinMs ?? 1_000,
			},
		},
		{
			read: async () => undefined,
			deliver: async (_run, event, key) => {
				if (full-- > 0) throw new UnavailableError("disk-full", "The disk is full.");
				events.push(event);
				keys.push(key);
				const verdict = event.kind === "attempt-began" ? "go" : "accepted";
				return { run: "r", seq: events.length, outcome: "accepted", verdict, ...given.receipt };
			},
		},
		given.signal ?? new AbortController().signal,
	);
	const ended = events.find((event) => event.kind === "attempt-ended");
	return { events, keys, notes, waits, ...(ended === undefined ? {} : { outcome: ended.outcome }) };
}

test("it looks, begins with its changes, applies them in order and proves them", async () => {
	const at = room();
	const told = await perform({ action: actionFor(at), input: { note: "x" } });
	assert.deepEqual(told.keys, ["began:light/1", "ended:light/1"]);
	const [began] = told.events;
	assert.ok(began?.kind === "attempt-began");
	assert.deepEqual([began.changes.map((c) => c.id), began.input], [[lamp(1).id, lamp(2).id], { note: "x" }]);
	assert.deepEqual(at.applied, [lamp(1).id, lamp(2).id]);
	assert.deepEqual(told.outcome, {
		kind: "done",
		applied: [lamp(1).id, lamp(2).id],
		output: { lamps: 2 },
		proof: [{ words: "Both lamps are lit", detail: "", ok: true }],
	});
});

test("without go nothing is written and nothing more is said", async () => {
	const at = room();
	const told = await perform({
		action: actionFor(at),
		receipt: { verdict: "no", reason: { code: "cancelled", words: "" } },
	});
	assert.deepEqual([at.applied, told.keys], [[], ["began:light/1"]]);
});

test("an attempt that had begun before is unknown, and nothing is written", async () => {
	const changes = [lamp(1)];
	const begun = { mode: "apply", input: {}, startedAt: "", begun: { at: "", changes } } as const;
	const run = { steps: { light: { attempt: 1, try: begun } } } as unknown as Partial<Run>;
	for (const given of [
		{ receipt: { verdict: "no", reason: { code: "begun-already", words: "" } } } as const,
		{ receipt: { verdict: "go", outcome: "duplicate" } } as const,
		{ run },
	]) {
		const at = room();
		const told = await perform({ action: actionFor(at), ...given });
		assert.ok(told.outcome?.kind === "unknown");
		assert.deepEqual([told.outcome.code, at.applied], ["begun-elsewhere", []]);
		assert.notEqual(told.keys.at(-1), "ended:light/1", "the true outcome may still come");
	}
});

test("an obstacle ends the try before it begins, with the ways on", async () => {
	const choices = [{ id: "wait", words: "Wait", with: {} }];
	const at = room({ obstacle: { code: "dark", message: "There is no power. Nothing changed.", choices } });
	const told = await perform({ action: actionFor(at) });
	assert.ok(told.outcome?.kind === "refused");
	assert.deepEqual([told.outcome.code, told.outcome.choices, told.keys], ["dark", choices, ["ended:light/1:unbegun"]]);
});

test("an empty plan still begins, and is done with its proof", async () => {
	const at = room({ lit: new Set([lamp(1).id, lamp(2).id]) });
	const told = await perform({ action: actionFor(at) });
	const [began] = told.events;
	assert.ok(began?.kind === "attempt-began");
	assert.deepEqual([began.changes, told.outcome?.kind, told.outcome?.applied], [[], "done", []]);
});

test("a change that is refused or unknown stops the rest and names what was applied", async () => {
	for (const kind of ["refused", "unknown"] as const) {
		const at = room({
			apply: async (change) =>
				change.id === lamp(2).id
					? kind === "unknown"
						? { kind, applied: [], code: "lost" }
						: { kind, applied: [], code: "no", message: "No. Nothing changed.", retryable: false }
					: undefined,
		});
		const told = await perform({ action: actionFor(at) });
		assert.equal(told.outcome?.kind, kind);
		assert.deepEqual(told.outcome?.applied, [lamp(1).id]);
		if (told.outcome?.kind === "refused") assert.equal(told.outcome.message, "No. Nothing else changed.");
	}
});

test("a read-back that the other side puts off is made when it may be; what was applied is told", async () => {
	const busy = (retryAfterMs: number) => async (at: Room) => {
		if (at.applied.length === 0 || at.looks > 3) return;
		throw new RemoteError({ kind: "unsent", code: "throttled", detail: "", retryAfterMs });
	};
	for (const [ms, kind] of [
		[800, "done"],
		[315_000, "refused"],
	] as const) {
		const at = room();
		const held = busy(ms);
		at.look = () => held(at);
		const { outcome } = await perform({ action: actionFor(at) });
		assert.deepEqual([outcome?.kind, outcome?.applied, at.applied.length], [kind, [lamp(1).id, lamp(2).id], 2]);
		if (outcome?.kind !== "refused") continue;
		assert.deepEqual([outcome.code, outcome.retryable, outcome.retryAfterMs], ["throttled", true, ms]);
	}
});

test("a read-back is awaited with growing pauses, and never writes again", async () => {
	const at = room({ blind: 3 });
	const told = await perform({ action: actionFor(at) });
	assert.equal(told.outcome?.kind, "done");
	assert.deepEqual([told.waits, at.applied.length], [[100, 200, 400], 2]);
	const never = room({ blind: 99 });
	const failed = await perform({ action: actionFor(never) });
	assert.equal(failed.outcome?.kind, "not-yet");
	assert.deepEqual(failed.outcome?.applied, [lamp(1).id, lamp(2).id]);
	assert.equal(never.applied.length, 2);
	assert.equal(
		failed.waits.reduce((sum, ms) => sum + ms, 0),
		1_000,
	);
});

test("what a read was told decides whether the try may be made again", async () => {
	const said = [
		[{ kind: "unsent", code: "unreachable", detail: "" } as const, true],
		[{ kind: "unknown", code: "lost", detail: "" } as const, true],
		[{ kind: "refused", status: 403, code: "no-rights", message: "No.", retryable: false, detail: "" } as const, false],
	] as const;
	for (const [answer, retryable] of said) {
		const at = room({ look: () => Promise.reject(new RemoteError(answer)) });
		const told = await perform({ action: actionFor(at) });
		assert.ok(told.outcome?.kind === "refused");
		assert.deepEqual([told.outcome.code, told.outcome.retryable], [answer.code, retryable]);
	}
});

test("time that runs out before a write is a refusal, and during one a doubt", async () => {
	const hang = () => new Promise<never>(() => {});
	const before = await perform({ action: actionFor(room({ look: hang })), timeoutMs: 20 });
	assert.ok(before.outcome?.kind === "refused");
	assert.deepEqual([before.outcome.code, before.outcome.retryable], ["timeout", true]);
	const during = await perform({ action: actionFor(room({ apply: hang })), timeoutMs: 20 });
	assert.ok(during.outcome?.kind === "unknown");
	assert.equal(during.outcome.code, "timeout");
});

test("a bug is logged and reported: nothing changed before begin, a doubt after it", async () => {
	const bug = async () => {
		throw new TypeError("undefined is not a lamp");
	};
	const before = await perform({ action: actionFor(room({ look: bug })) });
	assert.ok(before.outcome?.kind === "refused");
	assert.deepEqual([before.outcome.code, before.outcome.retryable, before.notes.length], ["bug", false, 1]);
	const after = await perform({ action: actionFor(room({ apply: bug })) });
	assert.ok(after.outcome?.kind === "unknown");
	assert.deepEqual([after.outcome.code, after.notes.length], ["bug", 1]);
	assert.ok(!JSON.stringify([before.events, after.events]).includes('lamp"'), "what a bug says is for the log only");
});

test("a secret that is not a reference stops the step and is not repeated", async () => {
	const told = await perform({ action: actionFor(room()), input: { token: "hunter2-canary" } });
	assert.ok(told.outcome?.kind === "refused");
	assert.equal(told.outcome.code, "bad-input");
	assert.ok(!JSON.stringify([told.events, told.notes]).includes("hunter2-canary"));
});

test("a look only looks: not yet, or done with its proof", async () => {
	const at = room();
	const not = await perform({ action: actionFor(at), mode: "look" });
	assert.deepEqual([not.outcome?.kind, not.keys, at.applied], ["not-yet", ["ended:light/1"], []]);
	const lit = room({ lit: new Set([lamp(1).id, lamp(2).id]) });
	const so = await perform({ action: actionFor(lit), mode: "look" });
	assert.deepEqual([so.outcome?.kind, so.keys], ["done", ["ended:light/1"]]);
});

test("within the settling time of its own write, not being there is no evidence", async () => {
	const entry = { change: lamp(1), state: "maybe", at: "2026-11-22T11:59:50.000Z" };
	const run = { ledger: [entry] } as unknown as Partial<Run>;
	const at = room();
	const told = await perform({ action: actionFor(at, { kind: "settle", ms: 30_000 }), run });
	assert.ok(told.outcome?.kind === "refused");
	assert.deepEqual([told.outcome.code, told.outcome.retryAfterMs, at.applied], ["settling", 20_000, []]);
	const later = { ledger: [{ ...entry, at: "2026-11-22T11:59:30.000Z" }] } as unknown as Partial<Run>;
	const done = await perform({ action: actionFor(room(), { kind: "settle", ms: 30_000 }), run: later });
	assert.equal(done.outcome?.kind, "done");
});

test("a try that wrote nothing does not speak for an earlier one whose answer was lost", async () => {
	const obstacle = { code: "dark", message: "There is no power. Nothing changed. Switch it on.", choices: [] };
	const entry = { path: "light", change: lamp(1), state: "maybe", at: "2026-11-22T11:00:00.000Z" };
	const said: (string | undefined)[] = [];
	for (const one of [entry, { ...entry, state: "applied" }, { ...entry, path: "door" }]) {
		const run = { ledger: [one] } as unknown as Partial<Run>;
		const { outcome } = await perform({ action: actionFor(room({ obstacle })), run });
		said.push(outcome?.kind === "refused" ? outcome.message : outcome?.kind);
	}
	const still = "This try changed nothing; whether an earlier one did is not known.";
	assert.deepEqual(said, [`There is no power. ${still} Switch it on.`, obstacle.message, obstacle.message]);
});

test("a host that is stopping gets no new write", async () => {
	const stopped = AbortSignal.abort();
	const at = room();
	const told = await perform({ action: actionFor(at), signal: stopped });
	assert.deepEqual([told.events, at.applied], [[], []]);
	const stop = new AbortController();
	const half = room({
		apply: async (change) => {
			if (change.id === lamp(2).id) return undefined;
			half.applied.push(change.id);
			half.lit.add(change.id);
			stop.abort();
			return { kind: "done", applied: [change.id], output: {}, proof: [] };
		},
	});
	const cut = await perform({ action: actionFor(half), signal: stop.signal });
	assert.equal(cut.outcome?.kind, "unknown");
	assert.deepEqual(half.applied, [lamp(1).id]);
});

test("a world that cannot be built is a refusal, never a throw", async () => {
	const told = await perform({
		action: actionFor(room()),
		worldOf: () => {
			throw new RemoteError({
				kind: "refused",
				status: 0,
				code: "no-such-client",
				message: "No.",
				retryable: false,
				detail: "",
			});
		},
	});
	assert.ok(told.outcome?.kind === "refused");
	assert.equal(told.outcome.code, "no-such-client");
});

test("a host that cannot take it is offered it again, and nothing is written meanwhile", async () => {
	const at = room();
	const told = await perform({ action: actionFor(at), full: 3 });
	assert.deepEqual([told.outcome?.kind, told.waits.slice(0, 3)], ["done", [500, 1000, 2000]]);
	assert.deepEqual(told.keys, ["began:light/1", "ended:light/1"]);
	assert.equal(at.applied.length, 2);
});
