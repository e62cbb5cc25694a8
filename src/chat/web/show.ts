/**
 * A message as the chat page gets it: an expanded card, or a line of words where there is nothing to press or read up.
 * Must never send a card the page would have to fill in.
 */
import type { Json } from "../../base/json.ts";
import type { Instant, Zone } from "../../base/time.ts";
import type { CardData } from "../../cards/card.ts";
import type { Cards } from "../../cards/load.ts";
import type { WebMessage } from "../../engine/kept.ts";
import { filledOf } from "../fill.ts";
import type { Drawn, Reply } from "../surface.ts";

export type Shown = {
	readonly ref: string;
	/** Wall clock of the reader. */
	readonly time: string;
	/** The day, where a page puts a line between days: `2026-12-01`. */
	readonly day: string;
	/** Names the card for screen readers. */
	readonly label: string;
	readonly rings: boolean;
	readonly said?: readonly string[];
	readonly card?: Json;
	/** The same message at another page: what comes for it later is drawn in its place. */
	readonly turned?: true;
};

/** Draws a kept message for its reader. */
export function shownMessage(cards: Cards, message: WebMessage, zone: Zone): Shown {
	const drawn = message.drawn as unknown as Drawn;
	return { ...shown(cards, drawn, { at: message.at, zone }), ref: message.ref, rings: message.rings };
}

/** Draws a private reply. Undefined: nothing is said. */
export function shownReply(cards: Cards, reply: Reply, when: { at: Instant; zone: Zone }): Shown | undefined {
	if (reply.kind === "none") return undefined;
	const made = shown(cards, reply.drawn, when);
	return reply.drawn.page === undefined ? made : { ...made, turned: true };
}

function shown(cards: Cards, drawn: Drawn, { at, zone }: { at: Instant; zone: Zone }): Shown {
	const filled = filledOf(drawn.data);
	const wall = Temporal.Instant.from(at).toZonedDateTimeISO(zone);
	const about = {
		ref: drawn.id,
		time: wall.toPlainTime().toString({ smallestUnit: "minute" }),
		day: wall.toPlainDate().toString(),
		label: filled.summary,
		rings: false,
	};
	if (isLine(drawn)) return { ...about, said: [filled.title, ...filled.lead] };
	return { ...about, card: cards.expand(drawn.card, filled, drawn.id, drawn.page) };
}

/** Words alone need no card. */
function isLine({ data }: { readonly data: CardData }): boolean {
	const parts = [
		data.lines,
		data.facts,
		data.details,
		data.fields,
		data.choices,
		data.checklist,
		data.buttons,
		data.header,
	];
	return parts.every((part) => part.length === 0) && data.waiting === undefined && data.footer === undefined;
}
