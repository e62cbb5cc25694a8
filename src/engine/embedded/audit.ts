/**
 * Refused clicks, sign-ins, handovers: a chained stream of its own, capped, outside every run. Records of one turn are
 * written together. Must never hold a secret, and never fail the act it records.
 */
import { canonical, type Json, type Values } from "../../base/json.ts";
import type { Instant } from "../../base/time.ts";
import type { Audit, Page } from "../ports.ts";
import { GENESIS, sha } from "./chain.ts";
import { readMeta, writeMeta } from "./meta.ts";
import type { Store } from "./open.ts";

type AuditRow = { readonly n: number; readonly at: Instant; readonly entry: Values; readonly hash: string };
export type AuditStream = Audit & {
	/** Newest first. */
	list(query?: { readonly cursor?: string; readonly most?: number }): Page<AuditRow>;
	/** Writes what waits. Errors: those of `Store.write`. */
	flush(): void;
	/** Checks the chain. The number of the first row that is not as it was written. */
	verify(): { readonly rows: number; readonly broken?: number };
};

type Row = { readonly n: number; readonly at: string; readonly entry: string; readonly hash: string };
const CAP = 100_000;

/** `cap`: rows kept; older ones go, and the chain starts where they ended. */
export function createAudit(store: Store, cap: number = CAP): AuditStream {
	const { db, clock, log } = store;
	const add = db.prepare("INSERT INTO audit(n, at, entry, hash) VALUES (?, ?, ?, ?)");
	const last = db.prepare<[], Row>("SELECT * FROM audit ORDER BY n DESC LIMIT 1");
	const hashAt = db.prepare<[number], string>("SELECT hash FROM audit WHERE n = ?").pluck();
	const drop = db.prepare("DELETE FROM audit WHERE n <= ?");
	let waiting: { readonly at: Instant; readonly entry: string }[] = [];
	let scheduled = false;
	const flush = (): void => {
		if (waiting.length === 0) return;
		const rows = waiting;
		store.write(() => {
			let { n, hash } = last.get() ?? { n: 0, hash: readMeta(db, "audit-base") ?? GENESIS };
			for (const { at, entry } of rows) {
				n++;
				hash = sha(`${hash}\n${n}\n${at}\n${entry}`);
				add.run(n, at, entry, hash);
			}
			const edge = hashAt.get(n - cap) as string | undefined;
			if (edge === undefined) return;
			writeMeta(db, "audit-base", edge);
			drop.run(n - cap);
		});
		waiting = [];
	};
	const flushSoon = (): void => {
		scheduled = false;
		try {
			if (db.open) flush();
		} catch (problem) {
			waiting = waiting.slice(-1000);
			log.error({ err: problem, code: "audit" }, "audit rows could not be written and wait");
		}
	};
	return {
		record: (entry) => {
			waiting.push({ at: clock.now(), entry: canonical(entry as Json) });
			if (scheduled) return;
			scheduled = true;
			setImmediate(flushSoon);
		},
		list: (query = {}) => {
			flush();
			return pageOf(store, query);
		},
		flush,
		verify: () => {
			flush();
			return check(store);
		},
	};
}

function pageOf({ db }: Store, query: { readonly cursor?: string; readonly most?: number }): Page<AuditRow> {
	const most = Math.min(query.most ?? 50, 500);
	const before = query.cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(query.cursor);
	const page = db.prepare<[number, number], Row>("SELECT * FROM audit WHERE n < ? ORDER BY n DESC LIMIT ?");
	const rows = page.all(before, most + 1);
	const items = rows.slice(0, most).map((row) => ({ ...row, entry: JSON.parse(row.entry) as Values }));
	const end = items.at(-1);
	return rows.length > most && end ? { items, cursor: String(end.n) } : { items };
}

function check({ db }: Store): ReturnType<AuditStream["verify"]> {
	let prev = readMeta(db, "audit-base") ?? GENESIS;
	let rows = 0;
	let before: number | undefined;
	for (const { n, at, entry, hash } of db.prepare<[], Row>("SELECT * FROM audit ORDER BY n").iterate()) {
		const gap = before !== undefined && n !== before + 1;
		if (gap || sha(`${prev}\n${n}\n${at}\n${entry}`) !== hash) return { rows, broken: n };
		prev = hash;
		before = n;
		rows++;
	}
	return { rows };
}
