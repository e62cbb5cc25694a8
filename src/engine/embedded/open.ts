/**
 * Opens the data folder: one SQLite file, one connection, one process. Checks that the journal's end is where the head
 * file says it was and that this file is not a copy. Must never hand out a store it has not checked.
 */
import { accessSync, chmodSync, constants, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Secret } from "../../base/secret.ts";
import { type Clock, systemClock } from "../../base/time.ts";
import { openAnchor } from "./anchor.ts";
import type { Log } from "./core.ts";
import { quietLog } from "./core.ts";
import { isBusy, refusal, refusedOpening } from "./faults.ts";
import { checkEnd, type Health, lastHead } from "./health.ts";
import { claimFolder, heldError, refuseNetworkFolder, releaseFolder } from "./holder.ts";
import { ensureInstallation, isElsewhere, isRestored, markHome } from "./home.ts";
import { migrate } from "./schema.ts";
import { checkKey } from "./vault-key.ts";

/** What everything in this folder is built on. */
export type Store = {
	readonly folder: string;
	readonly file: string;
	readonly db: Database.Database;
	readonly clock: Clock;
	readonly log: Log;
	/** Random name of this installation; it is part of every run's id. */
	readonly installation: string;
	/** The key-encryption key, 32 bytes. */
	readonly key: Secret;
	readonly anchor: ReturnType<typeof openAnchor>;
	/** `copy`: restored, serves reads only until `resume`. `damaged`: something is lost or broken; reads only. */
	health(): Health;
	/** Notes damage found later; new work is refused from now on. */
	damage(words: string): void;
	/** Takes what is here as the truth from now on: a restored copy goes to work, a loss is accepted. Repeat: safe. */
	resume(): void;
	/** Runs one transaction. Errors: `UnavailableError` `disk-full` or `damaged`; nothing was changed then. */
	write<T>(job: () => T): T;
	/** Lets go of the folder. Repeat: safe. */
	close(): void;
};

type StoreOptions = {
	readonly folder: string;
	readonly clock?: Clock;
	/** Base64 of 32 bytes. */
	readonly key: Secret;
	readonly log?: Log;
};

/**
 * Opens or makes the folder (0700) and its database (0600). Errors: `ConfigError` with code `held` (pid and host named),
 * `database-newer`, `database-damaged`, `database-read-only`, `network-folder`, `wrong-key`, `bad-key`;
 * `UnavailableError` `disk-full`, `disk-fault`; those of the file system.
 */
export function openStore(options: StoreOptions): Store {
	const { folder } = options;
	const clock = options.clock ?? systemClock;
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	chmodSync(folder, 0o700);
	refuseNetworkFolder(folder);
	const file = join(folder, "sopwith.db");
	if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
	const db = connect(folder, file);
	try {
		chmodSync(file, 0o600);
		claimFolder(folder, clock.now());
		migrate(db, file);
		checkKey(db, options.key);
		return assemble({ ...options, clock, file, db });
	} catch (problem) {
		db.close();
		throw refusedOpening(file, problem) ?? problem;
	}
}

/** Connects and takes the lock that keeps every other process out. */
export function connect(folder: string, file: string): Database.Database {
	let db: Database.Database | undefined;
	try {
		db = new Database(file, { timeout: 0 });
		db.pragma("locking_mode = EXCLUSIVE");
		db.pragma("journal_mode = WAL");
		db.pragma("synchronous = FULL");
		db.pragma("foreign_keys = ON");
		db.pragma("trusted_schema = OFF");
		db.pragma("cell_size_check = ON");
		db.pragma("cache_size = -32000");
		db.pragma("wal_autocheckpoint = 4000");
		db.pragma("journal_size_limit = 67108864");
		db.exec("BEGIN EXCLUSIVE; COMMIT");
		return db;
	} catch (problem) {
		db?.close();
		if (isBusy(problem)) throw heldError(folder);
		throw refusedOpening(file, problem) ?? problem;
	}
}

function assemble(parts: StoreOptions & { readonly clock: Clock; file: string; db: Database.Database }): Store {
	const { folder, file, db, clock } = parts;
	const log = parts.log ?? quietLog;
	const anchor = openAnchor(join(folder, "head"));
	const end = checkEnd(db, anchor.read());
	const installation = ensureInstallation(db, file);
	let health: Health = isRestored(db) ? copyHealth : end;
	if (health.kind === "good" && isElsewhere(db, file)) health = copyHealth;
	if (health.kind === "good" && anchor.read() === undefined && lastHead(db).tick > 0) health = headlessHealth;
	if (health.kind !== "good") log.error({ code: health.code }, health.words);
	const note = (words: string): void => {
		health = { kind: "damaged", code: "damaged", words };
		log.error({ code: "damaged" }, words);
	};
	const write = <T>(job: () => T): T => {
		try {
			return db.transaction(job).immediate();
		} catch (problem) {
			const known = refusal(problem);
			if (known?.code === "damaged") note(known.message);
			throw known ?? problem;
		}
	};
	const resume = (): void => {
		write(() => markHome(db, file));
		anchor.reset(lastHead(db));
		health = { kind: "good" };
	};
	const close = (): void => {
		if (!db.open) return;
		anchor.close();
		releaseFolder(folder);
		db.close();
	};
	const { key } = parts;
	return {
		folder,
		file,
		db,
		clock,
		log,
		installation,
		key,
		anchor,
		health: () => health,
		damage: note,
		resume,
		write,
		close,
	};
}

const copyHealth: Health = {
	kind: "copy",
	code: "paused",
	words:
		"This database is a restored copy. It shows what is so and does nothing, so that it cannot repeat what the first one does. " +
		"When the first one is gone for good, resume this one.",
};

const headlessHealth: Health = {
	kind: "copy",
	code: "paused",
	words:
		"The head file beside this database is gone or cannot be read, so nobody can tell whether this is the one that works " +
		"or a copy, nor whether its end is whole. It shows what is so and does nothing. " +
		"When it is the only one and its last runs are there, resume it.",
};
