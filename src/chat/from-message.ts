/**
 * "Start a procedure", from a menu or from somebody's message: asks which one, then types its word as that person would, with
 * the message's words where they fit. Must never start anything: only a form that comes back does.
 */
import type { Actor } from "../people/roster.ts";
import type { Field } from "../sop/sop.ts";
import type { Bot } from "./bot.ts";
import type { Inbound, Reply } from "./surface.ts";
import { type BotParts, reply } from "./turn.ts";

/** The verb of the first card; every other one is the bot's. */
export const CHOSEN = "start-from-message";
/** Characters of a message that are taken along at most. */
export const MOST_IN_A_NOTE = 2000;
/** What a message may put into a single line of a form. */
const MOST_IN_A_LINE = 64;

type Parts = BotParts & { readonly bot: Bot };
/** What every `Inbound` has. */
export type From = Pick<Inbound, "at" | "surface" | "key" | "person" | "identity" | "outsider" | "place">;

/** Asks which procedure, and what of the message goes along. `id`: what the card's button carries. */
export async function askWhich(parts: Parts, from: From, more: { words?: string; id?: string } = {}): Promise<Reply> {
	const mine = from.person === undefined ? [] : startables(parts, from.person);
	if (mine.length === 0) return parts.bot.handle({ ...from, kind: "said", text: "sops" });
	const choices = mine.map(({ word, title }) => ({ key: word, title, value: word }));
	const note = {
		name: "words",
		label: "From the message",
		type: "multiline",
		optional: true,
		max: MOST_IN_A_NOTE,
		value: more.words ?? "",
	} as const;
	const fields: readonly (Field & { readonly value?: string })[] = [
		{ name: "word", label: "Procedure", type: "choice", optional: false, choices, value: choices[0]?.key ?? "" },
		...(more.words === undefined ? [] : [note]),
	];
	const title = "Start a procedure";
	const lead = ["Its form comes next. Nothing happens before you send that."];
	const button = { title: "Open the form", style: "primary", verb: CHOSEN, inputs: true } as const;
	const how = { card: "form", ...(more.id === undefined ? {} : { id: more.id }) } as const;
	return reply(parts, { title, lead, fields, buttons: [button] }, how);
}

/** Goes on with the one that was chosen. Any other word is answered as if its first letters were typed. */
export function goOn(parts: Parts, from: From, chosen: { word: string; words: string }): Promise<Reply> {
	const { word, words } = chosen;
	const found = from.person && startables(parts, from.person).find((each) => each.word === word);
	const text = found === undefined ? word.slice(0, MOST_IN_A_LINE) : lineOf(word, words, found.form);
	return parts.bot.handle({ ...from, kind: "said", text });
}

type Startable = { readonly word: string; readonly title: string; readonly form: readonly Field[] };

/** What somebody can start by a word, each once. */
export function startables({ desk }: Pick<BotParts, "desk">, person: Actor): readonly Startable[] {
	const all = new Map<string, Startable>();
	for (const { sop, start } of desk.startable(person, "command")) {
		if (start.kind !== "command" || all.has(start.command)) continue;
		all.set(start.command, { word: start.command, title: sop.title, form: sop.form });
	}
	return [...all.values()];
}

/** As it would be typed: into the first field that takes several lines, or, when it is short, into the first ones of all. */
function lineOf(word: string, words: string, form: readonly Field[]): string {
	const plain = words.slice(0, MOST_IN_A_NOTE).replaceAll(/["“”]/gu, "'").trim();
	const note = form.find((field) => field.type === "multiline");
	if (plain === "") return word;
	if (note !== undefined) return `${word} ${note.name}="${plain}"`;
	return plain.length <= MOST_IN_A_LINE && !plain.includes("\n") ? `${word} ${plain}` : word;
}
