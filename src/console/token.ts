/**
 * Who calls the API: a bearer token names one person. Only a token's hash is ever kept or compared. Must never give a token
 * more than its person has, nor a way round the client it was made for.
 */
import { sha256 } from "../base/json.ts";
import { sameText } from "../base/same-text.ts";
import type { Clock, Instant } from "../base/time.ts";
import type { Actor } from "../people/roster.ts";
import type { ClientId } from "../sop/sop.ts";

/** A token as kept: its SHA-256, and no salt, since it has 256 random bits. `client` narrows an MSP person's token to one client. */
export type Token = {
	readonly hash: string;
	readonly actor: Actor;
	readonly client?: ClientId;
	readonly expires: Instant;
};

/** Where tokens are kept. `find` looks one up by its hash; undefined when there is none. */
export interface Tokens {
	find(hash: string): Promise<Token | undefined>;
}

/** The caller behind an `Authorization` header; undefined for none, unknown or expired. */
export async function bearer(
	header: string | undefined,
	{ tokens, clock }: { readonly tokens: Tokens; readonly clock: Clock },
): Promise<Token | undefined> {
	const match = /^Bearer ([\x21-\x7e]{16,512})$/i.exec(header ?? "");
	if (match?.[1] === undefined) return undefined;
	const hash = sha256(match[1]);
	const found = await tokens.find(hash);
	if (found === undefined || !sameText(found.hash, hash)) return undefined;
	return found.expires > clock.now() ? found : undefined;
}
