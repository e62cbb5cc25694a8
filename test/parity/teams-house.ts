/** People in Teams, each before a Playground of their own, as its page speaks to it. */
import { isRecord, type Values } from "../../src/base/json.ts";
import {
	CHATS,
	type Shown as Message,
	openPlayground,
	type Person,
	type Playground,
} from "../chat/teams/playground.ts";
import { until } from "../fixtures/until.ts";
import { seenBy, tenantOf } from "../playground/people.ts";
import { pressOf, shownIn } from "./adaptive-client.ts";
import { screenOf } from "./screen.ts";
import type { Card, House, Seat, Who } from "./seat.ts";
import { inPassing, wordsOf } from "./shown.ts";

const STRANGER: Person = { id: "stranger", name: "Stan Stranger", object: "00000000-0000-4000-8000-00000000dead" };
/** In the stranger's chat, as Teams marks a guest of the tenant. */
const GUEST = {
	id: "guest",
	name: "Gus Guest",
	aadObjectId: "00000000-0000-4000-8000-00000000beef",
	userRole: "guest",
};
/** What Teams has to be told where all there is to see is the card itself. */
const NOTHING = "Noted. The card shows it.";

/** Opens it before a bot that knows the people of `enterTeamsIds`, at its address. */
export async function openTeamsHouse(
	url: string,
	who: readonly Exclude<Who, "guest">[] = ["harriet", "mo", "sol", "tia", "stranger"],
): Promise<House> {
	const seats = new Map<Who, Seat>();
	const opened: Playground[] = [];
	for (const one of who) {
		const mark = `-${one}`;
		const people = one === "stranger" ? [STRANGER, ...seenBy("harriet").slice(1)] : seenBy(one);
		const tenant = one === "stranger" ? STRANGER.object : tenantOf(one);
		const playground = await openPlayground(`${url}/api/messages`, people, { tenant, mark });
		opened.push(playground);
		await playground.install(`${CHATS.own}${mark}`);
		const own = `${CHATS.own}${mark}`;
		seats.set(one, seatOf(playground, own));
		if (one === "stranger") seats.set("guest", seatOf(playground, own, GUEST));
	}
	const close = async () => void (await Promise.all(opened.map((playground) => playground.close())));
	return { key: "teams", seat: (one) => seats.get(one) as Seat, close };
}

/** `as`: somebody else who speaks there. */
function seatOf(playground: Playground, own: string, as?: Values): Seat {
	const cards = async () => playground.of(own).map(cardOf);
	const came = (before: number, fits: (card: Card) => boolean, what: string): Promise<Card> =>
		until(
			() => playground.of(own).slice(before).map(cardOf).find(fits),
			() =>
				`${what} did not come; there is ${playground
					.of(own)
					.slice(before)
					.map(cardOf)
					.map(({ shown }) => wordsOf(shown))}`,
			20_000,
		);
	/** Somebody else's card cannot be reached from one's own page: its button is pressed as if it stood there. */
	const mine = (message: Message): Message => {
		const there = playground.of(own);
		const known = there.some(({ id }) => id === message.id);
		return known ? message : { ...message, id: there[0]?.id ?? "", conversation: own };
	};
	return {
		...screenOf(cards),
		say: async (line, words, way) => {
			const before = playground.of(own).length;
			const text = way === "slash" ? `/${line}` : way === "mention" ? `<at>Sopwith</at> ${line}` : line;
			if (as === undefined) await playground.say(own, text);
			else
				await playground.act(STRANGER, { id: own, conversationType: "personal" }, { type: "message", text, from: as });
			return came(before, ({ shown }) => words.test(wordsOf(shown)), `${words} in answer to ${line}`);
		},
		details: async ({ shown }) => shown.details,
		press: async (card, button, { typed = {} } = {}) => {
			const before = playground.of(own).length;
			const message = mine(card.raw as Message);
			const { id, verb, inputs } = pressOf(message.card ?? {}, button, typed);
			const said = (await playground.press(message, { verb, values: { ...inputs, id } })) as Values;
			if (isRecord(said.value)) {
				return { shown: shownIn(said.value), key: card.key, raw: { ...message, card: said.value } };
			}
			const words = inPassing([String(said.value)]);
			if (wordsOf(words) === NOTHING) return undefined;
			if (!/^What is needed next stands/u.test(wordsOf(words))) return { shown: words, key: "", raw: message };
			return came(before, ({ shown }) => shown.fields.length > 0, "what is needed next");
		},
	};
}

function cardOf(message: Message): Card {
	const { card, text, id } = message;
	// Kept as it is now: the list goes on changing it.
	return { shown: card === undefined ? inPassing([text]) : shownIn(card), key: id, raw: { ...message } };
}
