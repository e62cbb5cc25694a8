/**
 * The shape of a typed command that is not an SOP's own, and how one is given a run. Must never decide who may: the desk
 * does.
 */
import type { RunDescription } from "../../engine/desk.ts";
import type { Said } from "../parse.ts";
import type { Reply } from "../surface.ts";
import { say, type Turn } from "../turn.ts";

export type Command = {
	readonly word: string;
	/** `retry ID`. */
	readonly usage: string;
	/** One sentence for `help`. */
	readonly about: string;
	readonly run: (turn: Turn, said: Said) => Promise<Reply> | Reply;
};

/** A command that is about one run: finds it, or says how to name one. */
export function aboutRun(
	command: Omit<Command, "run">,
	act: (turn: Turn, run: RunDescription, said: Said) => Promise<Reply> | Reply,
): Command {
	return {
		...command,
		run: async (turn, said) => {
			const id = (said.rest[0] ?? "").replace(/^#/u, "");
			if (id === "") return say(turn, `Which run? Write it like “${command.usage}”.`, "“runs” lists them.");
			const run = await findRun(turn, id);
			return run === undefined ? noSuchRun(turn, id) : act(turn, run, said);
		},
	};
}

/** The run a person names by the beginning of its id, in either case. Undefined: none, or not theirs to see. */
async function findRun(turn: Turn, id: string): Promise<RunDescription | undefined> {
	for (const prefix of new Set([id, id.toLowerCase(), id.toUpperCase()])) {
		const run = prefix.length < 4 ? undefined : await turn.desk.read(turn.actor, prefix);
		if (run !== undefined) return run;
	}
	return undefined;
}

/** The same words whether there is none or they may not see it. */
function noSuchRun(turn: Turn, id: string): Reply {
	return say(turn, `There is no run ${id} that you can see. Nothing was done.`, "“runs” lists the open ones.");
}
