/**
 * One queue per place: jobs run one after another, at their pace, and a place that is down holds up no other.
 * A job is a name and a deed: the same name again takes the waiting one's place. Must never run two jobs of a place at once.
 */

export type Job = {
	readonly name: string;
	/** Goes before all others of its place. */
	readonly urgent: boolean;
	/** Resolves when it is done, or with when to try it again. Must not throw. */
	readonly act: (tries: number) => Promise<"done" | Again>;
};

/**
 * `againInMs`: how long the place waits. `paced`: what is urgent need not. `aloneMs`: how long this job waits besides, while
 * others of its place go on.
 */
type Again = { readonly againInMs: number; readonly paced?: boolean; readonly aloneMs?: number };

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
	/** Those that wait longer than the others, by name. */
	readonly held: Map<string, { last: Waiting; readonly stop: () => void }>;
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
			if (place.held.size > 0) return;
			places.delete(name);
			if (places.size === 0) for (const tell of idlers.splice(0)) tell();
			return;
		}
		place.running = next.job.act(next.tries).then((result) => {
			place.running = undefined;
			if (closed) return;
			// Asked for meanwhile, a decision does not wait for the pace either.
			place.paced = result === "done" || (result.paced === true && !next.job.urgent);
			if (result !== "done") again(name, place, { last: { job: next.job, tries: next.tries + 1 }, result });
			const urgent = place.waiting[0]?.job.urgent === true;
			const pace = result === "done" ? parts.paceMs(name) : result.againInMs;
			const pause = urgent && place.paced ? 0 : pace;
			if (pause <= 0) step(name, place);
			else rest(name, place, pause);
		});
	}

	function again(name: string, place: Place, { last, result }: { last: Waiting; result: Again }): void {
		const { job } = last;
		const isCalm = !job.urgent && !place.waiting.some((each) => each.job.name === job.name && each.job.urgent);
		if (result.aloneMs === undefined || !isCalm) return putBack(place, last);
		const at = place.waiting.findIndex((each) => each.job.name === job.name);
		const newer = at < 0 ? undefined : place.waiting.splice(at, 1)[0];
		const stop = parts.after(result.aloneMs, () => {
			const held = place.held.get(job.name);
			place.held.delete(job.name);
			if (held !== undefined) putBack(place, held.last);
			if (isIdle(place)) step(name, place);
		});
		place.held.set(job.name, { last: { ...last, job: newer?.job ?? job }, stop });
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
				if (stays(place, job)) return;
				enqueue(place, job);
				if (isIdle(place)) return step(name, place);
				if (job.urgent && place.paced && place.stopTimer !== undefined) wake(name, place);
				return;
			}
			const waiting = [{ job, tries: 0 }];
			const fresh: Place = { waiting, held: new Map(), running: undefined, stopTimer: undefined, paced: false };
			places.set(name, fresh);
			step(name, fresh);
		},
		idle: () => (places.size === 0 ? Promise.resolve() : new Promise((tell) => idlers.push(tell))),
		close: async () => {
			closed = true;
			const all = [...places.values()];
			for (const place of all) {
				place.stopTimer?.();
				for (const { stop } of place.held.values()) stop();
			}
			await Promise.all(all.map((place) => place.running));
			places.clear();
			for (const tell of idlers.splice(0)) tell();
		},
	};
}

function isIdle({ running, stopTimer }: Place): boolean {
	return running === undefined && stopTimer === undefined;
}

/** A job whose like is held back takes its place there; one that has become urgent does not. */
function stays({ held }: Place, job: Job): boolean {
	const like = held.get(job.name);
	if (like === undefined) return false;
	if (!job.urgent) {
		like.last = { ...like.last, job };
		return true;
	}
	like.stop();
	held.delete(job.name);
	return false;
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
