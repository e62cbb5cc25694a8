/**
 * Plain data: the only shapes that are stored, hashed or sent. Must never hold a function, a class instance or a Date.
 */
import { createHash } from "node:crypto";
import serialize from "canonicalize";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Values = { readonly [name: string]: Json };

/**
 * Writes a value as canonical JSON: equal values give equal text.
 * Errors: throws `TypeError` for what JSON cannot hold (a number that is not finite, `undefined` at the top).
 * Source: RFC 8785.
 */
export function canonical(value: Json): string {
	const text = (serialize as unknown as (v: unknown) => string | undefined)(value);
	if (text === undefined) throw new TypeError("not JSON");
	return text;
}

/** Hashes a text or a value's canonical JSON. Shape: 64 hexadecimal digits, SHA-256. */
export function sha256(value: Json): string {
	return createHash("sha256")
		.update(typeof value === "string" ? value : canonical(value))
		.digest("hex");
}

/** Tells whether two values are equal as JSON, whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
	if (a === b) return true;
	if (a === undefined || b === undefined) return false;
	return canonical(a) === canonical(b);
}

/** Tells a record from the other shapes of JSON. */
export function isRecord(value: unknown): value is { readonly [name: string]: Json } {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tells a list from the other shapes of JSON. */
export function isList(value: unknown): value is readonly Json[] {
	return Array.isArray(value);
}

/** Reads a value that may be anything: the text it is, or an empty one. */
export function asText(value: unknown): string {
	return typeof value === "string" ? value : "";
}

/** The record it is, or an empty one. */
export function asRecord(value: unknown): Values {
	return isRecord(value) ? value : {};
}

/** The list it is, or an empty one. */
export function asList(value: unknown): readonly Json[] {
	return isList(value) ? value : [];
}

/** The records in the list it is. */
export function asRecords(value: unknown): readonly Values[] {
	return asList(value).filter(isRecord);
}

/** Reads text as a record of JSON; an empty one where it is none. */
export function parseRecord(text: string): Values {
	try {
		return asRecord(JSON.parse(text));
	} catch {
		return {};
	}
}
