/**
 * The functions an expression may call, and nothing else: each is pure, reads its arguments and ends quickly whatever it
 * is given. Must never hold one that mutates, guesses, reads a clock, matches patterns or grows text without a limit.
 */
import {
	ExpressionEvaluator,
	ExpressionFunctions,
	ReturnType as Kind,
	type Expression as Node,
} from "adaptive-expressions";
import { isList, type Json } from "../base/json.ts";
import { dateFunctions } from "./expression-dates.ts";
import { listFunctions, textFunctions } from "./expression-texts.ts";

/** A value on its way through an expression; undefined is "not there". */
export type Arg = Json | undefined;
/** One function: how many arguments it takes and what it makes of them. Undefined: there is no answer. */
export type Callable = { readonly least: number; readonly most: number; readonly call: (args: readonly Arg[]) => Arg };

/** The longest text and list a part of an expression may make. */
export const CAP = { text: 65_536, list: 10_000 } as const;

/** Finds the evaluator of a function, operator or access by name; undefined when it is not allowed. */
export function evaluatorOf(name: string): ExpressionEvaluator | undefined {
	return table.get(name);
}

/** The names authors may use, for the guide and for suggestions. */
export const functionNames = (): readonly string[] => [...table.keys()].filter((name) => /^[a-z]/.test(name)).sort();

/** Tells whether a value counts as true: not `false`, `null`, missing, `0`, an empty text or an empty list. */
export function truthy(value: Arg): boolean {
	if (isList(value)) return value.length > 0;
	return value !== undefined && value !== null && value !== false && value !== 0 && value !== "";
}

/** Reads an own property exactly as it is spelt; a list by whole number. Undefined for everything else. */
export function property(of: Arg, key: Arg): Arg {
	if (typeof of !== "object" || of === null) return undefined;
	if (isList(of)) return typeof key === "number" && Number.isInteger(key) ? of[key] : undefined;
	if (typeof key !== "string" || !Object.hasOwn(of, key)) return undefined;
	return (of as { readonly [name: string]: Json })[key];
}

/** A function that is given too few or too many values; told to its author. */
export class ArityError extends Error {}

type State = Parameters<Node["tryEvaluate"]>[0];
type Options = Parameters<Node["tryEvaluate"]>[1];
const ANY = Kind.Object;
const NO = "no answer";

const logic: { readonly [name: string]: Callable } = {
	empty: { least: 1, most: 1, call: ([a]) => isEmpty(a) },
	bool: { least: 1, most: 1, call: ([a]) => truthy(a) && a !== "false" },
	not: { least: 1, most: 1, call: ([a]) => !truthy(a) },
	getProperty: { least: 2, most: 2, call: ([a, key]) => property(a, key) },
	min: { least: 1, most: 100, call: (args) => extreme(args, (a, b) => a < b) },
	max: { least: 1, most: 100, call: (args) => extreme(args, (a, b) => a > b) },
};

/** Operators whose standard meaning is safe: arithmetic and comparison of what they are given. */
const STANDARD = ["+", "-", "*", "/", "%", "^", "==", "!=", ">", ">=", "<", "<="];
const NUMBERS = ["round", "floor", "ceiling", "abs", "int", "float"];
const ALIASES: { readonly [name: string]: string } = {
	add: "+",
	sub: "-",
	mul: "*",
	div: "/",
	mod: "%",
	equals: "==",
	greater: ">",
	greaterOrEquals: ">=",
	less: "<",
	lessOrEquals: "<=",
	and: "&&",
	or: "||",
	"!": "not",
	"&": "concat",
	"??": "coalesce",
};
const table = build();

