/**
 * One run of `sop-definitions`, decided by the core and done on the simulated tenants of both clients: a host in memory that
 * does what is ordered, answers as its people would, and moves the clock when only time is left.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { registry } from "../../src/actions/registry.ts";
import { openSandboxServer } from "../../src/actions/sandbox/sandbox.ts";
import { seedOf } from "../../src/actions/sandbox/seed.ts";
import { createWorlds } from "../../src/actions/world.ts";
import type { Values } from "../../src/base/json.ts";
import { later } from "../../src/base/time.ts";
import type { World } from "../../src/engine/action.ts";
import { CORE, decide } from "../../src/engine/decide.ts";
import type { Effect } from "../../src/engine/effect.ts";
import type { NewEvent, StartRequest } from "../../src/engine/event.ts";
import { createPerformer } from "../../src/engine/performer/performer.ts";
import type { Run } from "../../src/engine/run.ts";
import { loadDefinitions } from "../../src/sop/folder.ts";
import type { Sop } from "../../src/sop/sop.ts";
import { movingClock } from "./sandbox/with-sandbox.ts";
import { memoryVault } from "./stage.ts";

/** A corrected form, once the run waits at that step. */
type Amend = { readonly at: string; readonly values: Values };

/** Opens it; it ends with the test. `around`: what is put around the world of every step. */
export async function theatre(t: TestContext, around: (world: World) => World = (world) => world) {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-newhire-"));
	const clock = movingClock();
	const server = await openSandboxServer({ folder, clock, lags: { sync: 2000, replication: 1000, mailbox: 3000 } });
	const definitions = loadDefinitions("sop-definitions", registry.known(), { clock, core: CORE });
	assert.deepEqual(definitions.problems, []);
	const vault = memoryVault();
	const worlds = createWorlds({
		clientOf: (id) => definitions.clients[id],
		vault,
		sandboxOf: (client) => server.tenant(seedOf(client)),
		clock,
		env: {},
	});
	const notes: unknown[] = [];
	const performer = createPerformer({
		actions: registry,
		worldOf: async (run, sop, step) => around(await worlds.worldOf(run, sop, step)),
		standing: async () => undefined,
		clock,
		log: (note) => notes.push(note),
		wait: async (ms) => clock.move(ms),
	});
	t.after(async () => {
		await worlds.close();
		await server.close();
		rmSync(folder, { recursive: true });
		assert.deepEqual(notes, []);
	});
	const events: NewEvent[] = [];
	async function play(sop: Sop, request: StartRequest, approver: string, amends: Amend[] = []): Promise<Run> {
		let run: Run | undefined;
		const effects: Effect[] = [];
		const take = (event: NewEvent) => {
			events.push(event);
			const at = run === undefined ? clock.now() : later(run.at, clock.now());
			const decision = decide(sop, run, { ...event, at } as Parameters<typeof decide>[2]);
			run = decision.run;
			effects.push(...decision.effects);
			const reason = decision.reason === undefined ? {} : { reason: decision.reason };
			return { run: run.id, seq: run.seq, outcome: "accepted" as const, verdict: decision.verdict, ...reason };
		};
		take({ kind: "started", run: request.key, request });
		const signal = AbortSignal.timeout(120_000);
		for (let turn = 0; turn < 400 && run?.ended === undefined; turn++) {
			assert.ok(run !== undefined);
			const at = effects.findIndex((effect) => effect.kind === "plan" || effect.kind === "attempt");
			const [work] = at < 0 ? [] : effects.splice(at, 1);
			if (work !== undefined) {
				const host = { deliver: async (_: string, event: NewEvent) => take(event), read: async () => undefined };
				await performer.perform({ run, sop, effect: work }, host, signal);
				continue;
			}
			const waiting = Object.values(run.steps).flatMap((step) => (step.wait === undefined ? [] : [step.wait]));
			const asked = waiting.find((wait) => wait.kind === "question" || wait.problems?.length);
			assert.equal(asked, undefined, JSON.stringify(asked, null, 1));
			const approval = waiting.find((wait) => wait.kind === "approval");
			const person = { by: approver, as: "it-lead", via: "web" as const };
			if (approval?.plan !== undefined) {
				take({ kind: "answered", wait: approval.id, verb: "approve", plan: approval.plan.hash, values: {}, ...person });
				continue;
			}
			const task = waiting.find((wait) => wait.kind === "task");
			if (task !== undefined) {
				const checked = [0, 1].map(String);
				take({ kind: "answered", wait: task.id, verb: "complete", values: { checked }, ...person, as: "service-desk" });
				continue;
			}
			const [amend] = amends;
			if (amend !== undefined && waiting.some((wait) => wait.id.startsWith(`${amend.at}#`))) {
				amends.shift();
				take({ kind: "amended", values: amend.values, by: "hr" });
				continue;
			}
			const timers = effects.filter((effect) => effect.kind === "timer").toSorted((a, b) => (a.at < b.at ? -1 : 1));
			const due = timers.find((timer) => waiting.some((wait) => wait.id === timer.wait));
			assert.ok(due !== undefined, `nothing left to do: ${JSON.stringify(waiting)}`);
			effects.splice(effects.indexOf(due), 1);
			clock.move(
				Math.max(
					0,
					Temporal.Instant.from(due.at).epochMilliseconds - Temporal.Instant.from(clock.now()).epochMilliseconds,
				),
			);
			take({ kind: "timer-fired", wait: due.wait, timer: due.timer });
		}
		assert.ok(run?.ended !== undefined, JSON.stringify(run?.steps, null, 1));
		return run;
	}
	return { definitions, server, events, play, vault, clock, folder };
}
