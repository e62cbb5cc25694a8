/**
 * Onboarding as it is written in `sop-definitions`, decided by the core and done on the simulated tenants of both clients:
 * planned, approved, done, proved, undone. What was planned is what was done.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { registry } from "../../src/actions/registry.ts";
import { openSandboxServer } from "../../src/actions/sandbox/sandbox.ts";
import { seedOf } from "../../src/actions/sandbox/seed.ts";
import { createWorlds } from "../../src/actions/world.ts";
import type { Values } from "../../src/base/json.ts";
import { later } from "../../src/base/time.ts";
import { CORE, decide } from "../../src/engine/decide.ts";
import type { Effect } from "../../src/engine/effect.ts";
import type { Change, NewEvent, StartRequest } from "../../src/engine/event.ts";
import { createPerformer } from "../../src/engine/performer/performer.ts";
import type { Run } from "../../src/engine/run.ts";
import { undoRequest, undoSop } from "../../src/engine/undo.ts";
import { loadDefinitions } from "../../src/sop/folder.ts";
import type { Sop } from "../../src/sop/sop.ts";
import { movingClock } from "./sandbox/with-sandbox.ts";
import { memoryVault } from "./stage.ts";

/** A corrected form, once the run waits at that step. */
type Amend = { readonly at: string; readonly values: Values };

/** A host of one run: it decides each event, does what is ordered, and moves the clock when only time is left. */
async function theatre(t: TestContext) {
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
		worldOf: (run, sop, step) => worlds.worldOf(run, sop, step),
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
	return { definitions, server, events, play, vault };
}

function request(client: string, form: Values): StartRequest {
	return { client, sop: "newhire", key: `${client}-ada`, by: "hr", via: "web", form };
}

const idsOf = (changes: readonly Change[]) => changes.map((change) => [change.id, change.after ?? null]);

for (const [client, profile, manager, approver] of [
	["contoso", "finance", "sol", "mo"],
	["fabrikam", "office", "otto", "ines"],
] as const) {
	test(`onboarding at ${client} is planned, done, proved and undone`, async (t) => {
		const stage = await theatre(t);
		const sop = stage.definitions.clients[client]?.sops.newhire;
		assert.ok(sop !== undefined);
		const chosen = { ...sop.client.profiles[profile], key: profile };
		const names = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", manager };
		const asked = request(client, { ...names, profile: chosen, privateEmail: "ada@private.example" });
		const run = await stage.play(sop, asked, approver);
		assert.equal(run.ended?.phase, "done");

		const approved = stage.events.filter((event) => event.kind === "planned");
		assert.equal(approved.length, 1, "nothing that was done had to be asked again");
		const planned = approved.flatMap((event) => event.plan.entries.flatMap((entry) => entry.changes));
		const did = stage.events.flatMap((event) => (event.kind === "attempt-began" ? event.changes : []));
		assert.deepEqual(idsOf(did).toSorted(), idsOf(planned).toSorted(), "what was planned is what was done");
		const tenant = stage.server.of(client);
		const ada = tenant?.readOut().users.find((user) => user.userPrincipalName.startsWith("ada.lovelace@"));
		assert.ok(ada?.enabled === true && ada.licences.length === 1);
		assert.equal(tenant?.mails().length, 1);

		const told = JSON.stringify(stage.events);
		for (const [name, secret] of stage.vault.secrets) {
			if (/password$|pass-/.test(name)) assert.ok(!told.includes(secret.open()), name);
		}

		const back = undoRequest(sop, run, { by: "hr", via: "web", key: `${client}-undo` });
		const undone = await stage.play(undoSop(sop, back), back, approver);
		assert.equal(undone.ended?.phase, "done");
		const left = tenant?.readOut().users.filter((user) => user.userPrincipalName.startsWith("ada.lovelace@"));
		assert.deepEqual(left, []);
	});
}

const RENAMED = ["Change the name Eve Mistype to Eve Correct"];
const MOVED = ["Change the entry in the directory from Eve Mistype to Eve Correct"];
const LATER = ["Open the account", "Make a first sign-in pass of", "Send the welcome to"];
const ACCESS = ["Set the place of use to US", "Give 1 Business Premium licence", "Join the group All Finance"];

