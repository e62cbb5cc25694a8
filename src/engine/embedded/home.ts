/**
 * Which file is the one that works, and which is a copy of it: a restored copy must not repeat what the first one does.
 * Must never decide by name or folder, which a copy shares.
 */
import { randomBytes } from "node:crypto";
import { statSync, utimesSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { readMeta, writeMeta } from "./meta.ts";

/** Names a new database once and for all, and counts how often it was opened (a rising fence). */
export function ensureInstallation(db: Database, file: string): string {
	return db
		.transaction(() => {
			writeMeta(db, "opened", String(Number(readMeta(db, "opened") ?? "0") + 1));
			const known = readMeta(db, "installation");
			if (known !== undefined) return known;
			const fresh = randomBytes(10).toString("hex");
			writeMeta(db, "installation", fresh);
			markHome(db, file);
			return fresh;
		})
		.immediate();
}

/** Whether this is a backup that was put back and not yet put to work. It was checked when it was made. */
export function isRestored(db: Database): boolean {
	return readMeta(db, "restored") === "yes";
}

/** Tells a copied file from the one that was made here. */
export function isElsewhere(db: Database, file: string): boolean {
	const home = readMeta(db, "home");
	return home !== undefined && home !== homeOf(file);
}

/** Notes that this file is the one that works. */
export function markHome(db: Database, file: string): void {
	writeMeta(db, "home", homeOf(file));
	writeMeta(db, "restored", "no");
}

/** Inode and, where the file system keeps it, the instant the file was made: neither survives a copy, both a move. */
function homeOf(file: string): string {
	const before = statSync(file, { bigint: true });
	utimesSync(file, Number(before.atimeMs) / 1000, Number(before.mtimeMs) / 1000);
	const after = statSync(file, { bigint: true });
	const born = before.birthtimeNs === after.birthtimeNs && after.birthtimeNs !== after.ctimeNs ? after.birthtimeNs : 0n;
	return `${after.ino} ${born}`;
}
