/**
 * Collects everything that is wrong with a definition, each with its file, line and path. Must never stop at the first.
 */
import type { Problem } from "../base/errors.ts";
import { isRecord, type Json } from "../base/json.ts";
import { type Sources, spotOf } from "./yaml-source.ts";

export type At = readonly (string | number)[];
export type Report = {
	readonly problems: Problem[];
	/** Adds one problem. `which: "key"` points at the key instead of what it holds. */
	(at: At, code: string, message: string, more?: { readonly remedy?: string; readonly which?: "key" | "value" }): void;
};

/** Makes a report over one tree of data. */
export function reporter(root: Json, sources: Sources, file: string): Report {
	const problems: Problem[] = [];
	const report = (
		at: At,
		code: string,
		message: string,
		more: { readonly remedy?: string; readonly which?: "key" | "value" } = {},
	) => {
		const spot = spotOf(root, at, sources, more.which) ?? { file, line: 1, column: 1 };
		const remedy = more.remedy === undefined ? {} : { remedy: more.remedy };
		const problem = { path: labelOf(root, at), code, message, ...remedy, ...spot };
		if (!problems.some((one) => one.path === problem.path && one.code === code && one.message === message)) {
			problems.push(problem);
		}
	};
	return Object.assign(report, { problems });
}

/** The path as people read it: steps by their id or name, not by number. */
function labelOf(root: Json, at: At): string {
	let value: Json | undefined = root;
	return at
		.map((key) => {
			value =
				isRecord(value) || Array.isArray(value) ? (value as { readonly [k: string]: Json })[String(key)] : undefined;
			if (typeof key === "string" || !isRecord(value)) return String(key);
			const name = value.id ?? (typeof value.name === "string" ? kebab(value.name) : undefined);
			return typeof name === "string" && name !== "" ? name : String(key);
		})
		.join(".");
}

/** A step's id made from its name: lower case words joined by dashes, holes left out. */
export function kebab(name: string): string {
	const words = name
		.replace(/\$\{[^}]*\}/g, " ")
		.normalize("NFKD")
		.toLowerCase()
		.replace(/\p{M}/gu, "")
		.match(/[a-z0-9]+/g);
	const made = (words ?? []).join("-").slice(0, 60).replace(/-$/, "");
	return /^[a-z]/.test(made) ? made : made === "" ? "" : `step-${made}`;
}

/** The known word nearest to one that is not known; undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
	let best: string | undefined;
	let least = Math.max(2, Math.floor(word.length / 2));
	for (const one of known) {
		const distance = distanceOf(word.toLowerCase(), one.toLowerCase());
		if (distance < least || (distance === least && best === undefined)) [best, least] = [one, distance];
	}
	return best;
}

/** "Did you mean X?" as a remedy, or the words there are. */
export function suggest(word: string, known: readonly string[]): string {
	const near = nearest(word, known);
	if (near !== undefined) return `Write “${near}”.`;
	return known.length === 0 ? "Remove it." : `There is ${[...known].sort().slice(0, 16).join(", ")}.`;
}

/** How many letters must change, be added, dropped or swapped with their neighbour. */
function distanceOf(a: string, b: string): number {
	const [x, y] = [a.slice(0, 40), b.slice(0, 40)];
	let before: number[] = [];
	let row = Array.from({ length: y.length + 1 }, (_, i) => i);
	for (let i = 1; i <= x.length; i += 1) {
		const next = [i];
		for (let j = 1; j <= y.length; j += 1) {
			const cost = x[i - 1] === y[j - 1] ? 0 : 1;
			let least = Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + cost);
			if (i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1]) {
				least = Math.min(least, (before[j - 2] as number) + 1);
			}
			next.push(least);
		}
		[before, row] = [row, next];
	}
	return row[y.length] as number;
}
