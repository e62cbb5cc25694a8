/** The style of the house as a test: each violation is printed as `file:line what`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { badImports, scatteredPackages, unlistedPackages } from "./tidy/imports.ts";
import {
	bannedWords,
	brokenJson,
	bygoneCodes,
	deadThings,
	longThings,
	missingHeads,
	strayTopLevel,
	undocumentedCodes,
	variablesApart,
	workplaceNames,
} from "./tidy/rules.ts";
import { readProject, type Source } from "./tidy/source.ts";

const sources = readProject();
const RULES: readonly (readonly [string, (sources: readonly Source[]) => readonly string[]])[] = [
	["imports point down, and neighbours leave each other alone", badImports],
	["a package is imported by one file or one folder", scatteredPackages],
	["what is imported is a dependency", unlistedPackages],
	["words that the house does not use", bannedWords],
	["the project speaks of itself alone", workplaceNames],
	["a file opens with what it is for", missingHeads],
	["files, functions and lines are short", longThings],
	["nothing is left over", deadThings],
	["the top level holds what was asked for", strayTopLevel],
	["every card is JSON", brokenJson],
	["every code stands in README's table", undocumentedCodes],
	["README's table has no code that is gone", bygoneCodes],
	["README's table has the variables that are read, and no others", variablesApart],
];

test("the project is read", () => assert(sources.some(({ path }) => path === "src/base/errors.ts")));

for (const [name, rule] of RULES) {
	test(name, () => {
		const found = rule(sources);
		assert(found.length === 0, `${found.length} violations\n${found.join("\n")}`);
	});
}
