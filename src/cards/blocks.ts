/**
 * A card as blocks of Slack: a message within Slack's limits, or the inside of a modal. Must never let data be read as
 * markup, leave a line out, or draw an input whose words could get lost.
 */
import { unreachable } from "../base/assert.ts";
import { sha256, type Values } from "../base/json.ts";
import { buttonBlocks, pagerBlocks } from "./blocks-button.ts";
import { checklistBlocks, choiceBlocks, type Drawing, fieldBlocks, packed } from "./blocks-input.ts";
import { MESSAGE_BLOCKS, MESSAGE_CHARACTERS, sizeOf } from "./blocks-limits.ts";
import { bold, codes, inertMarkup, markup, plain, quiet, SECTION_MOST, shortened } from "./blocks-text.ts";
import type { CardName } from "./card.ts";
import type { FilledCard, FilledLine } from "./fill.ts";
import { unmarked } from "./moment-mark.ts";
import { type PagedCard, pageOf, shortOf } from "./pages.ts";
import { type Part, partsOf } from "./parts.ts";
import { spaced } from "./slots.ts";

export type Block = Values;
type BlockMessage = { readonly text: string; readonly blocks: readonly Block[] };
type BlockOptions = {
	/** Which page of its lines (see `pageOf`). */
	readonly page?: number | undefined;
	/** Ids of those who are asked, named so that they find it. */
	readonly mentions?: readonly string[];
};

/** Characters of a header. Source: https://docs.slack.dev/reference/block-kit/blocks/header-block */
const HEADER_MOST = 150;
/** What gives way, in turn, until a message fits. */
const TRIES: readonly Pick<Drawing, "longest" | "menu">[] = [
	{ longest: 2000, menu: 100 },
	{ longest: 2000, menu: 10 },
	{ longest: 400, menu: 10 },
	{ longest: 120, menu: 5 },
	{ longest: 60, menu: 2 },
];
/** So many of these with the inputs: a sentence that can be read is worth more than an input at hand. */
const WITH_INPUTS = 3;
/** In a modal there is room. */
export const ROOMY = { longest: 2000, menu: 100, details: 30 } as const;
const ASKED: readonly Part[] = ["fields", "choices", "checklist"];
/** Characters of what stands beside a text of the longest: both fit into one section. */
const BESIDE = 900;
/** Of those who are asked, by name. */
const MOST_NAMED = 20;

/**
 * Draws a message; `text` is its one sentence for notifications. What does not fit gives way: first lists are searched,
 * then what is asked waits behind a button that opens it, at last long sentences end sooner. Pure.
 */
export function cardBlocks(name: CardName, filled: FilledCard, id: string, options: BlockOptions = {}): BlockMessage {
	const [text = "–"] = [filled.summary, filled.title].flatMap((said) => inertMarkup(unmarked(said)) || []);
	const whole = pageOf(filled, options.page);
	const stamp = sha256(JSON.stringify([id, options.page, filled])).slice(0, 8);
	const asks = filled.fields.length + filled.choices.length + filled.checklist.length > 0;
	const ways = [
		...(asks ? TRIES.slice(0, WITH_INPUTS) : TRIES).map((how) => [how, true] as const),
		...(asks ? TRIES : []).map((how) => [how, false] as const),
	];
	let blocks: readonly Block[] = [];
	for (const [how, inputs] of ways) {
		const card = how === TRIES[0] ? whole : shortOf(whole);
		const drawing: Drawing = { card: id, place: "message", stamp, details: 0, ...how };
		blocks = [
			...bodyBlocks(name, card, drawing, inputs ? [] : ASKED),
			...mentionBlocks(options.mentions ?? []),
			...buttonBlocks(name, card, drawing, inputs),
		];
		if (blocks.length <= MESSAGE_BLOCKS && sizeOf(blocks) <= MESSAGE_CHARACTERS) break;
	}
	return { text, blocks };
}

