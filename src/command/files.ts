/**
 * Files people name on the command line. Must never read more than a form could hold.
 */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { isRecord, type Values } from "../base/json.ts";
import { type Terminal, UsageError } from "./command.ts";

const BYTES_MAX = 1_048_576;

/** Reads a JSON object from a file, or from standard input for `-`. Errors: `UsageError` saying what is so. */
export async function readValues(terminal: Terminal, file: string): Promise<Values> {
	const text = file === "-" ? await terminal.input() : readText(resolve(terminal.cwd, file));
	const value = parsed(text);
	if (!isRecord(value)) throw new UsageError(`${file} does not hold a JSON object, like {"firstName":"Ada"}.`);
	return value;
}

function readText(path: string): string {
	const found = statSync(path, { throwIfNoEntry: false });
	if (found === undefined || !found.isFile()) throw new UsageError(`${path} is not there.`);
	if (found.size > BYTES_MAX) throw new UsageError(`${path} is larger than ${BYTES_MAX / 1024} kB.`);
	return readFileSync(path, "utf8");
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
