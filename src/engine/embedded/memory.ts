/**
 * Small things other parts must remember over a restart, by name within a scope: conversation references, ids of deliveries
 * already seen. Must never hold a secret.
 */
import type { Json } from "../../base/json.ts";
import type { Memory } from "../ports.ts";
import type { Store } from "./open.ts";

/** Opens one scope. The same scope twice is the same memory. */
export function createMemory(store: Store, scope: string): Memory {
	const { db, clock } = store;
	const get = db.prepare<[string, string], string>("SELECT value FROM remembered WHERE scope = ? AND name = ?").pluck();
	const set = db.prepare("INSERT OR REPLACE INTO remembered(scope, name, value, at) VALUES (?, ?, ?, ?)");
	const add = db.prepare("INSERT OR IGNORE INTO remembered(scope, name, value, at) VALUES (?, ?, 'true', ?)");
	const all = db.prepare<[string], { name: string; value: string }>(
		"SELECT name, value FROM remembered WHERE scope = ? ORDER BY name",
	);
	const drop = db.prepare("DELETE FROM remembered WHERE scope = ? AND name = ?");
	const age = db.prepare("DELETE FROM remembered WHERE scope = ? AND at < ?");
	return {
		get: (name) => {
			const text = get.get(scope, name);
			return text === undefined ? undefined : (JSON.parse(text) as Json);
		},
		set: (name, value) => void store.write(() => set.run(scope, name, JSON.stringify(value), clock.now())),
		first: (name) => store.write(() => add.run(scope, name, clock.now())).changes === 1,
		all: () => all.all(scope).map(({ name, value }) => ({ name, value: JSON.parse(value) as Json })),
		forget: (name) => void store.write(() => drop.run(scope, name)),
		forgetBefore: (at) => void store.write(() => age.run(scope, at)),
	};
}
