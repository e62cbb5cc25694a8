/** A screen of cards, newest last, that is asked until something stands on it. Must never wait for a time. */
import assert from "node:assert/strict";
import { until } from "../fixtures/until.ts";
import type { Card, Seat } from "./seat.ts";
import { wordsOf } from "./shown.ts";

const MOST_MS = 60_000;

/** What is common to all seats: looking at what there is. `cards`: all of them as they stand now. */
export function screenOf(cards: () => Promise<readonly Card[]>): Pick<Seat, "sees" | "becomes"> {
	const seen = async () => (await cards()).map(({ shown }) => wordsOf(shown)).join("\n");
	const wait = async (look: (all: readonly Card[]) => Card | undefined, what: string): Promise<Card> => {
		try {
			return await until(async () => look(await cards()), undefined, MOST_MS);
		} catch {
			return assert.fail(`nobody sees ${what}; there is\n${await seen()}`);
		}
	};
	const fits = (words: RegExp) => (card: Card) => words.test(wordsOf(card.shown));
	return {
		sees: (words) => wait((all) => all.findLast(fits(words)), String(words)),
		becomes: (card, words) =>
			wait((all) => all.find((one) => one.key === card.key && fits(words)(one)), `${words} on ${wordsOf(card.shown)}`),
	};
}
