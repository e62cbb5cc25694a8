/**
 * What forms take and refuse, and what is kept of it.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Json, Values } from "../../src/base/json.ts";
import { checkForm, FORM_CAP, type FormContext } from "../../src/sop/form.ts";
import type { Field } from "../../src/sop/sop.ts";

const context: FormContext = { today: "2026-11-22", people: [{ id: "sol", email: "sol@contoso.example" }] };
const sales = { key: "sales", title: "Sales", laptop: true };
const base = (name: string, type: Field["type"], more: Partial<Field> = {}): Field => ({
	name,
	label: name,
	type,
	optional: false,
	...more,
});
const newhire: readonly Field[] = [
	base("firstName", "text", { label: "First name", max: 64 }),
	base("startDate", "date", { label: "First day" }),
	base("profile", "choice", { label: "Role", choices: [{ key: "sales", title: "Sales", value: sales }] }),
	base("manager", "person", { label: "Manager" }),
	base("privateEmail", "email", { label: "Private e-mail", optional: true }),
];
const good = { firstName: "Ada", startDate: "2026-12-01", profile: "sales", manager: "sol" };

function check(fields: readonly Field[], typed: Values): Values | readonly string[] {
	const found = checkForm(fields, typed, context);
	return "values" in found ? found.values : found.problems.map((one) => `${one.path} ${one.code}`);
}
function one(type: Field["type"], typed: Json, more: Partial<Field> = {}): Json | undefined | readonly string[] {
	const found = check([base("x", type, more)], { x: typed });
	return Array.isArray(found) ? found : (found as Values).x;
}

describe("checkForm", () => {
	it("gives types, whole choices and people, and leaves out what is empty", () => {
		const values = { firstName: "Ada", startDate: "2026-12-01", profile: sales, manager: "sol@contoso.example" };
		assert.deepEqual(check(newhire, { ...good, firstName: "  Ada ", privateEmail: " " }), values);
	});

	it("takes what it gave, again and unchanged", () => {
		const first = check(newhire, { ...good, privateEmail: "Ada@Home.Example" }) as Values;
		assert.deepEqual(check(newhire, first), first);
		const names = fc.string({ unit: "grapheme", maxLength: 40 });
		fc.assert(
			fc.property(names, fc.constantFrom("sales", "Sales", sales), (firstName, profile) => {
				const found = check(newhire, { ...good, firstName, profile });
				if (!Array.isArray(found)) assert.deepEqual(check(newhire, found as Values), found);
			}),
		);
	});

	it("lists every problem at its field, in words", () => {
		const found = checkForm(
			newhire,
			{ startDate: "1 Dec", profile: "pilot", manager: "nobody", privateEmail: "ada", extra: "x" },
			context,
		);
		assert.ok("problems" in found);
		assert.deepEqual(
			found.problems.map((problem) => [problem.path, problem.message]),
			[
				["form.extra", "This form has no “extra”."],
				["form.firstName", "Enter the first name."],
				["form.startDate", "Enter the first day as year-month-day, like 2026-11-22."],
				["form.profile", "Choose the role from Sales."],
				["form.manager", "Choose the manager from the people of the client."],
				["form.privateEmail", "Enter the private e-mail as name@example.com."],
			],
		);
	});

	it("takes a private address only outside the client's own mail", () => {
		const field = base("privateEmail", "email", { label: "Private e-mail" });
		assert.deepEqual(check([field], { privateEmail: "ada@Contoso.example" }), ["form.privateEmail not-private"]);
		assert.deepEqual(check([field], { privateEmail: "ada@home.example" }), { privateEmail: "ada@home.example" });
		const other = checkForm(
			[field],
			{ privateEmail: "ada@fabrikam.example" },
			{ today: "2026-11-22", clientDomain: "fabrikam.example" },
		);
		assert.ok("problems" in other);
	});

	it("refuses names that only a prototype has", () => {
		const typed = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "x", "toString": "y"}') as Values;
		assert.deepEqual(check([], typed), [
			"form.__proto__ unknown-field",
			"form.constructor unknown-field",
			"form.toString unknown-field",
		]);
		assert.deepEqual(check([base("toString", "text")], {}), ["form.toString missing"]);
	});

	it("refuses a form above its cap without reading further", () => {
		assert.deepEqual(check(newhire, { ...good, firstName: "x".repeat(FORM_CAP) }), ["form too-large"]);
	});

	it("never throws and never keeps a control character, whatever is typed", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.constantFrom(...newhire), (text, field) => {
				const found = checkForm([field], { [field.name]: text }, context);
				// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
				if ("values" in found) assert.doesNotMatch(JSON.stringify(found.values), /[\u0000-\u001f\u202a-\u202e]/);
			}),
			{ numRuns: 500 },
		);
	});

	it("takes days from 30 days back for a first day, and further back for other days", () => {
		const first = base("startDate", "date");
		assert.deepEqual(check([first], { startDate: "2026-10-23" }), { startDate: "2026-10-23" });
		assert.deepEqual(check([first], { startDate: "2026-10-22" }), ["form.startDate too-early"]);
		assert.equal(one("date", "1990-01-01"), "1990-01-01");
	});
});

describe("each type of field", () => {
	const rows: readonly (readonly [Field["type"], Json, Json | undefined, Partial<Field>?])[] = [
		["text", "Zoe\u0308", "Zo\u00eb"],
		["text", "a\u0000b", ["form.x not-text"]],
		["text", "a\u202eb", ["form.x not-text"]],
		["text", "a\nb", ["form.x not-text"]],
		["text", "\ud800", ["form.x not-text"]],
		["text", { a: 1 }, ["form.x not-text"]],
		["text", "x".repeat(200), "x".repeat(200)],
		["text", "x".repeat(201), ["form.x too-long"]],
		["text", "ab", ["form.x too-short"], { min: 3 }],
		["multiline", "a\r\nb", "a\nb"],
		["multiline", "x".repeat(2001), ["form.x too-long"]],
		["email", "Ada@Home.Example", "Ada@home.example"],
		["email", "ada@home", ["form.x not-an-email"]],
		["email", "a b@home.example", ["form.x not-an-email"]],
		["phone", "+1 (202) 555-0100", "+12025550100"],
		["phone", "0202 555", ["form.x not-a-phone"]],
		["number", " 12.5 ", 12.5],
		["number", 7, 7],
		["number", "12e9", ["form.x not-a-number"]],
		["number", 3, ["form.x too-small"], { min: 5 }],
		["number", 9, ["form.x too-big"], { max: 5 }],
		["date", "2026-12-01", "2026-12-01"],
		["date", "2026-02-30", ["form.x not-a-day"]],
		["date", "2026-11-21", ["form.x too-early"], { earliest: "today" }],
		["date", "2027-12-01", ["form.x too-late"], { latest: "today+90" }],
		["date", "2026-12-31", ["form.x too-late"], { latest: "2026-12-30" }],
		["time", "7:05", "07:05"],
		["time", "24:00", ["form.x not-a-time"]],
		["yes-no", "yes", true],
		["yes-no", false, false],
		["yes-no", "maybe", ["form.x not-yes-or-no"]],
		["person", "SOL@contoso.example", "sol@contoso.example"],
		["person", "ghost", ["form.x not-a-person"]],
		["choice", "b", 2, { choices: [{ key: "b", title: "Bee", value: 2 }] }],
		["choice", "bee", 2, { choices: [{ key: "b", title: "Bee", value: 2 }] }],
		["choice", { key: "b", forged: true }, 2, { choices: [{ key: "b", title: "Bee", value: 2 }] }],
		["choices", "a, b", ["a", "b"], { choices: ["a", "b"].map((key) => ({ key, title: key, value: key })) }],
		["choices", ["a", "a"], ["a"], { choices: [{ key: "a", title: "A", value: "a" }] }],
		["choices", ["a", "z"], ["form.x not-a-choice"], { choices: [{ key: "a", title: "A", value: "a" }] }],
		["text", "", "later", { fallback: "later" }],
	];
	for (const [type, typed, expected, more] of rows) {
		const shown = (value: Json | undefined) => JSON.stringify(value)?.slice(0, 40);
		it(`${type} makes ${shown(expected)} of ${shown(typed)}`, () => assert.deepEqual(one(type, typed, more), expected));
	}
});
