/**
 * The README and the authoring guide are held to what the compiler takes: their examples compile, and the guide names every
 * function there is.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { compileSop } from "../../src/sop/compile.ts";
import { connectorsShape } from "../../src/sop/connector-schema.ts";
import { functionNames } from "../../src/sop/expression-functions.ts";
import { loadDefinitions } from "../../src/sop/folder.ts";
import { known, OPERATORS } from "./known.ts";

const ours = new URL("../../sop-definitions", import.meta.url).pathname;
const guide = readFileSync(`${ours}/README.md`, "utf8");
const readme = readFileSync(`${ours}/../README.md`, "utf8");
const [examples, first, connectors] = [yamlIn(guide), ...yamlIn(readme)];
const { clients } = loadDefinitions(ours, known, { clock: { now: () => "2026-11-22T12:00:00.000Z" }, core: 1 });
const contoso = clients.contoso ?? assert.fail();
const newhire = readFileSync(`${ours}/newhire.yaml`, "utf8");

/** The examples of a page; those below a list are moved to the left. */
function yamlIn(page: string): readonly string[] {
	return [...page.matchAll(/^( *)```yaml\n([\s\S]*?)^ *```/gm)].map(([, indent = "", text = ""]) =>
		text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
	);
}

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

describe("the README", () => {
	it("has a first SOP that compiles", () => assert.deepEqual(problems(first ?? assert.fail()), []));

	it("connects a client with settings that check takes", () => {
		const written = parse(connectors ?? assert.fail()) as { readonly connectors: unknown };
		assert.equal(connectorsShape.safeParse(written.connectors).error, undefined);
	});
});

describe("the authoring guide", () => {
	const [whole, steps, overlay, newPass] = examples;

	it("has a whole procedure that compiles", () => assert.deepEqual(problems(whole ?? assert.fail()), []));

	it("has an example of every kind of step, and all of them compile", () => {
		const head = newhire.slice(0, newhire.indexOf("steps:\n"));
		assert.deepEqual(problems(`${head.replace("steps.cloudAccount", "steps.account")}steps:\n${steps}`), []);
	});

	it("has an overlay that fits the base it names", () => {
		assert.deepEqual(problems(newhire, overlay ?? assert.fail()), []);
	});

	it("has a procedure for a new first sign-in that compiles", () => {
		assert(newPass !== undefined);
		assert.deepEqual(problems(newPass), []);
		const password = newPass.replace(/do: microsoft365\.firstCredential\n.*\n/u, "do: directory.password\n");
		assert.notEqual(password, newPass);
		assert.deepEqual(problems(password), [], "and for a password of the directory, as the guide says");
	});

	it("names every function that expressions have", () => {
		const missing = functionNames().filter((name) => !new RegExp(`\\b${name}\\b`).test(guide));
		const aliases = [...OPERATORS, "and", "or"];
		assert.deepEqual(
			missing.filter((name) => !aliases.includes(name)),
			[],
		);
	});
});
