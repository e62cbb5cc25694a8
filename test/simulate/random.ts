/**
 * Chance that can be replayed: the same seed gives the same world. Must never be seeded from a clock.
 */
export type Dice = {
	/** A number from 0 up to 1. */
	readonly next: () => number;
	/** True this often. */
	readonly happens: (chance: number) => boolean;
	/** A whole number from 0 up to `below`. */
	readonly below: (below: number) => number;
	readonly pick: <T>(list: readonly T[]) => T;
};

/** Mulberry32: 32 bits of state, enough to shuffle a world. */
export function dice(seed: number): Dice {
	let state = (seed * 2654435761) >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
	const below = (most: number): number => Math.floor(next() * most);
	return { next, below, happens: (chance) => next() < chance, pick: (list) => list[below(list.length)] as never };
}