/** Draws the inside of a card, part by part. */
export function bodyBlocks(
	name: CardName,
	card: PagedCard,
	drawing: Drawing,
	without: readonly Part[] = [],
): readonly Block[] {
	return partsOf[name].filter((part) => !without.includes(part)).flatMap((part) => partBlocks(part, card, drawing));
}

function partBlocks(part: Part, card: PagedCard, drawing: Drawing): readonly Block[] {
	const { longest } = drawing;
	switch (part) {
		case "head":
			return headBlocks(card, longest);
		case "waiting":
			return card.waiting === undefined ? [] : packed([waitingLine(card.waiting, longest)]);
		case "lines":
			return [...packed(card.lines.map((line) => lineOf(line, longest))), ...pagerBlocks(card, drawing)];
		case "facts":
			return packed(card.facts.map((fact) => factLine(fact, longest)));
		case "checklist":
			return checklistBlocks(card.checklist, drawing);
		case "fields":
			return card.fields.flatMap((field) => fieldBlocks(field, drawing));
		case "choices":
			return choiceBlocks(card.choices, drawing);
		case "details":
			// In a message technical detail waits behind its button, as in every other chat.
			return drawing.place === "message" ? [] : detailBlocks(card, drawing);
		case "send-back":
			// Its button asks for the words (see `sendBackView`).
			return [];
		case "footer":
			return small(markup, inertMarkup(card.footer ?? "", longest));
		default:
			return unreachable(part);
	}
}

function headBlocks({ header, title, lead }: FilledCard, longest: number): readonly Block[] {
	const above = header.filter((text) => text !== "").join(" · ");
	const cut = unmarked(title).length > HEADER_MOST;
	const words = [...(cut ? [bold(title, longest)] : []), ...lead.map((text) => inertMarkup(text, longest))];
	return [
		...small((text) => plain(text, Math.min(longest, SECTION_MOST)), above),
		...(title === "" ? [] : [{ type: "header", text: plain(title, HEADER_MOST) }]),
		...packed(words),
	];
}

function waitingLine({ strong, rest }: NonNullable<FilledCard["waiting"]>, longest: number): string {
	return `${bold(strong, Math.min(longest, BESIDE))}${inertMarkup(spaced(rest), longest)}`;
}

function lineOf({ sign, text, meta }: FilledLine, longest: number): string {
	const mark = sign === "" ? "" : `${bold(sign)} `;
	return `${mark}${inertMarkup(text, longest)}${meta === undefined || meta === "" ? "" : ` · ${quiet(meta, Math.min(longest, BESIDE))}`}`;
}

/** In one column: on a phone Slack would part two. */
function factLine({ title, value }: FilledCard["facts"][number], longest: number): string {
	const name = title === "" ? "" : `${bold(`${title}:`, Math.min(longest, BESIDE))} `;
	return `${name}${inertMarkup(value, longest)}`;
}

/** Technical detail, as it can be copied; the run's page has what there is no room for. */
export function detailBlocks(card: FilledCard, { longest, details: most }: Pick<Drawing, "longest" | "details">) {
	const texts = card.details
		.filter((part) => part.lines.length > 0)
		.flatMap(({ title, lines }) => {
			const head = bold(title, Math.min(longest, BESIDE));
			return [...(head === "" ? [] : [head]), ...codes(lines.map((line) => shortened(line, longest)))];
		});
	const rest = texts.length > most ? ["More technical detail stands on the run’s page."] : [];
	return [...texts.slice(0, most), ...rest].map((text): Block => ({ type: "section", text: markup(text) }));
}

function mentionBlocks(ids: readonly string[]): readonly Block[] {
	const known = ids.filter((id) => /^[UW][A-Z0-9]+$/.test(id));
	const more = known.length > MOST_NAMED ? ` and ${known.length - MOST_NAMED} more` : "";
	const names = known.slice(0, MOST_NAMED).map((id) => `<@${id}>`);
	return small(markup, `${names.join(", ")}${more}`);
}

function small(written: (text: string) => Values, text: string): readonly Block[] {
	return text.trim() === "" ? [] : [{ type: "context", elements: [written(text)] }];
}
