/**
 * The only evaluator in the house: parses and evaluates expressions and fills `${…}` templates, for SOPs and cards alike.
 * Pure and quick by construction: an allow-list of functions, caps on source and result. Must never evaluate what a value
 * says, only what an author wrote.
 */
import { Expression as Parser } from "adaptive-expressions";
import { setBounded } from "../base/bounded.ts";
import { InvariantError } from "../base/errors.ts";
import { isRecord, type Json, type Values } from "../base/json.ts";
import { type Arg, ArityError, CAP, evaluatorOf, property, truthy } from "./expression-functions.ts";
import { textOf } from "./expression-texts.ts";
import type { Expression, Template, Templates } from "./sop.ts";
import { type Part, splitTemplate } from "./template.ts";

export { truthy };

/** The longest expression, in characters, and the deepest nesting of brackets in one. */
export const SOURCE_CAP = 1000;
export const NESTING_CAP = 32;
/** The most steps from an expression's whole to its smallest part: more would not fit on the stack. */
const TREE_CAP = 250;

type Parsed =
	/** Dotted paths that are read, as far as they are fixed: `form.firstName`, `steps.account`, `item`. */
	{ readonly ok: true; readonly names: readonly string[] } | { readonly ok: false; readonly message: string };

type Kept = { readonly parsed: Parsed; readonly tree?: Parser };
/** What copes with parts that are missing: its answer stands although some part is known only later. */
const COPES: ReadonlySet<string> = new Set(["exists", "coalesce", "??"]);
const KEEP = 4096;
const kept = new Map<string, Kept>();
const splits = new Map<string, readonly Part[] | undefined>();

/** Parses an expression once and tells what it reads. Never throws; the message is for its author. */
export function parseExpression(source: string): Parsed {
	return lookUp(source).parsed;
}

/**
 * Evaluates an expression over a scope. Undefined: what it needs is not there or does not fit. A part of the scope that
 * is known only later (`{ "$after": … }`) makes the result that marker. Errors: throws `InvariantError` for source that
 * does not parse (compile refuses it); never for data.
 */
export function evaluate(source: Expression, scope: Values): Json | undefined {
	const { parsed, tree } = lookUp(source);
	if (!parsed.ok || tree === undefined)
		throw new InvariantError(`an expression does not parse: ${source.slice(0, 80)}`);
	const memory = {
		getValue: (name: string) => property(scope, name),
		setValue: () => undefined,
		version: () => "",
	};
	const { value, error } = tree.tryEvaluate(memory);
	const made = error ? undefined : plain(value);
	if (isRecord(made)) return made;
	if (made !== undefined && COPES.has(tree.type)) return made;
	return waitsFor(parsed.names, scope) ?? made;
}

/**
 * Fills a template. One hole alone keeps its value's type; else the holes become text. Undefined when any hole is missing
 * or has no text of its own (an object). What is filled in is never read as a template again.
 */
export function fill(template: Template, scope: Values): Json | undefined {
	const parts = partsOf(template);
	if (parts === undefined) throw new InvariantError(`a template does not parse: ${template.slice(0, 80)}`);
	const [only] = parts;
	if (only === undefined) return "";
	if (parts.length === 1) return only.kind === "text" ? only.text : evaluate(only.source, scope);
	let text = "";
	for (const part of parts) {
		const value = part.kind === "text" ? part.text : evaluate(part.source, scope);
		if (isRecord(value) && "$after" in value) return value;
		const piece = Array.isArray(value) ? listText(value) : textOf(value);
		if (piece === undefined || text.length + piece.length > CAP.text) return undefined;
		text += piece;
	}
	return text;
}

/**
 * Fills every string of a value, however deep. A key or item whose template has no answer is left out; a secret's name
 * passes.
 */
export function fillAll(templates: Templates, scope: Values): Values {
	return Object.fromEntries(
		Object.entries(templates).flatMap(([name, value]) => {
			const made = fillOne(value, scope);
			return made === undefined ? [] : [[name, made]];
		}),
	);
}

/** The expressions in a template's holes, or why it cannot be read. */
export function holesOf(template: Template): readonly string[] | undefined {
	return partsOf(template)?.flatMap((part) => (part.kind === "hole" ? [part.source] : []));
}

