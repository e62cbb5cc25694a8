/**
 * Accounts in chat that belong to a person, and the codes by which they are shown to. A code is kept as its hash alone; the
 * code itself must never come here.
 */
import type { SurfaceName } from "../event.ts";
import type { CodeStore, Linked, LinkStore } from "../kept.ts";
import { actorIn, type Row, text } from "./columns.ts";
import type { Store } from "./open.ts";

const TABLES = `
CREATE TABLE IF NOT EXISTS links(
	surface TEXT NOT NULL, identity TEXT NOT NULL, person TEXT NOT NULL, person_client TEXT NOT NULL,
	email TEXT NOT NULL, how TEXT NOT NULL, at TEXT NOT NULL, ended TEXT,
	PRIMARY KEY(surface, identity)) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_person ON links(person, person_client);
CREATE TABLE IF NOT EXISTS link_codes(
	hash TEXT PRIMARY KEY, person TEXT NOT NULL, person_client TEXT NOT NULL, place TEXT NOT NULL,
	expires TEXT NOT NULL, UNIQUE(person, person_client)) STRICT, WITHOUT ROWID;
`;

/** Opens it. Repeat: safe. */
export function createLinkStore(store: Store): LinkStore & CodeStore {
	store.write(() => store.db.exec(TABLES));
	return { ...links(store), ...codes(store) };
}

function links({ db, write }: Store): LinkStore {
	const find = db.prepare<[string, string], Row>("SELECT * FROM links WHERE surface = ? AND identity = ?");
	const ofPerson = db.prepare<[string, string], Row>("SELECT * FROM links WHERE person = ? AND person_client = ?");
	const all = db.prepare<[], Row>("SELECT * FROM links ORDER BY surface, identity");
	const save = db.prepare("INSERT OR REPLACE INTO links VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
	const drop = db.prepare("DELETE FROM links WHERE surface = ? AND identity = ?");
	return {
		find: (surface, identity) => {
			const row = find.get(surface, identity);
			return row && toLink(row);
		},
		ofPerson: ({ id, client }) => ofPerson.all(id, client ?? "").map(toLink),
		all: () => all.all().map(toLink),
		save: (link) => {
			const { surface, identity, person, email, how, at, ended } = link;
			write(() => save.run(surface, identity, person.id, person.client ?? "", email, how, at, ended ?? null));
		},
		forget: (surface, identity) => void write(() => drop.run(surface, identity)),
	};
}

function codes({ db, write, clock }: Store): CodeStore {
	const save = db.prepare("INSERT OR REPLACE INTO link_codes VALUES (?, ?, ?, ?, ?)");
	const old = db.prepare("DELETE FROM link_codes WHERE expires <= ?");
	const get = db.prepare<[string, string], Row>("SELECT * FROM link_codes WHERE hash = ? AND expires > ?");
	const use = db.prepare("DELETE FROM link_codes WHERE hash = ?");
	return {
		saveCode: ({ hash, person, place, expires }) =>
			void write(() => {
				old.run(clock.now());
				save.run(hash, person.id, person.client ?? "", place, expires);
			}),
		code: (hash, now) => {
			const row = get.get(hash, now);
			return row && { hash, person: actorIn(row), place: text(row.place), expires: text(row.expires) };
		},
		useCode: (hash) => write(() => use.run(hash)).changes === 1,
	};
}

function toLink(row: Row): Linked {
	return {
		surface: text(row.surface) as SurfaceName,
		identity: text(row.identity),
		person: actorIn(row),
		email: text(row.email),
		how: text(row.how) as Linked["how"],
		at: text(row.at),
		...(row.ended ? { ended: row.ended } : {}),
	};
}
