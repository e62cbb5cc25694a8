/**
 * The few things Slack's side says itself, when nobody of the bot was asked or none has answered yet. Must never say that
 * something was done, or was not, unless it is known.
 */
import type { UnavailableError } from "../../base/errors.ts";
import { adviceOf, notConfirmed, ownCard } from "../own-words.ts";
import type { Drawn } from "../surface.ts";
import type { BotParts } from "../turn.ts";

/** It cannot be done now, as the error says; or nobody knows yet whether it was. */
export function notNow(parts: BotParts, error: UnavailableError): Drawn {
	if (error.code === "unconfirmed") return notConfirmed(parts);
	const advice = adviceOf(error);
	const lead = advice.length === 0 ? ["Nothing happened. Trying again is safe."] : advice;
	return ownCard(parts, { title: error.message, lead });
}

/** Nobody can say who they are just now. */
export function notKnownNow(parts: BotParts): Drawn {
	const lead = ["Nothing happened. Trying again in a minute is safe."];
	return ownCard(parts, { title: "Slack does not say just now whose account this is.", lead });
}

export function notOpened(parts: BotParts): Drawn {
	const lead = ["Nothing happened. Press the button again."];
	return ownCard(parts, { title: "Slack did not open the form in time.", lead });
}

/** Trying again would be of no use. */
export function notOpening(parts: BotParts): Drawn {
	const lead = ["Nothing happened, and pressing again would not help. Whoever runs Sopwith has been told."];
	return ownCard(parts, { title: "Slack does not open this.", lead });
}
