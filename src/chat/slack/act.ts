/**
 * From an admitted delivery to what Slack is answered: the bot is asked as this person, and what it says goes to them alone.
 * Must never make Slack wait: after two seconds it is told honestly that nothing is confirmed yet.
 */
import { unreachable } from "../../base/assert.ts";
import { UnavailableError } from "../../base/errors.ts";
import { SHOW } from "../again.ts";
import type { Bot } from "../bot.ts";
import { askWhich, CHOSEN, goOn, type From as Handed } from "../from-message.ts";
import { HELLO, MOST_TYPED, notConfirmed, saying, tooLong } from "../own-words.ts";
import { soon } from "../soon.ts";
import type { Reply } from "../surface.ts";
import type { BotParts } from "../turn.ts";
import type { Aside } from "./aside.ts";
import type { Answer, Delivery, Hear } from "./delivery.ts";
import { HOME, homeOf, SAY } from "./home.ts";
import { inboundOf, keyOf } from "./inbound.ts";
import { messageOf } from "./message.ts";
import { answerTo, asksBack, backAt, open, originIn, rewrite, viewOf } from "./modal.ts";
import { notKnownNow, notNow, notOpened, notOpening } from "./own-words.ts";
import { nameIn, type PeopleParts } from "./people.ts";
import { type Asked, read } from "./read.ts";
import { type Revealing, revealed } from "./reveal.ts";
import type { Seen } from "./seen.ts";
import type { Speak } from "./speak.ts";
import { inFull, isShort, optionsOf } from "./suggest.ts";
import type { Tell } from "./tell.ts";
import type { From } from "./whence.ts";

type ActParts = BotParts & {
	readonly bot: Bot;
	readonly aside: Aside;
	readonly people: PeopleParts;
	readonly seen: Seen;
	readonly tell: Tell;
	readonly speak: Pick<Speak, "post">;
	/** Resolves after a while. */
	readonly wait: (ms: number) => Promise<void>;
	readonly complain: (error: unknown) => void;
};

const START = "start";

/** A delivery that is being answered. */
type On = { readonly delivery: Delivery; readonly from: From };

/** Makes the handler. Repeat: the same delivery acts once, over a restart too. */
export function createAct(parts: ActParts): Hear {
	return async (delivery) => {
		const definitions = parts.desk.definitions();
		const { asked, from } = read(delivery, (user) => nameIn(definitions, delivery.workspace.team, user));
		const on: On = { delivery, from };
		if (asked.kind === "nothing" || asked.kind === "overheard") return undefined;
		if (asked.kind === "options") return suggested(parts, on, asked);
		return parts.seen.once(keyOf(delivery, from), () => act(parts, on, asked));
	};
}

type Acted = Exclude<Asked, { kind: "nothing" | "overheard" | "options" }>;

function act(parts: ActParts, on: On, asked: Acted): Promise<Answer> {
	switch (asked.kind) {
		case "said":
			return said(parts, on, asked);
		case "pressed":
			return pressed(parts, on, asked);
		case "reveal":
			return revealing(parts, on, asked);
		case "sent":
			return sent(parts, on, asked);
		case "shortcut": {
			const { words } = asked;
			const which = { id: START, ...(words === undefined ? {} : { words }) };
			return told(parts, on, { work: ask(parts, on, (inbound) => askWhich(parts, inbound, which)) });
		}
		case "home":
			return home(parts, on);
		case "added":
			return added(parts, on);
		case "removed":
			return removed(parts, on, asked);
		default:
			return unreachable(asked);
	}
}

/** Asks as this person. While nobody can say who that is, or it cannot be done now, they are told so. */
async function ask(parts: ActParts, on: On, how: (inbound: Handed) => Promise<Reply>): Promise<Reply> {
	const inbound = await inboundOf(parts, on.delivery, on.from).catch(unavailable);
	if (inbound instanceof UnavailableError) return saying(notKnownNow(parts));
	const answer = await how(inbound).catch(unavailable);
	return answer instanceof UnavailableError ? saying(notNow(parts, answer)) : answer;
}

function unavailable(error: unknown): UnavailableError {
	if (error instanceof UnavailableError) return error;
	throw error;
}

async function said(parts: ActParts, on: On, { text }: Extract<Asked, { kind: "said" }>): Promise<Answer> {
	if (text.length > MOST_TYPED) return told(parts, on, { work: Promise.resolve(saying(tooLong(parts))) });
	return told(parts, on, { work: ask(parts, on, (inbound) => parts.bot.handle({ ...inbound, kind: "said", text })) });
}

type Press = Extract<Asked, { kind: "pressed" }>;

async function pressed(parts: ActParts, on: On, press: Press): Promise<Answer> {
	if (press.card === HOME && press.verb !== SAY) return home(parts, on);
	const work = handing(parts, on, press);
	return on.from.view?.type === "modal" ? inModal(parts, on, work) : told(parts, on, { work, pressed: press.card });
}

/** Hands a press or a form on, as what was meant by it. */
async function handing(parts: ActParts, on: On, press: Omit<Press, "kind">): Promise<Reply> {
	const { card, values } = press;
	const from = isShort(values) ? await shown(parts, on, card) : undefined;
	const meant = from?.kind === "card" && from.drawn.id === card ? inFull(values, from.drawn) : values;
	return ask(parts, on, (inbound) => handed(parts, inbound, { ...press, values: meant }));
}

