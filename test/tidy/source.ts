/**
 * Reads the project as text, once, for the rules of `tidy.test.ts`. Must never run what it reads.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix, relative, resolve } from "node:path";

export type Source = {
	/** From the project's folder, with slashes. */
	readonly path: string;
	readonly text: string;
	readonly lines: readonly string[];
	readonly imports: readonly Import[];
};
export type Import = {
	readonly line: number;
	/** As written. */
	readonly from: string;
	/** The file it means; undefined for a package. */
	readonly target?: string;
	readonly typeOnly: boolean;
	/** The words of the statement; of the whole file where the module is taken whole, at run time or as a type. */
	readonly names: readonly string[];
};

export const ROOT = resolve(import.meta.dirname, "../..");
/** What a working copy holds that is not the project. */
const IGNORED = new Set(["node_modules", ".git", "data", "coverage", "test-results"]);
const TEXT = /\.(ts|mjs|js|json|yaml|yml|md|css|html|sh)$|\/(run|LICENSE|\.[a-z]+)$/;
/** Copied from elsewhere as it is, or made by a tool. */
const NOT_OURS = /package-lock\.json$|^LICENSE$|^test\/contract\//;
const IMPORT = /^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/** Reads every text file of the project. */
export function readProject(): readonly Source[] {
	return walk(ROOT)
		.map((file) => relative(ROOT, file).split("\\").join("/"))
		.filter((path) => TEXT.test(`/${path}`) && !NOT_OURS.test(path))
		.map(read)
		.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Names in the project's folder, what is not the project left out. */
export function topLevel(): readonly string[] {
	return readdirSync(ROOT).filter((name) => !IGNORED.has(name) && !name.endsWith(".log"));
}

/** The line a place in a text is on, counted from 1. */
export function lineAt(text: string, index: number): number {
	return text.slice(0, index).split("\n").length;
}

function walk(folder: string): readonly string[] {
	return readdirSync(folder).flatMap((name) => {
		if (IGNORED.has(name)) return [];
		const path = join(folder, name);
		return statSync(path).isDirectory() ? walk(path) : [path];
	});
}

function read(path: string): Source {
	const text = readFileSync(join(ROOT, path), "utf8");
	return { path, text, lines: text.split("\n"), imports: /\.(ts|mjs)$/.test(path) ? importsOf(path, text) : [] };
}

function importsOf(path: string, text: string): readonly Import[] {
	return [...text.matchAll(IMPORT)].map((match) => {
		const from = match[2] ?? match[3] ?? match[4] ?? "";
		const target = from.startsWith(".") ? posix.join(posix.dirname(path), from) : undefined;
		const names = (match[4] === undefined ? match[0] : text).match(/[A-Za-z_$][\w$]*/g) ?? [];
		const found = { line: lineAt(text, match.index), from, typeOnly: match[1] !== undefined, names };
		return target === undefined ? found : { ...found, target };
	});
}
