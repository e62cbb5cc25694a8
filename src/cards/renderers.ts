/**
 * The table of renderers: one card, drawn in every way we know. A new one joins by a name here and a function of
 * the same shape; nothing else changes. Must never hold state.
 */
import { toText } from "../base/html.ts";
import type { Json } from "../base/json.ts";
import { cardBlocks } from "./blocks.ts";
import type { CardName } from "./card.ts";
import type { FilledCard } from "./fill.ts";
import { cardHtml } from "./html.ts";
import type { Cards } from "./load.ts";
import { cardText } from "./text.ts";

/** Ways to draw a card. */
export type RendererName = "adaptive" | "blocks" | "html" | "text";
/**
 * Draws one card; `id` is what its buttons carry, `page` which page of its lines where it has pages. Structured payloads
 * are JSON, the others text, with every line. Pure.
 */
type Renderer = (name: CardName, filled: FilledCard, id: string, page?: number) => Json;
type Renderers = { readonly [name in RendererName]: Renderer };

/** Builds the table over loaded templates. `html` is for reading: it takes no answers (see `cardHtml` for those). */
export function renderersOf(cards: Cards): Renderers {
	return {
		adaptive: (name, filled, id, page) => cards.expand(name, filled, id, page),
		blocks: (name, filled, id, page) => cardBlocks(name, filled, id, { page }),
		html: (name, filled, id) => toText(cardHtml(name, filled, { id })),
		text: (name, filled) => cardText(name, filled),
	};
}
