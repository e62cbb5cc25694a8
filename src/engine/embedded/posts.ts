/**
 * What was posted where: a row per run, message and addressee, and the random card ids that come back from a click. Must
 * never decide whether something should be posted.
 */
import type { Json } from "../../base/json.ts";
import type { Instant } from "../../base/time.ts";
import type { RunId, SurfaceName, WaitId } from "../event.ts";
import type { MessageKey } from "../message.ts";
import type { Store } from "./open.ts";

export type PostRow = {
	readonly run: RunId;
	readonly key: MessageKey;
	/** A person's or a channel's name: whom this copy is for. */
	readonly addressee: string;
	readonly surface: SurfaceName;
	readonly kind: "direct" | "channel";
	/** The surface's own text for the place. */
	readonly place: string;
	/** The surface's reference for edits; undefined until the put was answered. */
	readonly ref?: string;
	/** Random; what its buttons carry. */
	readonly card: string;
	readonly digest: string;
	readonly rings: number;
	readonly closed: boolean;
	readonly wait?: WaitId;
	/** What was last drawn, for surfaces that keep nothing themselves. */
	readonly data: Json;
	readonly at: Instant;
	/** Rises with every save, over all rows: ask for what is newer. Set here. */
	readonly n: number;
};

type OldCard = {
	readonly run: RunId;
	readonly key: MessageKey;
	readonly at: Instant;
	readonly now: string;
};

type Posts = {
	find(run: RunId, key: MessageKey, addressee: string): PostRow | undefined;
	/** Keeps rows whole, all in one commit; a card id that is replaced stays known to `oldCard`. */
	save(...rows: readonly Omit<PostRow, "n">[]): void;
	byCard(card: string): PostRow | undefined;
	/** A card that a newer one took the place of, and which that is. */
	oldCard(card: string): OldCard | undefined;
	ofRun(run: RunId): readonly PostRow[];
	/** Oldest change first, at most 500. */
	ofPlace(surface: SurfaceName, place: string, after?: number): readonly PostRow[];
};

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
	readonly n: number;
};

export function createPosts(store: Store): Posts {
	const { db } = store;
	const find = db.prepare<[string, string, string], Row>(
		"SELECT * FROM posts WHERE run = ? AND key = ? AND addressee = ?",
	);
	const card = db.prepare<[string], Row>("SELECT * FROM posts WHERE card = ?");
	const old = db.prepare<[string], OldCard>(
		`SELECT o.run, o.key, o.at, p.card AS now FROM old_cards o
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
	const place = db.prepare<[string, string, number], Row>(
		"SELECT * FROM posts WHERE surface = ? AND place = ? AND n > ? ORDER BY n LIMIT 500",
	);
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
		ofPlace: (surface, at, after = 0) => place.all(surface, at, after).map(toPost),
	};
}

function write(row: Omit<PostRow, "n">, n: number): Row {
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

function toPost({ ref, wait, closed, data, ...row }: Row): PostRow {
	return {
		...row,
		closed: closed === 1,
		data: JSON.parse(data) as Json,
		...(ref === null ? {} : { ref }),
		...(wait === null ? {} : { wait }),
	};
}
