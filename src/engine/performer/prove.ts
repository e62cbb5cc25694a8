/**
 * Reading back what was written: looks again, with growing pauses, until the plan is empty and every check holds. Must
 * never write.
 */
import type { Values } from "../../base/json.ts";
import { toMs } from "../../base/time.ts";
import type { World } from "../action.ts";
import type { Check, Code } from "../event.ts";
import { RemoteError } from "../remote.ts";
import type { AttemptOrder } from "./attempt.ts";
import { type Desired, lookAndPlan, proveDesired } from "./desired.ts";
import { Stopped, TimeUp, within } from "./limit.ts";
import type { Parts } from "./performer.ts";

const FIRST_MS = 100;
const MOST_MS = 5_000;

type Proved = { readonly output: Values; readonly proof: readonly Check[] };
/** The other side wants to be left alone for longer than there is to prove it in. */
type PutOff = { readonly retryAfterMs: number; readonly code: Code; readonly detail: string };

/**
 * Looks until it is so, at most `proveWithinMs`; undefined when it never was. An unanswered look is a look too few, and one
 * that is put off beyond the time ends it.
 */
export async function proveWithin(
	parts: Parts,
	order: AttemptOrder,
	desired: Desired,
	world: World,
): Promise<Proved | PutOff | undefined> {
	const start = toMs(parts.clock.now());
	let waited = 0;
	for (let pause = FIRST_MS; ; pause = Math.min(pause * 2, MOST_MS)) {
		const seen = await lookOnce(parts, order, desired, world);
		if (seen !== undefined && "proof" in seen) return seen;
		const left = order.effect.proveWithinMs - Math.max(waited, toMs(parts.clock.now()) - start);
		if (seen !== undefined && seen.retryAfterMs > left) return seen;
		if (left <= 0 || order.signal.aborted) return undefined;
		await parts.wait(Math.min(pause, left), order.signal);
		waited += Math.min(pause, left);
	}
}

async function lookOnce(
	parts: Parts,
	order: AttemptOrder,
	desired: Desired,
	world: World,
): Promise<Proved | PutOff | undefined> {
	try {
		const { planned, facts } = await within(order.effect.timeoutMs, order.signal, (signal) =>
			lookAndPlan(desired, { ...world, signal }),
		);
		if (planned.obstacle !== undefined || planned.notYet === true || planned.changes.length > 0) return undefined;
		const proved = proveDesired(desired, facts);
		return proved.proof.every((check) => check.ok) ? proved : undefined;
	} catch (error) {
		const later = putOff(error);
		if (later !== undefined) return later;
		const expected = error instanceof RemoteError || error instanceof TimeUp || error instanceof Stopped;
		if (!expected) {
			parts.log?.({ what: "bug in a proof", run: order.run.id, where: order.effect.step, error });
		}
		return undefined;
	}
}

function putOff(error: unknown): PutOff | undefined {
	if (!(error instanceof RemoteError) || error.answer.kind === "unknown") return undefined;
	const { code, detail, retryAfterMs } = error.answer;
	return retryAfterMs === undefined ? undefined : { code, detail, retryAfterMs };
}
