/**
 * A hand on the wheel of a run that has parts, over the real host: every run under it hears it, however many and however
 * deep, and none that begins at that moment slips through.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Values } from "../../src/base/json.ts";
import type { Run } from "../../src/engine/run.ts";
import type { Sop, Step } from "../../src/sop/sop.ts";
import { definitions, HARRIET, openWorld, type World } from "../chat/world.ts";
import { base, freeStep } from "./stage.ts";

/** More than one page of the archive and one tick of the host hold. */
const MANY = 300;

const task: Step = { ...base, id: "go", name: "Go", kind: "task", to: ["hr"], checklist: [], evidence: false };
// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the language of procedures
const write = freeStep("write", {
	action: { name: "toy.set", repeat: { kind: "settle", ms: 0 }, writes: true, destructive: false },
	with: { name: "${form.name}" },
});
const inner: Step = { ...base, id: "p", name: "P", kind: "run", sop: "part", with: { name: "${item}" } };
const each: Step = {
	...{ ...base, id: "e", name: "E", kind: "each", list: "form.list", atOnce: MANY, atMost: MANY },
	steps: [inner],
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: the language of procedures

let world: World;
let no = 0;
before(async () => {
	const part = sopOf("part", [task, write]);
	world = await openWorld({ sops: { whole: sopOf("whole", [each]), later: sopOf("later", [task, each]), part } });
});
after(() => world.end());

function sopOf(id: string, steps: readonly Step[]): Sop {
	const { newhire } = definitions.clients.contoso?.sops ?? {};
	assert.ok(newhire);
	const by = ["hr"];
	const starts = [{ kind: "command", command: id, by }] as const;
	return { ...newhire, id, definition: id, unique: [], subject: { name: id }, starts, form: [], steps };
}

async function start(count: number, id = "whole"): Promise<string> {
	const form: Values = { list: Array.from({ length: count }, (_, i) => `i${i}`) };
	const sop = world.definitions().clients.contoso?.sops[id];
	assert.ok(sop);
	const request = { client: "contoso", sop: id, key: `k${no++}`, by: "harriet", via: "web", form } as const;
	return (await world.host.start(request, sop)).run;
}

const steer = (run: string, verb: "pause" | "resume" | "cancel") =>
	world.desk.steer({ actor: HARRIET, run, verb, words: "", via: "web", key: `s${no++}` });

/** Every run under this one, with itself. */
async function family(id: string): Promise<readonly Run[]> {
	const found = await world.host.read(id);
	assert.ok(found);
	const runs: Run[] = [found.run];
	for (const { children } of Object.values(found.run.steps)) {
		for (const [child, { asked }] of Object.entries(children ?? {}))
			if (asked && (await world.host.read(child)) !== undefined) runs.push(...(await family(child)));
	}
	return runs;
}

const turn = () => new Promise<void>((next) => setImmediate(next));

async function when(id: string, is: (runs: readonly Run[]) => boolean): Promise<readonly Run[]> {
	for (let tries = 0; tries < 2000; tries += 1) {
		const runs = await family(id);
		if (is(runs)) return runs;
		await turn();
	}
	const phases = (await family(id)).map((run) => `${run.id} ${run.paused === undefined ? "goes on" : "is paused"}`);
	assert.fail(`never so: ${phases.length}: ${phases.slice(0, 20)}`);
}

const are = (count: number) => (runs: readonly Run[]) => runs.length === 1 + 2 * count;

test("a pause reaches every run under it, a resume and a cancel too", async () => {
	const run = await start(MANY);
	await when(run, are(MANY));
	await steer(run, "pause");
	const paused = await family(run);
	assert.equal(paused.filter((one) => one.paused !== undefined).length, 1 + 2 * MANY);
	await steer(run, "resume");
	await goesOn(run, MANY);
	await steer(run, "cancel");
	await when(run, (runs) => runs.every((one) => one.ended?.phase === "stopped"));
});

test("a pause said again reaches a part that had not heard it, and still says that the run is paused", async () => {
	const run = await start(1);
	const [, item] = await when(run, (runs) => runs.length === 2);
	assert.ok(item);
	await steer(run, "pause");
	await world.desk.steer({ actor: HARRIET, run: item.id, verb: "resume", words: "", via: "web", key: `s${no++}` });
	await assert.rejects(steer(run, "pause"), { code: "paused" });
	assert.ok((await world.host.read(item.id))?.run.paused !== undefined);
});

test("whenever the pause comes, no part begins after it; all begin once it goes on", async () => {
	for (let turns = 0; turns < 12; turns += 1) {
		const count = 60;
		const run = await start(count);
		for (let at = 0; at < turns; at += 1) await turn();
		await steer(run, "pause");
		await rests(run);
		await steer(run, "resume");
		await goesOn(run, count);
	}
});

test("a part that was asked for just before the pause, and would begin just after it, waits", async () => {
	const other = await start(1);
	const run = await start(MANY, "later");
	const { host } = world;
	const wait = (await host.read(run))?.run.steps.go?.wait?.id ?? "";
	const done = { verb: "complete", by: "harriet", as: "hr", values: {}, via: "web", wait } as const;
	void host.deliver(run, { kind: "answered", ...done }, "done");
	for (let at = 0; at < 255; at += 1) void host.deliver(other, { kind: "noted", by: "harriet", words: "" }, `n${at}`);
	await steer(run, "pause");
	assert.equal((await rests(run)).length, 1);
	await steer(run, "resume");
	await goesOn(run, MANY);
});

/** Everything there is of it is paused, and nothing more comes. */
async function rests(run: string): Promise<readonly Run[]> {
	const held = await family(run);
	for (let at = 0; at < 20; at += 1) await turn();
	const later = await family(run);
	assert.equal(later.length, held.length, "a part began after the pause");
	assert.equal(later.filter((one) => one.paused === undefined).length, 0, "a part goes on");
	return later;
}

async function goesOn(run: string, count: number): Promise<void> {
	const runs = await when(run, are(count));
	assert.equal(runs.filter((one) => one.paused !== undefined).length, 0, "a part rests");
}
