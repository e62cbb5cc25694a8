/**
 * Whether the database is whole: its last ticks against the head file. Must never repair anything by itself.
 */
import type { Database } from "better-sqlite3";
import { plural } from "../../base/words.ts";
import type { Head } from "./anchor.ts";
import { GENESIS, headHash } from "./chain.ts";

export type Health =
	| { readonly kind: "good" }
	| { readonly kind: "copy"; readonly code: "paused"; readonly words: string }
	| { readonly kind: "damaged"; readonly code: "damaged"; readonly words: string };

const WAY_ON = "Nothing new is accepted. Restore the last backup, or look closer with `sopwith doctor`.";

/** The head of the last tick; zeros for an empty journal. */
export function lastHead(db: Database): Head {
	const head = db.prepare<[], Head>("SELECT tick, total, hash FROM heads ORDER BY tick DESC LIMIT 1").get();
	return head ?? { tick: 0, total: 0, hash: GENESIS };
}

/** Compares the journal's end with the head file, and re-computes the last ticks. */
export function checkEnd(db: Database, anchor: Head | undefined): Health {
	const last = lastHead(db);
	if (anchor !== undefined && anchor.tick > last.tick) {
		const lost = anchor.total - last.total;
		return damaged(
			`The journal ends ${plural(lost, "event")} too early: ${last.total} are there, ${anchor.total} were confirmed. ${WAY_ON}`,
		);
	}
	if (anchor !== undefined && anchor.tick > 0) {
		const hash = db.prepare<[number], string>("SELECT hash FROM heads WHERE tick = ?").pluck().get(anchor.tick);
		if (hash !== anchor.hash) return damaged(`The journal is not the one the head file was written for. ${WAY_ON}`);
	}
	const most = db.prepare<[], number | null>("SELECT max(total) FROM events").pluck().get() ?? 0;
	if (most !== last.total) return damaged(`The journal's events and their count differ. ${WAY_ON}`);
	return checkLastTicks(db) ? { kind: "good" } : damaged(`The journal's last events were changed. ${WAY_ON}`);
}

function checkLastTicks(db: Database): boolean {
	const heads = db.prepare<[], Head>("SELECT tick, total, hash FROM heads ORDER BY tick DESC LIMIT 5").all().reverse();
	const links = db.prepare<[number, number], string>(
		"SELECT hash FROM events WHERE total > ? AND total <= ? ORDER BY total",
	);
	links.pluck();
	return heads.every((head, at) => {
		const before = heads[at - 1] ?? (head.tick === 1 ? { total: 0, hash: GENESIS } : undefined);
		return before === undefined || headHash(before.hash, links.all(before.total, head.total)) === head.hash;
	});
}

function damaged(words: string): Health {
	return { kind: "damaged", code: "damaged", words };
}
