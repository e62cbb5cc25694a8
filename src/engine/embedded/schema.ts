/**
 * The tables of the embedded database and how an older file becomes a newer one. A migration that was released must never
 * change; a new one is added at the end.
 */
import Database from "better-sqlite3";
import { ConfigError } from "../../base/errors.ts";
import { databaseDamaged } from "./faults.ts";

/**
 * Brings the database to this version in one transaction. Errors: `ConfigError` `database-newer`, or `database-damaged`
 * when its tables are not those of the version it names. Repeat: safe.
 */
export function migrate(db: Database.Database, file: string): void {
	const version = Number(db.pragma("user_version", { simple: true }));
	if (version > migrations.length) throw newer(file, version);
	if (!isAsMade(db, version)) throw databaseDamaged(file);
	if (version === migrations.length) return;
	db.transaction(() => {
		for (const sql of migrations.slice(version)) db.exec(sql);
		db.pragma(`user_version = ${migrations.length}`);
	}).immediate();
}

type Made = { readonly name: string; readonly sql: string };

/** Every table and index stands as it was made; a file of no version yet has none. What others added is theirs. */
function isAsMade(db: Database.Database, version: number): boolean {
	const there = madeIn(db);
	if (version <= 0) return version === 0 && there.size === 0;
	const fresh = new Database(":memory:");
	for (const sql of migrations.slice(0, version)) fresh.exec(sql);
	const expected = madeIn(fresh);
	fresh.close();
	return [...expected].every(([name, sql]) => there.get(name) === sql);
}

function madeIn(db: Database.Database): ReadonlyMap<string, string> {
	const made = db.prepare<[], Made>("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL").all();
	return new Map(made.map(({ name, sql }) => [name, sql]));
}

function newer(file: string, version: number): ConfigError {
	const message = `${file} was written by a newer Sopwith (format ${version}; this one reads up to ${migrations.length}). Nothing was changed.`;
	const remedy = "Start the newer version again, or restore the backup that was made before it was installed.";
	return new ConfigError([{ path: "SOPWITH_DATA", code: "database-newer", message, remedy }], "database-newer");
}

const journal = `
CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE definitions(hash TEXT PRIMARY KEY, sop TEXT NOT NULL) STRICT;
CREATE TABLE runs(
	no INTEGER PRIMARY KEY, id TEXT NOT NULL, client TEXT NOT NULL, sop TEXT NOT NULL, definition TEXT NOT NULL,
	title TEXT NOT NULL, phase TEXT NOT NULL, subject TEXT NOT NULL, by TEXT NOT NULL, started_at TEXT NOT NULL,
	at TEXT NOT NULL, visibility TEXT NOT NULL, waiting_for TEXT NOT NULL, parent TEXT, undoes TEXT, uniq TEXT,
	open INTEGER NOT NULL, in_flight INTEGER NOT NULL, quarantined TEXT) STRICT;
CREATE UNIQUE INDEX runs_id ON runs(id);
CREATE INDEX runs_client ON runs(client, no);
CREATE INDEX runs_sop ON runs(sop, no);
CREATE INDEX runs_phase ON runs(phase, no);
CREATE INDEX runs_subject ON runs(subject, no);
CREATE INDEX runs_by ON runs(by, no);
CREATE INDEX runs_parent ON runs(parent, no) WHERE parent IS NOT NULL;
CREATE INDEX runs_undoes ON runs(undoes) WHERE undoes IS NOT NULL;
CREATE UNIQUE INDEX runs_uniq ON runs(client, sop, uniq) WHERE uniq IS NOT NULL;
CREATE INDEX runs_in_flight ON runs(no) WHERE in_flight = 1;
CREATE TABLE events(
	total INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
	payload TEXT NOT NULL, hash TEXT NOT NULL, key TEXT NOT NULL, verdict TEXT, reason TEXT) STRICT;
CREATE UNIQUE INDEX events_run ON events(run, seq);
CREATE TABLE heads(tick INTEGER PRIMARY KEY, total INTEGER NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TABLE snapshots(
	run INTEGER PRIMARY KEY, seq INTEGER NOT NULL, chain TEXT NOT NULL, core INTEGER NOT NULL, state TEXT NOT NULL,
	hash TEXT NOT NULL) STRICT;
CREATE TABLE timers(
	run INTEGER NOT NULL, wait TEXT NOT NULL, timer TEXT NOT NULL, at TEXT NOT NULL,
	PRIMARY KEY(run, wait, timer)) STRICT, WITHOUT ROWID;
CREATE INDEX timers_at ON timers(at);
`;

const around = `
CREATE TABLE vault_keys(client TEXT PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE vault(
	client TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, sealed BLOB, at TEXT NOT NULL,
	taken_by TEXT, taken_at TEXT, PRIMARY KEY(client, name)) STRICT, WITHOUT ROWID;
CREATE TABLE standing(
	id TEXT NOT NULL, run TEXT NOT NULL, wait TEXT NOT NULL, day TEXT NOT NULL, used INTEGER NOT NULL,
	PRIMARY KEY(id, run, wait)) STRICT, WITHOUT ROWID;
CREATE INDEX standing_day ON standing(id, day);
CREATE TABLE audit(n INTEGER PRIMARY KEY, at TEXT NOT NULL, entry TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TABLE posts(
	run TEXT NOT NULL, key TEXT NOT NULL, addressee TEXT NOT NULL, surface TEXT NOT NULL, place TEXT NOT NULL,
	kind TEXT NOT NULL, ref TEXT, card TEXT NOT NULL, digest TEXT NOT NULL, rings INTEGER NOT NULL,
	closed INTEGER NOT NULL, wait TEXT, data TEXT NOT NULL, at TEXT NOT NULL, n INTEGER NOT NULL,
	PRIMARY KEY(run, key, addressee)) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX posts_card ON posts(card);
CREATE UNIQUE INDEX posts_place ON posts(surface, place, n);
CREATE TABLE old_cards(
	card TEXT PRIMARY KEY, run TEXT NOT NULL, key TEXT NOT NULL, addressee TEXT NOT NULL,
	at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE drafts(
	id TEXT PRIMARY KEY, client TEXT NOT NULL, sop TEXT NOT NULL, person TEXT NOT NULL, person_client TEXT,
	typed TEXT NOT NULL, problems TEXT NOT NULL, state TEXT NOT NULL, run TEXT, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_at ON drafts(at);
CREATE TABLE tokens(
	hash TEXT PRIMARY KEY, person TEXT NOT NULL, person_client TEXT, client TEXT, expires TEXT NOT NULL,
	created TEXT NOT NULL, revoked TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE sessions(
	hash TEXT PRIMARY KEY, person TEXT NOT NULL, person_client TEXT, expires TEXT NOT NULL, seen TEXT NOT NULL,
	created TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_expires ON sessions(expires);
CREATE TABLE remembered(scope TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, at TEXT NOT NULL,
	PRIMARY KEY(scope, name)) STRICT, WITHOUT ROWID;
CREATE INDEX remembered_at ON remembered(scope, at);
`;

/** Index + 1 is the `user_version` it leads to. */
const migrations: readonly string[] = [journal + around];
