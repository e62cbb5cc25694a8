/**
 * `help`: what this person can type, most useful first. Must never list a procedure they cannot start.
 */

import type { Reply } from "../surface.ts";
import { reply, say, type Turn } from "../turn.ts";
import type { Command } from "./command.ts";

/** `help` over all other commands. */
export function helpOver(commands: readonly Command[]): Command {
	return {
		word: "help",
		usage: "help [what]",
		about: "What you can type.",
		run: (turn, said) => {
			const what = (said.rest[0] ?? "").toLowerCase().replace(/^\//u, "");
			return what === "" ? all(turn, commands) : one(turn, commands, what);
		},
	};
}

function all(turn: Turn, commands: readonly Command[]): Reply {
	const mine = new Map<string, string>();
	for (const { sop, start } of turn.desk.startable(turn.actor, "command")) {
		if (start.kind === "command" && !mine.has(start.command)) mine.set(start.command, sop.title);
	}
	return reply(
		turn,
		{
			title: "What you can type",
			lead: ["With or without “/”. Nothing happens before you have sent a form or pressed a button."],
			facts: [
				...[...mine].map(([title, value]) => ({ title, value })),
				...commands.map(({ usage, about }) => ({ title: usage, value: about })),
			],
			footer: "ID is the short form on the card, e.g. 7K2QX9. Its first 4 characters will do.",
			buttons: [{ title: "Read the procedures", style: "default", url: "/sops" }],
		},
		{ card: "help" },
	);
}

function one(turn: Turn, commands: readonly Command[], what: string): Reply {
	const command = commands.find((each) => each.word === what);
	if (command !== undefined) return say(turn, `“${command.usage}”`, command.about);
	const found = turn.desk
		.startable(turn.actor, "command")
		.find(({ start }) => start.kind === "command" && start.command === what);
	if (found === undefined) return say(turn, `There is no “${what}”.`, "“help” lists what you can type.");
	const fields = found.sop.form.filter((field) => field.type === "text").slice(0, 2);
	const example = fields.map((field) => `${field.name}=…`).join(" ");
	return reply(
		turn,
		{
			title: found.sop.title,
			lead: [`Type “${what}”, or with values: “${what} ${example}”. A form comes first.`],
			lines: found.sop.form.map((field) => ({
				sign: "○",
				tone: "default" as const,
				text: field.label,
				meta: field.optional ? "optional" : "",
			})),
			buttons: [
				{
					title: "Read the procedure",
					style: "default",
					url: `/sops/${found.sop.id}?client=${found.client}`,
				},
			],
		},
		{ card: "help", client: found.client },
	);
}
