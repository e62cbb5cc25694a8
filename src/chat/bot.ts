/**
 * The one place that turns what people type and press into calls of the desk and a private answer, the same on every
 * surface. Must never decide who may, or trust anything in a card but its id, the verb and its inputs.
 */

import { nearest } from "../base/nearest.ts";
import type { SurfaceName } from "../engine/event.ts";
import { createRefusals, type Refusals } from "../engine/refusals.ts";
import { claim, done, retry, skip } from "./command/answer.ts";
import type { Command } from "./command/command.ts";
import { helpOver } from "./command/help.ts";
import { link, unlink } from "./command/link.ts";
import { approvals, oncall, run, runs, sops } from "./command/look.ts";
import { startCommand } from "./command/start.ts";
import { amend, cancel, note, undo } from "./command/steer.ts";
import { arrived, codeTyped } from "./linking.ts";
import { parse } from "./parse.ts";
import { pressed } from "./press.ts";
import { type Inbound, isChat, type Reply } from "./surface.ts";
import { type BotParts, reply, say, type Turn } from "./turn.ts";

export type Bot = { readonly handle: (inbound: Inbound) => Promise<Reply> };

const SHOWING: readonly Command[] = [sops, runs, run, approvals];
const ACTING: readonly Command[] = [retry, skip, done, claim, note, amend, cancel, undo, oncall, link, unlink];
const HELP = helpOver([...SHOWING, ...ACTING]);
/** Everything that can be typed besides the procedures' own commands. */
export const OWN_COMMANDS: readonly Command[] = [...SHOWING, ...ACTING, HELP];
const COMMANDS: ReadonlyMap<string, Command> = new Map(OWN_COMMANDS.map((command) => [command.word, command]));

/**
 * Makes the bot. `handle` answers one typed line or press; its reply is for the person who acted alone.
 * Errors: throws bugs only. Repeat: the same delivery has the same effect once.
 */
export function createBot(parts: BotParts): Bot {
	const recorder = (via: SurfaceName) => createRefusals({ ...parts, entry: { via, what: "unknown-person" } });
	const refused = { teams: recorder("teams"), slack: recorder("slack"), web: recorder("web") };
	return {
		handle: async (inbound) => {
			const { person } = inbound;
			if (person === undefined)
				return stranger(parts, inbound, isChat(inbound.surface) ? refused[inbound.surface] : refused.web);
			parts.acted?.(person, inbound.surface);
			const turn: Turn = { ...parts, inbound, actor: person };
			return inbound.kind === "pressed" ? pressed(turn, inbound) : said(turn, inbound.text);
		},
	};
}

async function said(turn: Turn, text: string): Promise<Reply> {
	const line = parse(text);
	const command = line.word === "" ? HELP : COMMANDS.get(line.word);
	if (command !== undefined) return command.run(turn, line);
	return startCommand(turn, line) ?? unknownWord(turn, line.word);
}

/** The nearest word this person could type. */
function unknownWord(turn: Turn, word: string): Reply {
	const own = turn.desk
		.startable(turn.actor, "command")
		.flatMap(({ start }) => (start.kind === "command" ? [start.command] : []));
	const near = nearest(word, [...own, ...COMMANDS.keys()]);
	const title =
		near === undefined
			? `There is no “${word}”. Nothing was started. “help” lists what there is.`
			: `There is no “${word}”. Did you mean “${near}”? Nothing was started.`;
	return say(turn, title);
}

function stranger(parts: BotParts, inbound: Inbound, refused: Refusals): Promise<Reply> | Reply {
	const code = parts.linking && codeTyped(inbound);
	if (parts.linking !== undefined && code !== undefined) return arrived(parts, parts.linking, { ...inbound, code });
	refused(inbound.identity);
	const title = "Sopwith does not know you here. Nothing was started.";
	const elsewhere = parts.linking === undefined ? [] : ["If it knows you in another chat, type “link” there."];
	const lead = [`You arrive as ${inbound.identity}. The service desk can add that to the roster.`, ...elsewhere];
	return reply(parts, { title, lead }, { card: "error" });
}
