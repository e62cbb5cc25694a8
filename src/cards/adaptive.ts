/**
 * A filled card as an Adaptive Card of at most 28 KB. Must never let data be read as a template, nor let a slot that was
 * not filled reach a person.
 */
import { assert } from "../base/assert.ts";
import { isRecord, type Json } from "../base/json.ts";
import type { CardName } from "./card.ts";
import type { FilledCard } from "./fill.ts";
import { type PagedCard, pageOf, shortOf } from "./pages.ts";
import { type Slots, slotsOf } from "./slots.ts";

/** Adaptive Card 1.5 as JSON, ready to send. */
export type AdaptiveCard = { readonly type: "AdaptiveCard"; readonly version: "1.5"; readonly [name: string]: Json };

/** Bytes of JSON that every client takes. Source: older Teams documents say 28 KB, newer ones about 100 KB. */
export const CARD_BYTES = 28_000;
/** Of these, what is left for whom a chat names beside the card. */
const ROOM_BYTES = 3000;

/** Longest text of one run; a sentence is far shorter, a stack trace is not. */
const LONGEST = 2000;
const SHORTER = [400, 120, 40, 16];
/** Stands in place of technical detail that has no room. */
const ELSEWHERE: FilledCard["details"] = [{ title: "", lines: ["Too long for a card: the run’s page has it."] }];

/** Stands inside each `${` of the data while a template is expanded, so that only the template's own are found. */
const MARK = "\ue000";
/** Left out of the card when empty. */
const OPTIONAL = new Set(["value", "maxLength", "min", "max", "url", "verb"]);

/**
 * Writes one page of the card; what does not fit beside its lines gives way: first technical detail, then the ends of long
 * lists and sentences. Errors: `InvariantError` for an unfilled slot. `expand` is called once per try, always with slots,
 * never with a card.
 */
export function fitted(
	filled: FilledCard,
	card: { readonly name: CardName; readonly id: string; readonly page?: number | undefined },
	expand: (slots: Slots) => Json,
): AdaptiveCard {
	const whole = pageOf(filled, card.page);
	const plain = { ...whole, details: whole.details.length === 0 ? [] : ELSEWHERE };
	const tries: readonly (readonly [part: PagedCard, longest: number])[] = [
		[whole, LONGEST],
		[plain, LONGEST],
		...SHORTER.map((longest) => [shortOf(plain), longest] as const),
	];
	let drawn: AdaptiveCard | undefined;
	for (const [part, longest] of tries) {
		const expanded = expand(sealed(slotsOf(part, { ...card, longest })) as Slots);
		drawn = finished(expanded) as AdaptiveCard;
		if (Buffer.byteLength(JSON.stringify(drawn)) <= CARD_BYTES - ROOM_BYTES) break;
	}
	return drawn as AdaptiveCard;
}

/** Marks what looks like a template in the data, and parts what a client would read as a date to write out. */
function sealed(value: Json): Json {
	if (typeof value === "string") {
		const parted = value.replaceAll(MARK, "").replace(/\{\{(?=\s*(DATE|TIME))/gi, "{\u200b{");
		return parted.replaceAll("${", `$${MARK}{`);
	}
	if (Array.isArray(value)) return value.map((item: Json) => sealed(item));
	if (!isRecord(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sealed(inner)]));
}

function finished(value: Json): Json {
	if (typeof value === "string") {
		assert(!value.includes("${"), `a card's slot was not filled: ${value}`);
		return value.replaceAll(`$${MARK}{`, "${");
	}
	if (Array.isArray(value)) return ordered(value.map((item: Json) => finished(item)));
	if (!isRecord(value)) return value;
	const kept = Object.entries(value).filter(([key, inner]) => !(OPTIONAL.has(key) && inner === ""));
	return Object.fromEntries(kept.map(([key, inner]) => [key, finished(inner)]));
}

/** Puts buttons in the data's order: a template lists them by kind. */
function ordered(items: readonly Json[]): readonly Json[] {
	const place = (item: Json): number | undefined => {
		const id = isRecord(item) && typeof item.id === "string" ? /^button-(\d+)$/.exec(item.id)?.[1] : undefined;
		return id === undefined ? undefined : Number(id);
	};
	if (!items.some((item) => place(item) !== undefined)) return items;
	return items.toSorted((a, b) => (place(a) ?? 0) - (place(b) ?? 0));
}
