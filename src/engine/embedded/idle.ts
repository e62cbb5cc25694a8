/**
 * Lets others wait for the moment when nothing is left to do.
 */
type Idle = {
	/** Resolves at once when it is idle, else at the next `tell`. */
	wait(): Promise<void>;
	/** Tells that it may be idle now. */
	tell(): void;
};

export function createIdle(isIdle: () => boolean): Idle {
	let waiting: (() => void)[] = [];
	return {
		wait: () => (isIdle() ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
		tell: () => {
			if (waiting.length === 0 || !isIdle()) return;
			for (const resolve of waiting) resolve();
			waiting = [];
		},
	};
}
