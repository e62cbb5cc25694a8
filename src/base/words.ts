/**
 * Sentences with holes. The core writes them without knowing names, zones or the hour; a card or page fills the holes for
 * its reader. Plain JSON, so they travel inside card data. Must never hold markup: every renderer escapes what it prints.
 */
import type { Json } from "./json.ts";
import type { Instant } from "./time.ts";

export type Hole =
	/** A person's full name; `first: true` the first name. "you" for the reader. */
	| { readonly person: string; readonly first?: true }
	/** Who is asked, resolved to names: "Mo Manager", "you or Sam Osei", "3 people of the service desk"; never `except`. */
	| { readonly who: readonly string[]; readonly except?: string }
	/** A moment: "today at 14:20", "Tue 1 Dec, 07:00", by the reader's zone and the client's. */
	| { readonly at: Instant }
	/** A moment's time alone, when the day is plain from the sentence. */
	| { readonly timeAt: Instant }
	/** A calendar day: "today", "tomorrow", "Tue 1 Dec". */
	| { readonly day: string }
	/** A length of time in ms: "14 min", "1 h 24 min". */
	| { readonly span: number }
	/** Bold. */
	| { readonly strong: string };

export type Words = readonly (string | Hole)[];

/** Marks words inside JSON data so that they can be found and filled. */
export type WordsJson = { readonly $words: readonly Json[] };

export function words(...parts: Words): WordsJson {
	return { $words: parts };
}

/** "1 event", "3 events": for what takes an s. */
export function plural(count: number, noun: string): string {
	return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Lets a sentence begin with this. */
export function capital(text: string): string {
	return text.slice(0, 1).toUpperCase() + text.slice(1);
}
