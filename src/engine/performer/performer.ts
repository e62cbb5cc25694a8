/**
 * The one place that runs actions: look, plan, begin, apply, prove. It delivers what came of it and never throws; it must
 * never write before the host said go, and never write again because a proof failed.
 */
import type { Clock } from "../../base/time.ts";
import type { KnownActions } from "../../sop/definitions.ts";
import type { Sop } from "../../sop/sop.ts";
import type { Action, World } from "../action.ts";
import type { Path } from "../event.ts";
import type { Performer, Standing } from "../ports.ts";
import type { Run } from "../run.ts";
import { performAttempt } from "./attempt.ts";
import { performPlan, planOf } from "./planner.ts";

/** All actions there are. `known` is what compiling needs of them. */
export type Registry = { get(name: string): Action | undefined; known(): KnownActions };

/** What went wrong in our own code, for the log. Never holds an input. */
export type Note = { readonly what: string; readonly run: string; readonly where: string; readonly error: unknown };

export type Parts = {
	readonly actions: Registry;
	/** The world of one step: one client, nothing else. Errors: any thrown error is a refused try in which nothing changed. */
	readonly worldOf: (run: Run, sop: Sop, step: Path) => World | Promise<World>;
	readonly standing: Standing;
	readonly clock: Clock;
	readonly log?: (note: Note) => void;
	/** Resolves after `ms`, or at once when the signal stops. */
	readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Makes a performer. A second `perform` of one order is safe: the host says go once per attempt. */
export function createPerformer(parts: Parts): Performer {
	return {
		async perform(order, host, signal) {
			const { run, sop, effect } = order;
			try {
				if (signal.aborted) return;
				await thenLeave(parts, async (inside) => {
					if (effect.kind === "attempt") await performAttempt(inside, { run, sop, effect, host, signal });
					if (effect.kind === "plan") await performPlan(inside, { run, sop, effect, host, signal });
				});
			} catch (error) {
				// Only a delivery can fail here: the run's state is the truth, and the host orders it again.
				parts.log?.({ what: "not delivered", run: run.id, where: effect.kind, error });
			}
		},
		plan: (run, sop, effect, signal) => thenLeave(parts, (inside) => planOf(inside, { run, sop, effect, signal })),
	};
}

/** Does the work, and then leaves every world that it entered. */
async function thenLeave<T>(parts: Parts, work: (parts: Parts) => Promise<T>): Promise<T> {
	const entered: World[] = [];
	const worldOf: Parts["worldOf"] = async (...of) => {
		const world = await parts.worldOf(...of);
		entered.push(world);
		return world;
	};
	try {
		return await work({ ...parts, worldOf });
	} finally {
		for (const world of entered) world.leave?.();
	}
}
