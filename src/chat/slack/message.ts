/**
 * A drawn card as a message of Slack: its blocks, its one sentence for notifications, those who are asked by mention. Pure.
 * Must never let words of people become markup, a link or a mention.
 */
import type { Json, Values } from "../../base/json.ts";
import type { CardName } from "../../cards/card.ts";
import type { FilledCard } from "../../cards/fill.ts";
import { filledOf } from "../fill.ts";
import type { Drawn } from "../surface.ts";

/** Draws a card's blocks and its sentence (see `src/cards/renderers.ts`). */
export type Draw = (name: CardName, filled: FilledCard, id: string) => Json;

/** Somebody who is asked. `user`: their id in the workspace that reads it; absent: they are called by name. */
export type Asked = { readonly user?: string; readonly name: string };

/** Slack's most blocks of a message. Source: https://docs.slack.dev/reference/block-kit/blocks */
const MOST_BLOCKS = 50;

/** Slack makes no links, previews or mentions of its own out of what we say. */
const INERT = { parse: "none", link_names: false, unfurl_links: false, unfurl_media: false } as const;

/** A message with the card. */
export function messageOf(draw: Draw, drawn: Drawn, asked: readonly Asked[] = []): Values {
	const { text, blocks } = draw(drawn.card, filledOf(drawn.data), drawn.id) as unknown as {
		readonly text: string;
		readonly blocks: readonly Json[];
	};
	const named = asked.length === 0 ? [] : [namesOf(asked)];
	return { text, blocks: [...blocks.slice(0, MOST_BLOCKS - named.length), ...named], ...INERT };
}

/** What was read back, one step each, as a message for a thread. Its words are nobody's markup. */
export function detailOf(parts: readonly { readonly title: string; readonly lines: readonly string[] }[]): Values {
	const blocks = parts.map(({ title, lines }): Json => {
		const text = clipped([title, ...lines.map((line) => `• ${line}`)].join("\n"), 2900);
		return { type: "section", text: { type: "plain_text", text, emoji: false } };
	});
	const text = parts.length === 1 ? "What 1 step read back." : `What ${parts.length} steps read back.`;
	return { text, blocks, ...INERT };
}

/** Source: https://docs.slack.dev/messaging/formatting-message-text, "Mentioning users". */
function namesOf(asked: readonly Asked[]): Json {
	const names = asked.map(({ user, name }) => (user === undefined ? escaped(name) : `<@${user}>`));
	return { type: "context", elements: [{ type: "mrkdwn", text: names.join(", "), verbatim: true }] };
}

/** A name in text that Slack reads: its markup characters are taken out, its three control characters escaped. */
function escaped(name: string): string {
	const plain = name.replaceAll(/[*_~`]/gu, "");
	return plain.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function clipped(text: string, most: number): string {
	return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "")}…`;
}
