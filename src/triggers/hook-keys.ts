/**
 * The keys that webhooks are signed with: where they are kept, how they are written, and what is not well about them. Must
 * never show one.
 */
import { ConflictError } from "../base/errors.ts";
import { beware, type Finding, unwell, well } from "../base/finding.ts";
import type { Secret } from "../base/secret.ts";
import { plural } from "../base/words.ts";
import type { Vault } from "../engine/ports.ts";
import type { Client } from "../sop/definitions.ts";
import type { ClientId } from "../sop/sop.ts";

/** The key of a client's hook; undefined when none is kept. */
export type HookKey = (client: ClientId, hook: string) => Promise<Secret | undefined>;

/** Finds keys in the vault, at `secret:CLIENT/hooks/NAME`. */
export function hookKeysIn(vault: Pick<Vault, "reveal">): HookKey {
	return async (client, hook) => {
		try {
			return await vault.reveal(client, { $secret: nameOf(client, hook) });
		} catch (error) {
			if (error instanceof ConflictError) return undefined;
			throw error;
		}
	};
}

/** Reads keys as they are kept, with spaces between: the bytes of those that can be used, and how many cannot. */
export function readKeys(kept: string): { readonly usable: readonly Buffer[]; readonly unusable: number } {
	const written = kept.split(/\s+/).filter((key) => key !== "");
	const usable = written.flatMap(bytesOf);
	return { usable, unusable: Math.max(1, written.length) - usable.length };
}

/** What mends it where there is no key that can be used. */
export function remedyFor(client: ClientId, hook: string): string {
	return `\`sopwith secret set ${nameOf(client, hook)} < FILE\`, in FILE whsec_ and 24 to 64 random bytes in base64.`;
}

/** Looks at the key of every hook of a client, by name. Errors: those of the vault. A second look is safe. */
export async function examineHooks({ id, name, sops }: Client, key: HookKey): Promise<readonly Finding[]> {
	const starts = Object.values(sops).flatMap((sop) => sop.starts);
	const hooks = new Set(starts.flatMap((start) => (start.kind === "webhook" ? [start.hook] : [])));
	const found: Finding[] = [];
	for (const hook of [...hooks].sort()) {
		found.push({ about: `${name}, webhooks`, ...(await findingOf({ client: id, hook }, key)) });
	}
	return found;
}

async function findingOf({ client, hook }: { client: ClientId; hook: string }, key: HookKey): Promise<Finding> {
	const what = `Webhook ${hook}`;
	const kept = await key(client, hook);
	if (kept === undefined) {
		return beware(what, "has no key yet, so nothing that is sent to it is taken", remedyFor(client, hook));
	}
	const { usable, unusable } = readKeys(kept.open());
	if (unusable === 0) return well(what, `has ${plural(usable.length, "key")}`);
	const words =
		usable.length === 0 ? "has a key that cannot be used, so nothing is taken" : "has a key that cannot be used";
	return unwell(what, words, remedyFor(client, hook));
}

function nameOf(client: ClientId, hook: string): string {
	return `${client}/hooks/${hook}`;
}

/** `whsec_` and the base64 of 24 to 64 bytes; nothing for any other text. */
function bytesOf(key: string): readonly Buffer[] {
	if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(key)) return [];
	const bytes = Buffer.from(key.slice(6), "base64");
	return bytes.length >= 24 && bytes.length <= 64 ? [bytes] : [];
}
