/**
 * A filled card as an Adaptive Card of at most 28 KB. Must never let data be read as a template, nor let a slot that was
 * not filled reach a person.
 */
import { assert } from "../base/assert.ts";
import { isRecord, type Json } from "../base/json.ts";
import type { CardName } from "./card.ts";
import type { FilledCard, FilledLine } from "./fill.ts";
import { type Slots, slotsOf } from "./slots.ts";

/** Adaptive Card 1.5 as JSON, ready to send. */
export type AdaptiveCard = { readonly type: "AdaptiveCard"; readonly version: "1.5"; readonly [name: string]: Json };

/** Bytes of JSON that every client takes. Source: older Teams documents say 28 KB, newer ones about 100 KB. */
export const CARD_BYTES = 28_000;

/** Stands inside each `${` of the data while a template is expanded, so that only the template's own are found. */
const MARK = "\ue000";
/** Left out of the card when empty. */
const OPTIONAL = new Set(["value", "maxLength", "min", "max", "url", "verb"]);

/**
 * Writes the card; what does not fit gives way: first technical detail, then lines from the end, with "and 12 more".
 * Errors: `InvariantError` for an unfilled slot. `expand` is called once per try, always with slots, never with a card.
 */
export function fitted(
	filled: FilledCard,
	card: { readonly name: CardName; readonly id: string },
	expand: (slots: Slots) => Json,
): AdaptiveCard {
	const drawn = (part: FilledCard): AdaptiveCard => {
		const expanded = expand(sealed(slotsOf(part, card.name, card.id)) as Slots);
		return finished(expanded) as AdaptiveCard;
	};
	const whole = drawn(filled);
	if (fits(whole)) return whole;
	const plain = { ...filled, details: [] };
	const short = drawn(plain);
	if (fits(short) || filled.lines.length === 0) return short;
	let [most, over] = [0, filled.lines.length];
	while (most + 1 < over) {
		const middle = Math.floor((most + over) / 2);
		if (fits(drawn({ ...plain, lines: firstLines(filled.lines, middle) }))) most = middle;
		else over = middle;
	}
	return drawn({ ...plain, lines: firstLines(filled.lines, most) });
}

function fits(card: AdaptiveCard): boolean {
	return Buffer.byteLength(JSON.stringify(card)) <= CARD_BYTES;
}

function firstLines(lines: readonly FilledLine[], most: number): readonly FilledLine[] {
	const more = `and ${lines.length - most} more: open the run`;
	return [...lines.slice(0, most), { sign: "…", tone: "subtle", text: more }];
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
