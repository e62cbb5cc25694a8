/**
 * A backup while the host runs: one file, whole, checked, and marked so that a host that opens it does nothing until a
 * person says so. Must never hold the key.
 */
import {
	chmodSync,
	closeSync,
	copyFileSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	renameSync,
	rmSync,
	statSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { ConfigError, UnavailableError } from "../../base/errors.ts";
import type { Instant } from "../../base/time.ts";
import { isRestored } from "./home.ts";
import { writeMeta } from "./meta.ts";
import { connect, type Store } from "./open.ts";
import { verifyAll } from "./verify.ts";

type BackupMade = {
	readonly file: string;
	readonly bytes: number;
	readonly events: number;
	readonly at: Instant;
};

/**
 * Writes a backup to a new file (0600). `restore` puts it back.
 * Errors: `UnavailableError` `backup-damaged` when what was copied does not check out; the file is not kept then.
 */
export async function backup(store: Store, file: string, flush: () => void = () => {}): Promise<BackupMade> {
	const part = `${file}.part`;
	rmSync(part, { force: true });
	flush();
	await store.db.backup(part);
	chmodSync(part, 0o600);
	const copy = new Database(part);
	try {
		copy.pragma("journal_mode = DELETE");
		writeMeta(copy, "restored", "yes");
		const { events, finding } = await verifyAll(copy);
		if (finding !== undefined) {
			const words = `The backup was not kept: ${finding.words}`;
			throw new UnavailableError("backup-damaged", words, { advice: "Look closer with `sopwith doctor`." });
		}
		copy.close();
		syncFile(part);
		renameSync(part, file);
		return { file, bytes: statSync(file).size, events, at: store.clock.now() };
	} finally {
		if (copy.open) copy.close();
		rmSync(part, { force: true });
	}
}

/**
 * Puts a backup in place of what a data folder holds; the old files are kept in a folder beside them. What opens it then
 * starts paused. Errors: `ConfigError` `held`, `not-a-backup`. Returns where the old files are, if there were any.
 */
export function restore(file: string, folder: string, at: Instant): string | undefined {
	if (!isBackup(file)) {
		const message = `${file} is not a backup of Sopwith. Nothing was changed.`;
		const remedy = "Name a file that `sopwith backup` made.";
		throw new ConfigError([{ path: file, code: "not-a-backup", message, remedy }], "not-a-backup");
	}
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	refuseHeld(folder);
	const aside = join(folder, `before-restore-${at.replaceAll(":", "")}`);
	const old = ["sopwith.db", "sopwith.db-wal", "sopwith.db-shm", "head"].filter((name) =>
		existsSync(join(folder, name)),
	);
	if (old.length > 0) mkdirSync(aside, { mode: 0o700 });
	for (const name of old) renameSync(join(folder, name), join(aside, name));
	copyFileSync(file, join(folder, "sopwith.db"));
	chmodSync(join(folder, "sopwith.db"), 0o600);
	syncFile(join(folder, "sopwith.db"));
	return old.length > 0 ? aside : undefined;
}

function isBackup(file: string): boolean {
	let db: Database.Database | undefined;
	try {
		db = new Database(file, { readonly: true, fileMustExist: true });
		return isRestored(db);
	} catch (problem) {
		if (problem instanceof Database.SqliteError || problem instanceof TypeError) return false;
		throw problem;
	} finally {
		db?.close();
	}
}

function refuseHeld(folder: string): void {
	const file = join(folder, "sopwith.db");
	if (!existsSync(file)) return;
	try {
		connect(folder, file).close();
	} catch (problem) {
		if (problem instanceof ConfigError && problem.code === "held") throw problem;
	}
}

function syncFile(file: string): void {
	const handle = openSync(file, "r+");
	fsyncSync(handle);
	closeSync(handle);
}
