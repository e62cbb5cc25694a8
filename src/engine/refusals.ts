/**
 * Keeps refusals of what anybody may send in the audit: in an hour the first ones, and a count of the rest. Must never let a
 * flood wash what people did out of it.
 */
import { type Clock, fromMs, toMs } from "../base/time.ts";
import type { ClientId } from "../sop/sop.ts";
import type { Audit } from "./ports.ts";

/** Refusals in an hour that are recorded one by one. */
const MOST_RECORDED = 100;
const HOUR_MS = 3_600_000;
/** Characters of why: some of it is the stranger's own. */
const MOST_WORDS = 300;

export type Refusals = (why: string, about?: { readonly client?: ClientId }) => void;

/** Makes the recorder. `why` is for the auditor; `client`: one that there is, never a name that somebody sent. */
export function createRefusals(parts: {
	readonly audit: Audit;
	readonly clock: Clock;
	readonly entry: { readonly via: string; readonly what: string };
}): Refusals {
	const { audit, clock, entry } = parts;
	let hour = { beganMs: Number.NEGATIVE_INFINITY, count: 0 };
	return (why, about = {}) => {
		const nowMs = toMs(clock.now());
		if (nowMs - hour.beganMs >= HOUR_MS) {
			const more = hour.count - MOST_RECORDED;
			if (more > 0) audit.record({ ...entry, why: `${more} more in the hour after ${fromMs(hour.beganMs)}` });
			hour = { beganMs: nowMs, count: 0 };
		}
		hour.count += 1;
		if (hour.count <= MOST_RECORDED) audit.record({ ...entry, ...about, why: why.slice(0, MOST_WORDS) });
	};
}
