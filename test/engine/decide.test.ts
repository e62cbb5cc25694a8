/**
 * Properties of the core over whole journals of the simulator: orders are the difference of what is wanted, folding is
 * deterministic and touches nothing, messages keep their keys, rings rise and closed ones stay closed.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/engine/decide.ts";
import { effectId } from "../../src/engine/effect.ts";
import type { RunEvent } from "../../src/engine/event.ts";
import { pending } from "../../src/engine/pending.ts";
import { phase } from "../../src/engine/phase.ts";
import type { Run } from "../../src/engine/run.ts";
import { view } from "../../src/engine/view.ts";
import type { Stored } from "../simulate/host.ts";
import { play } from "../simulate/play.ts";

const seeds = Array.from({ length: 24 }, (_, i) => 1000 + i);
const journals = Promise.all(seeds.map(journalsOf));

async function journalsOf(seed: number): Promise<readonly Stored[]> {
	const found = new Map<string, Stored>();
	await play(seed, undefined, (stored) => void found.set(stored.run.id, stored));
	return [...found.values()].slice(0, 6);
}

type Step = { readonly before: Run | undefined; readonly event: RunEvent; readonly stored: Stored };

async function* steps(): AsyncGenerator<Step & { readonly after: Run; readonly effects: readonly string[] }> {
	for (const stored of (await journals).flat()) {
		let before: Run | undefined;
		for (const event of stored.events) {
			const decision = decide(stored.sop, before, event);
			yield { before, event, stored, after: decision.run, effects: decision.effects.map(effectId) };
			before = decision.run;
		}
	}
}

test("effects are what is wanted now and was not before", async () => {
	let seen = 0;
	for await (const { stored, before, after, effects } of steps()) {
		const had = new Set(before === undefined ? [] : pending(stored.sop, before).map(effectId));
		const wanted = pending(stored.sop, after).map(effectId);
		assert.deepEqual(
			effects,
			wanted.filter((id) => !had.has(id)),
		);
		assert.equal(new Set(wanted).size, wanted.length, "no order twice");
		seen += effects.length;
	}
	assert.ok(seen > 500);
});

test("a state that went through JSON wants the same and decides the same", async () => {
	for await (const { stored, before, event, after } of steps()) {
		if (before === undefined) continue;
		const copy: Run = JSON.parse(JSON.stringify(before));
		assert.deepEqual(pending(stored.sop, copy), pending(stored.sop, before));
		assert.deepEqual(decide(stored.sop, copy, event).run, after);
	}
});

test("a decision never touches the run or the event it was given", async () => {
	for await (const { stored, before, event } of steps()) decide(stored.sop, freeze(before), freeze(event));
});

test("an ended run wants nothing, has an end for a phase and is moved by nothing but what comes late", async () => {
	for (const { run, sop } of (await journals).flat()) {
		assert.ok(run.ended !== undefined);
		assert.deepEqual(pending(sop, run), []);
		assert.equal(phase(run), run.ended.phase);
		const cancel = { kind: "steered", verb: "cancel", by: "tia", words: "", at: run.at } as const;
		assert.equal(decide(sop, run, cancel).run, run);
		assert.ok(Object.values(run.steps).every((step) => !["running", "waiting", "asking"].includes(step.state)));
	}
});

test("every fact counts one, and a fact that says nothing new is the same run", async () => {
	for await (const { stored, before, event, after } of steps()) {
		assert.equal(after.seq, (before?.seq ?? 0) + 1);
		const again = decide(stored.sop, after, { ...event, at: after.at });
		if (event.kind === "noted") continue;
		if (event.kind === "attempt-began" || event.kind === "planned" || event.kind === "timer-fired")
			assert.equal(again.run, after, event.kind);
		assert.notEqual(again.verdict, "go");
	}
});

test("messages keep their keys, rings only rise, and what is closed never asks again under the same wait", async () => {
	const worlds = new Map<Stored, string>();
	const known = new Map<
		string,
		{ readonly rings: number; readonly closed: boolean; readonly wait: string | undefined }
	>();
	for await (const { stored, after } of steps()) {
		const messages = view(stored.sop, after);
		const keys = messages.map((m) => m.key);
		assert.equal(new Set(keys).size, keys.length, "a key is one message");
		for (const message of messages) {
			if (!worlds.has(stored)) worlds.set(stored, `world ${worlds.size}`);
			const name = `${worlds.get(stored)} ${message.key}`;
			const before = known.get(name);
			if (before?.closed && message.wait !== undefined && message.wait === before.wait)
				assert.ok(message.closed, `${message.key} reopened`);
			if (before !== undefined) assert.ok(message.rings >= before.rings, message.key);
			known.set(name, { rings: message.rings, closed: message.closed, wait: message.wait });
		}
	}
	assert.ok(known.size > 100);
});

test("time that runs backwards and a foreign definition are refused", async () => {
	const [stored] = (await journals).flat() as readonly Stored[];
	if (stored === undefined) assert.fail("no journal");
	const note = { kind: "noted", by: "tia", words: "w" } as const;
	assert.throws(() => decide(stored.sop, stored.run, { at: "2020-01-01T00:00:00.000Z", ...note }));
	assert.throws(() => decide({ ...stored.sop, definition: "other" }, stored.run, { at: stored.run.at, ...note }));
	assert.throws(() => decide(stored.sop, undefined, { at: stored.run.at, ...note }));
});

function freeze<T>(value: T): T {
	if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const inner of Object.values(value)) freeze(inner);
	}
	return value;
}
