/**
 * The plan of an approval as the performer makes it: read only, many looks at once but never too many, and told either way.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import type { Action, World } from "../../../src/engine/action.ts";
import type { Effect } from "../../../src/engine/effect.ts";
import type { NewEvent } from "../../../src/engine/event.ts";
import { createPerformer } from "../../../src/engine/performer/performer.ts";
import { RemoteError } from "../../../src/engine/remote.ts";
import type { Run } from "../../../src/engine/run.ts";
import type { Sop, Step } from "../../../src/sop/sop.ts";
import { plainSop } from "../../fixtures/sop.ts";

const base = { let: {}, blocking: true, onFailure: "ask" } as const;
const facts = { name: "room.light", repeat: { kind: "replace" }, writes: true, destructive: false } as const;
const limits = { retry: { attempts: 1, firstMs: 1, mostMs: 1 }, timeoutMs: 1000, proveWithinMs: 1000 };
const guard = { id: "approve", depth: 0 };

/** Approve, then light as many lamps as the form names. */
function sopOf(guards: readonly string[]): Sop {
	const light: Step = {
		...{ ...base, ...limits, id: "light", name: "Light it", kind: "do", action: facts, guard },
		with: { lamp: ["$", "{item}"].join("") },
	};
	const steps: readonly Step[] = [
		{ ...base, id: "approve", name: "Approve", kind: "approve", by: ["owner"], need: 1, guards, destructive: false },
		{ ...base, id: "lamps", name: "Lamps", kind: "each", list: "form.lamps", atOnce: 4, atMost: 50, steps: [light] },
	];
	const calendar = { hours: {}, holidays: [] };
	const client = {
		id: "c",
		name: "C",
		timezone: "UTC",
		calendar,
		identity: "cloud",
		profiles: {},
		sandbox: true,
	} as const;
	return { ...plainSop, id: "s", title: "", definition: "d", client, steps };
}

function runOf(lamps: readonly string[]): Run {
	const at = "2026-11-22T12:00:00.000Z";
	const request = { client: "c", sop: "s", key: "k", by: "p", via: "web", form: { lamps } } as const;
	const rest = { subject: {}, steps: {}, overrides: {}, ledger: [], approvals: [], notes: [], outputs: {} };
	return {
		id: "r",
		client: "c",
		sop: "s",
		definition: "d",
		core: 1,
		seq: 1,
		request,
		startedAt: at,
		at,
		form: { lamps },
		...rest,
	};
}

function stage(look: (lamp: string) => Promise<void>) {
	const events: NewEvent[] = [];
	const keys: string[] = [];
	const worlds: World[] = [];
	const action: Action<{ readonly lamp: string }> = {
		name: "room.light",
		about: "",
		input: z.object({ lamp: z.string() }),
		output: z.object({}),
		repeat: facts.repeat,
		writes: true,
		defaults: {},
		async look({ lamp }, world) {
			worlds.push(world);
			await look(lamp);
			return {};
		},
		plan({ lamp }) {
			if (lamp === "broken") {
				return { changes: [], promises: {}, obstacle: { code: "broken", message: "It is broken.", choices: [] } };
			}
			const id = `set:${lamp}#on`;
			const words = `Light ${lamp}`;
			return {
				changes: [{ id, kind: "set", target: lamp, facet: "on", after: true, words, detail: "" }],
				promises: {},
			};
		},
		prove: () => ({ output: {}, proof: [] }),
		apply: () => assert.fail("a plan never writes"),
	};
	const performer = createPerformer({
		actions: { get: (name) => (name === action.name ? (action as Action) : undefined), known: () => ({}) },
		worldOf: () => ({}) as World,
		standing: async () => ({ id: "st", by: "di", until: "2027-01-01", used: 1, of: 5, words: "" }),
		clock: { now: () => "2026-11-22T12:00:00.000Z" },
		wait: async () => {},
	});
	const host = {
		read: async () => undefined,
		deliver: async (run: string, event: NewEvent, key: string) => {
			events.push(event);
			keys.push(key);
			return { run, seq: 1, outcome: "accepted", verdict: "accepted" } as const;
		},
	};
	return { performer, host, events, keys, worlds };
}

const effect: Extract<Effect, { kind: "plan" }> = { kind: "plan", wait: "approve#1", range: ["light"] };
const lampsOf = (count: number) => Array.from({ length: count }, (_, at) => `lamp${at}`);
const signal = new AbortController().signal;

test("a plan looks at many things at once, never more than eight, and writes nothing", async () => {
	let now = 0;
	let most = 0;
	const { performer, host, events, keys, worlds } = stage(async () => {
		most = Math.max(most, ++now);
		await new Promise((resolve) => setImmediate(resolve));
		now--;
	});
	await performer.perform({ run: runOf(lampsOf(30)), sop: sopOf(["lamps.light"]), effect }, host, signal);
	const [planned] = events;
	assert.ok(planned?.kind === "planned");
	assert.deepEqual([planned.plan.entries.length, most], [30, 8]);
	assert.ok(worlds.every((world) => world.lookOnly));
	assert.equal(planned.standing?.id, "st");
	assert.deepEqual(keys, [`planned:approve#1:${planned.plan.hash}`]);
});

test("an obstacle is a problem of the plan, which nobody approved in advance", async () => {
	const { performer, host, events } = stage(async () => {});
	await performer.perform({ run: runOf(["lamp1", "broken"]), sop: sopOf(["lamps.light"]), effect }, host, signal);
	const [planned] = events;
	assert.ok(planned?.kind === "planned");
	assert.deepEqual([planned.plan.problems.map((problem) => problem.code), planned.standing], [["broken"], undefined]);
});

test("a look that is not answered is told with its step, and how long to wait", async () => {
	const throttled = { kind: "refused", status: 429, code: "throttled", message: "Busy.", detail: "" } as const;
	const { performer, host, events } = stage(async (lamp) => {
		if (lamp === "lamp2") throw new RemoteError({ ...throttled, retryable: true, retryAfterMs: 7000 });
	});
	const run = runOf(lampsOf(4));
	await performer.perform({ run, sop: sopOf(["lamps.light"]), effect }, host, signal);
	const [told] = events;
	assert.ok(told?.kind === "plan-failed");
	assert.deepEqual([told.retryable, told.retryAfterMs], [true, 7000]);
	assert.deepEqual(
		told.problems.map(({ path, code }) => [path, code]),
		[["lamps[lamp2].light", "throttled"]],
	);
});

test("a plan without a run is only returned, and is the same plan", async () => {
	const { performer, host, events } = stage(async () => {});
	const run = runOf(lampsOf(3));
	const sop = sopOf(["lamps.light"]);
	const plan = await performer.plan(run, sop, effect, signal);
	assert.equal(events.length, 0);
	await performer.perform({ run, sop, effect }, host, signal);
	const [planned] = events;
	assert.ok(planned?.kind === "planned");
	assert.deepEqual(planned.plan, plan);
});
