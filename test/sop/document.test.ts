/**
 * The SOP as a printable document, and the schemas that editors read.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isRecord, type Json, type Values } from "../../src/base/json.ts";
import { type DocumentStep, documentOf } from "../../src/sop/document.ts";
import { loadDefinitions } from "../../src/sop/folder.ts";
import { jsonSchemas } from "../../src/sop/json-schema.ts";
import { known } from "./known.ts";

const ours = new URL("../../sop-definitions", import.meta.url).pathname;
const { clients } = loadDefinitions(ours, known, { clock: { now: () => "2026-11-22T12:00:00.000Z" }, core: 1 });
const all = (steps: readonly DocumentStep[]): readonly DocumentStep[] =>
	steps.flatMap((step) => [step, ...all(step.steps)]);

function documentFor(id: string) {
	const client = clients[id] ?? assert.fail();
	return documentOf(client.sops.newhire ?? assert.fail(), client.roster);
}

describe("documentOf", () => {
	const document = documentFor("contoso");
	const lines = all(document.steps).map((step) => `${step.number} ${step.name}: ${step.text.join(" ")}`);

	it("numbers the steps and says who, when and what else in plain sentences", () => {
		for (const line of [
			"1 Approve the plan: The IT lead (Mo Manager) or their manager. Reminded after 2 working hours; after 1 working day the owner is asked too. Silence never approves or denies.",
			"2.4 Join the group: For each of the role’s groups, 4 at once.",
			"2.5 See it arrive in Microsoft 365: Looks until it is so, at most 45 min.",
			"6 Wait for the first morning: The first day at 07:00, New York. Moves by itself when the day is changed.",
			"8.1 When accounts are made in Active Directory and the role’s first sign in is password: ",
			"9 Welcome: To the one it is about, their manager and the one who asked.",
		]) {
			assert.ok(lines.includes(line), `${line}\nis not in\n${lines.join("\n")}`);
		}
	});

	it("shows each client its own way", () => {
		const names = (id: string) => all(documentFor(id).steps).map((step) => step.name);
		assert.ok(names("contoso").includes("Make the account in Active Directory, still closed"));
		assert.ok(!names("fabrikam").includes("Make the account in Active Directory, still closed"));
		assert.ok(names("fabrikam").includes("Key and badge"));
	});

	it("names no two steps of a procedure alike", () => {
		for (const { id, sops, roster } of Object.values(clients)) {
			for (const sop of Object.values(sops)) {
				const names = all(documentOf(sop, roster).steps).map((step) => step.name);
				assert.deepEqual(new Set(names).size, names.length, `${id}, ${sop.id}: ${names.join("; ")}`);
			}
		}
	});

	it("sums what a technician would need by hand", () => {
		assert.equal(document.byHandMs / 60_000, 26);
		assert.equal(documentFor("fabrikam").byHandMs / 60_000, 20);
	});

	it("shows no expression's source and no hole", () => {
		const text = JSON.stringify({ ...document, definition: "" });
		assert.doesNotMatch(text, /\$\{|form\.|client\.|steps\.|undefined/);
	});
});

describe("jsonSchemas", () => {
	const schemas = jsonSchemas(known);

	it("describe every kind of file", () => {
		for (const [kind, schema] of Object.entries(schemas)) {
			assert.equal(schema.type, "object", kind);
			assert.ok(isRecord(schema.properties), kind);
		}
	});

	it("tell editors what an action takes, with nothing required and templates allowed", () => {
		const { $defs } = schemas.sop as { readonly $defs: { readonly step: { readonly allOf: readonly Values[] } } };
		const rule = $defs.step.allOf.find((one) => JSON.stringify(one.if).includes('"directory.user"')) ?? assert.fail();
		const { properties } = rule.then as { readonly properties: { readonly with: { readonly [name: string]: Json } } };
		assert.equal(properties.with.required, undefined);
		assert.match(JSON.stringify(properties.with), /"rehire"/);
	});

	it("point only at definitions that are there", () => {
		for (const schema of Object.values(schemas)) {
			const text = JSON.stringify(schema);
			for (const [, name] of text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)) {
				assert.ok(isRecord(schema.$defs) && Object.hasOwn(schema.$defs, name as string), text);
			}
		}
	});
});
