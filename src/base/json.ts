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
