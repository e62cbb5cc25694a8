/**
 * The authoring guide is held to what the compiler takes: its examples compile, and it names every function there is.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { compileSop } from "../../src/sop/compile.ts";
import { functionNames } from "../../src/sop/expression-functions.ts";
import { loadDefinitions } from "../../src/sop/folder.ts";
import { known } from "./known.ts";

const ours = new URL("../../sop-definitions", import.meta.url).pathname;
const guide = readFileSync(`${ours}/README.md`, "utf8");
const examples = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text as string);
const { clients } = loadDefinitions(ours, known, { clock: { now: () => "2026-11-22T12:00:00.000Z" }, core: 1 });
const contoso = clients.contoso ?? assert.fail();
const newhire = readFileSync(`${ours}/newhire.yaml`, "utf8");

function problems(text: string, overlay?: string) {
	return compileSop({
		file: "guide.yaml",
		text,
		...(overlay === undefined ? {} : { overlay: { file: "overlay.yaml", text: overlay } }),
		client: contoso.values,
		known,
		roles: Object.keys(contoso.roster.roles),
		core: 1,
		otherSops: ["leaver"],
		roster: contoso.roster,
	}).problems;
}

describe("the authoring guide", () => {
	const [first, steps, overlay] = examples;

	it("has a first procedure that compiles", () => assert.deepEqual(problems(first ?? assert.fail()), []));

	it("has an example of every kind of step, and all of them compile", () => {
		const head = newhire.slice(0, newhire.indexOf("steps:\n"));
		assert.deepEqual(problems(`${head.replace("steps.cloudAccount", "steps.account")}steps:\n${steps}`), []);
	});

	it("has an overlay that fits the base it names", () => {
		assert.deepEqual(problems(newhire, overlay ?? assert.fail()), []);
	});

	it("names every function that expressions have", () => {
		const missing = functionNames().filter((name) => !new RegExp(`\\b${name}\\b`).test(guide));
		const aliases = [
			"add",
			"sub",
			"mul",
			"div",
			"mod",
			"equals",
			"greater",
			"greaterOrEquals",
			"less",
			"lessOrEquals",
			"and",
			"or",
		];
		assert.deepEqual(
			missing.filter((name) => !aliases.includes(name)),
			[],
		);
	});
});
