/** How the command line is read, and what a slip is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { editDistance, nearest } from "../../src/base/nearest.ts";
import { UsageError } from "../../src/command/command.ts";
import { helpOf, parseArguments } from "../../src/command/parse-arguments.ts";
import { plan } from "../../src/command/plan.ts";
import { steer } from "../../src/command/steer.ts";
import { expiresMs } from "../../src/command/token.ts";

test("words, options with values and flags are told apart, in any order", () => {
	const given = parseArguments(plan, ["--client", "contoso", "newhire", "--form=ada.json", "--json"]);
	assert.deepEqual(given.words, ["newhire"]);
	assert.deepEqual(given.options, { client: "contoso", form: "ada.json" });
	assert.deepEqual([...given.flags], ["json"]);
});

test("what follows two dashes is a word, whatever it looks like", () => {
	assert.deepEqual(parseArguments(steer, ["--", "--odd", "cancel"]).words, ["--odd", "cancel"]);
});

test("a slip in an option gets the right one named", () => {
	assert.throws(() => parseArguments(plan, ["newhire", "--cleint", "x"]), /Did you mean --client\?/);
	assert.throws(() => parseArguments(plan, ["newhire", "--zzzzzz"]), /sopwith plan -h/);
});

test("a missing value, a missing word and a word too many say how it is used", () => {
	for (const args of [["newhire", "--client"], [], ["a", "b"]]) {
		assert.throws(() => parseArguments(plan, args), UsageError);
	}
});

test("help needs no words and names every option", () => {
	assert(parseArguments(plan, ["-h"]).flags.has("help"));
	for (const option of plan.options) assert(helpOf(plan).includes(`--${option.name}`));
});

test("a lifetime is a number and a unit", () => {
	assert.equal(expiresMs("90d"), 7_776_000_000);
	assert.equal(expiresMs("45s"), 45_000);
	for (const text of ["", "90", "d", "0d", "-1d", "1.5h", "90 d", "1w", "1e3s"])
		assert.throws(() => expiresMs(text), UsageError);
});

test("one slip anywhere in a longer word still finds it", () => {
	const known = ["newhire", "leaver", "lockdown", "approvals"];
	const slip = fc.record({ word: fc.constantFrom(...known), at: fc.nat(8), letter: fc.constantFrom("q", "x") });
	fc.assert(
		fc.property(slip, ({ word, at, letter }) => {
			const spot = at % word.length;
			const typed = `${word.slice(0, spot)}${letter}${word.slice(spot + 1)}`;
			assert.equal(editDistance(typed, word), typed === word ? 0 : 1);
			assert.equal(nearest(typed, known), word);
		}),
	);
	assert.equal(nearest("newhrie", known), "newhire");
	assert.equal(nearest("weather", known), undefined);
});
