/**
 * "Start a procedure" from somebody's message: a dialog that asks which, then shows its form with the message's words filled
 * in. Must never start anything before the form is sent, nor read a message for anything but its words.
 */
import type { Values } from "../../base/json.ts";
import type { Field } from "../../sop/sop.ts";
import type { Reply } from "../surface.ts";
import { reply } from "../turn.ts";
import type { ActParts } from "./act.ts";
import { type Activity, record, text } from "./activity.ts";
import { inboundOf } from "./inbound.ts";
import { attached, cardOf, forDialog, wordsOf } from "./message.ts";
import { type Asked, decoded, isPress, pressed } from "./read.ts";
import type { Answer } from "./receive.ts";
import { soon } from "./soon.ts";

/** The verb of our own first card; every other one is the bot's. */
const CHOSEN = "start-from-message";
/** What a message may put into a single line of a form. */
const MOST_IN_A_LINE = 64;
const MOST_IN_A_NOTE = 2000;

/** Makes the dialog's handler. */
export function createDialog(parts: ActParts) {
	return async (activity: Activity, asked: Extract<Asked, { kind: "dialog" }>): Promise<Answer> => {
		const work = asked.step === "open" ? opened(parts, activity) : sent(parts, activity, record(asked.value.data));
		const answer = await soon(parts, work);
		if (answer !== "slow") return shown(parts, answer);
		work.catch(parts.complain);
		return message("Not confirmed yet. Your card will show it; pressing again cannot start it twice.");
	};
}

/** First: which procedure, and what of the message goes along. */
async function opened(parts: ActParts, activity: Activity): Promise<Reply> {
	const inbound = inboundOf(parts, activity);
	const mine = inbound.person === undefined ? [] : wordsFor(parts, inbound.person);
	if (mine.length === 0) return parts.bot.handle({ ...inbound, kind: "said", text: "sops" });
	const choices = mine.map(({ word, title }) => ({ key: word, title, value: word }));
	const fields: readonly (Field & { readonly value?: string })[] = [
		{ name: "word", label: "Procedure", type: "choice", optional: false, choices, value: choices[0]?.key ?? "" },
		{
			name: "words",
			label: "From the message",
			type: "multiline",
			optional: true,
			max: MOST_IN_A_NOTE,
			value: wordsIn(activity),
		},
	];
	const title = "Start a procedure";
	const lead = ["Its form comes next. Nothing happens before you send that."];
	const button = { title: "Open the form", style: "primary", verb: CHOSEN, inputs: true } as const;
	return reply(parts, { title, lead, fields, buttons: [button] }, { card: "form" });
}

async function sent(parts: ActParts, activity: Activity, data: Values): Promise<Reply> {
	const inbound = inboundOf(parts, activity);
	if (!isPress(data)) return parts.bot.handle({ ...inbound, kind: "said", text: "sops" });
	if (data.verb !== CHOSEN) {
		const { card, verb, values } = pressed(data);
		return parts.bot.handle({ ...inbound, kind: "pressed", card, verb, values });
	}
	const word = text(data.word);
	const chosen = inbound.person && wordsFor(parts, inbound.person).find((each) => each.word === word);
	return parts.bot.handle({ ...inbound, kind: "said", text: lineOf(word, text(data.words), chosen?.form ?? []) });
}

type Startable = { readonly word: string; readonly title: string; readonly form: readonly Field[] };

function wordsFor(
	{ desk }: ActParts,
	person: NonNullable<ReturnType<typeof inboundOf>["person"]>,
): readonly Startable[] {
	const all = new Map<string, Startable>();
	for (const { sop, start } of desk.startable(person, "command")) {
		if (start.kind !== "command" || all.has(start.command)) continue;
		all.set(start.command, { word: start.command, title: sop.title, form: sop.form });
	}
	return [...all.values()];
}

/** As it would be typed: into the first field that takes several lines, or, when it is short, into the first ones of all. */
function lineOf(word: string, words: string, form: readonly Field[]): string {
	const plain = words.replaceAll(/["“”]/gu, "'").trim().slice(0, MOST_IN_A_NOTE);
	const note = form.find((field) => field.type === "multiline");
	if (plain === "") return word;
	if (note !== undefined) return `${word} ${note.name}="${plain}"`;
	return plain.length <= MOST_IN_A_LINE && !plain.includes("\n") ? `${word} ${plain}` : word;
}

/** The words of the message the dialog was opened on. */
function wordsIn({ value }: Activity): string {
	const body = record(record(value.messagePayload).body);
	const plain = text(body.content)
		.replaceAll(/<(br|\/p|\/div)[^>]*>/giu, "\n")
		.replaceAll(/<[^>]*>/gu, "");
	return decoded(plain)
		.replaceAll(/\n{2,}/gu, "\n")
		.trim()
		.slice(0, MOST_IN_A_NOTE);
}

/** Source: https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/respond-to-task-module-submit */
function shown(parts: ActParts, answer: Reply): Answer {
	if (answer.kind === "none") return message("Noted. The card shows it.");
	const asks = answer.drawn.data.fields.length > 0;
	if (!asks) return message(wordsOf(answer.drawn));
	const card = attached(forDialog(cardOf(parts.cards, answer.drawn)));
	const value = { title: "Sopwith", height: "large", width: "medium", card };
	return { status: 200, body: { task: { type: "continue", value } } };
}

function message(value: string): Answer {
	return { status: 200, body: { task: { type: "message", value } } };
}
