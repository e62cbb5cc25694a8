/**
 * Doing what was decided: fair turns, children, doubts, a calm end, and a caller who waits too long.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createArchive } from "../../../src/engine/embedded/archive.ts";
import { createLanes } from "../../../src/engine/embedded/lanes.ts";
import type { Performer } from "../../../src/engine/ports.ts";
import type { Step } from "../../../src/sop/sop.ts";
import {
	askStep,
	clientOf,
	core,
	doStep,
	removeFolder,
	requestOf,
	runStep,
	serve,
	sopOf,
	tempFolder,
	toyPerformer,
	until,
} from "./fixture.ts";

/** A gate that opens once. */
function gate(): { readonly passed: Promise<void>; open(): void } {
	let open = (): void => {};
	const passed = new Promise<void>((resolve) => {
		open = resolve;
	});
	return { passed, open: () => open() };
}

describe("serving", () => {
	test("a client that asks for a thousand things does not keep another one waiting", async () => {
		const lanes = createLanes({ perClient: 2, total: 3 });
		const order: string[] = [];
		const job = (client: string) => async (): Promise<void> => {
			order.push(client);
			await Promise.resolve();
		};
		for (let i = 0; i < 1000; i++) lanes.add("noisy", job("noisy"));
		for (let i = 0; i < 10; i++) lanes.add("quiet", job("quiet"));
		await lanes.idle();
		assert.equal(order.length, 1010);
		assert.ok(order.lastIndexOf("quiet") < 40, `the quiet client was served by turn ${order.lastIndexOf("quiet")}`);
	});

	test("no client has more at once than its share, and all together no more than the total", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const now = new Map<string, number>();
		const peak = new Map<string, number>();
		const count = (client: string, by: number): void => {
			now.set(client, (now.get(client) ?? 0) + by);
			peak.set(client, Math.max(peak.get(client) ?? 0, now.get(client) ?? 0));
		};
		const inner = toyPerformer();
		const performer: Performer = {
			...inner,
			perform: async (order, host, signal) => {
				for (const name of [order.run.client, "all"]) count(name, 1);
				await inner.perform(order, host, signal);
				for (const name of [order.run.client, "all"]) count(name, -1);
			},
		};
		const rig = await serve(folder, { performer, perClient: 2, total: 5 });
		const runs: string[] = [];
		for (const client of ["a", "b", "c", "d"]) {
			const sop = sopOf("toy", [doStep("one")], { client: clientOf(client), definition: client.repeat(64) });
			for (let i = 0; i < 10; i++) runs.push((await rig.host.start(requestOf(`${i}`, "toy", client), sop)).run);
		}
		await Promise.all(runs.map((run) => until(rig, run, (r) => r.ended?.phase === "done")));
		assert.ok((peak.get("all") ?? 0) <= 5);
		for (const client of ["a", "b", "c", "d"]) assert.ok((peak.get(client) ?? 0) <= 2);
		await rig.stop();
	});

	test("a child run is started once, and its end goes to its parent", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const part = sopOf("part", [doStep("inner")]);
		const whole = sopOf("whole", [runStep("sub", "part"), doStep("after")]);
		const rig = await serve(folder, { childSop: () => part });
		const { run } = await rig.host.start(requestOf("w", "whole"), whole);
		await until(rig, run, (r) => r.ended?.phase === "done");
		const children = await createArchive(rig.store, rig.host.flush).list({ parent: run });
		assert.deepEqual(
			children.items.map((c) => [c.sop, c.phase, c.parent]),
			[["part", "done", run]],
		);
		await rig.stop();
	});

	test("a child hears what it is given after an amendment of its parent, once, whatever is restarted", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const part = sopOf("part", [askStep("ask")]);
		const whole = sopOf("whole", [{ ...runStep("sub", "part"), with: { name: "${form.name}" } } as Step]);
		const rig = await serve(folder, { childSop: () => part });
		const { run } = await rig.host.start(requestOf("w", "whole", "contoso", { name: "Eve" }), whole);
		const child = Object.keys((await rig.host.read(run))?.run.steps.sub?.children ?? {})[0] ?? "";
		await until(rig, child, (r) => r.form.name === "Eve");
		await rig.host.deliver(run, { kind: "amended", values: { name: "Ada" }, by: "ada" }, "amend");
		await until(rig, child, (r) => r.form.name === "Ada");
		await rig.stop();
		const again = await serve(folder, { childSop: () => part });
		const heard = (await again.host.read(child))?.run;
		assert.equal(heard?.told, 1);
		await again.host.deliver(run, { kind: "steered", verb: "cancel", by: "ada", words: "" }, "cancel");
		await until(again, run, (r) => r.ended?.phase === "stopped");
		const last = (await again.host.read(child))?.run;
		assert.deepEqual([last?.ended?.phase, (last?.seq ?? 0) - heard.seq, last?.told], ["stopped", 1, 1]);
		await again.stop();
	});

	test("a child that ended while its parent was not told is told at the next start", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const part = sopOf("part", [askStep("ask")]);
		const whole = sopOf("whole", [runStep("sub", "part")]);
		const rig = await serve(folder, { childSop: () => part });
		const { run } = await rig.host.start(requestOf("w", "whole"), whole);
		const child = Object.keys((await rig.host.read(run))?.run.steps.sub?.children ?? {})[0] ?? "";
		await until(rig, child, (r) => r.steps.ask?.state === "waiting");
		// The parent out of reach while its child ends: as a kill between the two commits leaves it.
		const reach = "UPDATE runs SET quarantined = ? WHERE id = ?";
		rig.store.db.prepare(reach).run("test", run);
		await rig.stop();
		const alone = await serve(folder, { childSop: () => part });
		const wait = (await alone.host.read(child))?.run.steps.ask?.wait?.id ?? "";
		const answer = { kind: "answered", wait, verb: "submit", by: "mo", as: "owner", values: {}, via: "web" } as const;
		await alone.host.deliver(child, answer, "click");
		await assert.rejects(alone.host.deliver(run, { kind: "noted", by: "ada", words: "?" }, "n"), {
			code: "quarantined",
		});
		alone.store.db.prepare(reach).run(null, run);
		await alone.stop();
		const last = await serve(folder, { childSop: () => part });
		await until(last, run, (r) => r.ended?.phase === "done");
		await last.stop();
	});

	test("an order that ended without an answer is a doubt when it had begun", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		let tries = 0;
		const inner = toyPerformer();
		const performer: Performer = {
			...inner,
			perform: async (order, host, signal) => {
				tries++;
				if (tries > 1) return inner.perform(order, host, signal);
				const { effect, run } = order;
				if (effect.kind !== "attempt") return;
				const { step, attempt, input } = effect;
				await host.deliver(run.id, { kind: "attempt-began", step, attempt, input, changes: [] }, "b");
				throw new Error("a bug in a connector");
			},
		};
		const rig = await serve(folder, { performer });
		const { run } = await rig.host.start(requestOf("d"), sopOf("toy", [doStep("one")]));
		await until(rig, run, (r) => r.ended?.phase === "done");
		const rows = await Array.fromAsync(createArchive(rig.store, rig.host.flush).journal(run));
		const doubt = rows.find((r) => r.kind === "attempt-ended");
		assert.deepEqual(doubt?.payload, {
			attempt: 1,
			outcome: { kind: "unknown", code: "no-answer", applied: [] },
			step: "one",
		});
		await rig.stop();
	});

	test("a calm end takes nothing more, lets what runs come to its end, and leaves the rest for the next start", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const hold = gate();
		const sop = sopOf("toy", [doStep("one"), doStep("two")]);
		const rig = await serve(folder, {
			performer: toyPerformer((_, step) => (step === "one" ? hold.passed : undefined)),
		});
		const { run } = await rig.host.start(requestOf("a"), sop);
		await until(rig, run, (r) => r.steps.one?.try?.begun !== undefined);
		const closing = rig.host.close();
		await assert.rejects(rig.host.start(requestOf("b"), sop), { code: "stopping" });
		hold.open();
		await closing;
		assert.equal((await rig.host.read(run))?.run.steps.one?.state, "done");
		assert.equal((await rig.host.read(run))?.run.ended, undefined);
		rig.store.close();
		const next = await serve(folder);
		await until(next, run, (r) => r.ended?.phase === "done");
		await next.stop();
	});

	test("a caller who has waited two seconds is told so, and the work is done all the same", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const slow = {
			...core,
			decide: (...args: Parameters<typeof core.decide>) => {
				const end = performance.now() + 9;
				while (performance.now() < end);
				return core.decide(...args);
			},
		};
		const rig = await serve(folder, { core: slow });
		const sop = sopOf("toy", [askStep("ask")]);
		const starts = Array.from({ length: 270 }, (_, i) => rig.host.start(requestOf(`s${i}`), sop));
		const settled = await Promise.allSettled(starts);
		const late = settled.filter((s) => s.status === "rejected");
		assert.ok(late.length > 0);
		for (const s of late) assert.equal(s.reason.code, "unconfirmed");
		const again = await rig.host.start(requestOf("s269"), sop);
		assert.equal(again.outcome, "duplicate");
		await rig.stop();
	});
});
