/**
 * What we say in Slack: a drawn card with those who are asked by mention, and the detail for its thread. Pure. Must never
 * let words of people become markup, a link or a mention.
 */
import type { Json, Values } from "../../base/json.ts";
import { cardBlocks } from "../../cards/blocks.ts";
import { bold, inertMarkup, markup, SECTION_MOST } from "../../cards/blocks-text.ts";
import { filledOf } from "../fill.ts";
import type { Drawn } from "../surface.ts";

/** Slack makes no links or mentions of its own out of what we say. */
const INERT = { parse: "none", link_names: false } as const;
/** Longest line of a detail, and room for the words about what was left out. */
const LONGEST = 600;
const ROOM = 100;

/** A message with the card. `mentions`: ids of who is asked, as that workspace knows them. */
export function messageOf({ card, data, id, page }: Drawn, mentions: readonly string[] = []): Values {
	const { text, blocks } = cardBlocks(card, filledOf(data), id, { page, mentions });
	return { text, blocks, ...INERT };
}

/** What steps of a run read back, as a message for its thread. */
export function detailMessage(parts: NonNullable<Drawn["detail"]>): Values {
	const blocks = parts.map(({ title, lines }): Json => ({ type: "section", text: markup(listOf(title, lines)) }));
	const text = parts.length === 1 ? "What 1 step read back." : `What ${parts.length} steps read back.`;
	return { text, blocks, ...INERT };
}

/** As many lines as a section takes; the others are counted. */
function listOf(title: string, lines: readonly string[]): string {
	let text = bold(title, LONGEST);
	for (const [at, line] of lines.entries()) {
		const more = `\n• ${inertMarkup(line, LONGEST)}`;
		if (text.length + more.length > SECTION_MOST - ROOM) return `${text}\n… ${lines.length - at} more: open the run.`;
		text += more;
	}
	return text;
}
