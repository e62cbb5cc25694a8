/**
 * A recorded run, and what the core of today makes of it. Must never hide a difference: state and orders both count.
 */
import { type Json, sha256 } from "../../src/base/json.ts";
import { decide } from "../../src/engine/decide.ts";
import { effectId } from "../../src/engine/effect.ts";
import type { RunEvent } from "../../src/engine/event.ts";
import type { Run } from "../../src/engine/run.ts";
import type { Sop } from "../../src/sop/sop.ts";

/** After one event: its kind, the state's digest, the answer, and the orders by name. */
export type Outcome = {
	readonly kind: string;
	readonly state: string;
	readonly verdict: string;
	readonly effects: readonly string[];
};
export type History = {
	readonly sop: Sop;
	readonly events: readonly RunEvent[];
	readonly outcomes: readonly Outcome[];
};

/** Decides every event in order. Shape: one outcome an event. */
export function outcomes(sop: Sop, events: readonly RunEvent[]): readonly Outcome[] {
	let run: Run | undefined;
	return events.map((event) => {
		const decision = decide(sop, run, event);
		run = decision.run;
		return {
			kind: event.kind,
			state: sha256(run as unknown as Json).slice(0, 16),
			verdict: decision.verdict,
			effects: decision.effects.map(effectId),
		};
	});
}
