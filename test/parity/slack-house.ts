/** People in Slack, each at their own client of the real local Slack. */
import assert from "node:assert/strict";
import { isRecord, type Values } from "../../src/base/json.ts";
import type { Slack, SlackMessage, View } from "../fixtures/slack.ts";
import { stateOf, type Typed } from "../fixtures/slack-fill.ts";
import { APP, type SlackWho } from "../fixtures/slack-people.ts";
import { until } from "../fixtures/until.ts";
import { codeIn, shownInMessage, shownInView } from "./blocks-client.ts";
import { screenOf } from "./screen.ts";
import type { Card, House, Pressing, Seat, SurfaceKey, Way, Who } from "./seat.ts";
import { wordsOf } from "./shown.ts";

const MOST_MS = 20_000;
const AS: { readonly [who in Who]: SlackWho } = {
	...{ harriet: "harriet", mo: "mo", sol: "sol", tia: "tia", stranger: "nobody", guest: "guest" },
};

type Raw = { readonly message: SlackMessage } | { readonly view: View; readonly errors?: Values };

/** Opens it around a local Slack that the bot is connected to. */
export function openSlackHouse(slack: Slack, key: SurfaceKey): House {
	return { key, seat: (who) => seatOf(slack, AS[who]), close: () => slack.stop() };
}

function seatOf(slack: Slack, who: SlackWho): Seat {
	const messages = (): readonly Card[] =>
		[...slack.messages(slack.dm(who)), ...slack.ephemeral(who)]
			// What stands in a thread comes besides, see `BESIDES`.
			.filter(({ user, thread_ts }) => user === APP.botUser && thread_ts === undefined)
			.map((message) => cardOf({ message }));
	const inView = (): readonly Card[] => [...messages(), ...slack.views().map((view) => cardOf({ view }))];
	/** What was not there before, or not so. */
	const fresh = (before: readonly Card[]): readonly Card[] => {
		const known = new Set(before.map(({ raw }) => JSON.stringify(raw)));
		return inView().filter(({ raw }) => !known.has(JSON.stringify(raw)));
	};
	const told = (before: readonly Card[], words: RegExp, what: string): Promise<Card> =>
		until(
			() => fresh(before).find(({ shown }) => words.test(wordsOf(shown))),
			() => `${words} did not come of ${what}; there is ${fresh(before).map(({ shown }) => wordsOf(shown))}`,
			MOST_MS,
		);
	const type = (line: string, way: Way): Promise<unknown> => {
		const [word = "", ...rest] = line.split(" ");
		if (way === "slash") return slack.command(who, `/${word}`, rest.join(" "));
		return slack.say(who, way === "mention" ? `<@${APP.botUser}> ${line}` : line);
	};
	return {
		...screenOf(async () => messages()),
		say: async (line, words, way = "plain") => {
			const before = inView();
			await type(line, way);
			return told(before, words, line);
		},
		details: async (card) => {
			const before = inView();
			await slack.press(who, messageOf(card), "Details");
			const view = await until(() => fresh(before).find(({ raw }) => "view" in (raw as Raw)));
			await slack.close(who);
			return codeIn((view.raw as { readonly view: View }).view);
		},
		press: async (card, button, how = {}) => {
			const before = inView();
			const raw = card.raw as Raw;
			const answered =
				"view" in raw ? await inModal(slack, who, { raw, button, how }) : await onMessage(raw, button, how);
			if (answered !== undefined) return answered;
			if (how.words !== undefined) return told(before, how.words, button);
			await until(
				() => inView().some(({ key, raw: now }) => key === card.key && JSON.stringify(now) !== JSON.stringify(raw)),
				() => `the card did not change after ${button}`,
				MOST_MS,
			);
			return undefined;
		},
	};

	/** Somebody else's card cannot be reached: its button is pressed as if it stood on one's own newest. */
	function mine(message: SlackMessage): SlackMessage | undefined {
		return message.channel === slack.dm(who) ? undefined : slack.messages(slack.dm(who)).at(-1);
	}

	/** Where it takes words there is no room for on the message, its button opens a modal that asks for them. */
	async function onMessage({ message }: { readonly message: SlackMessage }, button: string, how: Pressing) {
		const { buttons } = shownInMessage(message);
		if (buttons.includes(button)) {
			const own = mine(message);
			if (own === undefined) await slack.press(who, message, button, how.typed);
			else await slack.pressFrom(who, own, message, button);
			return undefined;
		}
		const before = inView();
		await slack.press(who, message, `${button}…`);
		const opened = await until(() => fresh(before).find(({ raw }) => "view" in (raw as Raw)));
		return inModal(slack, who, { raw: opened.raw as { readonly view: View }, button, how });
	}
}

type InModal = { readonly raw: { readonly view: View }; readonly button: string; readonly how: Pressing };

/** Sends a modal, closes it, or presses a button in it. Mistakes stand at the fields of what stays open, as it was typed. */
async function inModal(slack: Slack, who: SlackWho, { raw, button, how }: InModal): Promise<Card | undefined> {
	const { view } = raw;
	const called = (text: unknown): boolean => isRecord(text as Values) && (text as Values).text === button;
	if (called(view.close)) {
		await slack.close(who);
		return undefined;
	}
	if (!called(view.submit)) {
		await slack.pressInView(who, view, button, how.typed);
		return undefined;
	}
	const { body } = await slack.submit(who, how.typed);
	const errors = isRecord(body) ? body.errors : undefined;
	return isRecord(errors) ? cardOf({ view: typedInto(view, how.typed ?? {}), errors }) : undefined;
}

/** A modal as it stands after somebody typed. */
function typedInto(view: View, typed: Typed): View {
	const state = stateOf(view.blocks, typed);
	const blocks = view.blocks.map((block) => {
		const values = state[String(block.block_id)];
		if (!isRecord(block.element) || !isRecord(values)) return block;
		const value = values[String(block.element.action_id)];
		const entries = isRecord(value) ? Object.entries(value).filter(([name]) => name !== "type") : [];
		const initial = entries.map(([name, one]) => [name.replace(/^(selected_)?/u, "initial_"), one] as const);
		return { ...block, element: { ...block.element, ...Object.fromEntries(initial) } };
	});
	return { ...view, blocks };
}

function cardOf(raw: Raw): Card {
	if ("view" in raw) return { shown: shownInView(raw.view, raw.errors), key: raw.view.id, raw };
	return { shown: shownInMessage(raw.message), key: raw.message.ts, raw };
}

function messageOf({ raw }: Card): SlackMessage {
	const known = raw as Raw;
	assert("message" in known, "it stands in a modal");
	return known.message;
}