function build(): Map<string, ExpressionEvaluator> {
	const made = new Map<string, ExpressionEvaluator>();
	for (const [name, one] of Object.entries({ ...logic, ...textFunctions, ...listFunctions, ...dateFunctions })) {
		made.set(name, called(name, one));
	}
	for (const name of [...STANDARD, ...NUMBERS]) made.set(name, standard(name));
	made.set("Accessor", lazy("Accessor", 1, 2, access));
	made.set("Element", lazy("Element", 2, 2, element));
	made.set(
		"if",
		lazy("if", 3, 3, (c, go) => (truthy(go(c[0])) ? go(c[1]) : go(c[2]))),
	);
	made.set(
		"&&",
		lazy("&&", 1, 100, (c, go) => c.every((child) => truthy(go(child)))),
	);
	made.set(
		"||",
		lazy("||", 1, 100, (c, go) => c.some((child) => truthy(go(child)))),
	);
	made.set(
		"exists",
		lazy("exists", 1, 1, (c, go) => (go(c[0]) ?? null) !== null),
	);
	made.set("coalesce", lazy("coalesce", 1, 100, firstThere));
	for (const [name, of] of Object.entries(ALIASES)) made.set(name, made.get(of) as ExpressionEvaluator);
	return made;
}

type Go = (child: Node | undefined) => Arg;

function lazy(
	name: string,
	least: number,
	most: number,
	call: (children: readonly Node[], go: Go, state: State) => Arg,
): ExpressionEvaluator {
	return new ExpressionEvaluator(
		name,
		(node, state, options) => bounded(call(node.children, (child) => value(child, state, options), state)),
		ANY,
		(node) => arity(name, node, least, most),
	);
}

function called(name: string, one: Callable): ExpressionEvaluator {
	return lazy(name, one.least, one.most, (children, go) => one.call(children.map(go)));
}

function standard(name: string): ExpressionEvaluator {
	const kept = ExpressionFunctions.standardFunctions.get(name) as ExpressionEvaluator;
	return new ExpressionEvaluator(
		name,
		(node, state, options) => {
			const { value: made, error } = kept.tryEvaluate(node, state, options);
			return error ? { value: undefined, error } : bounded(made as Arg);
		},
		ANY,
		(node) => kept.validateExpression(node),
	);
}

function value(child: Node | undefined, state: State, options: Options): Arg {
	if (child === undefined) return undefined;
	const { value: made, error } = child.tryEvaluate(state, options);
	return error ? undefined : (made as Arg);
}

type Result = ReturnType<ExpressionEvaluator["tryEvaluate"]>;

function bounded(made: Arg): Result {
	const tooLong = typeof made === "string" ? made.length > CAP.text : isList(made) && made.length > CAP.list;
	if (tooLong || (typeof made === "number" && !Number.isFinite(made))) return { value: undefined, error: NO };
	return { value: made, error: undefined as unknown as string };
}

function arity(name: string, node: Node, least: number, most: number): void {
	const count = node.children.length;
	if (count >= least && count <= most) return;
	throw new ArityError(`${name} takes ${least === most ? least : `${least} to ${most}`} values, not ${count}`);
}

function access(children: readonly Node[], go: Go, state: State): Arg {
	const name = (children[0] as unknown as { readonly value: string }).value;
	if (children[1] !== undefined) return property(go(children[1]), name);
	return (state as { getValue(path: string): Arg }).getValue(name);
}

function element(children: readonly Node[], go: Go): Arg {
	return property(go(children[0]), go(children[1]));
}

function firstThere(children: readonly Node[], go: Go): Arg {
	for (const child of children) {
		const made = go(child);
		if (made !== undefined && made !== null && made !== "") return made;
	}
	return undefined;
}

function isEmpty(a: Arg): boolean {
	if (a === undefined || a === null || a === "") return true;
	return typeof a === "object" && Object.keys(a).length === 0;
}

function extreme(args: readonly Arg[], better: (a: number, b: number) => boolean): Arg {
	const all = (isList(args[0]) ? args[0] : args).filter((a) => typeof a === "number");
	if (all.length === 0) return undefined;
	return all.reduce((best, a) => (better(a, best) ? a : best));
}
