/**
 * Plays one seed to its end: a world, an SOP, people, a host that dies. Every third seed or so is the real `newhire`. Must
 * give the same counts for the same seed on any machine.
 */
import type { Values } from "../../src/base/json.ts";
import type { Action } from "../../src/engine/action.ts";
import type { RunEvent } from "../../src/engine/event.ts";
import { createPerformer } from "../../src/engine/performer/performer.ts";
import type { Run } from "../../src/engine/run.ts";
import type { Sop } from "../../src/sop/sop.ts";
import { knownOf, SETTLE_MS, type SimWorld, type Spec, simulated } from "./actions.ts";
import { createSimHost, type Stored, type Without } from "./host.ts";
import { createJudge, NEVER, type Wrong } from "./judge.ts";
import { newhireForm, specs as newhireSpecs, newhires } from "./newhire.ts";
import { createPeople } from "./people.ts";
import { type Dice, dice } from "./random.ts";
import { createRemote } from "./remote.ts";
import { type Schedule, schedule } from "./schedule.ts";
import { randomSop, specs as randomSpecs } from "./sops.ts";

export type Counts = { readonly [name: string]: number };
export type Played = { readonly seed: number; readonly wrong: Wrong; readonly bad: number; readonly counts: Counts };

const STEPS_MAX = 40_000;

export async function play(
	seed: number,
	without?: Without,
	watch?: (stored: Stored, event: RunEvent) => void,
): Promise<Played> {
	const luck = dice(seed);
	const time = schedule();
	const calm = seed % 25 === 0;
	const remote = createRemote(time, luck, calm);
	const scene = seed % 4 === 0 ? newhireScene(luck) : randomScene(luck, seed);
	const actions = new Map(scene.specs.map((spec) => [spec.name, hurried(simulated(remote, spec), without)]));
	const known = Object.fromEntries(scene.specs.map((spec) => [spec.name, knownOf(spec)]));
	const judge = createJudge(remote, () => host.runs);
	const people = createPeople({ time, luck, calm, remote, amendments: scene.amendments, known: judge.known });
	let marks = 0;
	const host = createSimHost({
		...{ time, luck, calm, without, sops: { sub: unsettled(scene.sub, without) }, taken: judge.taken },
		performer: (alive) =>
			createPerformer({
				actions: { get: (name) => watched(actions.get(name), judge.writing, alive), known: () => known },
				worldOf: (run, _sop, step) => worldOf(run, step, without === "mark" ? `${step}~${marks++}` : step),
				standing: async () => undefined,
				clock: time.clock,
				wait: (ms) => new Promise((resolve) => time.in(ms, resolve)),
			}),
		changed: (stored, event) => {
			watch?.(stored, event);
			judge.changed(stored);
			people.look(host, stored);
		},
	});
	const sop = unsettled(scene.sop, without);
	const request = { client: sop.client.id, sop: sop.id, key: String(seed), by: "harriet", via: "web" } as const;
	host.start("RUN", { ...request, form: scene.form }, sop);
	people.meddle(host, "RUN");
	strangers({ time, luck, remote, seed, calm });
	let steps = 0;
	while (steps < STEPS_MAX && (await time.step())) steps += 1;
	host.close();
	const { undone, ...wrong } = judge.verdict(people.skipped);
	const crashes = Object.fromEntries(Object.entries(host.crashes).map(([point, n]) => [`crashes${capital(point)}`, n]));
	const counts = {
		...people.counts,
		writes: remote.writes(),
		undone,
		...crashes,
		...tally([...host.runs.values()]),
		steps,
	};
	return { seed, wrong, bad: NEVER.reduce((sum, name) => sum + wrong[name].length, 0), counts };
}

type Scene = {
	readonly sop: Sop;
	readonly sub: Sop;
	readonly specs: readonly Spec[];
	readonly form: Values;
	readonly amendments: readonly Values[];
};

function randomScene(luck: Dice, seed: number): Scene {
	const values = ["v0", "v1", "v2"].map((value) => ({ value }));
	return {
		sop: randomSop(luck, seed),
		sub: randomSop(luck, seed, true),
		specs: randomSpecs,
		form: {
			...{ name: "Ada", value: "v0", yes: true, no: false, day: "2026-05-30" },
			...(luck.happens(0.6) ? { email: "ada@home.example" } : {}),
			list: ["a", "b.c", "d[e]"].slice(0, 1 + luck.below(3)),
			many: Array.from({ length: 52 }, (_, i) => `m${i}`),
		},
		amendments: [
			...values,
			{ many: Array.from({ length: 52 }, (_, i) => `m${i + 3}`) },
			{ many: Array.from({ length: 40 }, (_, i) => `m${i * 2}`) },
			...[["a"], ["b.c", "e"], ["d[e]", "a", "f#g"], []].map((list) => ({ list })),
			{ day: "2026-06-01" },
			{ day: "2026-05-27" },
			{ email: "ada@work.example" },
		],
	};
}

