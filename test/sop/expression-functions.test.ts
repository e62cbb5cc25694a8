/**
 * What every function and operator of an expression gives, how many values it takes, and where it has no answer.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json, Values } from "../../src/base/json.ts";
import { evaluate, parseExpression } from "../../src/sop/expression.ts";
import { CAP, functionNames } from "../../src/sop/expression-functions.ts";
import { OPERATORS } from "./known.ts";

type Rows = readonly (readonly [string, Json | undefined])[];

const scope: Values = {
	name: "ada LOVELACE-king",
	none: null,
	empty: "",
	zero: 0,
	yes: true,
	no: false,
	three: 3,
	list: ["x", "y", "x"],
	mixed: [1, "two", null, 3],
	nested: [{ id: 1 }],
	record: { a: 1, b: { c: [10, 20] } },
	blank: {},
	nothing: [],
	numbers: [3, 1, 2],
	day: "2026-11-22",
	at: "2026-11-22T23:30:00.000Z",
};

function gives(rows: Rows): void {
	for (const [source, expected] of rows)
		it(`gives ${JSON.stringify(expected)} for ${source}`, () => assert.deepEqual(evaluate(source, scope), expected));
}

describe("arithmetic and comparison", () => {
	gives([
		["add(1, 2)", 3],
		["sub(5, 2)", 3],
		["mul(2, 3)", 6],
		["div(8, 2)", 4],
		["mod(7, 4)", 3],
		["7 % 4", 3],
		["2 ^ 3", 8],
		["1 != 2", true],
		["equals(1, 2)", false],
		["2 > 2", false],
		["greater(3, 2)", true],
		["2 >= 2", true],
		["greaterOrEquals(1, 2)", false],
		["1 < 2", true],
		["less(2, 1)", false],
		["2 <= 2", true],
		["lessOrEquals(3, 2)", false],
		["round(2.5)", 3],
		["floor(2.7)", 2],
		["ceiling(2.1)", 3],
		["abs(0 - 2)", 2],
		["int('7')", 7],
		["float('7.5')", 7.5],
		["name - 1", undefined],
		["1 / zero", undefined],
		["10 ^ 400", undefined],
		["string(10 ^ 400)", undefined],
	]);
});

describe("logic", () => {
	gives([
		["yes && three", true],
		["yes && empty", false],
		["and(no, yes)", false],
		["no || three", true],
		["or(no, none)", false],
		["not(nothing)", true],
		["!blank", false],
		["if(three, 'a', 'b')", "a"],
		["if(zero, 'a', 'b')", "b"],
		["bool('false')", false],
		["bool('no')", true],
		["bool('')", false],
		["exists(none)", false],
		["exists(no)", true],
		["coalesce(missing, none, empty, no)", false],
		["coalesce(missing, none)", undefined],
		["missing ?? none ?? 'z'", "z"],
		["getProperty(record, 'a')", 1],
		["getProperty(record, 'z')", undefined],
		["empty(missing)", true],
		["empty(none)", true],
		["empty('')", true],
		["empty(nothing)", true],
		["empty(blank)", true],
		["empty(list)", false],
		["empty(record)", false],
		["empty(zero)", false],
		["empty('x')", false],
		["min(3, 1, 2)", 1],
		["max(numbers)", 3],
		["min(numbers)", 1],
		["max(1, 3, 2)", 3],
		["max(mixed)", 3],
		["min(name)", undefined],
		["min(nothing)", undefined],
	]);
});

describe("access", () => {
	gives([
		["record.b.c[1]", 20],
		["record['b'].c[0]", 10],
		["list[1.5]", undefined],
		["list['0']", undefined],
		["list[7]", undefined],
		["record[1]", undefined],
		["none.a", undefined],
		["name.length", undefined],
	]);
});

describe("texts", () => {
	gives([
		["length(name)", 17],
		["length(123)", 3],
		["length(none)", undefined],
		["length(missing)", undefined],
		["length(record)", 0],
		["toUpper(name)", "ADA LOVELACE-KING"],
		["toLower(name)", "ada lovelace-king"],
		["trim('  a b ')", "a b"],
		["titleCase('éVA van-der BERG')", "Éva Van-Der Berg"],
		["sentenceCase('hELLO World')", "Hello world"],
		["string(3)", "3"],
		["string(yes)", "true"],
		["string(record)", undefined],
		["uriComponent('a b/ü')", "a%20b%2F%C3%BC"],
		["substring(name, 4)", "LOVELACE-king"],
		["substring(name, 0, 3)", "ada"],
		["substring(name, 0 - 2, 3)", "ada"],
		["substring(name, 1, 0 - 1)", ""],
		["substring(name, 0, 1.9)", "a"],
		["substring(name, 'x')", undefined],
		["substring(record, 0)", undefined],
		["replace('a.b.c', '.', '-')", "a-b-c"],
		["replace('abc', 'b', '')", "ac"],
		["replace('abc', '', 'x')", undefined],
		["replace('abc', 'b', none)", undefined],
		["replace(record, 'b', 'x')", undefined],
		["split('a,b', ',')", ["a", "b"]],
		["split('ab', '')", ["a", "b"]],
		["split(none, ',')", undefined],
		["split('a', none)", undefined],
		["startsWith('abc', 'ab')", true],
		["startsWith('abc', 'bc')", false],
		["startsWith('abc', missing)", true],
		["startsWith(missing, 'M')", false],
		["startsWith(missing, '')", true],
		["endsWith('abc', 'bc')", true],
		["endsWith('abc', 'ab')", false],
		["endsWith('abc', missing)", true],
		["endsWith(missing, '')", true],
		["endsWith(missing, 't')", false],
		["concat('a', none, missing, 1, yes)", "a1true"],
		["concat('a', record)", undefined],
		["'a' & 'b'", "ab"],
		["concat(none)", ""],
	]);
});

describe("lists", () => {
	gives([
		["concat(list, list)", ["x", "y", "x", "x", "y", "x"]],
		["concat(list, 'a')", undefined],
		["concat(list, none)", ["x", "y", "x"]],
		["count(list)", 3],
		["count('abc')", 3],
		["count(record)", undefined],
		["first(list)", "x"],
		["first('abc')", "a"],
		["first(record)", undefined],
		["last(numbers)", 2],
		["last('abc')", "c"],
		["last(three)", undefined],
		["take(numbers, 2)", [3, 1]],
		["take('abc', 2)", "ab"],
		["take(numbers, 0 - 1)", []],
		["take(numbers, 0)", []],
		["take(numbers, 'x')", undefined],
		["take(record, 1)", undefined],
		["skip(numbers, 1)", [1, 2]],
		["skip('abc', 2)", "c"],
		["skip(numbers, 0)", [3, 1, 2]],
		["skip(numbers, 0 - 1)", [3, 1, 2]],
		["skip(three, 1)", undefined],
		["contains(list, 'y')", true],
		["contains(list, 'z')", false],
		["contains('abc', 'bc')", true],
		["contains('abc', missing)", true],
		["contains('abc', 'z')", false],
		["contains(record, 'a')", true],
		["contains(record, 'z')", false],
		["contains(record, 1)", false],
		["contains(none, 'a')", false],
		["indexOf(list, 'y')", 1],
		["indexOf(list, 'z')", -1],
		["indexOf('abc', 'c')", 2],
		["indexOf('abc', missing)", 0],
		["indexOf(record, 'a')", undefined],
		["join(list, '+')", "x+y+x"],
		["join(mixed, '+')", undefined],
		["join(list, none)", undefined],
		["join(name, '+')", undefined],
		["union(list, numbers)", ["x", "y", 3, 1, 2]],
		["union(list, three)", ["x", "y"]],
		["unique(list)", ["x", "y"]],
		["unique(name)", undefined],
		["intersection(list, createArray('x', 'z'))", ["x"]],
		["intersection(list, three)", undefined],
		["createArray(1, missing, 'a')", [1, null, "a"]],
		["createArray()", []],
	]);
});

describe("days and instants", () => {
	gives([
		["addDays(day, 10)", "2026-12-02"],
		["addDays(day, 0 - 22)", "2026-10-31"],
		["addDays(at, 1)", "2026-11-23T23:30:00.000Z"],
		["addDays(day, 1.5)", undefined],
		["addDays(day, '1')", undefined],
		["addDays(three, 1)", undefined],
		["addDays('someday', 1)", undefined],
		["addHours(at, 1)", "2026-11-23T00:30:00.000Z"],
		["addHours(day, 1)", undefined],
		["addMinutes(at, 45)", "2026-11-23T00:15:00.000Z"],
		["addMinutes(at, 1.5)", undefined],
		["addDays('2026-01-01', 36600)", "2126-03-18"],
		["addDays('2026-01-01', 36601)", undefined],
		["date(at)", "2026-11-22"],
		["date('2026-11-22T23:30:00-02:00')", "2026-11-23"],
		["date(day)", "2026-11-22"],
		["date('2026-13-01')", undefined],
		["date('2026-11-22T99:30:00Z')", undefined],
		["date(three)", undefined],
		["date('20261122')", undefined],
		["date('2026-11-22 23:30')", undefined],
		["date('20261122T233000Z')", undefined],
		["date('2026-11-22T23:30:00Z[UTC]')", undefined],
		["year(day)", 2026],
		["month(day)", 11],
		["dayOfMonth(day)", 22],
		["dayOfWeek(day)", 0],
		["dayOfWeek('2026-11-23')", 1],
		["dayOfWeek(none)", undefined],
		["daysBetween(day, '2027-11-22')", 365],
		["daysBetween('2026-12-01', day)", -9],
		["daysBetween(day, none)", undefined],
	]);
});

const takes: readonly (readonly [names: string, least: number, most: number])[] = [
	["empty bool not length toLower toUpper trim titleCase sentenceCase string uriComponent", 1, 1],
	["count first last unique exists date year month dayOfMonth dayOfWeek", 1, 1],
	["getProperty split startsWith endsWith take skip contains indexOf join intersection", 2, 2],
	["addDays addHours addMinutes daysBetween", 2, 2],
	["substring", 2, 3],
	["replace if", 3, 3],
	["min max concat and or coalesce", 1, 100],
	["union", 1, 20],
	["createArray", 0, 100],
];

describe("how many values a function takes", () => {
	const call = (name: string, count: number) => `${name}(${Array.from({ length: count }, () => "1").join(",")})`;
	const told = (name: string, count: number) => {
		const parsed = parseExpression(call(name, count));
		return parsed.ok ? "ok" : parsed.message;
	};
	for (const [names, least, most] of takes) {
		for (const name of names.split(" ")) {
			it(`${name} takes ${least} to ${most}, and says so to whoever gives it another number`, () => {
				assert.deepEqual([told(name, least), told(name, most)], ["ok", "ok"]);
				for (const count of [least - 1, most + 1].filter((n) => n >= 0)) {
					const range = least === most ? `${least}` : `${least} to ${most}`;
					assert.ok(told(name, count).endsWith(` takes ${range} values, not ${count}.`), told(name, count));
				}
			});
		}
	}

	it("an operator refuses too few as well", () => {
		for (const source of ["add(1)", "equals(1)", "less(1)", "round()"])
			assert.deepEqual([parseExpression(source).ok, source], [false, source]);
	});

	it("every function that authors may use is tried here", () => {
		const tried = new Set(takes.flatMap(([names]) => names.split(" ")));
		const numbers = ["round", "floor", "ceiling", "abs", "int", "float"];
		assert.deepEqual(functionNames(), [...tried, ...OPERATORS, ...numbers].sort());
	});
});

describe("the caps of a function", () => {
	it("are 65,536 characters and 10,000 items, to the last one", () => {
		assert.deepEqual(CAP, { text: 65_536, list: 10_000 });
		const text = "x".repeat(32_768);
		assert.equal((evaluate("concat(a, a)", { a: text }) as string).length, 65_536);
		assert.equal(evaluate("concat(a, a, 'y')", { a: text }), undefined);
		const items = Array.from({ length: 5000 }, () => 1);
		assert.equal((evaluate("concat(a, a)", { a: items }) as Json[]).length, 10_000);
		assert.equal(evaluate("concat(a, a, createArray(1))", { a: items }), undefined);
	});

	it("hold a replacement by what it may become, and a joined text by all of its gaps", () => {
		const dots = ".".repeat(100);
		assert.equal((evaluate("replace(a, '.', b)", { a: dots, b: "x".repeat(600) }) as string).length, 60_000);
		assert.equal(evaluate("replace(a, '.', b)", { a: dots, b: "x".repeat(700) }), undefined);
		const list = Array.from({ length: 100 }, () => "");
		assert.equal((evaluate("join(a, b)", { a: list, b: "x".repeat(655) }) as string).length, 99 * 655);
		assert.equal(evaluate("join(a, b)", { a: list, b: "x".repeat(656) }), undefined);
	});
});
