/**
 * Counts how often a standing approval was used on a day, once per run and wait. Must never count a repeated question twice.
 */
import type { StandingLedger } from "../ports.ts";
import type { Store } from "./open.ts";

export function createStandingLedger(store: Store): StandingLedger {
	const { db, write } = store;
	const before = db.prepare<[string, string, string], number>(
		"SELECT used FROM standing WHERE id = ? AND run = ? AND wait = ?",
	);
	before.pluck();
	const count = db.prepare<[string, string], number>("SELECT count(*) FROM standing WHERE id = ? AND day = ?").pluck();
	const add = db.prepare("INSERT INTO standing(id, run, wait, day, used) VALUES (?, ?, ?, ?, ?)");
	return {
		reserve: async (id, day, atMost, run, wait) =>
			write(() => {
				const first = before.get(id, run, wait);
				if (first !== undefined) return { used: first };
				const used = Number(count.get(id, day) ?? 0) + 1;
				if (used > atMost) return undefined;
				add.run(id, run, wait, day, used);
				return { used };
			}),
	};
}
