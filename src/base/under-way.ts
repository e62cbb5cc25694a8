/**
 * Work that goes on by itself, so that whoever ends can wait for it. Must never let a failure of it go unheard.
 */

export type UnderWay = {
	/** Takes it on. Its failure is complained of, and goes no further. */
	readonly track: (work: Promise<unknown>) => void;
	/** Resolves once nothing is under way, what was begun meanwhile included. */
	readonly idle: () => Promise<void>;
};

/** Makes it. */
export function createUnderWay(complain: (error: unknown) => void): UnderWay {
	const under = new Set<Promise<unknown>>();
	return {
		track: (work) => {
			const tracked = work.catch(complain);
			under.add(tracked);
			void tracked.finally(() => under.delete(tracked));
		},
		idle: async () => {
			while (under.size > 0) await Promise.all(under);
		},
	};
}
