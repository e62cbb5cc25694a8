/**
 * Checks who sent a webhook: Standard Webhooks, HMAC-SHA256 over `id.timestamp.body`. Pure. Must never compare in a time that
 * tells anything, nor look into the body first.
 */
import { createHmac } from "node:crypto";
import { sameText } from "../base/same-text.ts";
import { type Instant, toMs } from "../base/time.ts";

/** How far a sender's clock may be off, both ways. */
const WINDOW_MS = 5 * 60_000;
const MOST_SIGNATURES = 16;

type Signed = {
	readonly id: string;
	readonly timestamp: string;
	/** `v1,…` several with spaces between: a sender that changes its key signs with both. */
	readonly signature: string;
	readonly body: Uint8Array;
};
type Checked =
	| { readonly ok: true }
	| { readonly ok: false; readonly code: "bad-headers" | "too-old" | "bad-signature" };

/**
 * Checks a signature against the bytes of keys: several are good at once while one is being replaced. Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function checkSignature(signed: Signed, keys: readonly Buffer[], now: Instant): Checked {
	if (!/^[\x21-\x7e]{1,255}$/.test(signed.id) || !/^[0-9]{1,12}$/.test(signed.timestamp)) return bad("bad-headers");
	if (Math.abs(toMs(now) - Number(signed.timestamp) * 1000) > WINDOW_MS) return bad("too-old");
	const given = signed.signature.split(" ").slice(0, MOST_SIGNATURES);
	const wanted = keys.map((key) => mac(key, signed));
	const matches = given.map((one) => wanted.filter((right) => sameText(one, right)).length);
	return matches.some((count) => count > 0) ? { ok: true } : bad("bad-signature");
}

function mac(key: Buffer, { id, timestamp, body }: Signed): string {
	return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}

function bad(code: "bad-headers" | "too-old" | "bad-signature"): Checked {
	return { ok: false, code };
}
