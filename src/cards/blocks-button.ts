/**
 * A card's buttons on Slack, and what they carry: the card's id, the verb and nothing that is trusted. Must never let
 * something be destroyed by one slip of a finger.
 */
import type { Values } from "../base/json.ts";
import type { Drawing } from "./blocks-input.ts";
import { inertMarkup, markup, plain, shortened } from "./blocks-text.ts";
import type { Button, CardName } from "./card.ts";
import type { FilledCard } from "./fill.ts";
import { type PagedCard, TURN } from "./pages.ts";

/** What a button on a card shows in a modal: technical detail, the words of "Send back…", the inputs there was no room for. */
export type Reveal = "details" | "send-back" | "inputs";

/** Source: https://docs.slack.dev/reference/block-kit/block-elements/button-element */
const TITLE_MOST = 75;
/** Source: https://docs.slack.dev/reference/block-kit/blocks/actions-block */
const IN_A_ROW = 25;

/** The rows of buttons. `inputs`: what is asked is on the card itself, so its own button sends it. */
export function buttonBlocks(name: CardName, card: FilledCard, drawing: Drawing, inputs: boolean): readonly Values[] {
	const reachable = card.buttons.filter((button) => isReachable(button, name, card));
	const shown = inputs ? reachable : [opener(reachable), ...reachable.filter((button) => button.inputs !== true)];
	const elements = shown.map((button, at) => element(button, at, card, drawing));
	return rows(elements, `buttons/${drawing.stamp}`);
}

/** Under a page of lines: what it is of, and the ways to turn it. */
export function pagerBlocks({ pager }: PagedCard, { card, stamp }: Drawing): readonly Values[] {
	if (pager === undefined) return [];
	const turns = pager.turns.map(({ title, page }, at) => ({
		type: "button",
		action_id: `verb/${TURN}/${at}`,
		text: plain(title, TITLE_MOST),
		value: JSON.stringify({ card, page }),
	}));
	const words = { type: "context", elements: [markup(inertMarkup(pager.words))] };
	return [words, ...rows(turns, `turns/${stamp}`)];
}

function rows(elements: readonly Values[], blockId: string): readonly Values[] {
	return Array.from({ length: Math.ceil(elements.length / IN_A_ROW) }, (_, at) => ({
		type: "actions",
		block_id: `${blockId}-${at}`,
		elements: elements.slice(at * IN_A_ROW, (at + 1) * IN_A_ROW),
	}));
}

function isReachable(button: Button, name: CardName, card: FilledCard): boolean {
	if (button.url !== undefined) return /^https?:\/\/.{1,2990}$/.test(button.url);
	if (button.reveal === undefined) return button.verb !== undefined;
	if (button.reveal === "details") return card.details.some((part) => part.lines.length > 0);
	return button.reveal === "send-back" && name === "approval";
}

/** In place of the button that would send the inputs: it opens them. */
function opener(buttons: readonly Button[]): Button {
	const sends = buttons.find((button) => button.inputs === true);
	return {
		title: sends === undefined ? "Open…" : `${sends.title.replace(/…$/, "")}…`,
		style: "primary",
		reveal: "inputs",
	};
}

function element(button: Button, at: number, card: FilledCard, drawing: Drawing): Values {
	const { title, style, url, verb, reveal, inputs } = button;
	// Slack fills its red buttons, so red is kept for the last question before something is destroyed.
	const coloured = style === "primary" || (style === "danger" && verb === "submit");
	const base = { type: "button", text: plain(title, TITLE_MOST), ...(coloured ? { style } : {}) };
	if (url !== undefined) return { ...base, action_id: `open/${at}`, url };
	const value = JSON.stringify({ card: drawing.card, ...(inputs === true ? { inputs } : {}) });
	if (reveal !== undefined) return { ...base, action_id: `reveal/${reveal}/${at}`, value };
	return { ...base, action_id: `verb/${verb ?? ""}/${at}`, value, ...confirmed(button, card) };
}

/** Asks once more before something is destroyed, unless a question follows ("…") or the card is that question. */
function confirmed({ title, style, verb }: Button, card: FilledCard): Values {
	if (style !== "danger" || title.endsWith("…") || verb === "submit") return {};
	return {
		confirm: {
			title: plain(`${title}?`, 100),
			text: plain(shortened(card.lead.join(" ") || card.title, 300), 300),
			confirm: plain(title, 30),
			deny: plain("Go back", 30),
			style: "danger",
		},
	};
}
