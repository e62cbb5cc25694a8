/**
 * What every chat says itself, when nobody of the bot was asked or none has answered yet. Must never say that something was
 * done, or was not, unless it is known.
 */
import type { SopwithError } from "../base/errors.ts";
import type { Drawn, Reply } from "./surface.ts";
import { type Answer, type BotParts, reply } from "./turn.ts";

/** What Sopwith says when it is taken into a channel. */
export const HELLO = "Hello. Mention Sopwith and a word, such as “help”. What it answers comes to you alone.";

/** Characters of what is typed to the bot. */
export const MOST_TYPED = 2000;

export function tooLong(parts: BotParts): Drawn {
	const lead = ["At most 2,000 characters are read. Nothing was started."];
	return ownCard(parts, { title: "This is too long for a command.", lead });
}

/** Taken, and not yet known to be kept. */
export function notConfirmed(parts: BotParts): Drawn {
	const lead = ["Your card will show it; pressing again cannot start it twice."];
	return ownCard(parts, { title: "Not confirmed yet.", lead });
}

export function ownCard(parts: BotParts, answer: Answer): Drawn {
	const said = reply(parts, answer, { card: "error" });
	if (said.kind === "none") throw new TypeError("nothing was drawn");
	return said.drawn;
}

export function saying(drawn: Drawn): Reply {
	return { kind: "card", drawn, replace: false };
}

/** What to do instead. A command stands between backticks there, as on a terminal; people read it between quotation marks. */
export function adviceOf({ advice }: SopwithError): readonly string[] {
	return advice === undefined ? [] : [advice.replaceAll(/`([^`]+)`/gu, "“$1”")];
}
