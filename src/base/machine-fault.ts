/**
 * What the machine refused (a right, a disk, a path), in words for whoever runs it: by errno, never by text. Must never
 * take a mistake of ours for one of the machine's.
 */
import { UnavailableError } from "./errors.ts";

type Told = { readonly code: string; readonly so: string; readonly advice: string };

/** Undefined: not of the file system, or nothing an operator could mend. Source: `errno(3)`. */
export function machineFault(problem: unknown): UnavailableError | undefined {
	if (!(problem instanceof Error) || !("code" in problem) || typeof problem.code !== "string") return undefined;
	const told = TOLD[problem.code];
	if (told === undefined) return undefined;
	const words = `${placeOf(problem)} ${told.so} (${problem.code}).`;
	return new UnavailableError(told.code, words, { advice: told.advice, cause: problem });
}

/** Where it was: what a copy or a move leads to rather than where that comes from. */
function placeOf(problem: object): string {
	if ("dest" in problem && typeof problem.dest === "string") return problem.dest;
	return "path" in problem && typeof problem.path === "string" ? problem.path : "What was to be read or written";
}

const RIGHTS = "Let the account that Sopwith runs as read and write there, or run it as the owner.";
const ROOM = "Free space on that disk, then try again.";
const PLACE = "Look at what stands there, and at each folder and link on the way.";

/** The whole table is about files: errors of sockets and names have codes of their own, which are not in it. */
const TOLD: { readonly [errno: string]: Told } = {
	EACCES: { code: "no-access", so: "may not be read or written by this account", advice: RIGHTS },
	EPERM: { code: "no-access", so: "may not be changed by this account", advice: RIGHTS },
	EROFS: {
		code: "no-access",
		so: "is on a file system that is mounted read-only",
		advice: "Mount it for writing, or name another place.",
	},
	ENOSPC: { code: "disk-full", so: "could not be written: the disk is full", advice: ROOM },
	EDQUOT: { code: "disk-full", so: "could not be written: the quota of this account is used up", advice: ROOM },
	EIO: {
		code: "disk-fault",
		so: "could not be read or written: the disk failed",
		advice: "Look at the disk and at the log of the system.",
	},
	ENOENT: { code: "wrong-path", so: "is not there, or leads to nothing", advice: PLACE },
	ENOTDIR: { code: "wrong-path", so: "is no folder, or has a file on the way to it", advice: PLACE },
	EISDIR: { code: "wrong-path", so: "is a folder, and a file is needed there", advice: PLACE },
	ERR_FS_EISDIR: { code: "wrong-path", so: "is a folder, and a file is needed there", advice: PLACE },
	EEXIST: { code: "wrong-path", so: "is there already, as something else than what is needed", advice: PLACE },
	ELOOP: { code: "wrong-path", so: "is a link that leads round in a circle", advice: PLACE },
	ENAMETOOLONG: { code: "wrong-path", so: "is too long a name", advice: "Name a shorter one." },
};
