/**
 * The head file: a second place, outside the database, that says how far the journal reached, so that a database that
 * silently lost its end is noticed at the next start. Written after each commit; it may lag behind, never lead.
 * Must never be copied into a backup.
 */
import {
	closeSync,
	existsSync,
	fdatasync,
	fdatasyncSync,
	openSync,
	readFileSync,
	truncateSync,
	writeSync,
} from "node:fs";
import { sha } from "./chain.ts";

/** The journal's end: the tick, how many events there are in all, and the hash over everything. */
export type Head = { readonly tick: number; readonly total: number; readonly hash: string };

type Anchor = {
	/** The newest head that can be read; undefined when there is no file or neither slot is whole. */
	read(): Head | undefined;
	/** Writes in place at once; the disk is asked to keep it within 50 ms. Errors: those of the file system. */
	write(head: Head): void;
	/** Forgets every earlier head, then writes: the journal ends here from now on. Errors: those of the file system. */
	reset(head: Head): void;
	close(): void;
};

const SLOT = 256;
const SYNC_MS = 50;

/** Opens the head file, without making it. Two slots, written in turn, so a torn write leaves the other. */
export function openAnchor(file: string): Anchor {
	let handle: number | undefined;
	let rest: NodeJS.Timeout | undefined;
	let unsynced = false;
	/** The journal itself is on disk by now; this needs to follow only so closely. */
	const syncSoon = (): void => {
		unsynced = true;
		rest ??= setTimeout(() => {
			rest = undefined;
			if (handle === undefined || !unsynced) return;
			unsynced = false;
			fdatasync(handle, () => {});
		}, SYNC_MS);
	};
	const write = (head: Head): void => {
		handle ??= openSync(file, existsSync(file) ? "r+" : "w+", 0o600);
		writeSync(handle, slot(head), (head.tick % 2) * SLOT, "latin1");
		syncSoon();
	};
	return {
		read: () => (existsSync(file) ? newest(readFileSync(file, "latin1")) : undefined),
		write,
		reset: (head) => {
			if (existsSync(file)) truncateSync(file);
			write(head);
		},
		close: () => {
			clearTimeout(rest);
			if (handle === undefined) return;
			fdatasyncSync(handle);
			closeSync(handle);
			handle = undefined;
		},
	};
}

function slot(head: Head): string {
	const text = `${head.tick} ${head.total} ${head.hash}`;
	return `${`${text} ${sha(text).slice(0, 16)}`.padEnd(SLOT - 1)}\n`;
}

function newest(text: string): Head | undefined {
	const heads = [text.slice(0, SLOT), text.slice(SLOT, 2 * SLOT)].map(parse).filter((h) => h !== undefined);
	return heads.sort((a, b) => b.tick - a.tick)[0];
}

function parse(text: string): Head | undefined {
	const [tick, total, hash, check] = text.trim().split(" ");
	if (tick === undefined || total === undefined || hash === undefined) return undefined;
	if (sha(`${tick} ${total} ${hash}`).slice(0, 16) !== check) return undefined;
	return { tick: Number(tick), total: Number(total), hash };
}
