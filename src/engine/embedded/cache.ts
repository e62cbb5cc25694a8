/**
 * The runs in memory, the longest unused given up first when they grow too big. Must never give up one that is being
 * performed or has something unwritten.
 */
import type { RunId } from "../event.ts";
import type { Entry } from "./entry.ts";

export type Cache = {
	get(id: RunId): Entry | undefined;
	add(entry: Entry): void;
	drop(id: RunId): void;
	/** Tells that an entry grew by so many bytes. */
	grow(entry: Entry, bytes: number): void;
	/** Gives up what is too much. */
	trim(): void;
	size(): number;
};

/** `most`: rough bytes. */
export function createCache(most: number): Cache {
	const entries = new Map<RunId, Entry>();
	let weight = 0;
	const drop = (id: RunId): void => {
		const entry = entries.get(id);
		if (entry === undefined) return;
		entries.delete(id);
		weight -= entry.weight;
	};
	return {
		get: (id) => {
			const entry = entries.get(id);
			if (entry !== undefined && weight > most / 2) {
				entries.delete(id);
				entries.set(id, entry);
			}
			return entry;
		},
		add: (entry) => {
			drop(entry.id);
			entries.set(entry.id, entry);
			weight += entry.weight;
		},
		drop,
		grow: (entry, bytes) => {
			entry.weight += bytes;
			if (entries.get(entry.id) === entry) weight += bytes;
		},
		trim: () => {
			if (weight <= most) return;
			for (const [id, entry] of entries) {
				if (weight <= most) return;
				if (entry.performing === 0 && !entry.dirty) drop(id);
			}
		},
		size: () => entries.size,
	};
}
