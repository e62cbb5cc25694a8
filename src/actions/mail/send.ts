/**
 * Sends one mail. Its Message-ID is made from the step, so that it can be found again; after a lost answer it is never sent
 * again by itself.
 */
import { z } from "zod";
import { sha256 } from "../../base/json.ts";
import type { Action } from "../../engine/action.ts";
import { got, outcomeOf } from "../../engine/remote.ts";
import { change, check } from "../changes.ts";
import { mailOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { letterOf } from "./letter.ts";

const CARDS = ["notice", "welcome"] as const;
const line = z
	.string()
	.min(1)
	.max(255)
	.regex(/^[^\p{Cc}]*$/u, "one line, without control characters");
const address = line.regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, "an e-mail address");
const input = z.object({
	to: z.union([address, z.array(address).min(1).max(50)]),
	subject: line,
	text: z.string().max(100_000).default(""),
	html: z.exactOptional(z.string().max(400_000)),
	/** The card it is written by, as text and as a page; without one it goes out as it is written. */
	card: z.exactOptional(z.enum(CARDS)),
	/** What the mail is called in a plan: `welcome`. */
	what: line.default("message"),
});
type Input = z.infer<typeof input>;
const output = z.object({ messageId: z.string(), to: z.array(z.string()) });
type Facts = { readonly id: string; readonly sent: boolean | undefined; readonly never?: string };

/** Sends the mail once. Where sent mail can be looked up, a second try finds the first. */
export const mailSend: Action<Input, z.infer<typeof output>> = {
	name: "mail.send",
	about: "Sends one mail, once",
	input,
	output,
	repeat: { kind: "never" },
	writes: true,
	defaults: { to: hole("subject.email") },
	async look(_wanted, world): Promise<Facts> {
		const mail = mailOf(world);
		const id = messageId(world.mark, mail.from);
		const { never } = mail;
		return { id, sent: got(await mail.sent(id)), ...(never === undefined ? {} : { never }) };
	},
	plan(wanted, { id, sent, never }: Facts) {
		const to = listed(wanted);
		const promises = { messageId: id, to };
		if (never !== undefined) return { changes: [], promises, note: never };
		if (sent === true) return { changes: [], promises };
		const made = change({
			kind: "send",
			target: to.join(","),
			facet: "mail",
			after: { subject: wanted.subject, body: sha256([wanted.text, wanted.html ?? ""]) },
			words: `Send the ${wanted.what} to ${to.join(", ")}`,
			detail: `Message-ID ${id}`,
		});
		return { changes: [made], promises };
	},
	prove(wanted, { id, sent, never }: Facts) {
		const to = listed(wanted);
		if (never !== undefined) return { output: { messageId: id, to }, proof: [check(never, "mail: use: never")] };
		return {
			output: { messageId: id, to },
			proof: [
				check(`The ${wanted.what} to ${to.join(", ")} is among the sent mail`, `Message-ID ${id}`, sent === true),
			],
		};
	},
	async apply(made, wanted, world) {
		const mail = mailOf(world);
		const id = messageId(world.mark, mail.from);
		const to = listed(wanted);
		const answer = await mail.send({ id, to, subject: wanted.subject, ...wordsOf(wanted) });
		const outcome = outcomeOf(answer, made.id);
		if (outcome.kind !== "done") return outcome;
		const taken = check(`The ${wanted.what} to ${to.join(", ")} was taken for delivery`, `Message-ID ${id}`);
		return { ...outcome, output: { messageId: id, to }, proof: [taken] };
	},
};

/** The author's own page goes before the card's. */
function wordsOf({ card, subject, text, html }: Input): { readonly text: string; readonly html?: string } {
	const own = html === undefined ? { text } : { text, html };
	return card === undefined ? own : { ...letterOf(card, { subject, text }), ...(html === undefined ? {} : { html }) };
}

function listed(wanted: Input): readonly string[] & string[] {
	return typeof wanted.to === "string" ? [wanted.to] : wanted.to;
}

/** The same for every try of a step, and of no other step. */
function messageId(mark: string, from: string): string {
	return `<${sha256(mark).slice(0, 40)}@${from.slice(from.lastIndexOf("@") + 1)}>`;
}
