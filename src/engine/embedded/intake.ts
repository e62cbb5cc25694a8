/**
 * The queue in front of the journal: deliveries of one turn of the event loop become one tick. Tells a caller who has
 * waited 2 s that it is not confirmed yet; the work stays in the queue. Must never drop a delivery that was taken.
 */
import { UnavailableError } from "../../base/errors.ts";
import { createIdle } from "./idle.ts";
import type { Item } from "./stage.ts";

export type Intake = {
	push(item: Item): void;
	/** Back into the queue after a pause: the disk did not take it. */
	retry(items: readonly Item[]): void;
	/** Resolves when nothing is queued. */
	idle(): Promise<void>;
	size(): number;
	/** Refuses what is still queued, for good. */
	stop(problem: unknown): void;
};

const MOST_PER_TICK = 256;
const SWEEP_MS = 500;
const LONGEST_WAIT_MS = 2000;
const RETRY_MS = 500;

/** `tick` takes at most 256 at once and settles or returns to `retry` every one of them. */
export function createIntake(tick: (items: readonly Item[]) => void): Intake {
	let queue: Item[] = [];
	let resting: readonly Item[] = [];
	let scheduled = false;
	let sweeper: NodeJS.Timeout | undefined;
	let waker: NodeJS.Timeout | undefined;
	const idle = createIdle(() => queue.length + resting.length === 0);

	const run = (): void => {
		scheduled = false;
		const items = queue.length <= MOST_PER_TICK ? queue : queue.slice(0, MOST_PER_TICK);
		queue = queue.length <= MOST_PER_TICK ? [] : queue.slice(MOST_PER_TICK);
		if (items.length > 0) tick(items);
		tellLate(queue);
		schedule();
		idle.tell();
	};
	const schedule = (): void => {
		if (scheduled || queue.length === 0) return;
		scheduled = true;
		setImmediate(run);
	};
	const look = (): void => {
		sweeper = undefined;
		tellLate(queue);
		watch();
	};
	const watch = (): void => {
		if (sweeper === undefined && queue.length > 0) sweeper = setTimeout(look, SWEEP_MS);
	};
	const wake = (): void => {
		waker = undefined;
		queue = [...resting, ...queue];
		resting = [];
		schedule();
	};
	return {
		push: (item) => {
			queue.push(item);
			schedule();
			watch();
		},
		retry: (items) => {
			resting = [...resting, ...items];
			waker ??= setTimeout(wake, RETRY_MS);
		},
		idle: idle.wait,
		size: () => queue.length + resting.length,
		stop: (problem) => {
			clearTimeout(sweeper);
			clearTimeout(waker);
			for (const item of [...resting, ...queue]) item.reject(problem);
			queue = [];
			resting = [];
			idle.tell();
		},
	};
}

/** Tells whoever waited too long. The oldest come first. */
function tellLate(queue: readonly Item[]): void {
	const limit = performance.now() - LONGEST_WAIT_MS;
	for (const item of queue) {
		if (item.since > limit) break;
		if (item.internal || item.told) continue;
		item.told = true;
		item.reject(unconfirmed());
	}
}

function unconfirmed(): UnavailableError {
	const words = "Not confirmed yet. Your card will show it; pressing again cannot start it twice.";
	return new UnavailableError("unconfirmed", words, { retryAfterMs: 2000 });
}
