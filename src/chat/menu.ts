/**
 * What stands in a chat's own menu of commands: the words that start procedures, the most needed first. Pure. Must never
 * name what nobody can type.
 */
import type { Client, Definitions } from "../sop/definitions.ts";
import type { Sop } from "../sop/sop.ts";

/** A word that starts a procedure, and what the procedure is called. */
type Typed = { readonly word: string; readonly title: string };

/** Those for emergencies first, then those that most clients have. `only`: one client's people. */
export function typedWords({ clients }: Pick<Definitions, "clients">, only?: string): readonly Typed[] {
	const meant = Object.values(clients).filter(({ id }) => only === undefined || id === only);
	return [...editionsIn(meant)]
		.sort(([one, a], [other, b]) => rankOf(a) - rankOf(b) || b.length - a.length || (one < other ? -1 : 1))
		.map(([word, [first]]) => ({ word, title: first?.title ?? word }));
}

/** A text of at most so many characters, cut between words where there is a word to spare. */
export function cut(text: string, most: number): string {
	if (text.length <= most) return text;
	const room = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)]
		.filter(({ index, segment }) => index + segment.length <= most - 1)
		.map(({ segment }) => segment)
		.join("");
	const word = room.replace(/\s+\S*$/u, "");
	return `${(word.length * 2 > most ? word : room).trimEnd()}…`;
}

/** Each word that starts a procedure, with the clients' editions of it. */
function editionsIn(clients: readonly Client[]): ReadonlyMap<string, readonly Sop[]> {
	const typed = new Map<string, readonly Sop[]>();
	for (const sop of clients.flatMap(({ sops }) => Object.values(sops))) {
		for (const start of sop.starts) {
			if (start.kind === "command") typed.set(start.command, [...(typed.get(start.command) ?? []), sop]);
		}
	}
	return typed;
}

function rankOf(sops: readonly Sop[]): number {
	if (sops.some(({ urgency }) => urgency === "emergency")) return 0;
	return sops.some(({ urgency }) => urgency === "urgent") ? 1 : 2;
}
