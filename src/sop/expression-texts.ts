/**
 * What expressions may do with texts and lists. Every function checks how much it would make before it makes it, and none
 * changes what it is given.
 */
import { isList, type Json } from "../base/json.ts";
import type { Arg, Callable } from "./expression-functions.ts";

const MOST_TEXT = 65_536;
const MOST_LIST = 10_000;

const one = (call: (text: string) => Arg): Callable => ({
	least: 1,
	most: 1,
	call: ([a]) => (a === undefined || a === null ? undefined : call(textOf(a) ?? "")),
});

/** Functions over texts. */
export const textFunctions: { readonly [name: string]: Callable } = {
	concat: { least: 1, most: 100, call: concat },
	length: one((text) => text.length),
	toLower: one((text) => text.toLowerCase()),
	toUpper: one((text) => text.toUpperCase()),
	trim: one((text) => text.trim()),
	titleCase: one((text) =>
		text.toLowerCase().replace(/(^|[\s-])(\p{L})/gu, (_, gap, letter) => gap + letter.toUpperCase()),
	),
	sentenceCase: one((text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase()),
	string: { least: 1, most: 1, call: ([a]) => textOf(a) },
	uriComponent: one((text) => encodeURIComponent(text.toWellFormed())),
	substring: { least: 2, most: 3, call: substring },
	replace: { least: 3, most: 3, call: replace },
	split: { least: 2, most: 2, call: split },
	startsWith: { least: 2, most: 2, call: ([a, b]) => (textOf(a) ?? "").startsWith(textOf(b) ?? "") },
	endsWith: { least: 2, most: 2, call: ([a, b]) => (textOf(a) ?? "").endsWith(textOf(b) ?? "") },
};

/** Functions over lists, some of them over texts too. */
export const listFunctions: { readonly [name: string]: Callable } = {
	count: { least: 1, most: 1, call: ([a]) => (typeof a === "string" || isList(a) ? a.length : undefined) },
	first: { least: 1, most: 1, call: ([a]) => (typeof a === "string" || isList(a) ? a[0] : undefined) },
	last: {
		least: 1,
		most: 1,
		call: ([a]) => (typeof a === "string" || isList(a) ? a.at(-1) : undefined),
	},
	take: {
		least: 2,
		most: 2,
		call: ([a, n]) => (sliceable(a, n) ? (a.slice(0, Math.max(0, n as number)) as Arg) : undefined),
	},
	skip: {
		least: 2,
		most: 2,
		call: ([a, n]) => (sliceable(a, n) ? (a.slice(Math.max(0, n as number)) as Arg) : undefined),
	},
	contains: { least: 2, most: 2, call: contains },
	indexOf: { least: 2, most: 2, call: indexOf },
	join: { least: 2, most: 2, call: join },
	union: { least: 1, most: 20, call: (args) => distinct(args.flatMap((a) => (isList(a) ? [...a] : []))) },
	unique: { least: 1, most: 1, call: ([a]) => (isList(a) ? distinct(a) : undefined) },
	intersection: { least: 2, most: 2, call: ([a, b]) => (isList(a) && isList(b) ? within(a, b) : undefined) },
	createArray: { least: 0, most: 100, call: (args) => args.map((a) => a ?? null) },
};

/** The text of a scalar; undefined for what has no text of its own. */
export function textOf(a: Arg): string | undefined {
	if (typeof a === "string") return a;
	return typeof a === "number" || typeof a === "boolean" ? String(a) : undefined;
}

function sliceable(a: Arg, n: Arg): a is string | readonly Json[] {
	return (typeof a === "string" || isList(a)) && typeof n === "number";
}

function concat(args: readonly Arg[]): Arg {
	const there = args.filter((a) => a !== undefined && a !== null);
	if (there.length > 0 && there.every(isList)) return there.flatMap((a) => [...a]);
	const texts = there.map(textOf);
	if (texts.some((text) => text === undefined)) return undefined;
	return texts.join("");
}

function substring([a, from, count]: readonly Arg[]): Arg {
	const text = textOf(a);
	if (text === undefined || typeof from !== "number") return undefined;
	const start = Math.max(0, Math.trunc(from));
	return text.slice(start, typeof count === "number" ? start + Math.max(0, Math.trunc(count)) : undefined);
}

function replace([a, from, to]: readonly Arg[]): Arg {
	const [text, old, fresh] = [textOf(a), textOf(from), textOf(to)];
	if (text === undefined || !old || fresh === undefined) return undefined;
	const pieces = text.split(old);
	if (text.length + pieces.length * fresh.length > MOST_TEXT) return undefined;
	return pieces.join(fresh);
}

function split([a, by]: readonly Arg[]): Arg {
	const [text, gap] = [textOf(a), textOf(by)];
	return text === undefined || gap === undefined ? undefined : text.split(gap, MOST_LIST);
}

function contains([a, b]: readonly Arg[]): Arg {
	if (typeof a === "string") return a.includes(textOf(b) ?? "");
	if (isList(a)) return a.includes(b as Json);
	return typeof a === "object" && a !== null && typeof b === "string" && Object.hasOwn(a, b);
}

function indexOf([a, b]: readonly Arg[]): Arg {
	if (typeof a === "string") return a.indexOf(textOf(b) ?? "");
	return isList(a) ? a.indexOf(b as Json) : undefined;
}

function join([a, by]: readonly Arg[]): Arg {
	const gap = textOf(by);
	if (!isList(a) || gap === undefined) return undefined;
	const texts = a.map(textOf);
	if (texts.some((text) => text === undefined)) return undefined;
	const size = texts.reduce((sum, text) => sum + (text as string).length + gap.length, 0);
	return size > MOST_TEXT ? undefined : texts.join(gap);
}

function distinct(list: readonly Json[]): readonly Json[] {
	return [...new Set(list)];
}

function within(a: readonly Json[], b: readonly Json[]): readonly Json[] {
	const other = new Set(b);
	return distinct(a.filter((item) => other.has(item)));
}
