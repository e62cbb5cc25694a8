/**
 * A backup while the host runs: one file, whole, checked, and marked so that a host that opens it does nothing until a
 * person says so. Must never hold the key.
 */
import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import Database from "better-sqlite3";
import { UnavailableError } from "../../base/errors.ts";
import type { Instant } from "../../base/time.ts";
import { writeMeta } from "./meta.ts";
import type { Store } from "./open.ts";
import { verifyAll } from "./verify.ts";

export type BackupMade = {
	readonly file: string;
	readonly bytes: number;
	readonly events: number;
	readonly at: Instant;
};

/**
 * Writes a backup to a new file (0600). To restore: put it as `sopwith.db` into an empty data folder.
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

function syncFile(file: string): void {
	const handle = openSync(file, "r+");
	fsyncSync(handle);
	closeSync(handle);
}
