/**
 * Long cards in pages: which lines stand on one, and what its reader is told of the rest. The same for every chat, so that
 * a page has one number everywhere. Pure. Must never leave a line out, nor let a page be taken for the whole.
 */
import type { FilledCard, FilledLine } from "./fill.ts";

/** What stands under the lines of a page. */
type Pager = {
	/** "Page 2 of 21: lines 21 to 40 of 412. Approving covers all of them, on every page." */
	readonly words: string;
	/** Buttons: they come back with the verb `page` and that number. None: the card cannot be turned. */
	readonly turns: readonly { readonly title: string; readonly page: number }[];
};

export type PagedCard = FilledCard & { readonly pager?: Pager };

/** The verb of the buttons under a page. */
export const TURN = "page";
/** Lines of a page: two screens of a phone. */
export const PAGE_LINES = 20;
/** Bytes of JSON that the words of a page's lines take at most: a card of 28 KB has room for them and for the rest. */
const PAGE_BYTES = 6000;
const TEXT_BYTES = 2500;
const META_BYTES = 500;
/** Sentences and facts beside the lines, where there is no room for all. */
const MOST_BESIDE = 12;

/**
 * Takes one page of a card: the nearest to `page` that there is. No `page`: the one it opens at, and no way on from there,
 * for cards that nobody keeps. A card that stands on one page comes back without a pager.
 */
export function pageOf(filled: FilledCard, page?: number): PagedCard {
	const pages = pagesOf(filled.lines);
	const at = page === undefined ? openingIn(pages, filled.opensAt) : nearest(page, pages.length);
	const lines = pages[at - 1] ?? [];
	if (pages.length <= 1) return { ...filled, lines };
	const all = filled.lines.length;
	if (page === undefined) return { ...filled, lines, pager: { words: restWords(all - lines.length), turns: [] } };
	const before = pages.slice(0, at - 1).reduce((sum, each) => sum + each.length, 0);
	const where = `Page ${at} of ${pages.length}: lines ${before + 1} to ${before + lines.length} of ${all}.`;
	const covers = filled.buttons.some((button) => button.verb === "approve");
	const words = covers ? `${where} Approving covers all of them, on every page.` : where;
	const turns = [
		...(at === 1 ? [] : [{ title: "‹ Earlier", page: at - 1 }]),
		...(at === pages.length ? [] : [{ title: "Later ›", page: at + 1 }]),
	];
	return { ...filled, lines, pager: { words, turns } };
}

/** The number of the page that a card opens at: where its reader begins, else the first. */
export function openingOf({ lines, opensAt }: Pick<FilledCard, "lines" | "opensAt">): number {
	return openingIn(pagesOf(lines), opensAt);
}

function openingIn(pages: readonly (readonly FilledLine[])[], opensAt = 0): number {
	let last = 0;
	const at = pages.findIndex((page) => {
		last += page.length;
		return opensAt < last;
	});
	return Math.max(0, at) + 1;
}

/** Parts lines into pages, in order, each line on one page; no page is empty. A line far too long is cut. */
export function pagesOf(lines: readonly FilledLine[]): readonly (readonly FilledLine[])[] {
	const pages: FilledLine[][] = [];
	let bytes = 0;
	for (const long of lines) {
		const line = cutLine(long);
		const more = bytesOf(line.text) + bytesOf(line.meta ?? "");
		const page = pages.at(-1);
		if (page === undefined || page.length === PAGE_LINES || bytes + more > PAGE_BYTES) {
			pages.push([line]);
			bytes = more;
		} else {
			page.push(line);
			bytes += more;
		}
	}
	return pages;
}

/** The whole number from 1 to `most` that is nearest. */
function nearest(page: number, most: number): number {
	return Number.isNaN(page) ? 1 : Math.max(1, Math.min(Math.trunc(page), most));
}

/** Leaves out what has no room beside the lines, and says how much that is. */
export function shortOf(part: PagedCard): PagedCard {
	const { lead, facts } = part;
	const value = restWords(facts.length - MOST_BESIDE);
	return {
		...part,
		lead: lead.length <= MOST_BESIDE ? lead : [...lead.slice(0, MOST_BESIDE), restWords(lead.length - MOST_BESIDE)],
		facts: facts.length <= MOST_BESIDE ? facts : [...facts.slice(0, MOST_BESIDE), { title: "", value }],
	};
}

/** For what is left out where it cannot be shown. */
function restWords(left: number): string {
	return `and ${left} more: open the run`;
}

function cutLine(line: FilledLine): FilledLine {
	const { meta, ...rest } = line;
	const text = cutTo(TEXT_BYTES, line.text);
	return meta === undefined ? { ...rest, text } : { ...rest, text, meta: cutTo(META_BYTES, meta) };
}

/** Ends a text where its bytes would be too many, between two characters. */
function cutTo(most: number, text: string): string {
	if (bytesOf(text) <= most) return text;
	let kept = "";
	let bytes = bytesOf("…");
	for (const character of text) {
		bytes += bytesOf(character);
		if (bytes > most) break;
		kept += character;
	}
	return `${kept}…`;
}

/** As it is sent. */
function bytesOf(text: string): number {
	return Buffer.byteLength(JSON.stringify(text)) - 2;
}
