/**
 * Makes words inert where a client may read Markdown (headings, choices, errors). Works in every renderer, with Markdown or
 * without: it parts the characters that make a construct with a zero-width space, and swaps the two that cannot be parted.
 */

const GAP = "\u200b";

/** Writes words so that no Markdown, mention or link is read into them. Looks the same to a person. */
export function inert(text: string): string {
	return text
		.replace(/\s+/g, " ")
		.replaceAll("*", "∗")
		.replaceAll("`", "ˋ")
		.replace(/[_~[\]!\\|]/g, (sign) => `${GAP}${sign}${GAP}`)
		.replace(/[<&]/g, (sign) => `${sign}${GAP}`)
		.replace(/:\/\//g, `:${GAP}//`)
		.replace(/\b(www)\./gi, `$1${GAP}.`)
		.replace(/^ ?(?=[#>+\-=]|\d{1,9}[.)])/, GAP);
}
