/**
 * A mail as its card has it: the author's words as text, and the same as a page. Must never hold a link or a picture that
 * loads by itself.
 */
import { html, toText } from "../../base/html.ts";
import { type CardName, emptyCard } from "../../cards/card.ts";
import type { FilledCard } from "../../cards/fill.ts";
import { cardHtml } from "../../cards/html.ts";
import { cardText } from "../../cards/text.ts";

/** Writes both. Paragraphs are parted by empty lines; without any words the card's own stand for them. */
export function letterOf(
	card: CardName,
	{ subject, text }: { readonly subject: string; readonly text: string },
): { readonly text: string; readonly html: string } {
	const lead = text
		.split(/\n\s*\n/)
		.map((paragraph) => paragraph.replaceAll(/\s+/g, " ").trim())
		.filter((paragraph) => paragraph !== "");
	const filled: FilledCard = { ...emptyCard, title: subject, lead, summary: subject };
	const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${subject}</title></head>
<body style="max-width:40em;font:16px/1.5 system-ui,sans-serif">${cardHtml(card, filled, "mail")}</body></html>`;
	return { text: text === "" ? cardText(card, filled) : text, html: toText(page) };
}
