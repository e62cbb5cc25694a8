/**
 * A drawn card as a message of Teams: the Adaptive Card, its one sentence for notifications, full width. Pure but for the
 * templates. Must never send a card without words for those who cannot see it.
 */
import { asList, isRecord, type Json, type Values } from "../../base/json.ts";
import type { FilledCard } from "../../cards/fill.ts";
import type { Cards } from "../../cards/load.ts";
import { filledOf } from "../fill.ts";
import type { Drawn } from "../surface.ts";
import type { Mentioned } from "./people.ts";

/** Characters of a field. */
const MOST_KEPT = 2000;
/** Characters of a name: five of them have to fit beside a full page. */
const MOST_NAME = 64;
const CARD = "application/vnd.microsoft.card.adaptive";

/** The Adaptive Card as Teams shows it. `asked`: whom it names, so that they find it. */
export function cardOf(cards: Cards, drawn: Drawn, asked: readonly Mentioned[] = []): Values {
	const card = legible(cards.expand(drawn.card, bounded(filledOf(drawn.data)), drawn.id, drawn.page));
	if (asked.length === 0) return { ...card, msteams: { width: "Full" } };
	const mentions = asked.map(mentionOf);
	const names: Json = { type: "TextBlock", text: mentions.map(({ text }) => text).join(", "), wrap: true };
	const body = asList(card.body);
	return { ...card, body: [...body, names], msteams: { width: "Full", entities: mentions } };
}

/** Teams' green and yellow on white cannot be read (2.1:1 and 1.5:1): what they mark is marked by its sign and its words. */
function legible<Part extends Json>(part: Part): Part {
	if (Array.isArray(part)) return part.map(legible) as Json as Part;
	if (!isRecord(part)) return part;
	const faint = part.color === "Good" || part.color === "Warning";
	const kept = Object.entries(part).map(([name, inner]) => [
		name,
		name === "color" && faint ? "Default" : legible(inner),
	]);
	return Object.fromEntries(kept) as Part;
}

/** A message with the card. `ring`: it also shows among what is new for its reader. */
export function messageOf(
	cards: Cards,
	drawn: Drawn,
	how: { ring?: boolean; asked?: readonly Mentioned[] } = {},
): Values {
	return {
		type: "message",
		summary: filledOf(drawn.data).summary,
		attachments: [attached(cardOf(cards, drawn, how.asked))],
		...(how.ring === true ? { channelData: { notification: { alert: true } } } : {}),
	};
}

/** What was typed is kept in a form that comes back, but no more of it than a card has room for. */
function bounded(filled: FilledCard): FilledCard {
	const fields = filled.fields.map((field) => {
		return field.value === undefined ? field : { ...field, value: field.value.slice(0, MOST_KEPT) };
	});
	return { ...filled, fields };
}

/** A card as something attached. */
export function attached(card: Values): Values {
	return { contentType: CARD, content: card };
}

/** Words for one person among several: they are told, and named as Teams names people. */
export function mentioning(person: Mentioned, words: string): Values {
	const mention = mentionOf(person);
	return { type: "message", text: `${mention.text} ${words}`, entities: [mention] };
}

/** Source: https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format, "Mention support". */
function mentionOf({ id, name }: Mentioned) {
	const plain = name.replaceAll(/[<>&]/gu, "").slice(0, MOST_NAME);
	return { type: "mention", text: `<at>${plain}</at>`, mentioned: { id, name: plain } };
}

/** Dialogs take the older kind of button only, which each of ours carries as its fallback. */
export function forDialog(card: Values): Values {
	const actions = asList(card.actions);
	const older = (action: Json): Json => (isRecord(action) && isRecord(action.fallback) ? action.fallback : action);
	return { ...card, actions: actions.map(older) };
}

/** Title and lead as plain text. */
export function wordsOf(drawn: Drawn): string {
	const { title, lead } = filledOf(drawn.data);
	return [title, ...lead].join(" ");
}
