/**
 * Keeps what is remembered in memory from growing without end. Must never be all that something durable stands on.
 */

/** Sets an entry and counts it as the newest; where there are more than `most`, the one set longest ago is forgotten. */
export function setBounded<Key, Value>(map: Map<Key, Value>, entry: readonly [Key, Value], most: number): void {
	const [key, value] = entry;
	map.delete(key);
	map.set(key, value);
	const oldest = map.keys().next();
	if (map.size > most && !oldest.done) map.delete(oldest.value);
}
