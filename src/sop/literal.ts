/**
 * Checks what an SOP writes for an action against the action's JSON Schema, as far as it is written out: a value with a
 * hole is known only in a run. Must never refuse what could still turn out right.
 */
import { asList, asRecord, asRecords, isList, isRecord, type Json, sameJson, type Values } from "../base/json.ts";
import { holesOf } from "./expression.ts";
import { type At, type Report, suggest } from "./report.ts";

type Schema = { readonly [name: string]: Json };

/** Checks `with` for an action: words it does not know, and values it would refuse. */
export function checkInput(schema: Values, written: Json, at: At, report: Report): void {
	if (isRecord(written)) check(schema, written, at, report);
}

/** The inputs an action cannot do without. */
export function requiredInputs(schema: Values): readonly string[] {
	return asList(schema.required).map(String);
}

function check(schema: Schema, value: Json, at: At, report: Report): void {
	if (typeof value === "string" && (holesOf(value)?.length ?? 1) > 0) return;
	const branches = schema.anyOf ?? schema.oneOf;
	if (isList(branches)) {
		if (!branches.some((one) => isRecord(one) && fits(one, value))) refuse(at, report, sayAll(branches));
		return;
	}
	if (!fitsHere(schema, value)) {
		if (isList(schema.enum) && typeof value === "string") {
			report(at, "not-a-choice", `“${value}” is not one of the words for this.`, {
				remedy: suggest(value, schema.enum.map(String)),
			});
		} else refuse(at, report, say(schema));
		return;
	}
	if (isRecord(value)) inside(schema, value, at, report);
	else if (isList(value) && isRecord(schema.items)) {
		for (const [index, item] of value.entries()) check(schema.items, item, [...at, index], report);
	}
}

function inside(schema: Schema, value: Schema, at: At, report: Report): void {
	const known = asRecord(schema.properties);
	for (const [key, item] of Object.entries(value)) {
		const own = Object.hasOwn(known, key) ? known[key] : undefined;
		if (isRecord(own)) check(own, item, [...at, key], report);
		else if (schema.additionalProperties === false) {
			report([...at, key], "unknown-input", `The action takes no “${key}”.`, {
				remedy: suggest(key, Object.keys(known)),
				which: "key",
			});
		} else if (isRecord(schema.additionalProperties)) check(schema.additionalProperties, item, [...at, key], report);
	}
}

function refuse(at: At, report: Report, words: string): void {
	report(at, "bad-input", "The action does not take this value.", words === "" ? {} : { remedy: `Write ${words}.` });
}

/** Whether the value could fit as far as it is written. */
function fits(schema: Schema, value: Json): boolean {
	const branches = schema.anyOf ?? schema.oneOf;
	if (isList(branches)) return branches.some((one) => isRecord(one) && fits(one, value));
	if (typeof value === "string" && (holesOf(value)?.length ?? 1) > 0) return true;
	return fitsHere(schema, value);
}

function fitsHere(schema: Schema, value: Json): boolean {
	if (isList(schema.enum)) return schema.enum.some((one) => sameJson(one, value));
	if (schema.const !== undefined) return sameJson(schema.const, value);
	if (typeof schema.type === "string" && !isType(schema.type, value)) return false;
	if (typeof value === "string") {
		if (typeof schema.minLength === "number" && value.length < schema.minLength) return false;
		if (typeof schema.maxLength === "number" && value.length > schema.maxLength) return false;
	}
	if (typeof value === "number") {
		if (typeof schema.minimum === "number" && value < schema.minimum) return false;
		if (typeof schema.maximum === "number" && value > schema.maximum) return false;
	}
	return true;
}

function isType(type: string, value: Json): boolean {
	if (type === "array") return isList(value);
	if (type === "object") return isRecord(value);
	if (type === "integer") return Number.isInteger(value);
	return type === "null" ? value === null : type === typeof value;
}

function sayAll(branches: Json): string {
	const words = asRecords(branches)
		.map(say)
		.filter((one) => one !== "");
	return [...new Set(words)].join(" or ");
}

function say(schema: Schema): string {
	if (typeof schema.description === "string") return schema.description.replace(/\.$/, "");
	if (isList(schema.enum)) return schema.enum.map(String).join(" or ");
	if (schema.const !== undefined) return String(schema.const);
	const types: { readonly [type: string]: string } = {
		string: "text",
		number: "a number",
		integer: "a whole number",
		boolean: "true or false",
		array: "a list",
		object: "a mapping",
	};
	return typeof schema.type === "string" ? (types[schema.type] ?? "") : "";
}
