/**
 * A person at one surface, with a real client of it: what they type and press, and what they see. Must never do what such
 * a client could not.
 */
import type { Typed } from "../fixtures/slack-fill.ts";
import type { Shown } from "./shown.ts";

export type SurfaceKey = "web" | "teams" | "slack by socket" | "slack by HTTP";
/** How a command is written: `newhire`, `/newhire`, `@Sopwith newhire`. */
export type Way = "plain" | "slash" | "mention";

/** A card in view. `key` tells it from others on that surface; `raw` is for its own client alone. */
export type Card = { readonly shown: Shown; readonly key: string; readonly raw: unknown };

/** `typed`: into the card, before it is pressed. `words`: of what one is told at once; none: nothing but the card changes. */
export type Pressing = { readonly typed?: Typed; readonly words?: RegExp };

export type Seat = {
	/** Types a line where one speaks with the bot alone. Gives what is answered: the first since then with these words. */
	readonly say: (line: string, words: RegExp, way?: Way) => Promise<Card>;
	/** Presses a button, or sends a form. Gives what one is told at once; nothing where only the card itself changes. */
	readonly press: (card: Card, button: string, how?: Pressing) => Promise<Card | undefined>;
	/** The technical detail of a card, as its button shows it. */
	readonly details: (card: Card) => Promise<readonly string[]>;
	/** The newest card with these words, once there is one. */
	readonly sees: (words: RegExp) => Promise<Card>;
	/** The same card once these words stand on it. */
	readonly becomes: (card: Card, words: RegExp) => Promise<Card>;
};

export type Who = "harriet" | "mo" | "sol" | "tia" | "stranger" | "guest";

/** A surface with everybody at it, before a bot of its own. */
export type House = {
	readonly key: SurfaceKey;
	readonly seat: (who: Who) => Seat;
	readonly close: () => Promise<void>;
};
