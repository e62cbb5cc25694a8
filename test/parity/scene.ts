/** What a story has at hand: people in their seats, the bot's own account of its runs, and a place to keep what was seen. */
import assert from "node:assert/strict";
import { type Bot, type RunSaid, until } from "../e2e/bot.ts";
import type { Card, House, Pressing, Seat, SurfaceKey, Who } from "./seat.ts";
import { inPassing, type Shown, wordsOf } from "./shown.ts";

/** What was seen, in order: the same names on every surface. `undefined`: nothing was told, the card itself shows it. */
export type Seen = { readonly what: string; readonly shown: Shown | undefined };
export type Scene = ReturnType<typeof openScene>;
export type Story = {
	readonly id: string;
	readonly play: (scene: Scene) => Promise<void>;
	/** Which surface the others are held against, where it is not the web chat. */
	readonly basis?: SurfaceKey;
};

export function openScene(house: House, bot: Bot) {
	const seen: Seen[] = [];
	const seat = (who: Who): Seat => house.seat(who);
	const runOf = async (subject: string): Promise<RunSaid> => {
		const id = await until(`the run of ${subject}`, async () => {
			const { body } = await bot.api("harriet", "/runs");
			const items = body.items as readonly { readonly id: string; readonly subject: string }[];
			return items.findLast((item) => item.subject === subject)?.id;
		});
		return bot.read("harriet", id);
	};
	const keep = (what: string, card: Card | undefined, words: RegExp): Card => {
		assert(card !== undefined, `${what}: nothing was told`);
		assert.match(wordsOf(card.shown), words, what);
		const again = seen.some((one) => one.what === what) ? ", again" : "";
		seen.push({ what: `${what}${again}`, shown: card.shown });
		return card;
	};
	return {
		surface: house.key,
		bot,
		seat,
		seen,
		runOf,
		/** Types a line, keeps what is answered. Fails where these words are not on it. */
		says: async (who: Who, line: string, words: RegExp): Promise<Card> =>
			keep(`${who}: ${line.replaceAll(/\b[0-9A-Z]{6}\b/gu, "REF")}`, await seat(who).say(line, words), words),
		/** Keeps what is shown, for comparing. Fails where these words are not on it. */
		keep,
		/** Presses, and keeps what is told. `as`: what it is kept as. */
		presses: async (who: Who, card: Card, button: string, how: Pressing & { readonly as?: string } = {}) => {
			const what = `${who}: ${how.as ?? button}`;
			const told = await seat(who).press(card, button, how);
			if (how.words !== undefined) return keep(what, told, how.words);
			assert.equal(told && wordsOf(told.shown), undefined, what);
			seen.push({ what, shown: undefined });
			return undefined;
		},
		keepDetails: (what: string, lines: readonly string[], words: RegExp): void => {
			assert.match(lines.join(" "), words);
			seen.push({ what, shown: { ...inPassing(lines), details: lines } });
		},
		/** The run once this holds. */
		once: (subject: string, what: string, is: (run: RunSaid) => boolean): Promise<RunSaid> =>
			until(`${what} of ${subject}`, async () => {
				const run = await runOf(subject);
				return is(run) && run;
			}),
	};
}