function fillOne(value: Json, scope: Values): Json | undefined {
	if (typeof value === "string") return fill(value, scope);
	if (Array.isArray(value)) {
		return value.flatMap((item: Json) => {
			const made = fillOne(item, scope);
			return made === undefined ? [] : [made];
		});
	}
	if (!isRecord(value) || "$secret" in value) return value;
	return fillAll(value, scope);
}

function listText(list: readonly Json[]): string | undefined {
	const texts = list.map(textOf);
	return texts.some((text) => text === undefined) ? undefined : texts.join(", ");
}

function partsOf(template: Template): readonly Part[] | undefined {
	if (splits.has(template)) return splits.get(template);
	return remember(splits, template, splitTemplate(template));
}

function lookUp(source: string): Kept {
	return kept.get(source) ?? remember(kept, source, parse(source));
}

function remember<T>(map: Map<string, T>, key: string, value: T): T {
	setBounded(map, [key, value], KEEP);
	return value;
}

function parse(source: string): Kept {
	const shape = refusedShape(source);
	if (shape !== undefined) return { parsed: { ok: false, message: shape } };
	let refused: string | undefined;
	const find = (name: string) => {
		const found = evaluatorOf(name);
		if (found === undefined) refused ??= name;
		return found as NonNullable<typeof found>;
	};
	try {
		const tree = Parser.parse(source, find);
		if (tooDeep(tree, TREE_CAP)) return { parsed: { ok: false, message: "The expression has too many parts." } };
		const names = new Set<string>();
		collect(tree, names);
		return { parsed: { ok: true, names: [...names] }, tree };
	} catch (error) {
		return { parsed: { ok: false, message: whyNot(source, refused, error) } };
	}
}

function whyNot(source: string, refused: string | undefined, error: unknown): string {
	if (refused !== undefined) return `“${refused}” is not a function that expressions have.`;
	if (error instanceof ArityError) return `${error.message}.`;
	return `“${source}” is not an expression.`;
}

function refusedShape(source: string): string | undefined {
	if (source.trim() === "") return "The expression is empty.";
	if (source.length > SOURCE_CAP) return `The expression is longer than ${SOURCE_CAP} characters.`;
	if (source.startsWith("=")) return "An expression does not begin with “=”.";
	let depth = 0;
	for (const sign of source) {
		if (sign === "(" || sign === "[" || sign === "{") depth += 1;
		if (sign === ")" || sign === "]" || sign === "}") depth -= 1;
		if (depth > NESTING_CAP) return `The expression nests deeper than ${NESTING_CAP} brackets.`;
	}
	return undefined;
}

function tooDeep(node: Parser, left: number): boolean {
	return left === 0 || node.children.some((child) => tooDeep(child, left - 1));
}

/** Adds the longest fixed path of every read to `names`. Returns the path of this node, if it is one. */
function collect(node: Parser, names: Set<string>, inner = false): string | undefined {
	const [first, second] = node.children;
	let path: string | undefined;
	if (node.type === "Accessor") {
		const name = constant(first) as string;
		const base = second === undefined ? "" : collect(second, names, true);
		path = base === undefined ? undefined : base === "" ? name : `${base}.${name}`;
	} else if (node.type === "Element" && first !== undefined && second !== undefined) {
		const base = collect(first, names, true);
		const key = constant(second);
		if (base !== undefined && typeof key === "string") path = `${base}.${key}`;
		else if (base !== undefined) names.add(base);
		if (key === undefined) collect(second, names);
	} else {
		for (const child of node.children) collect(child, names);
	}
	if (path !== undefined && !inner) names.add(path);
	return path;
}

function constant(node: Parser | undefined): Arg {
	return node?.type === "Constant" ? (node as unknown as { readonly value: Arg }).value : undefined;
}

/** The marker of the first value that is known only later. */
function waitsFor(names: readonly string[], scope: Values): Json | undefined {
	for (const name of names) {
		let at: Arg = scope;
		for (const key of name.split(".")) {
			at = property(at, key);
			if (isRecord(at) && "$after" in at) return at;
		}
	}
	return undefined;
}

/** Only JSON comes out: what a scope held, or what an allowed function made of it; never a function. */
function plain(value: unknown): Json | undefined {
	if (value === null || typeof value === "string" || typeof value === "boolean") return value;
	if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
	return typeof value === "object" ? (value as Json) : undefined;
}
