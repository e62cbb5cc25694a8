/**
 * What SQLite's errors mean to us: busy, full, damaged. By code, never by text.
 */
import Database from "better-sqlite3";
import { ConfigError, type SopwithError, UnavailableError } from "../../base/errors.ts";

/** Another connection has the lock. */
export function isBusy(problem: unknown): boolean {
	return codeOf(problem).startsWith("SQLITE_BUSY");
}

/** The file is not what it was. */
export function isDamage(problem: unknown): boolean {
	const code = codeOf(problem);
	return code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB";
}

/** SQLite can make no sense of the file, or of what it should hold. */
export function isUnreadable(problem: unknown): boolean {
	return isDamage(problem) || codeOf(problem) === "SQLITE_ERROR";
}

/** The disk did not take the write: full, or broken. A failed write shows as either (RLIMIT_FSIZE gives IOERR). */
function isDisk(problem: unknown): boolean {
	const code = codeOf(problem);
	return code === "SQLITE_FULL" || code.startsWith("SQLITE_IOERR") || code.startsWith("SQLITE_CANTOPEN");
}

/** What to tell a caller whose write failed for the disk's sake; undefined: a mistake of ours. */
export function refusal(problem: unknown): UnavailableError | undefined {
	if (isDisk(problem)) {
		const advice = "Free space on the disk of the data folder; work goes on by itself then.";
		return new UnavailableError("disk-full", "The disk takes no more writes. Nothing was changed. Try again later.", {
			advice,
			cause: problem,
			retryAfterMs: 5000,
		});
	}
	if (isDamage(problem)) {
		const advice = "Restore the last backup, or look closer with `sopwith doctor`.";
		return new UnavailableError("damaged", "The database is damaged. Nothing was changed.", { advice, cause: problem });
	}
	return undefined;
}

/**
 * What to tell somebody whose database file cannot be opened; undefined: a mistake of ours. What is asked while opening is
 * asked of every file, so where SQLite finds that it makes no sense, the file is not what it was.
 */
export function refusedOpening(file: string, problem: unknown): SopwithError | undefined {
	const code = codeOf(problem);
	if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN")) return databaseReadOnly(file, problem);
	if (isUnreadable(problem)) return databaseDamaged(file, problem);
	if (code === "SQLITE_FULL") {
		const advice = "Free space on that disk, then try again.";
		const words = `The disk has no room left for ${file}. Nothing that was confirmed is lost.`;
		return new UnavailableError("disk-full", words, { advice, cause: problem });
	}
	if (!code.startsWith("SQLITE_IOERR")) return undefined;
	const advice = `Look at the disk and at the log of the system. ${RESTORE}`;
	const words = `${file} could not be read or written: the disk failed, or is full (${code}).`;
	return new UnavailableError("disk-fault", words, { advice, cause: problem });
}

const RESTORE = "Restore the last backup (`sopwith backup FILE --restore`); what is there now is kept aside.";

/** Code `database-damaged`. */
export function databaseDamaged(file: string, cause?: unknown): ConfigError {
	return refusing("database-damaged", `${file} is damaged and cannot be read. Nothing was changed.`, RESTORE, cause);
}

function databaseReadOnly(file: string, cause: unknown): ConfigError {
	const message = `${file} cannot be opened and written. Nothing was changed.`;
	const remedy = `Let the account that Sopwith runs as write there. If it may, the file is damaged. ${RESTORE}`;
	return refusing("database-read-only", message, remedy, cause);
}

function refusing(code: string, message: string, remedy: string, cause: unknown): ConfigError {
	const error = new ConfigError([{ path: "SOPWITH_DATA", code, message, remedy }], code);
	error.cause = cause;
	return error;
}

function codeOf(problem: unknown): string {
	return problem instanceof Database.SqliteError ? problem.code : "";
}
