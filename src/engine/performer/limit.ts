/**
 * Limits on time and on how much happens at once. Must never hide an error: what is thrown inside is thrown outside.
 */

/** Told to the caller when the time was up, so that it is never mistaken for an error of the work itself. */
export class TimeUp extends Error {}
/** Told to the caller when the host is stopping. */
export class Stopped extends Error {}

/**
 * Runs work for at most `ms`, handing it a signal that stops with the time or with `signal`.
 * Errors: throws `TimeUp` or `Stopped`; the work itself may go on unseen, so after a write its outcome is unknown.
 */
export async function within<T>(
	ms: number,
	signal: AbortSignal,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const limit = new AbortController();
	let stop: (why: Error) => void = () => {};
	const stopped = new Promise<never>((_, reject) => {
		stop = (why) => {
			limit.abort(why);
			reject(why);
		};
	});
	const timer = setTimeout(() => stop(new TimeUp()), ms);
	const onAbort = () => stop(new Stopped());
	if (signal.aborted) onAbort();
	signal.addEventListener("abort", onAbort, { once: true });
	try {
		return await Promise.race([stopped, work(limit.signal)]);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", onAbort);
	}
}

/** Maps with at most `most` at once; the answers keep the order of the items. The first error is thrown. */
export async function mapAtMost<A, B>(
	items: readonly A[],
	most: number,
	work: (item: A) => Promise<B>,
): Promise<readonly B[]> {
	const answers: B[] = new Array(items.length);
	let next = 0;
	const worker = async () => {
		while (next < items.length) {
			const at = next++;
			answers[at] = await work(items[at] as A);
		}
	};
	await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
	return answers;
}
