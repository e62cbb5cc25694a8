/**
 * How an expression is read: what is refused and with which words, which names it reads, and what comes of parts that are
 * only known later.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json, Values } from "../../src/base/json.ts";
import {
	evaluate,
	fill,
	fillAll,
	holesOf,
	NESTING_CAP,
	parseExpression,
	SOURCE_CAP,
} from "../../src/sop/expression.ts";

const hole = (source: string) => `$${`{${source}}`}`;
const read = (source: string): readonly string[] | string => {
	const parsed = parseExpression(source);
	return parsed.ok ? parsed.names.toSorted() : parsed.message;
};

describe("parseExpression", () => {
	it("says why a text is no expression", () => {
		assert.equal(read(""), "The expression is empty.");
		assert.equal(read("  "), "The expression is empty.");
		assert.equal(read("=a"), "An expression does not begin with “=”.");
		assert.equal(read("a +"), "“a +” is not an expression.");
		assert.equal(read("range(1, rand(2))"), "“rand” is not a function that expressions have.");
		assert.equal(read("toLower()"), "toLower takes 1 values, not 0.");
		assert.equal(read(`'${"a".repeat(999)}'`), "The expression is longer than 1000 characters.");
		assert.deepEqual(read(`${"!".repeat(248)}a`), ["a"]);
		assert.equal(read(`${"!".repeat(249)}a`), "The expression has too many parts.");
	});

	it("takes a thousand characters and 32 brackets inside each other, of every kind, and not one more", () => {
		assert.deepEqual([SOURCE_CAP, NESTING_CAP], [1000, 32]);
		assert.deepEqual(read(`'${"a".repeat(998)}'`), []);
		const deep = (open: string, close: string, n: number) => `a${open.repeat(n)}b${close.repeat(n)}`;
		const refusal = "The expression nests deeper than 32 brackets.";
		assert.notEqual(read(deep("[c", "]", 32)), refusal);
		assert.equal(read(deep("[c", "]", 33)), refusal);
		assert.equal(read(deep("{", "}", 33)), refusal);
		assert.equal(read(deep("(", ")", 33)), refusal);
		assert.equal(read(`(a) + ${deep("(", ")", 33)}`), refusal);
		assert.deepEqual(read(Array.from({ length: 40 }, () => "(a)").join("+")), ["a"]);
		assert.deepEqual(read(Array.from({ length: 40 }, () => "a[1]").join("+")), ["a"]);
		assert.notEqual(read(Array.from({ length: 40 }, () => "{}").join("+")), refusal);
	});

	it("reads a fixed name in brackets as a path, a number or a name of the scope as what it is", () => {
		assert.deepEqual(read("a['b'].c"), ["a.b.c"]);
		assert.deepEqual(read("a[0].c"), ["a"]);
		assert.deepEqual(read("a[b.c].d"), ["a", "b.c"]);
		assert.deepEqual(read("first(a.b)[c]"), ["a.b", "c"]);
		assert.deepEqual(read("first(a)['b']"), ["a"]);
		assert.deepEqual(read("a.b == a.b"), ["a.b"]);
		assert.deepEqual(read("'a' == 1"), []);
	});
});

describe("evaluate", () => {
	const later: Values = { steps: { made: { $after: "made.id" } }, a: "x", n: null, list: [1] };
	const is = (source: string): Json | undefined => evaluate(source, later);

	it("keeps the marker of the first part that is known later, whatever else is there", () => {
		assert.deepEqual(is("concat(a, steps.made)"), { $after: "made.id" });
		assert.deepEqual(is("steps.made == 'x'"), { $after: "made.id" });
		assert.deepEqual(is("length(steps.made.name)"), { $after: "made.id" });
		assert.deepEqual(is("if(a == 'x', 'yes', steps.made)"), { $after: "made.id" });
		const two = { steps: { one: { $after: "one.id" }, two: { $after: "two.id" } }, no: false };
		assert.deepEqual(evaluate("if(no, steps.one, steps.two)", two), { $after: "two.id" });
	});

	it("lets what copes with missing parts answer, when it has an answer", () => {
		assert.equal(is("exists(steps.made.name)"), false);
		assert.equal(is("steps.made.name ?? 'none'"), "none");
		assert.equal(is("coalesce(steps.made.name, a)"), "x");
		assert.deepEqual(is("coalesce(steps.made.name, n)"), { $after: "made.id" });
		assert.equal(is("coalesce(n, missing)"), undefined);
	});

	it("gives nothing but JSON", () => {
		assert.deepEqual([is("n"), is("a"), is("list"), is("missing")], [null, "x", [1], undefined]);
		const odd = { call: () => 1, endless: Number.POSITIVE_INFINITY } as unknown as Values;
		assert.deepEqual([evaluate("call", odd), evaluate("endless", odd)], [undefined, undefined]);
	});

	it("names the source that does not parse, shortened", () => {
		const message = (call: () => unknown) => {
			try {
				call();
			} catch (error) {
				return (error as Error).message;
			}
			return assert.fail("nothing was thrown");
		};
		const long = "(".repeat(100);
		assert.ok(message(() => evaluate(long, {})).endsWith(`: ${"(".repeat(80)}`));
		assert.ok(message(() => fill(`${"$"}{${long}`, {})).endsWith(`: \${${"(".repeat(78)}`));
	});

	it("gives the same answer for a text it has seen before as for the first time, however many others it saw", () => {
		const first = evaluate("a + '0'", later);
		for (let i = 0; i < 5000; i += 1) assert.equal(evaluate(`${i} + 1`, {}), i + 1);
		for (let i = 0; i < 5000; i += 1) assert.equal(fill(`${i}${hole("a")}`, later), `${i}x`);
		assert.equal(evaluate("a + '0'", later), first);
	});
});

describe("templates", () => {
	it("tell the expressions in their holes, in order", () => {
		assert.deepEqual(holesOf(`Hello ${hole("form.name")}, ${hole("a + 1")}!`), ["form.name", "a + 1"]);
		assert.deepEqual(holesOf("Hello"), []);
		assert.equal(holesOf("Hello ${"), undefined);
	});

	it("are empty when empty, and list what is a list of texts only", () => {
		assert.equal(fill("", {}), "");
		assert.equal(fill(`of ${hole("a")}`, { a: ["x", 1, true] }), "of x, 1, true");
		assert.equal(fill(`of ${hole("a")}`, { a: ["x", null] }), undefined);
		assert.equal(fill(`of ${hole("a")}`, { a: [{}, "x"] }), undefined);
	});

	it("fill up to 65,536 characters", () => {
		const a = "x".repeat(65_535);
		assert.equal((fill(`${hole("a")}y`, { a }) as string).length, 65_536);
		assert.equal(fill(`${hole("a")}yz`, { a }), undefined);
	});

	it("leave what is no text as it is", () => {
		const values: Values = { a: null, b: [1, [hole("x")]], c: { $secret: hole("x") }, d: false };
		assert.deepEqual(fillAll(values, { x: "X" }), { ...values, b: [1, ["X"]] });
	});
});
