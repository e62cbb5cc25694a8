/**
 * A drawn card as a message of Teams: the Adaptive Card, its one sentence for notifications, full width. Pure but for the
 * templates. Must never send a card without words for those who cannot see it.
 */
import { isRecord, type Json, type Values } from "../../base/json.ts";
import type { Cards } from "../../cards/load.ts";
import { filledOf } from "../fill.ts";
import type { Drawn } from "../surface.ts";

const CARD = "application/vnd.microsoft.card.adaptive";

/** The Adaptive Card as Teams shows it. */
export function cardOf(cards: Cards, drawn: Drawn): Values {
	return { ...cards.expand(drawn.card, filledOf(drawn.data), drawn.id), msteams: { width: "Full" } };
}

/** A message with the card. `ring`: it also shows among what is new for its reader. */
export function messageOf(cards: Cards, drawn: Drawn, ring: boolean): Values {
	return {
		type: "message",
		summary: filledOf(drawn.data).summary,
		attachments: [attached(cardOf(cards, drawn))],
		...(ring ? { channelData: { notification: { alert: true } } } : {}),
	};
}

/** A card as something attached. */
export function attached(card: Values): Values {
	return { contentType: CARD, content: card };
}

/** Words for one person among several: they are told, and named as Teams names people. */
export function mentioning(person: { readonly id: string; readonly name: string }, words: string): Values {
	const name = person.name.replaceAll(/[<>&]/gu, "");
	const mentioned = { id: person.id, name };
	const text = `<at>${name}</at>`;
	return { type: "message", text: `${text} ${words}`, entities: [{ type: "mention", text, mentioned }] };
}

/** Dialogs take the older kind of button only, which each of ours carries as its fallback. */
export function forDialog(card: Values): Values {
	const actions = Array.isArray(card.actions) ? card.actions : [];
	const older = (action: Json): Json => (isRecord(action) && isRecord(action.fallback) ? action.fallback : action);
	return { ...card, actions: actions.map(older) };
}

/** Title and lead as plain text. */
export function wordsOf(drawn: Drawn): string {
	const { title, lead } = filledOf(drawn.data);
	return [title, ...lead].join(" ");
}
