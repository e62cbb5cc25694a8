/**
 * The disk as `readConfig` sees it. Must never make a file that others can read, nor trust a key that they can.
 */
import { existsSync, mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Files } from "../config.ts";

/** Opens the real disk. `makesKey`: this command may make the key at its first start. */
export function diskFiles(where: { readonly cwd: string; readonly home: string; readonly makesKey: boolean }): Files {
	const base = { cwd: where.cwd, home: where.home, read, isPrivate, exists: existsSync, real: realPath };
	return where.makesKey ? { ...base, makePrivate } : base;
}

function read(path: string): string | undefined {
	try {
		return statSync(path).isFile() ? readFileSync(path, "utf8") : undefined;
	} catch {
		return undefined;
	}
}

function isPrivate(path: string): boolean {
	return (statSync(path).mode & 0o077) === 0;
}

/** Makes a private file with its folders. Errors: `EEXIST` when it came into being meanwhile: nothing is overwritten. */
function makePrivate(path: string, text: string): void {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	writeFileSync(path, text, { mode: 0o600, flag: "wx" });
}

/** Follows links as far as the path exists; the rest is kept as written. */
function realPath(path: string): string {
	if (existsSync(path)) return realpathSync(path);
	const parent = dirname(path);
	return parent === path ? path : join(realPath(parent), basename(path));
}
