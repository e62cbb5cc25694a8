/** People at the web chat over HTTP, each signed in for themselves, as the page's script speaks. */
import assert from "node:assert/strict";
import { isRecord, type Values } from "../../src/base/json.ts";
import type { Shown as WebShown } from "../../src/chat/web/show.ts";
import { signedIn } from "../chat/web-world.ts";
import type { Bot } from "../e2e/bot.ts";
import { pressOf, shownIn } from "./adaptive-client.ts";
import { screenOf } from "./screen.ts";
import type { Card, House, Seat, Who } from "./seat.ts";
import { inPassing } from "./shown.ts";

const PEOPLE: { readonly [who in Exclude<Who, "stranger" | "guest">]: string } = {
	harriet: "contoso/harriet",
	mo: "contoso/mo",
	sol: "contoso/sol",
	tia: "/tia",
};

/** Opens it before a bot that runs. */
export async function openWebHouse(bot: Bot): Promise<House> {
	const seats = new Map<Who, Seat>((["stranger", "guest"] as const).map((who) => [who, strangerAt(bot.url())]));
	for (const who of Object.keys(PEOPLE) as (keyof typeof PEOPLE)[]) {
		seats.set(who, seatOf(await signedIn(bot.url(), PEOPLE[who])));
	}
	return { key: "web", seat: (who) => seats.get(who) as Seat, close: async () => {} };
}

function seatOf({ get, post }: Awaited<ReturnType<typeof signedIn>>): Seat {
	const cards = async (): Promise<readonly Card[]> => {
		const { items } = (await (await get("/chat/messages")).json()) as { readonly items: readonly WebShown[] };
		return items.map(cardOf);
	};
	const answered = async (path: string, body: Values): Promise<Card | undefined> => {
		const answer = await post(path, body);
		assert.equal(answer.status, 200, path);
		const said = (await answer.json()) as { readonly kind: string; readonly message: WebShown };
		return said.kind === "none" ? undefined : cardOf(said.message);
	};
	return {
		...screenOf(cards),
		say: async (line, _words, way) => {
			const text = way === "slash" ? `/${line}` : way === "mention" ? `@Sopwith ${line}` : line;
			const card = await answered("/chat/say", { text });
			assert(card !== undefined, `nothing is answered to ${line}`);
			return card;
		},
		details: async ({ shown }) => shown.details,
		press: async ({ raw }, button, { typed = {} } = {}) => {
			const { id, verb, inputs } = pressOf(raw as Values, button, typed);
			return answered("/chat/press", { id, verb, inputs });
		},
	};
}

function cardOf(message: WebShown): Card {
	const { card, said = [], ref } = message;
	if (!isRecord(card)) return { shown: inPassing(said), key: ref, raw: {} };
	return { shown: shownIn(card), key: ref, raw: card };
}

/** Somebody whom no roster lists has no chat to type in: they try to come in. */
function strangerAt(url: string): Seat {
	const nobody = (): Promise<never> => assert.fail("a stranger sees nothing");
	return {
		say: async () => {
			const answer = await fetch(`${url}/sign-in`, {
				method: "POST",
				redirect: "manual",
				headers: { origin: url, accept: "application/json" },
				body: new URLSearchParams({ person: "contoso/stranger" }),
			});
			assert.equal(answer.status, 422);
			const said = (await answer.json()) as { readonly title: string };
			return { shown: inPassing([said.title]), key: "", raw: {} };
		},
		...{ press: nobody, sees: nobody, becomes: nobody, details: nobody },
	};
}
