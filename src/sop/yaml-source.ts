/**
 * Reads YAML 1.2 core into plain data and remembers where each key and value was written. Refuses what definitions must
 * not hold: aliases, tags, duplicate and prototype keys, too much and too deep. Must never run or resolve anything.
 */
import {
	type Document,
	isAlias,
	isMap,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	type ParsedNode,
	parseDocument,
	type YAMLError,
} from "yaml";
import type { Problem } from "../base/errors.ts";
import type { Json } from "../base/json.ts";

/** Where something stands in a file; lines and columns count from 1. */
type Spot = { readonly file: string; readonly line: number; readonly column: number };
type Spots = ReadonlyMap<string, { readonly key: Spot; readonly value: Spot }>;
/** Where the entries of each mapping and list were written. */
export type Sources = WeakMap<object, Spots>;

const SIZE_CAP = 256 * 1024;
const DEPTH_CAP = 32;
const FORBIDDEN: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

type Reading = {
	readonly file: string;
	readonly lines: LineCounter;
	readonly problems: Problem[];
	readonly sources: Sources;
};

/** Reads one file. `value` is absent when nothing usable is in it; every problem has its line. Never throws. */
export function readYaml(
	input: { readonly file: string; readonly text: string },
	sources: Sources,
): { readonly value?: Json; readonly problems: readonly Problem[] } {
	const { file, text } = input;
	const reading: Reading = { file, lines: new LineCounter(), problems: [], sources };
	if (Buffer.byteLength(text) > SIZE_CAP) {
		return {
			problems: [at(reading, 0, "too-large", "This file is larger than 256 kB.", "Split it into several SOPs.")],
		};
	}
	let document: Document.Parsed<ParsedNode>;
	try {
		document = parseDocument(text, {
			version: "1.2",
			schema: "core",
			lineCounter: reading.lines,
			prettyErrors: false,
			uniqueKeys: true,
			stringKeys: false,
			merge: false,
		});
	} catch {
		return { problems: [at(reading, 0, "too-deep", "This file nests too deeply to be read.", "Flatten it.")] };
	}
	for (const error of telling([...document.errors, ...document.warnings])) {
		reading.problems.push(refused(error, reading));
	}
	if (document.contents === null) {
		if (reading.problems.length === 0) reading.problems.push(at(reading, 0, "empty", "This file is empty."));
		return { problems: reading.problems };
	}
	const value = plain(document.contents, reading, 0);
	return document.errors.length > 0 ? { problems: reading.problems } : { value, problems: reading.problems };
}

/**
 * Where a path of keys and indexes was written: its value, or its key. What is not there is shown where its parent is.
 */
export function spotOf(
	root: Json,
	path: readonly (string | number)[],
	sources: Sources,
	which: "key" | "value" = "value",
): Spot | undefined {
	let spot: Spot | undefined;
	let at: unknown = root;
	for (const [index, key] of path.entries()) {
		if (typeof at !== "object" || at === null) return spot;
		const found = sources.get(at)?.get(String(key));
		if (found === undefined) return spot ?? firstSpot(at, sources);
		spot = which === "key" || index < path.length - 1 ? found.key : found.value;
		at = (at as { readonly [name: string]: unknown })[String(key)];
	}
	return spot ?? (typeof root === "object" && root !== null ? firstSpot(root, sources) : undefined);
}

/** What the reader itself refuses, in words that say what to do. */
/** What is told apart by a code of its own, and the first of all others: the rest of those follow from it. */
function telling(errors: readonly YAMLError[]): readonly YAMLError[] {
	const first = errors.find(({ code }) => !OWN.has(code));
	return errors.filter((error) => error === first || OWN.has(error.code));
}

const OWN: ReadonlySet<string> = new Set(["DUPLICATE_KEY", "TAG_RESOLVE_FAILED"]);

