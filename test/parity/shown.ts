/**
 * What a person sees of a card, on whatever surface: one shape, so that two surfaces can be held against each other. Must
 * never leave out anything that is written on the card.
 */

export type ShownField = {
	readonly label: string;
	/** What stands in it: text, or the keys of choices joined by commas. */
	readonly value: string;
	/** The words of its choices; none for what is typed. */
	readonly options: readonly string[];
	/** What is written under it: what is wrong, or a hint. */
	readonly notes: readonly string[];
};

export type Shown = {
	readonly title: string;
	/** All other words, a line each, in the order they are read. */
	readonly text: readonly string[];
	/** Inputs, in order; choices and checklists among them. */
	readonly fields: readonly ShownField[];
	/** What can be pressed. A button that only opens a page counts. */
	readonly buttons: readonly string[];
	/** Technical detail, where the card has it with it; not compared but where a story asks for it. */
	readonly details: readonly string[];
};

/** What one was told in passing: no card, a line or two of words. */
export function inPassing(lines: readonly string[]): Shown {
	const [title = "", ...text] = lines.map(plain);
	return { title, text, fields: [], buttons: [], details: [] };
}

/** Everything written on it, as one line. */
export function wordsOf({ title, text, fields }: Shown): string {
	return plain([title, ...text, ...fields.flatMap(({ notes }) => notes)].join(" "));
}

/** As it looks: what only keeps a client from reading markup into it is not seen. */
export function plain(text: string): string {
	return text
		.replaceAll(/[\u200b\u2060]/gu, "")
		.replaceAll("∗", "*")
		.replaceAll("ˋ", "`")
		.replaceAll("∼", "~")
		.replaceAll("ˍ", "_")
		.replaceAll(/\s+/gu, " ")
		.trim();
}

/** What differs from run to run and from minute to minute, and says nothing of the surface. */
const PASSING: readonly (readonly [RegExp, string])[] = [
	[/ · [0-9A-Z]{6}(?= |$|\.)/gu, " REF"],
	[/ · /gu, " "],
	[/\b[0-9A-F]{4} [0-9A-F]{4}$/gu, "HASH"],
	[/<[0-9a-f]{40}@/gu, "<HASH@"],
	[/\d{4}-\d\d-\d\dT[\d:.]+Z/gu, "INSTANT"],
	[/\b\d{1,2}:\d\d\b/gu, "TIME"],
	[/, after \d+ (s|min|h)\b/gu, ""],
	[/\b\d+ (s|sec|second|min|minute|h|hour)s?\b/gu, "A WHILE"],
	[/\b\d+ left\b/gu, "SOME left"],
	[/\b\d+ of \d+ in use\b/gu, "SOME in use"],
	[/You arrive as \S+\./gu, "You arrive as SOMEBODY."],
	[/\bin (the web chat|Teams|Slack)\b/gu, "in THIS CHAT"],
	[/:(?= |$)/gu, ""],
];

/** Told in passing: words, and at most a page to open. */
export function isPassing({ fields, buttons }: Shown): boolean {
	return fields.length === 0 && buttons.every((button) => button.startsWith("Open the "));
}

/**
 * The same card of another run, day or minute, for comparing. `loosely`: as one is told in passing, which may break
 * between title and text wherever the surface likes.
 */
export function comparable(shown: Shown, loosely: boolean): { readonly [part: string]: unknown } {
	const same = (line: string): string => PASSING.reduce((so, [what, word]) => so.replaceAll(what, word), plain(line));
	const words = loosely ? { words: same(wordsOf(shown)) } : { title: same(shown.title), text: shown.text.map(same) };
	return {
		...words,
		fields: shown.fields.map(({ label, value, options, notes }) => {
			return { label, value, options: options.map(same), notes: notes.map(same).sort() };
		}),
		buttons: [...shown.buttons].sort(),
	};
}
