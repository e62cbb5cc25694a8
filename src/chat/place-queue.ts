/**
 * One queue per place: jobs run one after another, at their pace, and a place that is down holds up no other.
 * A job is a name and a deed: the same name again takes the waiting one's place. Must never run two jobs of a place at once.
 */

export type Job = {
	readonly name: string;
	/** Goes before all others of its place. */
	readonly urgent: boolean;
	/** Resolves when it is done, or with how long to wait before it is tried again, ms; `paced`: what is urgent need not. Must not throw. */
	readonly act: (tries: number) => Promise<"done" | { readonly againInMs: number; readonly paced?: boolean }>;
};

export type Queues = {
	readonly push: (place: string, job: Job) => void;
	/** Resolves once nothing waits anywhere. */
	readonly idle: () => Promise<void>;
	/** Drops what waits and resolves when what runs has ended. */
	readonly close: () => Promise<void>;
};

type Waiting = { job: Job; tries: number };
type Place = {
	readonly waiting: Waiting[];
	running: Promise<void> | undefined;
	stopTimer: (() => void) | undefined;
	/** It rests only to keep its pace, not because something went wrong. */
	paced: boolean;
};

/** Makes the queues. `paceMs`: least time between two jobs of a place. `after`: a timer; returns how to stop it. */
export function createQueues(parts: {
	readonly paceMs: (place: string) => number;
	readonly after: (ms: number, act: () => void) => () => void;
}): Queues {
	const places = new Map<string, Place>();
	const idlers: (() => void)[] = [];
	let closed = false;

	function step(name: string, place: Place): void {
		const next = place.waiting.shift();
		if (next === undefined) {
			places.delete(name);
			if (places.size === 0) for (const tell of idlers.splice(0)) tell();
			return;
		}
		place.running = next.job.act(next.tries).then((result) => {
			place.running = undefined;
			if (closed) return;
			// Asked for meanwhile, a decision does not wait for the pace either.
			place.paced = result === "done" || (result.paced === true && !next.job.urgent);
			if (result !== "done") putBack(place, { job: next.job, tries: next.tries + 1 });
			const urgent = place.waiting[0]?.job.urgent === true;
			const pace = result === "done" ? parts.paceMs(name) : result.againInMs;
			const pause = urgent && place.paced ? 0 : pace;
			if (pause <= 0) step(name, place);
			else rest(name, place, pause);
		});
	}

	function rest(name: string, place: Place, ms: number): void {
		place.stopTimer = parts.after(ms, () => {
			place.stopTimer = undefined;
			step(name, place);
		});
	}

	/** A decision does not wait for the pace; the surface itself knows what its vendor takes at most. */
	function wake(name: string, place: Place): void {
		place.stopTimer?.();
		place.stopTimer = undefined;
		step(name, place);
	}

	return {
		push: (name, job) => {
			if (closed) return;
			const place = places.get(name);
			if (place !== undefined) {
				enqueue(place, job);
				if (job.urgent && place.paced && place.stopTimer !== undefined) wake(name, place);
				return;
			}
			const fresh: Place = { waiting: [{ job, tries: 0 }], running: undefined, stopTimer: undefined, paced: false };
			places.set(name, fresh);
			step(name, fresh);
		},
		idle: () => (places.size === 0 ? Promise.resolve() : new Promise((tell) => idlers.push(tell))),
		close: async () => {
			closed = true;
			const all = [...places.values()];
			for (const place of all) place.stopTimer?.();
			await Promise.all(all.map((place) => place.running));
			places.clear();
			for (const tell of idlers.splice(0)) tell();
		},
	};
}

/** Replaces a waiting job of that name where it stands; one that has become urgent goes before all that are not. */
function enqueue(place: Place, job: Job): void {
	const at = place.waiting.findIndex((each) => each.job.name === job.name);
	const before = place.waiting[at];
	const tries = before?.tries ?? 0;
	if (before !== undefined && (before.job.urgent || !job.urgent)) place.waiting[at] = { job, tries };
	else {
		if (before !== undefined) place.waiting.splice(at, 1);
		place.waiting.splice(job.urgent ? firstCalm(place) : place.waiting.length, 0, { job, tries });
	}
}

/** A job to be tried again keeps its turn among its like, unless a newer one of its name waits already. */
function putBack(place: Place, waiting: Waiting): void {
	const newer = place.waiting.some((each) => each.job.name === waiting.job.name);
	if (!newer) place.waiting.splice(waiting.job.urgent ? 0 : firstCalm(place), 0, waiting);
}

/** Where those that are not urgent begin. */
function firstCalm({ waiting }: Place): number {
	const at = waiting.findIndex(({ job }) => !job.urgent);
	return at < 0 ? waiting.length : at;
}
