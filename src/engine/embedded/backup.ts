/**
 * A backup while the host runs: one file, whole, checked, and marked so that a host that opens it does nothing until a
 * person says so. Must never hold the key, and never put back what does not check out.
 */
import { randomBytes } from "node:crypto";
import {
	accessSync,
	chmodSync,
	closeSync,
	constants,
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
import { isUnreadable, refusedOpening } from "./faults.ts";
import { isRestored } from "./home.ts";
import { writeMeta } from "./meta.ts";
import { connect, type Store } from "./open.ts";
import { readable } from "./verify.ts";

type BackupMade = {
	readonly file: string;
	readonly bytes: number;
	readonly events: number;
	readonly at: Instant;
};

/**
 * Writes a backup to a new file (0600). `restore` puts it back. Errors: `UnavailableError` `backup-damaged` when what was
 * copied does not check out, `disk-full`, `disk-fault`; those of the file system. Nothing is kept then.
 */
export async function backup(store: Store, file: string, flush: () => void = () => {}): Promise<BackupMade> {
	const part = `${file}.${randomBytes(4).toString("hex")}.part`;
	closeSync(openSync(part, "wx", 0o600));
	try {
		flush();
		await store.db.backup(part);
		const events = await mark(part);
		syncFile(part);
		renameSync(part, file);
		return { file, bytes: statSync(file).size, events, at: store.clock.now() };
	} catch (problem) {
		throw refusedOpening(part, problem) ?? problem;
	} finally {
		rmSync(part, { force: true });
	}
}

/** Marks a copy as one, and checks it. Returns how many events it holds. */
async function mark(part: string): Promise<number> {
	const copy = new Database(part);
	try {
		copy.pragma("journal_mode = DELETE");
		writeMeta(copy, "restored", "yes");
		return await checked(copy, "The backup was not kept");
	} finally {
		copy.close();
	}
}

/** How many events it holds. Errors: `UnavailableError` `backup-damaged`, which begins with `what`. */
async function checked(copy: Database.Database, what: string): Promise<number> {
	const { events, finding } = await readable(copy);
	if (finding === undefined) return events;
	throw damagedBackup(`${what}: ${finding.words}`);
}

function damagedBackup(words: string): UnavailableError {
	const advice = "Take an older backup, or make a new one; look at the disk that this one lies on.";
	return new UnavailableError("backup-damaged", words, { advice });
}

const NOT_PUT_BACK = "The backup is damaged, so it was not put back and nothing was changed";

/**
 * Puts a backup in place of what a data folder holds; the old files are kept in a folder beside them. What opens it then
 * starts paused. It is copied and checked first, so whatever fails leaves the folder as it was. Errors: `ConfigError`
 * `held`, `not-a-backup`; `UnavailableError` `backup-damaged`; those of the file system. Returns where the old files are,
 * if there were any.
 */
export async function restore(file: string, folder: string, at: Instant): Promise<string | undefined> {
	accessSync(file, constants.R_OK);
	if (!isBackup(file)) {
		const message = `${file} is not a backup of Sopwith. Nothing was changed.`;
		const remedy = "Name a file that `sopwith backup` made.";
		throw new ConfigError([{ path: file, code: "not-a-backup", message, remedy }], "not-a-backup");
	}
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	refuseHeld(folder);
	const part = join(folder, `restore.${randomBytes(4).toString("hex")}.part`);
	try {
		copyFileSync(file, part);
		chmodSync(part, 0o600);
		await checkCopy(part);
		syncFile(part);
		refuseHeld(folder);
		return exchange(part, folder, at);
	} finally {
		rmSync(part, { force: true });
	}
}

async function checkCopy(part: string): Promise<void> {
	const copy = new Database(part, { readonly: true });
	try {
		await checked(copy, NOT_PUT_BACK);
		const found = copy.pragma("integrity_check(1)", { simple: true });
		if (found !== "ok") throw damagedBackup(`${NOT_PUT_BACK}: its pages do not fit together.`);
	} catch (problem) {
		throw isUnreadable(problem) ? damagedBackup(`${NOT_PUT_BACK}: it cannot be read.`) : problem;
	} finally {
		copy.close();
	}
}

/** The head file goes last: as long as it is there, a folder without its database is never taken for a new one. */
function exchange(part: string, folder: string, at: Instant): string | undefined {
	const aside = join(folder, `before-restore-${at.replaceAll(":", "")}`);
	const isThere = (name: string): boolean => existsSync(join(folder, name));
	const putAside = (name: string): void => renameSync(join(folder, name), join(aside, name));
	const old = ["sopwith.db-wal", "sopwith.db-shm", "sopwith.db"].filter(isThere);
	const any = old.length > 0 || isThere("head");
	if (any) mkdirSync(aside, { mode: 0o700 });
	for (const name of old) putAside(name);
	renameSync(part, join(folder, "sopwith.db"));
	if (isThere("head")) putAside("head");
	return any ? aside : undefined;
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
