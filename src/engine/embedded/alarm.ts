/**
 * Wakes when the next due instant is reached, by looking at the clock again at least every minute. Must never set a timer
 * for longer: beyond 24.8 days it would fire at once, and a clock that jumps would make it late.
 */
import { type Clock, type Instant, toMs } from "../../base/time.ts";
import type { NewEvent } from "../event.ts";
import { timerKey } from "./entry.ts";
import type { Machine } from "./host.ts";
import type { DueRow } from "./journal.ts";

export type Alarm = {
	/** Tells that something is due at that instant. */
	expect(at: Instant): void;
	/** Looks at the clock now. */
	wake(): void;
	/** Stops for good; resolves when nothing is being fired. */
	stop(): Promise<void>;
};

const LONGEST_MS = 60_000;
/** When what was due could not be fired. */
const AGAIN_MS = 1000;

/** `nextDue`: the earliest instant in the table. `fire`: fires all that is due; must not throw. */
export function createAlarm(parts: {
	readonly clock: Clock;
	readonly nextDue: () => Instant | undefined;
	readonly fire: (now: Instant) => Promise<void>;
}): Alarm {
	let next: Instant | undefined;
	let handle: NodeJS.Timeout | undefined;
	let firing: Promise<void> | undefined;
	let stopped = false;

	const arm = (least = 0): void => {
		clearTimeout(handle);
		handle = undefined;
		if (stopped || next === undefined) return;
		const ms = toMs(next) - toMs(parts.clock.now());
		handle = setTimeout(look, Math.max(least, Math.min(ms, LONGEST_MS)));
	};
	const look = (): void => {
		if (stopped || firing !== undefined) return;
		const now = parts.clock.now();
		if (next === undefined || next > now) {
			arm();
			return;
		}
		firing = parts.fire(now).finally(() => {
			firing = undefined;
			next = stopped ? undefined : parts.nextDue();
			arm(next !== undefined && next <= now ? AGAIN_MS : 0);
		});
	};
	return {
		expect: (at) => {
			if (next !== undefined && next <= at) return;
			next = at;
			if (firing === undefined) arm();
		},
		wake: () => {
			next = stopped ? undefined : parts.nextDue();
			look();
		},
		stop: async () => {
			stopped = true;
			clearTimeout(handle);
			await firing;
		},
	};
}

/** Fires all that is due, 500 at a time; one that cannot be fired now stays in the table. */
export async function fireDue(machine: Machine, now: Instant): Promise<void> {
	for (;;) {
		const due = machine.journal.due.all(now);
		const fired = await Promise.all(due.map((row) => fireOne(machine, row)));
		if (due.length < 500 || fired.includes(false) || machine.phase !== "serving") return;
	}
}

async function fireOne(machine: Machine, row: DueRow): Promise<boolean> {
	const event: NewEvent = { kind: "timer-fired", wait: row.wait, timer: row.timer };
	try {
		await machine.deliver(row.id, event, timerKey(row));
		return true;
	} catch (problem) {
		machine.log.warn({ err: problem, run: row.id, code: "timer" }, "a timer could not be fired and waits");
		return false;
	}
}
