/**
 * Turns what a schema finds into problems an author can act on: where, what is so, what to write. Must never show a
 * schema library's own words for a wrong type or an unknown word.
 */
import type { z } from "zod";
import type { Json } from "../base/json.ts";
import { type At, type Report, suggest } from "./report.ts";

/** Checks a value's shape. True when all is well; else everything found is reported under `at`. */
export function checkShape(schema: z.ZodType, value: unknown, at: At, report: Report): boolean {
	const found = schema.safeParse(value);
	if (found.success) return true;
	for (const issue of found.error.issues) reportIssue(issue, schema, value, at, report);
	return false;
}

type Issue = z.core.$ZodIssue;

function reportIssue(issue: Issue, schema: z.ZodType, value: unknown, at: At, report: Report): void {
	const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
	const here: At = [...at, ...path];
	const name = path.at(-1);
	switch (issue.code) {
		case "unrecognized_keys": {
			const known = knownKeys(schema, path, value);
			for (const key of issue.keys) {
				report([...here, key], "unknown-key", `“${key}” is not known here.`, {
					remedy: suggest(key, known),
					which: "key",
				});
			}
			return;
		}
		case "invalid_type": {
			if (valueAt(value, path) === undefined) {
				report(here, "missing", `“${String(name)}” is missing.`, {
					remedy: `Write ${kindWord(issue.expected)} for it.`,
				});
			} else
				report(here, "wrong-type", "This is not what belongs here.", { remedy: `Write ${kindWord(issue.expected)}.` });
			return;
		}
		case "invalid_value": {
			return reportWord(here, valueAt(value, path), issue.values.map(String), report);
		}
		case "invalid_union": {
			const words = wordsOf(issue);
			if (words !== undefined) return reportWord(here, valueAt(value, path), words, report);
			const about = describedAt(schema, path);
			const remedy = about === undefined ? {} : { remedy: `${about}.` };
			if (valueAt(value, path) === undefined) report(here, "missing", `“${String(name)}” is missing.`, remedy);
			else report(here, "wrong-type", "This is not what belongs here.", remedy);
			return;
		}
		case "invalid_key":
		case "invalid_element": {
			const inner = issue.issues[0]?.message ?? "This name cannot be used.";
			report(here, "bad-name", `“${String(name)}” cannot be a name here.`, { remedy: inner, which: "key" });
			return;
		}
		default:
			reportValue(here, sentence(issue.message), report);
	}
}

/** A word that is not among those there are, or none at all. */
function reportWord(here: At, written: unknown, words: readonly string[], report: Report): void {
	if (written === undefined) {
		report(here, "missing", `“${String(here.at(-1))}” is missing.`, { remedy: `Write ${words.join(" or ")}.` });
		return;
	}
	const message = `“${String(written)}” is not one of the words for this.`;
	report(here, "not-a-choice", message, { remedy: suggest(String(written), words) });
}

/** The words of a union that a word tells apart, when that word is what is wrong. */
function wordsOf(issue: Extract<Issue, { code: "invalid_union" }>): readonly string[] | undefined {
	const { options } = issue as { readonly options?: readonly unknown[] };
	return options?.map(String);
}

/** A schema's own words: what is so, then what to write; those that say only what to write are the remedy. */
function reportValue(here: At, text: string, report: Report): void {
	const end = text.indexOf(". ");
	if (end >= 0) report(here, "bad-value", text.slice(0, end + 1), { remedy: text.slice(end + 2) });
	else report(here, "bad-value", "This is not what belongs here.", { remedy: text });
}

function sentence(text: string): string {
	const plain = text.replace(/^(Too (?:small|big|short)|Invalid[^:]*): /, "");
	return /[.!?]$/.test(plain) ? plain : `${plain.slice(0, 1).toUpperCase()}${plain.slice(1)}.`;
}

function kindWord(expected: string): string {
	const words: { readonly [type: string]: string } = {
		string: "text",
		number: "a number",
		int: "a whole number",
		boolean: "true or false",
		array: "a list",
		object: "a mapping of words to values",
		record: "a mapping of words to values",
	};
	return Object.hasOwn(words, expected) ? (words[expected] as string) : expected;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
	let at = value;
	for (const key of path) {
		if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
		at = (at as { readonly [name: string]: Json })[String(key)];
	}
	return at;
}

/** The words a mapping takes, found by walking the schema along a path. */
function knownKeys(schema: z.ZodType, path: readonly (string | number)[], value: unknown): readonly string[] {
	const found = schemaAt(schema, path);
	if (found === undefined) return [];
	const shapes = shapesOf(found);
	const use = valueAt(value, [...path, "use"]);
	const own = shapes.filter((shape) => shape.use?.safeParse(use).success === true);
	return (own.length > 0 ? own : shapes).flatMap((shape) => Object.keys(shape));
}

function describedAt(schema: z.ZodType, path: readonly (string | number)[]): string | undefined {
	let found = schemaAt(schema, path);
	while (found !== undefined) {
		if (found.description !== undefined) return found.description;
		found = inner(found);
	}
	return undefined;
}

type Loose = z.ZodType & {
	readonly shape?: { readonly [name: string]: z.ZodType };
	readonly element?: z.ZodType;
	readonly valueType?: z.ZodType;
	readonly options?: readonly z.ZodType[];
	unwrap?(): z.ZodType;
};

function inner(schema: z.ZodType): z.ZodType | undefined {
	const { def } = schema as unknown as { readonly def: { readonly innerType?: z.ZodType } };
	return def.innerType;
}

function schemaAt(schema: z.ZodType, path: readonly (string | number)[]): z.ZodType | undefined {
	let at: z.ZodType | undefined = schema;
	for (const key of path) {
		while (at !== undefined && inner(at) !== undefined) at = inner(at);
		if (at === undefined) return undefined;
		const loose = at as Loose;
		const branch: z.ZodType | undefined =
			loose.options?.find((one) => shapesOf(one).some((shape) => Object.hasOwn(shape, key))) ??
			loose.options?.find((one) => shapesOf(one).length > 0 || "element" in one);
		const from: Loose = (branch as Loose | undefined) ?? loose;
		at = from.shape?.[String(key)] ?? from.element ?? from.valueType;
	}
	return at;
}

function shapesOf(schema: z.ZodType): readonly { readonly [name: string]: z.ZodType }[] {
	let at: z.ZodType = schema;
	while (inner(at) !== undefined) at = inner(at) as z.ZodType;
	const loose = at as Loose;
	if (loose.shape !== undefined) return [loose.shape];
	return loose.options?.flatMap((one) => shapesOf(one)) ?? [];
}
