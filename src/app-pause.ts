/**
 * Short waits of the process itself. Anything longer than an hour is a row in a table, never a timer.
 */
const MOST_MS = 3_600_000;

/** Resolves after a while, or at once when the signal stops. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(done, Math.min(ms, MOST_MS));
		function done(): void {
			clearTimeout(timer);
			signal.removeEventListener("abort", done);
			resolve();
		}
		if (signal.aborted) done();
		else signal.addEventListener("abort", done, { once: true });
	});
}

/** Acts after a while unless it is stopped; keeps nobody from ending. */
export function after(ms: number, act: () => void): () => void {
	const timer = setTimeout(act, Math.min(ms, MOST_MS));
	timer.unref();
	return () => clearTimeout(timer);
}
