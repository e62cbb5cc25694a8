/**
 * What `decide` orders. Effects are hints: the run's state is the truth, and `pending` derives them from it again.
 */
import type { Values } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import type { ActionName } from "../sop/sop.ts";
import type { NewEvent, Path, RunId, StartRequest, WaitId } from "./event.ts";

export type Effect =
	/** One read-only pass over everything an approval guards; the same function as `sopwith plan`. `range`: static ids of guarded steps. */
	| { readonly kind: "plan"; readonly wait: WaitId; readonly range: readonly Path[] }
	/** Look, plan, begin, apply, prove. `look`: only look (a `wait.for`, or proof of done by hand): never a write. */
	| {
			readonly kind: "attempt";
			readonly step: Path;
			readonly attempt: number;
			readonly action: ActionName;
			readonly input: Values;
			readonly mode: "apply" | "look";
			readonly timeoutMs: number;
			readonly proveWithinMs: number;
	  }
	| { readonly kind: "timer"; readonly wait: WaitId; readonly timer: string; readonly at: Instant }
	/** Starts a child unless it is there, then tells it what became of its part meanwhile. Doing it again changes nothing. */
	| {
			readonly kind: "start";
			readonly child: RunId;
			readonly request: StartRequest;
			readonly tell?: { readonly event: NewEvent; readonly key: string };
	  };

/** Names an effect within its run: two effects with one id are the same order. */
export function effectId(effect: Effect): string {
	switch (effect.kind) {
		case "plan":
			return `plan ${effect.wait}`;
		case "attempt":
			return `attempt ${effect.step}/${effect.attempt}`;
		case "timer":
			return `timer ${effect.wait} ${effect.timer} ${effect.at}`;
		case "start":
			return `start ${effect.child}${effect.tell === undefined ? "" : ` ${effect.tell.key}`}`;
	}
}