function refused(error: YAMLError, reading: Reading): Problem {
	const [start] = error.pos;
	if (error.code === "DUPLICATE_KEY") {
		return at(reading, start, "duplicate-key", "This key is written twice.", "Keep one of the two.");
	}
	if (error.code === "TAG_RESOLVE_FAILED")
		return at(reading, start, "tag", "Tags are not taken.", "Write the value plainly.");
	return at(reading, start, "not-yaml", `This is not YAML: ${firstLine(error.message)}.`, "Mend it here.");
}

function firstSpot(at: object, sources: Sources): Spot | undefined {
	return sources.get(at)?.values().next().value?.key;
}

function plain(node: Node | null, reading: Reading, depth: number): Json {
	if (node === null) return null;
	const start = node.range?.[0] ?? 0;
	if (depth > DEPTH_CAP) {
		reading.problems.push(at(reading, start, "too-deep", `This nests deeper than ${DEPTH_CAP} levels.`, "Flatten it."));
		return null;
	}
	if (isAlias(node)) {
		reading.problems.push(at(reading, start, "alias", "Aliases are not taken.", "Write the value out."));
		return null;
	}
	if (node.tag !== undefined && !node.tag.startsWith("tag:yaml.org,2002:")) {
		reading.problems.push(at(reading, start, "tag", `The tag ${node.tag} is not taken.`, "Remove it."));
		return null;
	}
	if (isScalar(node)) {
		if (typeof node.value !== "string" || isPlain(node.value)) return scalar(node.value);
		reading.problems.push(at(reading, start, "bad-text", "This text holds control characters.", "Take them out."));
		return "";
	}
	if (isSeq(node)) {
		const list = node.items.map((item) => plain(item as Node, reading, depth + 1));
		const spots = node.items.map((item, index): [string, { key: Spot; value: Spot }] => {
			const spot = spotAt(reading, (item as Node).range?.[0] ?? start);
			return [String(index), { key: spot, value: spot }];
		});
		reading.sources.set(list, new Map(spots));
		return list;
	}
	return isMap(node) ? record(node.items as unknown as readonly Pair[], reading, depth) : null;
}

type Pair = { readonly key: Node | null; readonly value: Node | null };

function record(pairs: readonly Pair[], reading: Reading, depth: number): Json {
	const made: { [name: string]: Json } = {};
	const spots = new Map<string, { key: Spot; value: Spot }>();
	for (const { key, value } of pairs) {
		const where = key?.range?.[0] ?? 0;
		if (!isScalar(key) || key.value === null || typeof key.value === "object") {
			reading.problems.push(at(reading, where, "bad-key", "A key is a plain word.", "Write it as text."));
			continue;
		}
		const name = String(key.value);
		if (FORBIDDEN.has(name) || !isPlain(name)) {
			reading.problems.push(at(reading, where, "forbidden-key", `“${name}” cannot be a key.`, "Choose another name."));
			continue;
		}
		made[name] = plain(value, reading, depth + 1);
		const spot = spotAt(reading, where);
		spots.set(name, { key: spot, value: value?.range ? spotAt(reading, value.range[0]) : spot });
	}
	reading.sources.set(made, spots);
	return made;
}

/** No half characters, and of the control characters only tab and line feed. */
function isPlain(text: string): boolean {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
	return text.isWellFormed() && !/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/.test(text);
}

function scalar(value: unknown): Json {
	if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
	return typeof value === "string" || typeof value === "boolean" ? value : null;
}

function spotAt({ file, lines }: Reading, offset: number): Spot {
	const { line, col } = lines.linePos(offset);
	return { file, line: Math.max(1, line), column: Math.max(1, col) };
}

function at(reading: Reading, offset: number, code: string, message: string, remedy?: string): Problem {
	return { path: "", code, message, ...(remedy === undefined ? {} : { remedy }), ...spotAt(reading, offset) };
}

function firstLine(text: string): string {
	return (text.split("\n")[0] ?? "").replace(/[.:]$/, "");
}
