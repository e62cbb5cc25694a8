/**
 * The order of what is on each card, for the renderers that do not read templates. Must say the same as `cards/*.json`;
 * a test compares the two.
 */
import type { CardName } from "./card.ts";

/** An element of a card. */
export type Part =
	| "head"
	| "waiting"
	| "lines"
	| "facts"
	| "checklist"
	| "fields"
	| "choices"
	| "details"
	| "send-back"
	| "footer";

/** What each card has, in order. */
export const partsOf: { readonly [name in CardName]: readonly Part[] } = {
	form: ["head", "fields", "details", "footer"],
	plan: ["head", "waiting", "lines", "facts", "fields", "choices", "details", "footer"],
	approval: ["head", "waiting", "lines", "facts", "fields", "details", "send-back", "footer"],
	progress: ["head", "waiting", "lines", "facts", "fields", "details", "footer"],
	question: ["head", "waiting", "lines", "facts", "choices", "fields", "details", "footer"],
	task: ["head", "waiting", "lines", "facts", "checklist", "fields", "details", "footer"],
	notice: ["head", "waiting", "lines", "facts", "details", "footer"],
	welcome: ["head", "waiting", "facts", "lines", "details", "footer"],
	error: ["head", "waiting", "lines", "facts", "details", "footer"],
	help: ["head", "facts", "lines", "details", "footer"],
};