for (const [client, profile, manager, approver, at, differs] of [
	["contoso", "finance", "sol", "mo", "arrival", [...MOVED, ...RENAMED, "Change the address", ...ACCESS, ...LATER]],
	["contoso", "finance", "sol", "mo", "firstMorning", [...MOVED, ...RENAMED, "Change the address", ...LATER]],
	["fabrikam", "office", "otto", "ines", "firstMorning", [...RENAMED, "Change the address", ...LATER]],
] as const) {
	test(`a name that is corrected at ${client} while the run waits at ${at} is asked for once, done and undone`, async (t) => {
		const stage = await theatre(t);
		const sop = stage.definitions.clients[client]?.sops.newhire;
		assert.ok(sop !== undefined);
		const chosen = { ...sop.client.profiles[profile], key: profile };
		const names = { firstName: "Eve", lastName: "Mistype", startDate: "2026-12-01", manager };
		const asked = request(client, { ...names, profile: chosen, privateEmail: "eve@private.example" });
		const run = await stage.play(sop, asked, approver, [{ at, values: { lastName: "Correct" } }]);
		assert.equal(run.ended?.phase, "done");
		const plans = stage.events.flatMap((event) => (event.kind === "planned" ? [event.plan.entries] : []));
		assert.equal(plans.length, 2, "the first plan and the second, and nothing was asked again");
		const second = plans[1]?.flatMap((entry) => entry.changes) ?? [];
		assert.deepEqual(
			second.map((change, i) => change.words.slice(0, differs[i]?.length)),
			differs,
		);
		const began = stage.events.flatMap((event) => (event.kind === "attempt-began" ? [event.changes] : []));
		const since = began.slice(began.findIndex((changes) => changes.some((change) => change.id === second[0]?.id)));
		assert.deepEqual(idsOf(since.flat()).toSorted(), idsOf(second).toSorted(), "what was planned is what was done");
		const tenant = stage.server.of(client);
		const eves = () => tenant?.readOut().users.filter((user) => user.displayName.startsWith("Eve")) ?? [];
		assert.deepEqual(
			eves().map((user) => [user.userPrincipalName.split("@")[0], user.displayName, user.enabled]),
			[["eve.correct", "Eve Correct", true]],
		);
		const back = undoRequest(sop, run, { by: "hr", via: "web", key: `${client}-undo` });
		const undone = await stage.play(undoSop(sop, back), back, approver);
		assert.equal(undone.ended?.phase, "done");
		assert.deepEqual(eves(), []);
		assert.equal(stage.events.filter((event) => event.kind === "planned").length, 3, "one plan for all of the undo");
	});
}

test("two corrections are undone by one plan, newest first", async (t) => {
	const stage = await theatre(t);
	const sop = stage.definitions.clients.contoso?.sops.newhire;
	assert.ok(sop !== undefined);
	const profile = { ...sop.client.profiles.finance, key: "finance" };
	const names = { firstName: "Eve", lastName: "Mistype", startDate: "2026-12-01", manager: "sol" };
	const asked = request("contoso", { ...names, profile, privateEmail: "eve@private.example" });
	const amends = ["Typo", "Correct"].map((lastName) => ({ at: "firstMorning", values: { lastName } }));
	const run = await stage.play(sop, asked, "mo", amends);
	assert.equal(run.ended?.phase, "done");
	const back = undoRequest(sop, run, { by: "hr", via: "web", key: "contoso-undo" });
	const undone = await stage.play(undoSop(sop, back), back, "mo");
	assert.equal(undone.ended?.phase, "done");
	const renamed = undone.ledger.filter((entry) => entry.change.facet === "name").map((entry) => entry.change.words);
	assert.deepEqual(renamed, ["Change the name Eve Correct to Eve Typo", "Change the name Eve Typo to Eve Mistype"]);
	const left = stage.server.of("contoso")?.readOut().users ?? [];
	assert.ok(left.every((user) => !user.displayName.startsWith("Eve")));
	assert.equal(stage.events.filter((event) => event.kind === "planned").length, 4, "three plans, and one for the undo");
	assert.equal(undone.approvals.length, 1, "nothing of the undo was asked again");
});
