/**
 * Who is served next: one lane per client, taken in turn, so many at once per client and in all. A noisy client fills its
 * own lane only. Must never know what a job does.
 */
import { createIdle } from "./idle.ts";

export type Lanes = {
	/** Queues a job; it must not throw. */
	add(client: string, job: () => Promise<void>): void;
	/** Starts nothing more and forgets what waits. */
	stop(): void;
	/** Resolves when nothing runs. */
	idle(): Promise<void>;
	running(): number;
	waiting(): number;
};

type Lane = { readonly client: string; running: number; jobs: (() => Promise<void>)[]; next: number };

export function createLanes(limits: { readonly perClient: number; readonly total: number }): Lanes {
	const lanes = new Map<string, Lane>();
	/** Lanes that have a job and room for it, in the order of their turns. */
	const ready = new Map<string, Lane>();
	let running = 0;
	let stopped = false;
	const idle = createIdle(() => running === 0);

	const queue = (lane: Lane): void => {
		if (lane.next < lane.jobs.length && lane.running < limits.perClient) ready.set(lane.client, lane);
	};
	const finish = (lane: Lane): void => {
		running--;
		lane.running--;
		if (lane.running === 0 && lane.next >= lane.jobs.length) lanes.delete(lane.client);
		queue(lane);
		serve();
		idle.tell();
	};
	const serve = (): void => {
		while (!stopped && running < limits.total) {
			const first = ready.values().next();
			if (first.done) return;
			const lane = first.value;
			ready.delete(lane.client);
			const job = take(lane);
			if (job === undefined) continue;
			running++;
			lane.running++;
			queue(lane);
			void job().finally(() => finish(lane));
		}
	};
	return {
		add: (client, job) => {
			if (stopped) return;
			const lane = lanes.get(client) ?? { client, running: 0, jobs: [], next: 0 };
			lanes.set(client, lane);
			lane.jobs.push(job);
			if (!ready.has(client)) queue(lane);
			serve();
		},
		stop: () => {
			stopped = true;
			ready.clear();
			for (const lane of lanes.values()) lane.next = lane.jobs.length;
		},
		idle: idle.wait,
		running: () => running,
		waiting: () => [...lanes.values()].reduce((sum, lane) => sum + lane.jobs.length - lane.next, 0),
	};
}

function take(lane: Lane): (() => Promise<void>) | undefined {
	const job = lane.jobs[lane.next];
	lane.next++;
	if (lane.next > 1000 && lane.next * 2 > lane.jobs.length) {
		lane.jobs = lane.jobs.slice(lane.next);
		lane.next = 0;
	}
	return job;
}
