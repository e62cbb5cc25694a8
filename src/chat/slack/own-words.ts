/**
 * The few things Slack's side says itself, when nobody of the bot was asked or none has answered yet. Must never say that
 * something was done, or was not, unless it is known.
 */
import type { UnavailableError } from "../../base/errors.ts";
import type { Drawn } from "../surface.ts";
import { type Answer, type BotParts, reply } from "../turn.ts";

/** Taken, and not yet known to be kept. */
export function notConfirmed(parts: BotParts): Drawn {
	const lead = ["Your card will show it; pressing again cannot start it twice."];
	return drawn(parts, { title: "Not confirmed yet.", lead });
}

export function tooLong(parts: BotParts): Drawn {
	const lead = ["At most 2,000 characters are read. Nothing was started."];
	return drawn(parts, { title: "This is too long for a command.", lead });
}

/** It cannot be done now, as the error says; or nobody knows yet whether it was. */
export function notNow(parts: BotParts, { code, message, advice }: UnavailableError): Drawn {
	if (code === "unconfirmed") return notConfirmed(parts);
	return drawn(parts, { title: message, lead: [advice ?? "Nothing happened. Trying again is safe."] });
}

/** Nobody can say who they are just now. */
export function notKnownNow(parts: BotParts): Drawn {
	const lead = ["Nothing happened. Trying again in a minute is safe."];
	return drawn(parts, { title: "Slack does not say just now whose account this is.", lead });
}

export function notOpened(parts: BotParts): Drawn {
	const lead = ["Nothing happened. Press the button again."];
	return drawn(parts, { title: "Slack did not open the form in time.", lead });
}

function drawn(parts: BotParts, answer: Answer): Drawn {
	const said = reply(parts, answer, { card: "error" });
	if (said.kind === "none") throw new TypeError("nothing was drawn");
	return said.drawn;
}
