/**
 * Collects everything that is wrong with a definition, each with its file, line and path. Must never stop at the first.
 */
import type { Problem } from "../base/errors.ts";
import { isRecord, type Json } from "../base/json.ts";
import { nearest } from "../base/nearest.ts";
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

/** "Did you mean X?" as a remedy, or the words there are. */
export function suggest(word: string, known: readonly string[]): string {
	const near = nearest(word, known, Math.max(2, Math.floor(word.length / 2)));
	if (near !== undefined) return `Write “${near}”.`;
	return known.length === 0 ? "Remove it." : `There is ${[...known].sort().slice(0, 16).join(", ")}.`;
}
