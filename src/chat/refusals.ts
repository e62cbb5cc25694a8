/**
 * Keeps refusals in the audit, one by one, and in a flood only the first ones of a minute with a count of the rest. Must
 * never let a flood wash the rest of the audit away.
 */
import { type Clock, fromMs, toMs } from "../base/time.ts";
import type { Audit } from "../engine/ports.ts";

/** Refusals in a minute that are recorded one by one. */
const MOST_RECORDED = 100;
const MINUTE_MS = 60_000;

/** Makes the recorder. `why` is for the auditor. */
export function createRefusals(parts: {
	readonly audit: Audit;
	readonly clock: Clock;
	readonly entry: { readonly via: string; readonly what: string };
}): (why: string) => void {
	const { audit, clock, entry } = parts;
	let minute = { beganMs: Number.NEGATIVE_INFINITY, count: 0 };
	return (why) => {
		const nowMs = toMs(clock.now());
		if (nowMs - minute.beganMs >= MINUTE_MS) {
			const more = minute.count - MOST_RECORDED;
			if (more > 0) audit.record({ ...entry, why: `${more} more in the minute after ${fromMs(minute.beganMs)}` });
			minute = { beganMs: nowMs, count: 0 };
		}
		minute.count += 1;
		if (minute.count <= MOST_RECORDED) audit.record({ ...entry, why });
	};
}
