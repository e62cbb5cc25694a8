/**
 * A card as a modal of Slack, and the small modals behind a card's buttons. Must never open a modal that could not be sent,
 * nor forget which card it belongs to.
 */
import type { Json, Values } from "../base/json.ts";
import { type Block, bodyBlocks, detailBlocks, ROOMY } from "./blocks.ts";
import { buttonBlocks } from "./blocks-button.ts";
import { blockId, type Drawing, packed } from "./blocks-input.ts";
import { fitsView } from "./blocks-limits.ts";
import { bold, plain } from "./blocks-text.ts";
import type { CardName } from "./card.ts";
import type { FilledCard } from "./fill.ts";
import { type PagedCard, pageOf, shortOf } from "./pages.ts";

/** A modal as `views.open`, `views.push` and `views.update` take it. */
export type View = Values;
type ViewOptions = {
	/** Comes back with what is sent: where the card stands, for instance. Under 2,500 characters as JSON. */
	readonly origin?: Json;
	readonly page?: number;
};

/** Characters of a modal's title and buttons. Source: https://docs.slack.dev/reference/views/modal-views */
const TITLE_MOST = 24;
const PLACE = "Sopwith";

/**
 * Draws a card as a modal: its first button with inputs sends it, others stand below. `discard` or `back` closes it, of which
 * Slack need not tell: nothing was started, and it may have been by accident.
 */
export function cardView(name: CardName, filled: FilledCard, id: string, options: ViewOptions = {}): View {
	const submit = filled.buttons.find((button) => button.inputs === true);
	const close = filled.buttons.find((button) => button.verb === "discard" || button.verb === "back");
	const rest = filled.buttons.filter((button) => button !== submit && button !== close && button.reveal !== "details");
	const named = filled.header.find((text, at) => at === 1 && text !== "" && text.length <= TITLE_MOST);
	// What the modal is called is not said again inside.
	const header = filled.header.filter((text) => text !== named);
	const title = filled.title === named ? "" : filled.title;
	const card = { ...pageOf(filled, options.page), header, title, buttons: rest };
	const without = submit === undefined ? (["fields", "choices", "checklist"] as const) : [];
	const draw = (inside: PagedCard, how: Pick<Drawing, "longest" | "menu" | "details" | "bare">) => {
		const drawing: Drawing = { card: id, place: "modal", stamp: "view", ...how };
		return [...bodyBlocks(name, inside, drawing, without), ...buttonBlocks(name, card, drawing, true)];
	};
	let blocks = draw(card, ROOMY);
	for (const how of TIGHTER) if (!fitsView(blocks)) blocks = draw(tight(card), how);
	return view(blocks, {
		title: named ?? PLACE,
		...(submit === undefined ? {} : { submit: submit.title }),
		close: close?.title ?? "Go back",
		carried: {
			card: id,
			...(submit?.verb === undefined ? {} : { verb: submit.verb }),
			...(options.origin === undefined ? {} : { origin: options.origin }),
		},
	});
}

/** Asks what should change, behind "Send back…": comes back with the verb `send-back` and `words`. */
export function sendBackView(id: string, options: Pick<ViewOptions, "origin"> = {}): View {
	const element = { type: "plain_text_input", action_id: "value", multiline: true, max_length: 500 };
	const ask: Block = {
		type: "input",
		block_id: blockId("words", { place: "modal", stamp: "" }),
		label: plain("What should change?", 2000),
		optional: false,
		element,
	};
	return view([ask], {
		title: "Send back",
		submit: "Send back",
		close: "Go back",
		carried: { card: id, verb: "send-back", ...(options.origin === undefined ? {} : { origin: options.origin }) },
	});
}

/** Shows technical detail, behind "Details". */
export function detailsView(filled: FilledCard, id: string): View {
	const head = packed([bold(filled.title, ROOMY.longest) || PLACE]);
	const carried = { card: id };
	return view([...head, ...detailBlocks(filled, ROOMY)], { title: "Technical detail", close: "Go back", carried });
}

/** What is wrong, at its input: for `response_action: "errors"`. Only fields of the card, each once. */
export function fieldErrors(filled: Pick<FilledCard, "fields">): { readonly [blockId: string]: string } {
	return Object.fromEntries(
		filled.fields.flatMap(({ name, error }) =>
			error === undefined ? [] : [[blockId(name, { place: "modal", stamp: "" }), error]],
		),
	);
}

/** What gives way, in turn, until a modal fits: longer lists are searched, then what stands beside a list ends sooner. */
const TIGHTER = [
	{ ...ROOMY, menu: 10, details: 1 },
	{ ...ROOMY, menu: 2, details: 1 },
	{ longest: 400, menu: 2, details: 1, bare: true },
	{ longest: 120, menu: 2, details: 1, bare: true },
] as const;

/** A card with more fields than there is room below for what is wrong with each: it takes the hint's place. */
function tight(card: PagedCard): PagedCard {
	const fields = card.fields.map(({ error, ...field }) => (error === undefined ? field : { ...field, hint: error }));
	return { ...shortOf(card), fields };
}

function view(
	blocks: readonly Block[],
	about: { readonly title: string; readonly submit?: string; readonly close: string; readonly carried: Values },
): View {
	const { title, submit, close, carried } = about;
	return {
		type: "modal",
		callback_id: "card",
		private_metadata: JSON.stringify(carried),
		title: plain(title, TITLE_MOST),
		...(submit === undefined ? {} : { submit: plain(submit, TITLE_MOST) }),
		close: plain(close, TITLE_MOST),
		blocks,
	};
}
