/**
 * Names runs after what asked for them, so that the same request is the same run on any host and in any repetition. Pure.
 */
import { sha256 } from "../base/json.ts";
import type { RunId, StartRequest } from "./event.ts";

/** Those of Crockford: without the letters that look like digits. */
export const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 12;

/** 12 characters of Crockford base32, 60 bits of SHA-256 over the parts joined by newlines. */
export function nameRun(...parts: readonly string[]): RunId {
	let bits = BigInt(`0x${sha256(parts.join("\n")).slice(0, 15)}`);
	let id = "";
	for (let i = 0; i < LENGTH; i += 1) {
		id = DIGITS[Number(bits & 31n)] + id;
		bits >>= 5n;
	}
	return id;
}

/** The id of the run that a request starts. An undo is named after what it undoes: there is one. */
export function runIdFor(installation: string, request: Pick<StartRequest, "client" | "sop" | "key" | "undo">): RunId {
	if (request.undo !== undefined) return nameRun("undo", request.undo.of);
	return nameRun(installation, request.client, request.sop, request.key);
}

/** Reads what a person typed as the beginning of an id: any case, O as 0, I and L as 1. */
export function readPrefix(typed: string): string {
	return typed.trim().toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
}
