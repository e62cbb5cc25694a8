/**
 * From an admitted activity to what Teams is answered: the bot is asked as this person, and what it says goes to them
 * alone. Must never make Teams wait: after two seconds it is told honestly that nothing is confirmed yet.
 */
import { unreachable } from "../../base/assert.ts";
import type { Cards } from "../../cards/load.ts";
import type { Actor } from "../../people/roster.ts";
import { SHOW } from "../again.ts";
import type { Bot } from "../bot.ts";
import { MOST_TYPED, notConfirmed, saying, tooLong } from "../own-words.ts";
import { soon } from "../soon.ts";
import type { Drawn, Reply } from "../surface.ts";
import type { BotParts } from "../turn.ts";
import type { Activity } from "./activity.ts";
import type { Aside } from "./aside.ts";
import type { Conversations } from "./conversations.ts";
import { createDialog } from "./dialog.ts";
import { inboundOf, keyOf } from "./inbound.ts";
import { cardOf, messageOf, wordsOf } from "./message.ts";
import { askedIn } from "./people.ts";
import { type Asked, read } from "./read.ts";
import type { Answer } from "./receive.ts";

export type ActParts = BotParts & {
	readonly bot: Bot;
	readonly cards: Cards;
	readonly aside: Aside;
	readonly conversations: Conversations;
	/** Resolves after a while. */
	readonly wait: (ms: number) => Promise<void>;
	readonly complain: (error: unknown) => void;
};

const MOST_SEEN = 10_000;
const DONE: Answer = { status: 200 };

/** Makes the handler. Repeat: the same message is answered once; the same press has the same effect once. */
export function createAct(parts: ActParts): (activity: Activity) => Promise<Answer> {
	const dialog = createDialog(parts);
	const under = new Map<string, Promise<Answer>>();
	const first = firstTime();
	const act = (activity: Activity): Promise<Answer> => {
		const asked = read(activity);
		switch (asked.kind) {
			case "said":
				return first(keyOf(activity)) ? said(parts, activity, asked) : Promise.resolve(DONE);
			case "pressed":
				if (asked.invoked) return invoked(parts, activity, asked);
				return first(keyOf(activity)) ? sent(parts, activity, asked) : Promise.resolve(DONE);
			case "refresh":
				return refreshed(parts, activity, asked.card);
			case "dialog":
				return dialog(activity, asked);
			case "added":
				return parts.conversations.added(activity).then(() => DONE);
			case "removed":
				parts.conversations.removed(activity);
				return Promise.resolve(DONE);
			case "unknown-invoke":
				return Promise.resolve({ status: 501 });
			case "nothing":
				return Promise.resolve(DONE);
			default:
				return unreachable(asked);
		}
	};
	return (activity) => {
		const key = keyOf(activity);
		if (key === undefined) return act(activity);
		const acting = under.get(key) ?? act(activity).finally(() => under.delete(key));
		under.set(key, acting);
		return acting;
	};
}

/**
 * Knows a message that comes a second time. Not over a restart, and need not: what was typed only hands out forms and asks
 * the desk, which knows the same request by its key.
 */
function firstTime(): (key: string | undefined) => boolean {
	const seen = new Set<string>();
	return (key) => {
		if (key === undefined) return true;
		if (seen.has(key)) return false;
		seen.add(key);
		const oldest = seen.size > MOST_SEEN ? seen.values().next().value : undefined;
		if (oldest !== undefined) seen.delete(oldest);
		return true;
	};
}

type Said = Extract<Asked, { kind: "said" }>;

async function said(parts: ActParts, activity: Activity, { text, addressed }: Said): Promise<Answer> {
	const inbound = { ...inboundOf(parts, activity), kind: "said", text } as const;
	if (!addressed && !startsSomething(parts, inbound.person, text)) return DONE;
	if (text.length > MOST_TYPED) return told(parts, activity, { work: Promise.resolve(saying(tooLong(parts))) });
	return told(parts, activity, { work: parts.bot.handle(inbound) });
}

