/**
 * What was posted where: a row per run, message and addressee, and the random card ids that come back from a click. Must
 * never decide whether something should be posted.
 */
import type { Json } from "../../base/json.ts";
import type { SurfaceName } from "../event.ts";
import type { PostRow, Posts } from "../kept.ts";
import type { Store } from "./open.ts";

type Row = {
	readonly run: string;
	readonly key: string;
	readonly addressee: string;
	readonly surface: SurfaceName;
	readonly kind: "direct" | "channel";
	readonly place: string;
	readonly ref: string | null;
	readonly card: string;
	readonly digest: string;
	readonly rings: number;
	readonly closed: number;
	readonly wait: string | null;
	readonly data: string;
	readonly at: string;
	/** Rises with every save, over all rows. */
	readonly n: number;
};

export function createPosts(store: Store): Posts {
	const { db } = store;
	const find = db.prepare<[string, string, string], Row>(
		"SELECT * FROM posts WHERE run = ? AND key = ? AND addressee = ?",
	);
	const card = db.prepare<[string], Row>("SELECT * FROM posts WHERE card = ?");
	const old = db.prepare<[string], { run: string; at: string; now: string }>(
		`SELECT o.run, o.at, p.card AS now FROM old_cards o
		 JOIN posts p ON p.run = o.run AND p.key = o.key AND p.addressee = o.addressee WHERE o.card = ?`,
	);
	const keepOld = db.prepare(
		`INSERT INTO old_cards(card, run, key, addressee, at) SELECT card, run, key, addressee, ? FROM posts
		 WHERE run = ? AND key = ? AND addressee = ? AND card <> ? ON CONFLICT(card) DO NOTHING`,
	);
	const put = db.prepare<Row>(
		`INSERT OR REPLACE INTO posts(run, key, addressee, surface, place, kind, ref, card, digest, rings, closed, wait, data, at, n)
		 VALUES (@run, @key, @addressee, @surface, @place, @kind, @ref, @card, @digest, @rings, @closed, @wait, @data, @at, @n)`,
	);
	const run = db.prepare<[string], Row>("SELECT * FROM posts WHERE run = ? ORDER BY n");
	let last = db.prepare<[], number | null>("SELECT max(n) FROM posts").pluck().get() ?? 0;
	return {
		find: (r, key, addressee) => read(find.get(r, key, addressee)),
		save: (...rows) =>
			store.write(() => {
				for (const row of rows) {
					keepOld.run(row.at, row.run, row.key, row.addressee, row.card);
					put.run(write(row, ++last));
				}
			}),
		byCard: (id) => read(card.get(id)),
		oldCard: (id) => old.get(id),
		ofRun: (id) => run.all(id).map(toPost),
	};
}

function write(row: PostRow, n: number): Row {
	return {
		...row,
		ref: row.ref ?? null,
		wait: row.wait ?? null,
		closed: row.closed ? 1 : 0,
		data: JSON.stringify(row.data),
		n,
	};
}

function read(row: Row | undefined): PostRow | undefined {
	return row && toPost(row);
}

function toPost({ ref, wait, closed, data, n: _, ...row }: Row): PostRow {
	return {
		...row,
		closed: closed === 1,
		data: JSON.parse(data) as Json,
		...(ref === null ? {} : { ref }),
		...(wait === null ? {} : { wait }),
	};
}
