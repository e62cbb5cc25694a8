/**
 * The key-encryption key: its shape, its check value, and the data keys it wraps, one per client. Must never be stored, and
 * never be used on a secret itself.
 */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Database } from "better-sqlite3";
import { ConfigError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { readMeta, writeMeta } from "./meta.ts";

const NONCE = 12;
const TAG = 16;

/** Refuses a key that is not the one this database was made with. Errors: `ConfigError` `bad-key`, `wrong-key`. */
export function checkKey(db: Database, key: Secret): void {
	const value = checkValue(key);
	const known = readMeta(db, "key-check");
	if (known === undefined) {
		writeMeta(db, "key-check", value);
		return;
	}
	if (timingSafeEqual(Buffer.from(known), Buffer.from(value))) return;
	const message =
		"This is not the key that the database was made with, so its secrets cannot be read. Nothing was changed.";
	const remedy = "Set SOPWITH_KEY to the first key. It is never part of a backup; look where it was kept apart.";
	throw new ConfigError([{ path: "SOPWITH_KEY", code: "wrong-key", message, remedy }], "wrong-key");
}

function checkValue(key: Secret): string {
	return createHmac("sha256", keyBytes(key)).update("sopwith key check value").digest("hex");
}

/** Errors: `ConfigError` `bad-key` unless it is base64 of 32 bytes. */
export function keyBytes(key: Secret): Buffer {
	const bytes = Buffer.from(key.open(), "base64");
	if (bytes.length === 32) return bytes;
	const message = `The key is ${bytes.length} bytes long; 32 are needed.`;
	const remedy = "Make one with `openssl rand -base64 32`.";
	throw new ConfigError([{ path: "SOPWITH_KEY", code: "bad-key", message, remedy }], "bad-key");
}

/** AES-256-GCM: nonce, tag, text. `about` is bound in, so a sealed value fits no other place. */
export function seal(key: Buffer, about: string, plain: Buffer): Buffer {
	const nonce = randomBytes(NONCE);
	const cipher = createCipheriv("aes-256-gcm", key, nonce);
	cipher.setAAD(Buffer.from(about));
	const text = Buffer.concat([cipher.update(plain), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** Errors: throws when the key, the place or a bit is not the one it was sealed with. */
export function unseal(key: Buffer, about: string, sealed: Buffer): Buffer {
	const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE), { authTagLength: TAG });
	decipher.setAAD(Buffer.from(about));
	decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
	return Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
}
