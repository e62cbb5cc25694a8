/**
 * Time that moves when nothing else can: acts by due instant, everything of one instant before the next. Must never look
 * at a real clock.
 */
import { type Clock, fromMs, type Instant } from "../../src/base/time.ts";

const START_MS = 1_780_000_000_000;

export type Schedule = {
	readonly clock: Clock;
	readonly ms: () => number;
	readonly in: (ms: number, act: () => void) => void;
	readonly at: (instant: Instant, act: () => void) => void;
	/** Does the next act; false when there is none. */
	readonly step: () => Promise<boolean>;
};

type Act = { readonly due: number; readonly no: number; readonly act: () => void };

export function schedule(): Schedule {
	let now = START_MS;
	let no = 0;
	const acts: Act[] = [];
	const add = (due: number, act: () => void): void => {
		const entry = { due: Math.max(now, due), no: no++, act };
		let at = acts.length;
		while (at > 0 && isAfter(acts[at - 1] as Act, entry)) at -= 1;
		acts.splice(at, 0, entry);
	};
	return {
		clock: { now: () => fromMs(now) },
		ms: () => now,
		in: (ms, act) => add(now + ms, act),
		at: (instant, act) => add(Temporal.Instant.from(instant).epochMilliseconds, act),
		step: async () => {
			const next = acts.shift();
			if (next === undefined) return false;
			now = next.due;
			next.act();
			await settled();
			return true;
		},
	};
}

function isAfter(a: Act, b: Act): boolean {
	return a.due > b.due || (a.due === b.due && a.no > b.no);
}

/** Lets every promise that can go on do so. */
function settled(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
