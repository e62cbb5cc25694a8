/**
 * Knows a delivery that comes a second time, also after a restart: Slack sends events up to four times over six minutes, and
 * what was signed once can be sent again by others. Must never count one as done before what it asks is durable.
 */
import { type Clock, plusMs } from "../../base/time.ts";
import type { Memory } from "../../engine/ports.ts";
import type { Answer } from "./delivery.ts";

export type Seen = {
	/** Acts the first time, gives the same answer to whoever comes meanwhile, and afterwards an empty one. */
	readonly once: (key: string, act: () => Promise<Answer>) => Promise<Answer>;
};

/** Far beyond Slack's last retry and our window for signatures. */
const KEPT_MS = 24 * 3_600_000;
/** Deliveries between two looks for what may be forgotten. */
const TIDY_EVERY = 500;

type SeenParts = {
	readonly memory: Memory;
	readonly clock: Clock;
	readonly complain: (error: unknown) => void;
};

/** Makes it. */
export function createSeen({ memory, clock, complain }: SeenParts): Seen {
	const under = new Map<string, Promise<Answer>>();
	let count = 0;
	/** Slack has its answer by then, and a repeat meanwhile finds the first one under way. */
	const note = (key: string): void => {
		try {
			memory.first(key);
			if (count++ % TIDY_EVERY === 0) memory.forgetBefore(plusMs(clock.now(), -KEPT_MS));
		} catch (error) {
			complain(error);
		} finally {
			under.delete(key);
		}
	};
	return {
		once: (key, work) => {
			const acting = under.get(key);
			if (acting !== undefined) return acting;
			if (memory.get(key) !== undefined) return Promise.resolve(undefined);
			const begun = work();
			under.set(key, begun);
			begun.then(
				() => void setImmediate(note, key),
				() => under.delete(key),
			);
			return begun;
		},
	};
}
