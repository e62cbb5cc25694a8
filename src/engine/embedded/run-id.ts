/**
 * Names a run after its request, so the same request is the same run on any host. Pure. Must never use a clock or chance.
 */
import { createHash } from "node:crypto";
import type { RunId, StartRequest } from "../event.ts";

const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 12;

/** 12 characters of Crockford base32: 60 bits of SHA-256 over installation, client, SOP and key; for an undo, over what it undoes. */
export function runIdFor(installation: string, request: Pick<StartRequest, "client" | "sop" | "key" | "undo">): RunId {
	const parts = request.undo ? ["undo", request.undo.of] : [installation, request.client, request.sop, request.key];
	const bytes = createHash("sha256").update(parts.join("\n")).digest();
	let id = "";
	let bits = 0;
	let held = 0;
	for (const byte of bytes) {
		held = (held << 8) | byte;
		bits += 8;
		while (bits >= 5 && id.length < LENGTH) {
			bits -= 5;
			id += DIGITS[(held >>> bits) & 31];
		}
		held &= (1 << bits) - 1;
		if (id.length === LENGTH) break;
	}
	return id;
}

/** Reads what a person typed as the beginning of an id: any case, O as 0, I and L as 1. */
export function readPrefix(typed: string): string {
	return typed.trim().toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
}
