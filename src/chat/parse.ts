/**
 * Takes a typed line apart: the word, the client, named and unnamed values. Pure. Must never decide what a word means.
 */

export type Said = {
	/** Lower case, without `/`. Empty when nothing was typed. */
	readonly word: string;
	/** From `client:contoso`. */
	readonly client?: string;
	/** Values without a name, in order, quotes taken off. */
	readonly rest: readonly string[];
	/** From `firstName=Ada`. Names as typed. */
	readonly named: { readonly [name: string]: string };
	/** Everything after the word and the first value, as typed: the words of a note. */
	readonly tail: string;
};

/** Characters that are looked at of what somebody wrote; what is longer is refused afterwards. */
export const MOST_READ = 12_000;

const TOKEN = /(?:[^\s"“”]+=)?"[^"]*"|(?:[^\s"“”]+=)?“[^“”]*”|\S+/gu;
const NAMED = /^([\p{L}][\p{L}\p{N}_-]*)=(.*)$/su;

/** Reads a typed line. `/newhire`, `@Sopwith newhire` and `newhire` are the same. Never fails. */
export function parse(text: string): Said {
	const line = text
		.slice(0, MOST_READ)
		.replaceAll("\u00a0", " ")
		.trim()
		.replace(/^@?sopwith\b[:,]?\s*/iu, "")
		.replace(/^\//u, "");
	const tokens = line.match(TOKEN) ?? [];
	const word = (tokens[0] ?? "").toLowerCase();
	const rest: string[] = [];
	const named: { [name: string]: string } = {};
	let client: string | undefined;
	for (const token of tokens.slice(1)) {
		const of = /^client:(.+)$/iu.exec(token);
		const pair = NAMED.exec(token);
		if (of?.[1] !== undefined) client = of[1].toLowerCase();
		else if (pair?.[1] !== undefined) named[pair[1]] = unquote(pair[2] ?? "");
		else rest.push(unquote(token));
	}
	const tail = line.replace(/^\S+\s*/u, "").replace(/^\S+\s*/u, "");
	return { word, rest, named, tail, ...(client === undefined ? {} : { client }) };
}

/** Writes a value as it is typed behind `=`: in quotes where it has several words. */
export function typedValue(text: string): string {
	return /\s/u.test(text) ? `"${text.replaceAll('"', "'")}"` : text;
}

function unquote(text: string): string {
	return text.replace(/^["“](.*)["”]$/su, "$1");
}
