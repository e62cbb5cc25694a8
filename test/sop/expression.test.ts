/**
 * What expressions and templates mean, and every known way to hang, mutate or break out with one.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Json, Values } from "../../src/base/json.ts";
import { evaluate, fill, fillAll, NESTING_CAP, parseExpression, SOURCE_CAP, truthy } from "../../src/sop/expression.ts";
import { CAP, functionNames } from "../../src/sop/expression-functions.ts";

const hole = (source: string) => `$${`{${source}}`}`;
const scope: Values = {
	form: { name: "Ada", none: null, empty: "", days: 3, list: ["x", "y"], profile: { groups: ["Sales"], laptop: true } },
	steps: { account: { upn: "ada@contoso.example" }, later: { $after: "later" } },
	today: "2026-11-22",
	now: "2026-11-22T12:00:00.000Z",
};

function frozen<T>(value: T): T {
	if (typeof value === "object" && value !== null) for (const one of Object.values(Object.freeze(value))) frozen(one);
	return value;
}

describe("evaluate", () => {
	const rows: readonly (readonly [string, Json | undefined])[] = [
		["form.name", "Ada"],
		["form['name']", "Ada"],
		["form.Name", undefined],
		["form.missing.deeper", undefined],
		["form.list[1]", "y"],
		["form.profile.groups", ["Sales"]],
		["form.days + 2 * 3", 9],
		["form.name + '!'", "Ada!"],
		["form.name == 'Ada' && !form.empty", true],
		["form.none || form.empty", false],
		["form.days > 2 ? 'long' : 'short'", "long"],
		["coalesce(form.missing, form.empty, form.name)", "Ada"],
		["form.missing ?? 'nobody'", "nobody"],
		["exists(form.missing)", false],
		["toLower(concat(substring(form.name,0,1), 'Lovelace'))", "alovelace"],
		["replace('a-b-c', '-', '.')", "a.b.c"],
		["join(union(form.list, createArray('z', 'x')), ' ')", "x y z"],
		["contains(form.profile.groups, 'Sales')", true],
		["addDays(today, 10)", "2026-12-02"],
		["addHours(now, 13)", "2026-11-23T01:00:00.000Z"],
		["daysBetween(today, '2026-12-01')", 9],
		["dayOfWeek(today)", 0],
		["1 / 0", undefined],
		[`\`${hole("form.name")}, ${hole("form.days")}\``, "Ada, 3"],
	];
	for (const [source, expected] of rows) {
		it(`gives ${JSON.stringify(expected)} for ${source}`, () => assert.deepEqual(evaluate(source, scope), expected));
	}

	it("is the marker of what is known later, unless it copes with what is missing", () => {
		assert.deepEqual(evaluate("steps.later.upn", scope), { $after: "later" });
		assert.deepEqual(evaluate("toLower(steps.later.upn)", scope), { $after: "later" });
		assert.equal(evaluate("coalesce(steps.account.upn, steps.later.upn)", scope), "ada@contoso.example");
	});

	it("reads nothing that the scope does not own", () => {
		for (const name of [
			"constructor",
			"__proto__",
			"form.constructor",
			"form.__proto__.polluted",
			"form.list.length",
			"process",
			"globalThis",
			"form.name.length",
			"form['constructor']",
		]) {
			assert.equal(evaluate(name, scope), undefined, name);
		}
	});

	it("throws only for source that compile would have refused", () => {
		assert.throws(() => evaluate("((", scope), { code: "invariant" });
	});

	it("never changes its scope and gives the same answer again, whatever is called", () => {
		const held = frozen(structuredClone(scope)) as Values;
		const args = ["form.name", "form.list", "form.days", "today", "form.profile", "'x'", "2", "form.none"];
		fc.assert(
			fc.property(
				fc.constantFrom(...functionNames()),
				fc.array(fc.constantFrom(...args), { maxLength: 3 }),
				(name, given) => {
					const source = `${name}(${given.join(", ")})`;
					if (!parseExpression(source).ok) return;
					assert.deepEqual(evaluate(source, held), evaluate(source, held));
				},
			),
			{ numRuns: 2000 },
		);
		assert.deepEqual(held, scope);
	});
});

describe("parseExpression", () => {
	it("tells what is read, as far as it is fixed", () => {
		const names = (source: string) => {
			const parsed = parseExpression(source);
			return parsed.ok ? parsed.names.toSorted() : parsed.message;
		};
		assert.deepEqual(names("form.a == steps.account.upn"), ["form.a", "steps.account.upn"]);
		assert.deepEqual(names("client.profiles[form.key].ou"), ["client.profiles", "form.key"]);
		assert.deepEqual(names("coalesce(steps.a, item)"), ["item", "steps.a"]);
		assert.deepEqual(names("first(form.list).name"), ["form.list"]);
	});

	const attacks: readonly (readonly [string, string])[] = [
		["a pattern that never ends", `isMatch('${"a".repeat(28)}!', '^(a+)+$')`],
		["a huge range", "range(0, 10000000)"],
		["nested loops", "foreach(range(0,1000), x, foreach(range(0,1000), y, x + y))"],
		["a filter over anything", "where(form.list, x, x == 'a')"],
		["a selection over anything", "select(form.list, x, x)"],
		["a change of the caller's data", "setProperty(form, 'name', 'Eve')"],
		["a removal from the caller's data", "removeProperty(form, 'name')"],
		["a path that is set", "setPathToValue(form.name, 'Eve')"],
		["a list turned in place", "reverse(form.list)"],
		["an object made of text", "json('{\"a\": 1}')"],
		["an object literal", "{a: 1}"],
		["a guess", "rand(1, 6)"],
		["a new id", "newGuid()"],
		["a clock", "utcNow()"],
		["a call of what data holds", "form.constructor.constructor('return process')()"],
		["a query language", "xPath(form.name, '/')"],
		["text that begins with =", "=form.name"],
	];
	for (const [what, source] of attacks) {
		it(`refuses ${what} before anything runs`, () => {
			const parsed = parseExpression(source);
			assert.equal(parsed.ok, false);
		});
	}

	it("names the function that there is none of", () => {
		const parsed = parseExpression("rnage(1, 2)");
		assert.ok(!parsed.ok && parsed.message.includes("“rnage”"));
	});

	it("refuses source above its cap and nesting above its cap, and takes what is just below", () => {
		assert.equal(parseExpression(`'${"a".repeat(SOURCE_CAP)}'`).ok, false);
		const nested = (depth: number) => `${"(".repeat(depth)}1${")".repeat(depth)}`;
		assert.equal(parseExpression(nested(NESTING_CAP)).ok, true);
		assert.equal(parseExpression(nested(NESTING_CAP + 1)).ok, false);
		assert.equal(parseExpression(Array.from({ length: 240 }, () => "1").join("+")).ok, true);
	});

	it("refuses what would not fit on the stack, and evaluates what is just below", () => {
		const chains = [
			(n: number) => `${"!".repeat(n)}true`,
			(n: number) => `${"-".repeat(n)}1`,
			(n: number) => `a${".b".repeat(n)}`,
			(n: number) => Array.from({ length: n }, () => "1").join("+"),
			(n: number) => `${"a ? b : ".repeat(n)}c`,
		];
		for (const chain of chains) {
			assert.equal(parseExpression(chain(480).slice(0, SOURCE_CAP)).ok, false);
			assert.equal(parseExpression(chain(100)).ok, true);
			evaluate(chain(100), scope);
		}
	});

	it("never throws, whatever is written", () => {
		fc.assert(
			fc.property(
				fc.string({ maxLength: 60, unit: "binary" }),
				(source) => typeof parseExpression(source).ok === "boolean",
			),
			{ numRuns: 500 },
		);
	});
});

describe("the caps of an evaluation", () => {
	it("refuse text that grows in steps, before it is made", () => {
		const ten = "aaaaaaaaaa";
		let source = `'${ten}'`;
		for (let level = 0; level < 20; level += 1) source = `replace(${source}, 'a', '${ten}')`;
		assert.equal(evaluate(source, {}), undefined);
	});

	it("refuse a joined text above the cap", () => {
		const list = Array.from({ length: 100 }, () => "x".repeat(1000));
		assert.equal(evaluate("join(list, '-')", { list }), undefined);
		assert.equal((evaluate("join(list, '-')", { list: list.slice(0, 60) }) as string).length, 60 * 1001 - 1);
	});

	it("refuse concatenation above the cap, however it is written", () => {
		const text = "x".repeat(CAP.text - 10);
		assert.equal(evaluate("text + text", { text }), undefined);
		assert.equal(evaluate("concat(text, text)", { text }), undefined);
		assert.equal(fill(hole("text") + hole("text"), { text }), undefined);
	});

	it("keep a split and a list within the cap", () => {
		const list = evaluate("split(text, ',')", { text: ",".repeat(CAP.text) });
		assert.equal((list as readonly Json[]).length, CAP.list);
		const many = Array.from({ length: CAP.list }, (_, i) => i);
		assert.equal(evaluate("concat(many, many)", { many }), undefined);
	});

	it("refuse days beyond a century, and what is no day", () => {
		assert.equal(evaluate("addDays('2026-01-01', 99999999)", {}), undefined);
		assert.equal(evaluate("addDays('2026-13-01', 1)", {}), undefined);
		assert.equal(evaluate("addDays(n, n)", { n: 1e308 }), undefined);
	});
});

describe("fill", () => {
	it("keeps the type of one hole alone, and makes text of the rest", () => {
		assert.deepEqual(fill(hole("form.profile.groups"), scope), ["Sales"]);
		assert.equal(fill(hole("form.days"), scope), 3);
		assert.equal(
			fill(`${hole("form.name")} for ${hole("form.days")} days: ${hole("form.list")}`, scope),
			"Ada for 3 days: x, y",
		);
	});

	it("has no answer when a hole is missing or is an object", () => {
		assert.equal(fill(`Hello ${hole("form.missing")}`, scope), undefined);
		assert.equal(fill(`Hello ${hole("form.profile")}`, scope), undefined);
	});

	it("waits whole for what is known later", () => {
		assert.deepEqual(fill(`Hello ${hole("steps.later.upn")}`, scope), { $after: "later" });
	});

	it("takes an escaped hole as text, and quotes and braces inside a hole as its own", () => {
		assert.equal(fill(`\\${hole("form.name")}`, scope), hole("form.name"));
		assert.equal(fill(hole("concat('}', form.name, '{')"), scope), "}Ada{");
	});

	it("never reads what it filled in as a template again", () => {
		const evil = { form: { name: hole("steps.secret") }, steps: { secret: "hidden" } };
		assert.equal(fill(`Hello ${hole("form.name")}`, evil), `Hello ${hole("steps.secret")}`);
		fc.assert(fc.property(fc.string(), (text) => fill(`<${hole("text")}>`, { text }) === `<${text}>`));
	});

	it("reads literal text back as it was", () => {
		fc.assert(
			fc.property(
				fc.string().filter((text) => !text.includes("$")),
				(text) => fill(text, {}) === text,
			),
		);
	});
});

describe("fillAll", () => {
	it("fills every string, leaves out what has no answer, and passes secrets by name", () => {
		const made = fillAll(
			{
				a: hole("form.name"),
				b: hole("form.missing"),
				c: [hole("form.days"), hole("form.missing")],
				d: { e: "x", f: hole("form.missing") },
				g: { $secret: hole("x") },
				h: 1,
			},
			scope,
		);
		assert.deepEqual(made, { a: "Ada", c: [3], d: { e: "x" }, g: { $secret: hole("x") }, h: 1 });
	});
});

describe("truthy", () => {
	it("is false for nothing, no, zero and what is empty", () => {
		for (const value of [undefined, null, false, 0, "", []]) assert.equal(truthy(value), false);
		for (const value of [true, 1, "no", [0], {}]) assert.equal(truthy(value), true);
	});
});
