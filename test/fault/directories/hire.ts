/**
 * One hire in a scene, from the request to its end or to a question: who is asked what, and what was waited for on the way.
 * Must never answer by itself.
 */
import type { Values } from "../../../src/base/json.ts";
import { toMs } from "../../../src/base/time.ts";
import type { RunDescription } from "../../../src/engine/desk.ts";
import type { Verb } from "../../../src/engine/event.ts";
import type { Run } from "../../../src/engine/run.ts";
import type { Scene } from "./scene.ts";

/** What a person is asked. */
export type Asked = {
	readonly path: string;
	readonly wait: string;
	readonly code: string;
	readonly words: string;
	readonly by: readonly string[];
	readonly verbs: readonly Verb[];
	readonly choices: readonly string[];
	/** What an approval would approve. */
	readonly plan?: string;
	readonly detail: string;
	/** Changes that may have been made. */
	readonly doubt: readonly string[];
	/** Changes that were made in the try that ended so. */
	readonly applied: readonly string[];
};
/** A pause before another try: how long it was to be, in ms, and what people read of it beside the time. */
export type Pause = { readonly path: string; readonly words: string; readonly ms: number };
export type Seen = {
	readonly run: Run;
	readonly description: RunDescription;
	readonly asked?: Asked;
	readonly pauses: readonly Pause[];
};

export type Watched = {
	readonly id: string;
	/** Once the run has ended or asks somebody, or as it is when it does neither in time. `answered`: waits that count no more. */
	settled(answered?: readonly string[]): Promise<Seen>;
	/** Answers as the lead. */
	answer(asked: Asked, verb: Verb, values?: Values): Promise<void>;
	/** Is over with it. */
	stop(): void;
};

const MOST_MS = 300_000;
/** A pause that is longer is skipped on the scene's clock, where the scene is in a hurry. */
const SHORT_MS = 1_200;

/** Asks for it. `hurry`: pauses between tries are skipped on the scene's clock. */
export async function hire(
	scene: Scene,
	form: Values,
	{ hurry = false, client = scene.client } = {},
): Promise<Watched> {
	const { house, clock, cast } = scene;
	const actor = { id: cast.hr, client };
	const key = `${form.firstName} ${form.lastName}`;
	const pauses = new Map<string, Pause>();
	const { run } = await house.desk.start({ actor, client, sop: "newhire", form, key, via: "api" });
	let told = Promise.withResolvers<void>();
	const off = house.host.onChange((change) => {
		if (change.run.id !== run) return;
		for (const one of pausesOf(change.run, clock.now())) if (!pauses.has(one.wait)) pauses.set(one.wait, one);
		told.resolve();
		told = Promise.withResolvers();
		if (hurry) skipTo(scene, change.run);
	});
	const settled = async (answered: readonly string[] = []): Promise<Seen> => {
		const until = performance.now() + MOST_MS;
		for (;;) {
			const changed = told.promise;
			const [read, description] = await Promise.all([house.host.read(run), house.desk.read(actor, run)]);
			const state = read?.run;
			const asked = state && description && askedIn(state, description, answered);
			const late = performance.now() > until;
			if (state && description && (late || asked !== undefined || state.ended !== undefined)) {
				return { run: state, description, pauses: [...pauses.values()], ...(asked === undefined ? {} : { asked }) };
			}
			await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 1000))]);
		}
	};
	return {
		id: run,
		settled,
		async answer({ wait, plan }, verb, values = {}) {
			const shown = plan === undefined || verb !== "approve" ? {} : { plan };
			await house.desk.answer({ actor: { id: cast.lead, client }, run, wait, verb, values, via: "api", ...shown });
		},
		stop: off,
	};
}

function pausesOf(run: Run, now: string) {
	return Object.entries(run.steps).flatMap(([path, { wait, last }]) => {
		const again = wait?.timers.again;
		if (wait === undefined || again === undefined) return [];
		return [{ path, wait: wait.id, words: last?.message ?? "", ms: toMs(again) - toMs(now) }];
	});
}

/** Moves the clock on when the run has nothing to do but wait for its next try. */
function skipTo({ clock, house }: Scene, run: Run): void {
	const steps = Object.values(run.steps);
	const dues = steps.flatMap(({ wait }) => wait?.timers.again ?? []);
	const isBusy = steps.some((step) => step.try !== undefined);
	const next = dues.toSorted()[0];
	if (isBusy || next === undefined) return;
	const ms = toMs(next) - toMs(clock.now());
	if (ms < SHORT_MS) return;
	clock.skip(ms);
	setImmediate(() => house.host.wake());
}

function askedIn(run: Run, description: RunDescription, answered: readonly string[]): Asked | undefined {
	for (const { path, wait } of description.steps) {
		if (wait === undefined || wait.by.length === 0 || answered.includes(wait.id)) continue;
		const state = run.steps[path]?.wait;
		const problems = state?.problems ?? [];
		return {
			...{ path, wait: wait.id, by: wait.by, verbs: wait.verbs, choices: wait.choices.map(({ id }) => id) },
			code: state?.problem?.code ?? problems[0]?.code ?? "",
			words: [state?.problem?.message ?? "", ...problems.map(({ message }) => message)].join(" ").trim(),
			detail: state?.problem?.detail ?? "",
			...(wait.plan === undefined ? {} : { plan: wait.plan }),
			doubt: state?.problem?.doubt ?? [],
			applied: state?.problem?.applied ?? [],
		};
	}
	return undefined;
}
