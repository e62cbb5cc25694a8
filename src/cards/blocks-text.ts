/**
 * Words in Slack's two kinds of text. Must never let anything that was typed become markup, a mention, a link or an emoji:
 * plain text is not read for any, and in `mrkdwn` the signs are swapped for ones that look the same.
 */
import type { Values } from "../base/json.ts";
import { momentsIn, unmarked } from "./moment-mark.ts";

const GAP = "\u200b";
const FENCE = "```";
const LOOKALIKE: { readonly [sign: string]: string } = { "*": "∗", "`": "ˋ", "~": "∼", _: "ˍ" };
const ENTITY: { readonly [sign: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Characters of one section's text. Source: https://docs.slack.dev/reference/block-kit/blocks/section-block */
export const SECTION_MOST = 3000;

/** A text that is shown as it is. */
export function plain(text: string, most: number): Values {
	const line = oneLine(unmarked(text)).trim();
	return { type: "plain_text", text: line === "" ? "–" : shortened(line, most), emoji: false };
}

/** A text in Slack's markup, made by the functions below. Source: https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
export function markup(text: string): Values {
	return { type: "mrkdwn", text, verbatim: true };
}

/** Writes words as inert markup of at most `most` characters; moments in each reader's own zone. */
export function inertMarkup(text: string, most = SECTION_MOST): string {
	return fitting(text, most, written);
}

export function bold(text: string, most?: number): string {
	const inner = inertMarkup(text.trim(), most);
	return inner === "" ? "" : `*${inner}*`;
}

/** The nearest Slack has to small grey words inside a line. A moment stands upright: its own underscores would end them. */
export function quiet(text: string, most?: number): string {
	const pieces = inertMarkup(text.trim(), most).split(/(<[^>]*>)/);
	return pieces
		.map((piece, at) => (at % 2 === 1 ? piece : leaning(piece, { first: at === 0, last: at === pieces.length - 1 })))
		.join("");
}

/** Slack lets words lean that stand apart from what is around them. */
function leaning(piece: string, { first, last }: { readonly first: boolean; readonly last: boolean }): string {
	const start = first ? 0 : piece.search(/[^\s,.;:]/);
	const words = piece.slice(start).trimEnd();
	const apart = (first || start > 0) && (last || /\s$/.test(piece));
	if (words === "" || start < 0 || !apart) return piece;
	return `${piece.slice(0, start)}_${words.replaceAll("_", "ˍ")}_${piece.slice(start + words.length)}`;
}

/** Lines of code, as they are but for what would end the code, in as few texts as they fit into. */
export function codes(lines: readonly string[]): readonly string[] {
	const most = SECTION_MOST - 2 * FENCE.length;
	const texts: string[] = [];
	for (const line of lines) {
		const made = fitting(oneLine(unmarked(line)).replaceAll("`", "ˋ"), most, escaped);
		const last = texts.at(-1);
		if (last === undefined || last.length + 1 + made.length > most) texts.push(made);
		else texts[texts.length - 1] = `${last}\n${made}`;
	}
	return texts.filter((text) => text.trim() !== "").map((text) => `${FENCE}${text}${FENCE}`);
}

/** Writes a text, of which as much is kept as fits once it is written. */
function fitting(text: string, most: number, write: (text: string) => string): string {
	let kept = text;
	let made = write(kept);
	while (made.length > most) {
		const bare = unmarked(kept);
		kept = shortened(bare, Math.floor((bare.length * most) / made.length) - 1);
		made = write(kept);
	}
	return made;
}

/** Ends a text with "…" where it would be longer, never inside a character that takes two units. */
export function shortened(text: string, most: number): string {
	if (text.length <= most) return text;
	const kept = text.slice(0, Math.max(0, most - 1));
	return `${kept.isWellFormed() ? kept : kept.slice(0, -1)}…`;
}

/** Source: https://docs.slack.dev/messaging/formatting-message-text, "Date formatting". */
function written(text: string): string {
	const made = momentsIn(text).map((piece) => {
		if (typeof piece === "string") return swapped(piece);
		const { seconds, day, words, tail } = piece;
		const format = day ? "{date_short_pretty} at {time}" : "{time}";
		// The tail stands behind it for everybody, so not in what a client without dates shows.
		const own = words.endsWith(tail) ? words.slice(0, words.length - tail.length) : words;
		return `<!date^${seconds}^${format}|${swapped(own).replaceAll(/[|^]/g, " ")}>${swapped(tail)}`;
	});
	return made.join("").replace(/^(?= ?&gt;)/, GAP);
}

/** An underscore inside a word, as in an account's name, means nothing to Slack and stays. */
function swapped(text: string): string {
	const made = oneLine(text)
		.replaceAll(/[*`~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, (sign) => LOOKALIKE[sign] ?? sign)
		.replaceAll(/:(?=[\w+'-]+:)/g, `:${GAP}`)
		.replaceAll("://", `:${GAP}//`)
		.replaceAll(/\b(www)\./gi, `$1${GAP}.`);
	return escaped(made);
}

function escaped(text: string): string {
	return text.replaceAll(/[&<>]/g, (sign) => ENTITY[sign] ?? sign);
}

function oneLine(text: string): string {
	return text.toWellFormed().replaceAll(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, " ");
}
