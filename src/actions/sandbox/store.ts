/**
 * Where a simulated tenant lives: one SQLite file, mirrored in memory. Every change is written before the answer goes
 * out, so a restart finds the tenant as it was. Must never be shared by two processes.
 */
import { DatabaseSync } from "node:sqlite";

/** Rows of one kind by id. What `get` returns is a value: change it by `put`. */
export interface Table<T> {
	get(id: string): T | undefined;
	all(): readonly T[];
	put(id: string, row: T): void;
	drop(id: string): void;
	/** Tells every row that is there, then every change. `reset`: all that was told is void and will be told again. */
	watch(listener: (before: T | undefined, after: T | undefined) => void, reset: () => void): void;
}

export interface Store {
	table<T>(kind: string): Table<T>;
	/** Does all of it or none. A throw leaves the store as it was. */
	atomic<T>(work: () => T): T;
	/** Safe to call twice. */
	close(): void;
}

/** Opens the file, making it when it is not there. `:memory:` keeps nothing. */
export function openStore(path: string): Store {
	const database = new DatabaseSync(path);
	database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF");
	database.exec("CREATE TABLE IF NOT EXISTS row (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID");
	const insert = database.prepare("INSERT OR REPLACE INTO row (kind, id, body) VALUES (?, ?, ?)");
	const remove = database.prepare("DELETE FROM row WHERE kind = ? AND id = ?");
	const select = database.prepare("SELECT id, body FROM row WHERE kind = ?");
	const mirrors = new Map<string, Map<string, unknown>>();
	const load = (kind: string) =>
		new Map(select.all(kind).map((row) => [String(row.id), JSON.parse(String(row.body)) as unknown]));
	const watchers = new Map<
		string,
		{ readonly tell: (before: unknown, after: unknown) => void; readonly reset: () => void }[]
	>();
	const tell = (kind: string, before: unknown, after: unknown) => {
		for (const watcher of watchers.get(kind) ?? []) watcher.tell(before, after);
	};
	const reload = (kind: string) => {
		mirrors.set(kind, load(kind));
		for (const watcher of watchers.get(kind) ?? []) {
			watcher.reset();
			for (const row of mirrors.get(kind)?.values() ?? []) watcher.tell(undefined, row);
		}
	};
	let depth = 0;
	let wrote = false;
	let open = true;
	return {
		table<T>(kind: string): Table<T> {
			if (!mirrors.has(kind)) mirrors.set(kind, load(kind));
			const rows = () => mirrors.get(kind) as Map<string, T>;
			return {
				get: (id) => rows().get(id),
				all: () => [...rows().values()],
				put(id, row) {
					wrote = true;
					insert.run(kind, id, JSON.stringify(row));
					const before = rows().get(id);
					rows().set(id, row);
					tell(kind, before, row);
				},
				drop(id) {
					wrote = true;
					remove.run(kind, id);
					const before = rows().get(id);
					rows().delete(id);
					tell(kind, before, undefined);
				},
				watch(listener, reset) {
					const watcher = { tell: listener as (before: unknown, after: unknown) => void, reset };
					watchers.set(kind, [...(watchers.get(kind) ?? []), watcher]);
					for (const row of rows().values()) listener(undefined, row);
				},
			};
		},
		atomic(work) {
			if (depth > 0) return work();
			database.exec("BEGIN IMMEDIATE");
			depth++;
			wrote = false;
			try {
				const result = work();
				database.exec("COMMIT");
				return result;
			} catch (error) {
				database.exec("ROLLBACK");
				if (wrote) for (const kind of mirrors.keys()) reload(kind);
				throw error;
			} finally {
				depth--;
			}
		},
		close() {
			if (open) database.close();
			open = false;
		},
	};
}