function newhireScene(luck: Dice): Scene {
	const sop = luck.pick(newhires());
	return {
		sop,
		sub: sop,
		specs: newhireSpecs,
		form: newhireForm(sop, luck.pick(["2026-05-01", "2026-05-29", "2026-06-01"])),
		amendments: [
			...Object.values(sop.client.profiles).map((profile) => ({ profile })),
			{ lastName: "King" },
			{ manager: "di" },
			{ startDate: "2026-06-03" },
			{ startDate: "2026-05-02" },
		],
	};
}

/** Others are at work in the same tenant: they hold names, set values, and let what is waited for appear. */
function strangers(at: {
	readonly time: Schedule;
	readonly luck: Dice;
	readonly remote: ReturnType<typeof createRemote>;
	readonly seed: number;
	readonly calm: boolean;
}): void {
	const { time, luck, remote, seed } = at;
	const theirs = (key: string): void => remote.make({ key, mark: "theirs", value: null }, `stranger/${key}`, false);
	time.in(luck.below(600_000), () => theirs(`late-${seed}`));
	if (at.calm) return;
	if (luck.happens(0.15)) theirs(luck.pick(["ad-user", "cloud-user", "t-RUN-s0", "t-RUN-s1", "t-RUN-s2"]));
	for (let no = 0; no < 3; no += 1) {
		const name = luck.pick(["t-RUN-s0", "t-RUN-s1", "t-RUN-s2", "ad-manager", "cloud-manager"]);
		if (luck.happens(0.3)) time.in(luck.below(120_000), () => remote.set(`${name}#value`, `theirs ${no}`, "stranger"));
	}
}

/** With `settle` switched off, "not there" is believed at once. */
function hurried(action: Action, without: Without): Action {
	return without === "settle" && action.repeat.kind === "settle"
		? { ...action, repeat: { kind: "settle", ms: 0 } }
		: action;
}

function unsettled(sop: Sop, without: Without): Sop {
	if (without !== "settle") return sop;
	return JSON.parse(JSON.stringify(sop).replaceAll(`"kind":"settle","ms":${SETTLE_MS}`, '"kind":"settle","ms":0'));
}

function worldOf(run: Run, step: string, marked: string): SimWorld {
	const none = async (): Promise<never> => {
		throw new Error("no secrets here");
	};
	return {
		...{ client: run.client, run: run.id, mark: `${run.id}/${marked}`, writer: `${run.id}/${step}` },
		...{ signal: new AbortController().signal, lookOnly: false, promised: false },
		...{ reveal: none, keep: none, replace: none, holds: none },
	};
}

/** The action as a process runs it that may have died: then it can begin nothing any more. */
function watched(
	action: Action | undefined,
	before: (run: string, step: string, change: Parameters<Action["apply"]>[0]) => void,
	alive: () => boolean,
): Action | undefined {
	if (action === undefined) return undefined;
	return {
		...action,
		apply: async (change, input, world) => {
			if (!alive()) return new Promise(() => {});
			before(world.run, (world as SimWorld).writer.slice(world.run.length + 1), change);
			return action.apply(change, input, world);
		},
	};
}

function tally(all: readonly Stored[]): Counts {
	const count = (is: (run: Run) => boolean): number => all.filter(({ run }) => is(run)).length;
	return {
		runs: all.length,
		children: count(({ request }) => request.parent !== undefined && request.undo === undefined),
		done: count(({ ended }) => ended?.phase === "done"),
		stopped: count(({ ended }) => ended?.phase === "stopped"),
		failed: count(({ ended }) => ended?.phase === "failed"),
		told: count((run) => run.told !== undefined),
		takenBack: all.reduce((sum, { run }) => sum + run.ledger.filter((entry) => entry.undone).length, 0),
		approvals: all.reduce((sum, { run }) => sum + run.approvals.length, 0),
		events: all.reduce((sum, { events }) => sum + events.length, 0),
	};
}

function capital(word: string): string {
	return word.charAt(0).toUpperCase() + word.slice(1);
}
