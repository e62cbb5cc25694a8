/**
 * Plays one seed to its end and says what must never be: a run that is stuck, a write made twice, a write after the end,
 * something an undo left.
 */

import type { World } from "../../src/engine/action.ts";
import type { RunEvent } from "../../src/engine/event.ts";
import { createPerformer } from "../../src/engine/performer/performer.ts";
import type { Run } from "../../src/engine/run.ts";
import { simulated } from "./actions.ts";
import { createSimHost, type Stored, type Without } from "./host.ts";
import { createPeople } from "./people.ts";
import { dice } from "./random.ts";
import { createRemote } from "./remote.ts";
import { schedule } from "./schedule.ts";
import { randomSop } from "./sops.ts";

export type Played = {
	readonly stuck: readonly string[];
	readonly writtenTwice: readonly string[];
	readonly writtenAfterStopped: readonly string[];
	readonly leftByUndo: readonly string[];
	readonly questions: number;
	readonly crashes: number;
	readonly events: number;
	readonly runs: number;
};

const STEPS_MAX = 60_000;

export async function play(
	seed: number,
	without?: Without,
	watch?: (stored: Stored, event: RunEvent) => void,
): Promise<Played> {
	const luck = dice(seed);
	const time = schedule();
	const calm = seed % 10 === 0;
	const remote = createRemote(time, luck, calm);
	const actions = simulated(remote);
	if (without === "settle")
		for (const action of Object.values(actions))
			Object.assign(action, { repeat: action.repeat.kind === "settle" ? { kind: "settle", ms: 0 } : action.repeat });
	const sop = unsettled(randomSop(luck, seed), without);
	const sub = unsettled(randomSop(luck, seed, true), without);
	const people = createPeople({ time, luck, calm, remote });
	const after: string[] = [];
	let marks = 0;
	const host = createSimHost({
		time,
		luck,
		calm,
		without,
		sops: { sub },
		performer: (alive) =>
			createPerformer({
				actions: {
					get: (name) => watched(actions[name], (run) => noteLate(host.runs.get(run), after), alive),
					known: () => ({}),
				},
				worldOf: (run, _sop, step) => worldOf(run, without === "mark" ? `${step}~${marks++}` : step),
				standing: async () => undefined,
				clock: time.clock,
				wait: (ms) => new Promise((resolve) => time.in(ms, resolve)),
			}),
		changed: (stored, event) => {
			watch?.(stored, event);
			people.look(host, stored);
		},
	});
	const form = {
		name: "Ada",
		value: "v0",
		yes: true,
		no: false,
		day: "2026-05-30",
		list: ["a", "b.c", "d[e]"].slice(0, 1 + luck.below(3)),
		many: Array.from({ length: 52 }, (_, i) => `m${i}`),
	};
	host.start("RUN", { client: "sim", sop: sop.id, key: String(seed), by: "harriet", via: "web", form }, sop);
	people.meddle(host, "RUN");
	time.in(luck.below(600_000), () => remote.make(`late-${seed}`, "someone", "x"));
	let steps = 0;
	while (steps < STEPS_MAX && (await time.step())) steps += 1;
	return judge(host.runs, {
		doubled: remote.doubled,
		after,
		standing: remote.standing(),
		skipped: people.skipped,
		questions: people.questions(),
		crashes: host.crashes(),
	});
}

function unsettled(sop: ReturnType<typeof randomSop>, without: Without): ReturnType<typeof randomSop> {
	if (without !== "settle") return sop;
	return JSON.parse(JSON.stringify(sop).replaceAll('"kind":"settle","ms":5000', '"kind":"settle","ms":0'));
}

/** The world of a step. A process that has died can begin nothing any more. */
function worldOf(run: Run, step: string): World {
	const none = async (): Promise<never> => {
		throw new Error("no secrets here");
	};
	return {
		client: run.client,
		run: run.id,
		mark: `${run.id}/${step}`,
		signal: new AbortController().signal,
		lookOnly: false,
		promised: false,
		reveal: none,
		keep: none,
		replace: none,
		holds: none,
	};
}

type AnyAction = ReturnType<typeof simulated>[string];

function watched(
	action: AnyAction | undefined,
	before: (run: string) => void,
	alive: () => boolean,
): AnyAction | undefined {
	if (action === undefined) return undefined;
	return {
		...action,
		apply: async (change, input, world) => {
			if (!alive()) return new Promise(() => {});
			before(world.run);
			return action.apply(change, input, world);
		},
	};
}

function noteLate(stored: Stored | undefined, after: string[]): void {
	if (stored?.run.ended !== undefined) after.push(stored.run.id);
}

type Counts = {
	readonly doubled: readonly string[];
	readonly after: readonly string[];
	readonly standing: readonly { readonly key: string; readonly mark: string }[];
	readonly skipped: ReadonlySet<string>;
	readonly questions: number;
	readonly crashes: number;
};

function judge(runs: ReadonlyMap<string, Stored>, counts: Counts): Played {
	const all = [...runs.values()];
	const stuck = all.filter(({ run }) => run.ended === undefined).map(({ run }) => run.id);
	const undone = all
		.filter(({ run }) => run.request.undo !== undefined && run.ended?.phase === "done" && !counts.skipped.has(run.id))
		.map(({ run }) => `${run.request.undo?.of}/`);
	const leftByUndo = counts.standing
		.filter(({ mark }) => undone.some((of) => mark.startsWith(of)))
		.map(({ key }) => key);
	const events = all.reduce((n, { events: list }) => n + list.length, 0);
	return {
		stuck,
		writtenTwice: counts.doubled,
		writtenAfterStopped: counts.after,
		leftByUndo,
		questions: counts.questions,
		crashes: counts.crashes,
		events,
		runs: all.length,
	};
}
