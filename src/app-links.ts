/**
 * Who is known by which accounts, and where they acted last: the parts over the store, put together. Must never hold a
 * rule.
 */
import { pause } from "./app-pause.ts";
import { reach } from "./chat/audience.ts";
import { createLastUsed } from "./chat/last-used.ts";
import { createLinkCodes } from "./chat/link-codes.ts";
import { createLinks, type Linking, type LinksParts } from "./chat/links.ts";
import type { Surface } from "./chat/surface.ts";
import { createLinkStore } from "./engine/embedded/links.ts";
import { createMemory } from "./engine/embedded/memory.ts";
import type { Store } from "./engine/embedded/open.ts";
import type { Actor } from "./people/roster.ts";

/** Opens it, and ends at once what the roster does not carry any more. */
export function openLinks(parts: Omit<LinksParts, "store"> & { readonly store: Store }) {
	const kept = createLinkStore(parts.store);
	const links = createLinks({ ...parts, store: kept });
	links.sweep();
	const codes = createLinkCodes({ store: kept, clock: parts.clock });
	const { of: lastUsed, note: acted } = createLastUsed(createMemory(parts.store, "chat"));
	const linkingOver = (surfaces: readonly Surface[]): Linking => {
		const own = (person: Actor) => reach({ surfaces, lastUsed }, person);
		return { links, codes, surfaces, reach: own, wait: (ms) => pause(ms, new AbortController().signal) };
	};
	return { links, lastUsed, acted, linkingOver };
}
