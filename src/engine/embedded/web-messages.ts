/**
 * The web chat's messages in the embedded database, and the marks of runs whose messages are not settled. Must never grow
 * with parked runs: only what changed lately is looked at.
 */
import type { Json } from "../../base/json.ts";
import { plusMs } from "../../base/time.ts";
import type { RunId } from "../event.ts";
import type { Marks, WebMessage, WebMessages } from "../kept.ts";
import { readMeta, writeMeta } from "./meta.ts";
import type { Store } from "./open.ts";

type Row = Omit<WebMessage, "drawn" | "rings"> & { readonly drawn: string; readonly rings: number };

const TABLES = `
CREATE TABLE IF NOT EXISTS web_messages(
	no INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, place TEXT NOT NULL, at TEXT NOT NULL, seq INTEGER NOT NULL,
	rings INTEGER NOT NULL, drawn TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS web_messages_seq ON web_messages(place, seq);
CREATE INDEX IF NOT EXISTS web_messages_no ON web_messages(place, no);
`;

/** Keeps the web chat's messages. */
export function createWebMessages(store: Store): WebMessages {
	const { db } = store;
	store.write(() => db.exec(TABLES));
	const insert = db.prepare("INSERT INTO web_messages(ref, place, at, seq, rings, drawn) VALUES (?, ?, ?, ?, ?, ?)");
	const change = db.prepare("UPDATE web_messages SET drawn = ?, seq = ? WHERE ref = ? AND place = ?");
	const one = db.prepare<[string, string], Row>("SELECT * FROM web_messages WHERE ref = ? AND place = ?");
	const newer = db.prepare<[string, number], Row>(
		"SELECT * FROM web_messages WHERE place = ? AND seq > ? ORDER BY seq LIMIT 500",
	);
	const newest = db.prepare<[string, number], Row>(
		"SELECT * FROM (SELECT * FROM web_messages WHERE place = ? ORDER BY no DESC LIMIT ?) ORDER BY no",
	);
	let last = db.prepare<[], number | null>("SELECT max(seq) FROM web_messages").pluck().get() ?? 0;
	const found = (place: string, ref: string): WebMessage | undefined => {
		const row = one.get(ref, place);
		return row && toMessage(row);
	};
	return {
		put: ({ ref, place, at, rings, drawn }) => {
			store.write(() => insert.run(ref, place, at, last + 1, rings ? 1 : 0, JSON.stringify(drawn)));
			last += 1;
			return found(place, ref) as WebMessage;
		},
		edit: (place, ref, drawn) => {
			const done = store.write(() => change.run(JSON.stringify(drawn), last + 1, ref, place));
			if (done.changes === 0) return undefined;
			last += 1;
			return found(place, ref);
		},
		after: (place, seq) => newer.all(place, seq).map(toMessage),
		latest: (place, most) => newest.all(place, most).map(toMessage),
		together: (work) => store.write(work),
	};
}

/** How long before the last written mark a run may have changed without being marked: far longer than `WRITE_MS`. */
const UNMARKED_MS = 60_000;
const WRITE_MS = 1000;

/**
 * Keeps which runs' messages are not settled; marks of a second are written together. A run that changed right before the
 * end, too late to be marked, counts too.
 */
export function createMarks(store: Store): Marks {
	const { db, clock, log } = store;
	const table = "CREATE TABLE IF NOT EXISTS post_marks(run TEXT PRIMARY KEY) STRICT, WITHOUT ROWID";
	store.write(() => db.exec(table));
	const add = db.prepare("INSERT INTO post_marks VALUES (?) ON CONFLICT(run) DO NOTHING");
	const drop = db.prepare("DELETE FROM post_marks WHERE run = ?");
	const kept = db.prepare<[], string>("SELECT run FROM post_marks ORDER BY run").pluck();
	const late = db.prepare<[string], string>(
		`SELECT DISTINCT runs.id FROM events JOIN runs ON runs.no = events.run WHERE events.total >
		 coalesce((SELECT total FROM heads WHERE at < ? ORDER BY tick DESC LIMIT 1), 0)`,
	);
	late.pluck();
	/** True: marked, false: settled; not written yet. */
	const waiting = new Map<RunId, boolean>();
	let writer: NodeJS.Timeout | undefined;
	const flush = (): void => {
		clearTimeout(writer);
		writer = undefined;
		if (waiting.size === 0 || !db.open) return;
		store.write(() => {
			for (const [run, marked] of waiting) (marked ? add : drop).run(run);
			writeMeta(db, "posts-seen", clock.now());
		});
		waiting.clear();
	};
	const flushSoon = (): void => {
		writer ??= setTimeout(() => {
			try {
				flush();
			} catch (problem) {
				log.warn({ err: problem, code: "summaries" }, "marks could not be written and wait");
				flushSoon();
			}
		}, WRITE_MS).unref();
	};
	const note = (run: RunId, marked: boolean): void => {
		waiting.set(run, marked);
		flushSoon();
	};
	return {
		mark: (run) => note(run, true),
		settle: (run) => note(run, false),
		marked: () => {
			flush();
			const last = readMeta(db, "posts-seen");
			const since = late.all(last === undefined ? "" : plusMs(last, -UNMARKED_MS));
			return [...new Set([...kept.all(), ...since])];
		},
	};
}

function toMessage(row: Row): WebMessage {
	return { ...row, rings: row.rings === 1, drawn: JSON.parse(row.drawn) as Json };
}
