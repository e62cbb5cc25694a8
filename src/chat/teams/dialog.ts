/**
 * "Start a procedure" from somebody's message: a dialog that asks which, then shows its form with the message's words filled
 * in. Must never start anything before the form is sent, nor read a message for anything but its words.
 */
import { asRecord, asText, type Values } from "../../base/json.ts";
import { askWhich, CHOSEN, goOn } from "../from-message.ts";
import { soon } from "../soon.ts";
import type { Reply } from "../surface.ts";
import type { ActParts } from "./act.ts";
import type { Activity } from "./activity.ts";
import { inboundOf } from "./inbound.ts";
import { attached, cardOf, forDialog, wordsOf } from "./message.ts";
import { type Asked, isPress, pressed, wordsOfMessage } from "./read.ts";
import type { Answer } from "./receive.ts";

/** Makes the dialog's handler. */
export function createDialog(parts: ActParts) {
	return async (activity: Activity, asked: Extract<Asked, { kind: "dialog" }>): Promise<Answer> => {
		const work = asked.step === "open" ? opened(parts, activity) : sent(parts, activity, asRecord(asked.value.data));
		const answer = await soon(parts, work);
		if (answer !== "slow") return shown(parts, answer);
		work.catch(parts.complain);
		return message("Not confirmed yet. Your card will show it; pressing again cannot start it twice.");
	};
}

/** First: which procedure, and what of the message goes along. */
function opened(parts: ActParts, activity: Activity): Promise<Reply> {
	return askWhich(parts, inboundOf(parts, activity), { words: wordsOfMessage(activity.value) });
}

async function sent(parts: ActParts, activity: Activity, data: Values): Promise<Reply> {
	const inbound = inboundOf(parts, activity);
	if (!isPress(data)) return parts.bot.handle({ ...inbound, kind: "said", text: "sops" });
	if (data.verb !== CHOSEN) {
		const { card, verb, values } = pressed(data);
		return parts.bot.handle({ ...inbound, kind: "pressed", card, verb, values });
	}
	return goOn(parts, inbound, { word: asText(data.word), words: asText(data.words) });
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
