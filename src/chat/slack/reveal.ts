/**
 * What a card's buttons open over it: technical detail, the words of "Send back…", inputs there was no room for. Pure. Must
 * never show of a card what the person may not see: the bot draws it for them.
 */
import { unreachable } from "../../base/assert.ts";
import type { Values } from "../../base/json.ts";
import { detailsView, sendBackView } from "../../cards/blocks-view.ts";
import { filledOf } from "../fill.ts";
import type { Drawn, Reply } from "../surface.ts";
import { originOf, viewOf } from "./modal.ts";
import type { Asked } from "./read.ts";
import type { From } from "./whence.ts";

export type Revealing = Extract<Asked, { kind: "reveal" }>;

/** What is opened; or, where there is nothing to open any more, what the bot says instead. */
type Revealed = { readonly view: Values } | { readonly say: Drawn };

/** `shown`: the card, as the bot draws it for them now. */
export function revealed({ card, reveal }: Revealing, from: From, shown: Reply): Revealed | undefined {
	if (shown.kind === "none") return undefined;
	const { drawn } = shown;
	if (drawn.id !== card) return { say: drawn };
	switch (reveal) {
		case "send-back":
			return { view: sendBackView(card, { origin: originOf(from) }) };
		case "details":
			return { view: detailsView(filledOf(drawn.data), card) };
		case "inputs":
			return { view: viewOf(drawn, from) };
		default:
			return unreachable(reveal);
	}
}