function handed(parts: ActParts, inbound: Handed, press: Omit<Press, "kind">): Promise<Reply> {
	const { card, verb, values } = press;
	const typed = (name: string): string => (typeof values[name] === "string" ? values[name] : "");
	if (card === HOME) return parts.bot.handle({ ...inbound, kind: "said", text: typed("text") });
	if (verb === CHOSEN) return goOn(parts, inbound, { word: typed("word"), words: typed("words") });
	return parts.bot.handle({ ...inbound, kind: "pressed", card, verb, values });
}

/** `pressed`: the card whose button it was. */
type Telling = { readonly work: Promise<Reply>; readonly pressed?: string };

/** What is said comes as words for them alone; what asks back opens over it, where Slack still lets it. */
async function told(parts: ActParts, on: On, { work, pressed: card }: Telling): Promise<Answer> {
	const show = (answer: Reply, opens: boolean): void => {
		if (answer.kind === "none") return;
		const { drawn, replace } = answer;
		const say = (): void => parts.aside.tell(spotOf(on), messageOf(drawn), replace);
		const atHome = on.from.view?.type === "home";
		if (!opens || !(atHome || asksBack(drawn)) || drawn.id === card) say();
		else {
			const opening = open(parts, spotOf(on), viewOf(drawn, on.from));
			parts.aside.track(opening.then((opened) => (opened === "shown" ? undefined : say())));
		}
	};
	const answer = await soon(parts, work);
	if (answer === "slow") {
		show(saying(notConfirmed(parts)), false);
		work.then((late) => show(late, false)).catch(parts.complain);
	} else show(answer, true);
	return undefined;
}

/** A button within a modal: what follows stands in its place. */
async function inModal(parts: ActParts, on: On, work: Promise<Reply>): Promise<Answer> {
	const from = backAt(on.from, originIn(on.from));
	const show = async (answer: Reply): Promise<void> => {
		if (answer.kind === "none") return;
		if ((await rewrite(parts, spotOf(on), viewOf(answer.drawn, from))) === "shown") return;
		parts.aside.tell({ ...spotOf(on), from }, messageOf(answer.drawn));
	};
	const answer = await soon(parts, work);
	if (answer === "slow") {
		const first = show(saying(notConfirmed(parts)));
		parts.aside.track(first);
		// Of two words on their way Slack may show the first last.
		work.then((late) => parts.aside.track(first.then(() => show(late)))).catch(parts.complain);
	} else parts.aside.track(show(answer));
	return undefined;
}

/** A modal that was sent: what is wrong stands in it; what went well closes it, and is said where it came from. */
async function sent(parts: ActParts, on: On, form: Extract<Asked, { kind: "sent" }>): Promise<Answer> {
	const from = backAt(on.from, form.origin);
	const tell = (answer: Reply): void => {
		if (answer.kind === "card") parts.aside.tell({ ...spotOf(on), from }, messageOf(answer.drawn));
	};
	const work = handing(parts, on, form);
	const answer = await soon(parts, work);
	if (answer === "slow") {
		work.then(tell).catch(parts.complain);
		return { response_action: "update", view: viewOf(notConfirmed(parts), from) };
	}
	const { answer: body, aside } = answerTo(answer, from);
	if (aside !== undefined) tell(saying(aside));
	return body;
}

/** Opens what a button reveals. Where Slack does not, that is said. */
async function revealing(parts: ActParts, on: On, asked: Revealing): Promise<Answer> {
	const opening = async (): Promise<void> => {
		const found = revealed(asked, on.from, await shown(parts, on, asked.card));
		if (found === undefined) return;
		const opened = "view" in found ? await open(parts, spotOf(on), found.view) : found.say;
		if (opened === "shown") return;
		const say = typeof opened === "object" ? opened : opened === "late" ? notOpened(parts) : notOpening(parts);
		parts.aside.tell(spotOf(on), messageOf(say));
	};
	parts.aside.track(opening());
	return undefined;
}

/** A card, as the bot draws it for this person now. */
function shown(parts: ActParts, on: On, card: string): Promise<Reply> {
	return ask(parts, on, (inbound) => parts.bot.handle({ ...inbound, kind: "pressed", card, verb: SHOW, values: {} }));
}

async function home(parts: ActParts, on: On): Promise<Answer> {
	const { workspace } = on.delivery;
	const drawing = inboundOf(parts, on.delivery, on.from)
		.then((inbound) => homeOf(parts, inbound))
		.then((view) => workspace.api.call("views.publish", { user_id: on.from.user, view }));
	parts.aside.track(drawing);
	return undefined;
}

/** To all, once, without insisting: it is only a hello. */
async function added(parts: ActParts, { delivery, from }: On): Promise<Answer> {
	const place = { team: delivery.workspace.team, channel: from.channel };
	parts.aside.track(parts.speak.post(place, { text: HELLO }));
	return undefined;
}

async function removed(parts: ActParts, { delivery, from }: On, { word }: { readonly word: string }): Promise<Answer> {
	const { team } = delivery.workspace;
	parts.tell.shut({ team, ...(from.channel === "" ? {} : { channel: from.channel }) }, word);
	return undefined;
}

/** Slack shows what comes within three seconds; whoever types on is asked for anew. */
async function suggested(parts: ActParts, on: On, asked: Extract<Asked, { kind: "options" }>): Promise<Answer> {
	const { card, field, typed } = asked;
	const work = shown(parts, on, card);
	const reply = await soon(parts, work);
	if (reply === "slow") work.catch(parts.complain);
	const found = reply !== "slow" && reply.kind === "card" && reply.drawn.id === card;
	return { options: found ? optionsOf(reply.drawn, field, typed) : [] };
}

function spotOf({ delivery, from }: On) {
	return { workspace: delivery.workspace, from };
}
