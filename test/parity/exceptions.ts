/**
 * What is not the same everywhere, each with why: the only differences the stories may show. Must never outlive its
 * reason: one that no story needs any more fails the test.
 */
import type { SurfaceKey } from "./seat.ts";

export type Exception = {
	readonly surfaces: readonly SurfaceKey[];
	/** A story and what is seen in it, as written there. */
	readonly seen: RegExp;
	/** Which part of what is shown may differ from the web chat. */
	readonly part: "words" | "title" | "text" | "fields" | "buttons" | "details" | "all";
	readonly why: string;
};

/** What one surface has besides what is compared. */
export const BESIDES: readonly string[] = [
	"Nobody comes into the web chat whom no roster lists; Teams and Slack tell a stranger whom to ask.",
	"Slack has a Home tab, a shortcut “Start a procedure” and “Start from this message”; Teams has a menu of commands and “Start a procedure” at a message; in the web chat one types.",
	"In Slack a form is given up by closing its dialog, which says nothing, for it may be closed by accident; elsewhere, and where the form stands as a message, “Discard” says that nothing was started.",
	"Slack says what each step read back in a thread under the run’s message as well; elsewhere “Details” alone has it.",
];

export const EXCEPTIONS: readonly Exception[] = [
	{
		surfaces: ["teams"],
		seen: /^approval by a second person: \w+: (own approval|no authority|pressed (once more|by the other, late))$/u,
		part: "buttons",
		why: "Teams shows what is told in answer to a press as a line of words, which has no room for “Open the run”.",
	},
	{
		surfaces: ["slack by socket", "slack by HTTP"],
		seen: /^a form with mistakes, slash: harriet: with mistakes$/u,
		part: "text",
		why: "Slack leaves a modal with mistakes as it stands and adds each at its field; the words above it stay.",
	},
	{
		surfaces: ["teams"],
		seen: /^a name of 500 characters.*: harriet: 500 characters$/u,
		part: "words",
		why: "Teams ends the first sentence of such a line after 200 characters; the cards that follow have all of it.",
	},
	{
		surfaces: ["slack by socket", "slack by HTTP"],
		seen: /^a name of 500 characters.*: harriet: 500 characters$/u,
		part: "words",
		why: "Slack ends a heading after 150 characters and says it whole below.",
	},
	{
		surfaces: ["slack by socket", "slack by HTTP"],
		seen: /^a name of 500 characters.*: (the form|harriet: one character too many)$/u,
		part: "fields",
		why: "Slack offers a list of more than 100 as one types in it; elsewhere it stands open from the start.",
	},
	{
		surfaces: ["slack by socket", "slack by HTTP"],
		seen: /^the command, .*: slash, with|^the MSP's own people say for whom: tia: Open the form$/u,
		part: "text",
		why: "A modal of Slack bears the procedure’s name as its title and does not say it once more inside.",
	},
];
