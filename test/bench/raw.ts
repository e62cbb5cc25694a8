/**
 * What the disk and SQLite give when nobody thinks: rows of the journal's columns and size, with the journal's pragmas,
 * in the same kind of folder, so many to a commit. The measure that the engine's figure is held against.
 */
import { join } from "node:path";
import { connect } from "../../src/engine/embedded/open.ts";

const PAYLOAD = JSON.stringify({ attempt: 1, changes: [], input: { step: "s0" }, step: "s0" }).padEnd(102);
const AT = "2026-11-22T12:00:00.000Z";
const HASH = "0".repeat(64);

export type RawTable = {
	/** Commits for so long, `batch` rows each, and returns rows per second. */
	readonly rate: (batch: number, ms: number) => number;
	/** Commits one row. */
	readonly keep: () => void;
	readonly close: () => void;
};

/** Opens a file of its own in the folder. */
export function openRaw(folder: string): RawTable {
	const db = connect(folder, join(folder, "raw.db"));
	db.exec(
		`CREATE TABLE events(total INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL,
		 kind TEXT NOT NULL, payload TEXT NOT NULL, hash TEXT NOT NULL, key TEXT NOT NULL, verdict TEXT, reason TEXT) STRICT`,
	);
	const add = db.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	let total = 0;
	const commit = db.transaction((batch: number) => {
		for (let at = 0; at < batch; at++) {
			add.run(++total, total >> 4, total & 15, AT, "attempt-began", PAYLOAD, HASH, "began:s0/1", null, null);
		}
	}).immediate;
	return {
		rate: (batch, ms) => {
			const from = total;
			const began = performance.now();
			while (performance.now() - began < ms) commit(batch);
			return ((total - from) * 1000) / (performance.now() - began);
		},
		keep: () => commit(1),
		close: () => db.close(),
	};
}
