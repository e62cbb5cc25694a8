/**
 * Small facts about the database itself, by name. Must never hold a secret.
 */
import type { Database } from "better-sqlite3";

export function readMeta(db: Database, name: string): string | undefined {
	return db.prepare<[string], string>("SELECT value FROM meta WHERE name = ?").pluck().get(name);
}

export function writeMeta(db: Database, name: string, value: string): void {
	db.prepare("INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value").run(
		name,
		value,
	);
}