/** Overheard among others: only the word of a procedure counts, not one that people say to each other. */
function startsSomething({ desk }: ActParts, person: Actor | undefined, text: string): boolean {
	const word = text.split(/\s/u)[0]?.toLowerCase();
	const mine = person === undefined ? [] : desk.startable(person, "command");
	return mine.some(({ start }) => start.kind === "command" && start.command === word);
}

type Press = Extract<Asked, { kind: "pressed" }>;

/** The older button: a message came, so a message goes back, over the card where the bot wants it in its place. */
async function sent(parts: ActParts, activity: Activity, press: Press): Promise<Answer> {
	const card = typeof activity.raw.replyToId === "string" ? activity.raw.replyToId : undefined;
	return told(parts, activity, { work: pressed(parts, activity, press), card });
}

function pressed(parts: ActParts, activity: Activity, { card, verb, values }: Press): Promise<Reply> {
	return parts.bot.handle({ ...inboundOf(parts, activity), kind: "pressed", card, verb, values });
}

type Telling = { readonly work: Promise<Reply>; readonly card?: string | undefined };

async function told(parts: ActParts, activity: Activity, { work, card }: Telling): Promise<Answer> {
	const tell = (answer: Reply): void => {
		if (answer.kind === "none") return;
		parts.aside.tell(activity, messageOf(parts.cards, answer.drawn), answer.replace ? card : undefined);
	};
	const answer = await soon(parts, work);
	if (answer === "slow") {
		tell(saying(notConfirmed(parts)));
		work.then(tell).catch(parts.complain);
	} else tell(answer);
	return DONE;
}

/** A button of a card. What is said stands in the answer; only what has to be filled in comes as a message of its own. */
async function invoked(parts: ActParts, activity: Activity, press: Press): Promise<Answer> {
	const work = pressed(parts, activity, press);
	const tell = (answer: Reply): void => {
		if (answer.kind === "card") parts.aside.tell(activity, messageOf(parts.cards, answer.drawn));
	};
	const answer = await soon(parts, work);
	if (answer === "slow") {
		work.then(tell).catch(parts.complain);
		return words(wordsOf(notConfirmed(parts)));
	}
	if (answer.kind === "none") return words("Noted. The card shows it.");
	if (answer.replace) return cardAnswer(parts, answer.drawn);
	if (!asksBack(answer.drawn)) return words(wordsOf(answer.drawn));
	tell(answer);
	const place = activity.conversation.where === "personal" ? "below" : "in your own chat with Sopwith";
	return words(`What is needed next stands ${place}.`);
}

/** The card as it stands, for whom it is shown to. */
async function refreshed(parts: ActParts, activity: Activity, card: string): Promise<Answer> {
	const look = { kind: "pressed", card, verb: SHOW, values: {}, invoked: true } as const;
	const answer = await soon(parts, pressed(parts, activity, look));
	if (answer === "slow" || answer.kind === "none" || answer.drawn.id !== card) return NOT_SHOWN;
	return cardAnswer(parts, answer.drawn);
}

/** Something is to be pressed or filled in. */
function asksBack({ data }: Drawn): boolean {
	return data.fields.length > 0 || data.buttons.some((button) => button.verb !== undefined);
}

/** Source: https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model, "Response format". */
function words(value: string): Answer {
	return { status: 200, body: { statusCode: 200, type: "application/vnd.microsoft.activity.message", value } };
}

function cardAnswer(parts: ActParts, drawn: Drawn): Answer {
	const value = cardOf(parts.cards, drawn, askedIn(parts.desk.definitions(), drawn.asks));
	return { status: 200, body: { statusCode: 200, type: "application/vnd.microsoft.card.adaptive", value } };
}

/** Said to Teams, which leaves the card as it is. */
const NOT_SHOWN: Answer = {
	status: 200,
	body: {
		statusCode: 400,
		type: "application/vnd.microsoft.error",
		value: { code: "BadRequest", message: "This card is not shown anew." },
	},
};
