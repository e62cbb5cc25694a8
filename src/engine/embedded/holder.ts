/**
 * Who holds the data folder. The lock is the database's own and dies with its process; the `holder` file beside it only
 * says whom to name. Must never decide by the file alone.
 */
import { existsSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { pid } from "node:process";
import { ConfigError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import type { Instant } from "../../base/time.ts";

type Holder = { readonly pid: number; readonly host: string; readonly startedAt: string };

/** Writes who holds the folder. Call it only with the lock in hand. */
export function claimFolder(folder: string, startedAt: Instant): void {
	writeFileSync(holderFile(folder), `${JSON.stringify({ pid, host: hostname(), startedAt })}\n`, { mode: 0o600 });
}

export function releaseFolder(folder: string): void {
	rmSync(holderFile(folder), { force: true });
}

/** Who says to hold the folder; undefined when nobody does or the file is broken. It may be stale. */
export function readHolder(folder: string): Holder | undefined {
	if (!existsSync(holderFile(folder))) return undefined;
	try {
		const read: unknown = JSON.parse(readFileSync(holderFile(folder), "utf8"));
		if (!isRecord(read) || typeof read.pid !== "number") return undefined;
		return { pid: read.pid, host: String(read.host), startedAt: String(read.startedAt) };
	} catch (problem) {
		if (problem instanceof SyntaxError) return undefined;
		throw problem;
	}
}

/** The error for a folder whose lock another process has: exit code 3. */
export function heldError(folder: string): ConfigError {
	const holder = readHolder(folder);
	const who = holder
		? `process ${holder.pid} on ${holder.host}, since ${holder.startedAt}`
		: "another process that has only just started";
	const message = `The data folder ${folder} is in use by ${who}. Nothing was changed.`;
	const remedy = "Stop that process first, or set SOPWITH_DATA to another folder.";
	return new ConfigError([{ path: "SOPWITH_DATA", code: "held", message, remedy }], "held");
}

/** Refuses file systems whose locks do not hold between machines. Errors: `ConfigError` `network-folder`. */
export function refuseNetworkFolder(folder: string, type: number = Number(statfsSync(folder).type)): void {
	const name = networkTypes[type >>> 0];
	if (name === undefined) return;
	const message = `The data folder ${folder} is on a network file system (${name}), where two machines can write at once. Nothing was changed.`;
	const remedy = "Set SOPWITH_DATA to a folder on a local disk.";
	throw new ConfigError([{ path: "SOPWITH_DATA", code: "network-folder", message, remedy }], "network-folder");
}

/** Source: `statfs(2)`, the f_type magic numbers. */
const networkTypes: { readonly [type: number]: string } = {
	26985: "NFS",
	20859: "SMB",
	4283649346: "CIFS",
	4266872130: "SMB 2",
	1397113167: "AFS",
	12805120: "Ceph",
};

function holderFile(folder: string): string {
	return join(folder, "holder");
}
