/**
 * Tries something again later, twice as late each time, a minute at most. Must never try after `stop`.
 */
type Retries = {
	later(name: string, job: () => void): void;
	/** It went well: the next trouble starts with a short pause again. */
	forget(name: string): void;
	stop(): void;
};

const FIRST_MS = 1000;
const LAST_MS = 60_000;

export function createRetries(): Retries {
	const tries = new Map<string, number>();
	const handles = new Set<NodeJS.Timeout>();
	return {
		later: (name, job) => {
			const n = tries.get(name) ?? 0;
			tries.set(name, n + 1);
			const again = (): void => {
				handles.delete(handle);
				job();
			};
			const handle = setTimeout(again, Math.min(FIRST_MS * 2 ** n, LAST_MS));
			handles.add(handle);
		},
		forget: (name) => void tries.delete(name),
		stop: () => {
			for (const handle of handles) clearTimeout(handle);
			handles.clear();
		},
	};
}
