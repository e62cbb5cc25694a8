/**
 * The keys that the Bot Framework signs with, fetched and kept for a day; a key we do not know is looked for once more, at
 * most once a minute. Must never follow a redirect, nor forget good keys because the server is away.
 */
import { createPublicKey } from "node:crypto";
import { UnavailableError } from "../../base/errors.ts";
import { asRecord, isRecord, type Json, type Values } from "../../base/json.ts";
import { type Clock, toMs } from "../../base/time.ts";
import type { IssuerKey } from "./token.ts";

const KEPT_MS = 24 * 3_600_000;
const AGAIN_MS = 60_000;
const PATIENCE_MS = 5_000;
const MOST_BYTES = 512 * 1024;

export type Keys = {
	/** Errors: `UnavailableError` `no-signing-keys` while none could be fetched at all. Repeat: safe. */
	readonly find: (kid: string) => Promise<IssuerKey | undefined>;
};

/** Opens the keys behind an OpenID metadata document; nothing is fetched before the first question. */
export function createKeys(parts: { readonly metadata: string; readonly clock: Clock }): Keys {
	let known: ReadonlyMap<string, IssuerKey> | undefined;
	let askedMs = Number.NEGATIVE_INFINITY;
	let asking: Promise<void> | undefined;
	const ask = (): Promise<void> => {
		askedMs = toMs(parts.clock.now());
		asking ??= fetchKeys(parts.metadata)
			.then((found) => {
				known = found;
			})
			.catch((cause: unknown) => {
				if (known !== undefined) return;
				throw new UnavailableError("no-signing-keys", "The keys of the Bot Framework cannot be read now.", { cause });
			})
			.finally(() => {
				asking = undefined;
			});
		return asking;
	};
	return {
		find: async (kid) => {
			const sinceMs = toMs(parts.clock.now()) - askedMs;
			if (known === undefined || sinceMs > KEPT_MS || (!known.has(kid) && sinceMs > AGAIN_MS)) await ask();
			return known?.get(kid);
		},
	};
}

async function fetchKeys(metadata: string): Promise<ReadonlyMap<string, IssuerKey>> {
	const { jwks_uri: address } = await fetchJson(metadata);
	if (typeof address !== "string") throw new TypeError("the metadata names no keys");
	const { keys } = await fetchJson(address);
	if (!Array.isArray(keys)) throw new TypeError("the document holds no keys");
	return new Map(keys.flatMap((each: Json) => keyOf(each)));
}

function keyOf(found: Json): readonly (readonly [string, IssuerKey])[] {
	if (!isRecord(found) || found.kty !== "RSA" || typeof found.kid !== "string") return [];
	const { n, e } = found;
	if (typeof n !== "string" || typeof e !== "string") return [];
	const endorsements = Array.isArray(found.endorsements) ? found.endorsements.map(String) : [];
	return [[found.kid, { key: createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" }), endorsements }]];
}

async function fetchJson(address: string): Promise<Values> {
	if (new URL(address).protocol !== "https:") throw new TypeError("keys come by TLS only");
	const answer = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS) });
	const text = await answer.text();
	if (!answer.ok || text.length > MOST_BYTES) throw new TypeError(`the key server answered ${answer.status}`);
	const value: unknown = JSON.parse(text);
	return asRecord(value);
}
