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
	const kinds = new Map<string, Kind>();
	let depth = 0;
	let open = true;
	return {
		table<T>(kind: string): Table<T> {
			const known = kinds.get(kind) ?? openKind(database, kind);
			kinds.set(kind, known);
			return known.table as unknown as Table<T>;
		},
		atomic(work) {
			if (depth > 0) return work();
			database.exec("BEGIN IMMEDIATE");
			depth++;
			try {
				const result = work();
				database.exec("COMMIT");
				for (const kind of kinds.values()) kind.settle(false);
				return result;
			} catch (error) {
				database.exec("ROLLBACK");
				for (const kind of kinds.values()) kind.settle(true);
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

type Watcher = {
	readonly tell: (before: unknown, after: unknown) => void;
	readonly reset: () => void;
};
type Kind = {
	readonly table: Table<unknown>;
	/** Ends a transaction. `undone`: what was written in it is read again from the file. */
	readonly settle: (undone: boolean) => void;
};

function openKind(database: DatabaseSync, kind: string): Kind {
	const insert = database.prepare("INSERT OR REPLACE INTO row (kind, id, body) VALUES (?, ?, ?)");
	const remove = database.prepare("DELETE FROM row WHERE kind = ? AND id = ?");
	const select = database.prepare("SELECT id, body FROM row WHERE kind = ?");
	const load = () => new Map(select.all(kind).map((row) => [String(row.id), JSON.parse(String(row.body)) as unknown]));
	const watchers: Watcher[] = [];
	let rows = load();
	let wrote = false;
	const table: Table<unknown> = {
		get: (id) => rows.get(id),
		all: () => [...rows.values()],
		put(id, row) {
			wrote = true;
			insert.run(kind, id, JSON.stringify(row));
			const before = rows.get(id);
			rows.set(id, row);
			for (const watcher of watchers) watcher.tell(before, row);
		},
		drop(id) {
			wrote = true;
			remove.run(kind, id);
			const before = rows.get(id);
			rows.delete(id);
			for (const watcher of watchers) watcher.tell(before, undefined);
		},
		watch(tell, reset) {
			watchers.push({ tell, reset });
			for (const row of rows.values()) tell(undefined, row);
		},
	};
	return {
		table,
		settle(undone) {
			if (undone && wrote) {
				rows = load();
				for (const watcher of watchers) {
					watcher.reset();
					for (const row of rows.values()) watcher.tell(undefined, row);
				}
			}
			wrote = false;
		},
	};
}
