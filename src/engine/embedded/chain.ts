/**
 * The hash chains: per run over its events, and over all runs per tick. Pure. Must never change: what was hashed years ago
 * is checked with it.
 */
import { hash as digest } from "node:crypto";
import { InputError } from "../../base/errors.ts";
import { canonical, type Json } from "../../base/json.ts";

export const GENESIS = "0".repeat(64);

/** SHA-256 of a text, 64 hexadecimal digits. */
export function sha(text: string): string {
	return digest("sha256", text, "hex");
}

/** The link of one event: everything that names it and its payload's hash. */
export function eventHash(link: {
	readonly prev: string;
	readonly run: string;
	readonly seq: number;
	readonly at: string;
	readonly kind: string;
	readonly payloadHash: string;
}): string {
	return sha(`${link.prev}\n${link.run}\n${link.seq}\n${link.at}\n${link.kind}\n${link.payloadHash}`);
}

/** The head after one tick: the head before it and the links of all events of the tick, in order. */
export function headHash(prev: string, links: readonly string[]): string {
	return sha(`${prev}\n${links.join("\n")}`);
}

/**
 * Writes a payload as canonical JSON (RFC 8785): what is stored and what is hashed. Errors: `InputError`
 * `bad-text` for what JSON cannot hold, such as half a character.
 */
export function canonicalPayload(event: { readonly kind: string }): string {
	const { kind: _, ...payload } = event as { kind: string } & { readonly [name: string]: Json };
	try {
		return canonical(payload);
	} catch (problem) {
		const message = "The text holds something that cannot be kept, such as half a character. Nothing was changed.";
		const error = new InputError([{ path: "form", code: "bad-text", message }], "bad-text");
		error.cause = problem;
		throw error;
	}
}
