/**
 * Tells an operator, once, that Slack takes nothing from us somewhere, and what mends it. Must never repeat itself while
 * nothing changed, nor stop what goes on elsewhere.
 */
import { setBounded } from "../../base/bounded.ts";
import type { Log } from "../../base/log.ts";
import type { Audit } from "../../engine/ports.ts";
import { refusalOf } from "./refusals.ts";

const MOST_PLACES = 10_000;
const SAID = {
	"slack-shut": "Sopwith cannot speak in a place of Slack",
	"slack-not-taken": "Slack does not take a message as it is",
};

/** Where: a whole workspace, a channel in it, an account in it, a call. `team`: its id, or how its token is called. */
type Where = {
	readonly team: string;
	readonly channel?: string;
	readonly user?: string;
	readonly method?: string;
};

export type Tell = {
	/** Slack said this word about it. Told again only after it went well. */
	readonly shut: (where: Where, word: string) => void;
	/** It went well there. */
	readonly well: (where: Where) => void;
};

/** Makes it. What was told is kept in memory alone: after a restart it is told again. */
export function createTell(parts: { readonly audit: Audit; readonly log: Pick<Log, "warn"> }): Tell {
	const told = new Map<string, Set<string>>();
	return {
		shut: (where, word) => {
			const name = nameOf(where);
			const words = told.get(name) ?? new Set();
			if (words.has(word)) return;
			setBounded(told, [name, words.add(word)], MOST_PLACES);
			const { sort, is, remedy } = refusalOf(word);
			const what = sort === "message" ? "slack-not-taken" : "slack-shut";
			parts.audit.record({ via: "slack", what, why: `${name}: ${is} (${word}). ${remedy}`.trim() });
			parts.log.warn({ ...where, word, why: is, remedy }, SAID[what]);
		},
		well: (where) => void told.delete(nameOf(where)),
	};
}

function nameOf({ team, channel, user, method }: Where): string {
	const what = channel ?? user ?? method;
	return what === undefined ? team : `${what} of ${team}`;
}
