/**
 * Cards in the states people meet them in, and in those nobody hopes for: long, crowded, wrong, in other scripts. The same
 * for every chat.
 */
import { type Button, type CardData, type CardName, emptyCard } from "../../src/cards/card.ts";
import { fillWords } from "../../src/cards/fill.ts";
import { cardNames } from "../../src/cards/load.ts";
import { specimen } from "../../src/cards/specimen.ts";
import type { Drawn } from "../../src/chat/surface.ts";
import { nasty } from "./nasty.ts";
import { header, reader, samples } from "./samples.ts";

const LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh ".repeat(10).slice(0, 500).trim();
const ARABIC = "ليلى عبد الرحمن الفارسي";
const HEBREW = "נועה בן־דוד";
const JAPANESE = "𠮷田 花子（よしだ はなこ）👩‍💻";

const six: readonly Button[] = [
	{ title: "Approve", style: "primary", verb: "approve" },
	{ title: "Open the run", style: "default", url: "https://sopwith.example/runs/7K2QX9" },
	{ title: "Change the form", style: "default", verb: "amend" },
	{ title: "Add a note…", style: "default", verb: "note" },
	{ title: "Undo…", style: "danger", verb: "undo" },
	{ title: "I’ll take it", style: "default", verb: "claim" },
];

/** `asked`: the names of those the card mentions. */
export type State = { readonly name: string; readonly drawn: Drawn; readonly asked: readonly string[] };

/** Every card as it usually is, then the rest, each under a name of its own. */
export const states: readonly State[] = [
	...cardNames.map((name) => stateOf(name, name, samples[name])),
	stateOf("approval-long-page-1", "approval", many(412), 1),
	stateOf("approval-long-page-2", "approval", many(412), 2),
	stateOf("approval-long-last-page", "approval", many(412), 21),
	stateOf("plan-cut", "plan", { ...samples.plan, lines: lines(60) }),
	stateOf("progress-long-page-2", "progress", { ...samples.progress, lines: lines(33) }, 2),
	...(["form", "approval", "progress", "question", "task"] as const).flatMap((name) => [
		stateOf(`${name}-name-of-500`, name, named(name, LONG)),
		stateOf(`${name}-arabic`, name, named(name, ARABIC)),
		stateOf(`${name}-hebrew`, name, named(name, HEBREW)),
		stateOf(`${name}-japanese`, name, named(name, JAPANESE)),
	]),
	stateOf("progress-six-buttons", "progress", { ...samples.progress, buttons: six }, 1),
	stateOf("notice-facts", "notice", { ...samples.notice, facts: crowded() }),
	stateOf("approval-closed", "approval", closed()),
	stateOf("notice-words-alone", "notice", { ...emptyCard, title: "Nothing waits for you.", summary: "Nothing." }),
	stateOf("form-every-field-wrong", "form", specimen),
	stateOf("approval-nasty", "approval", nasty),
	stateOf("question-nasty", "question", nasty),
	{
		...stateOf("plan-in-a-channel", "plan", { ...samples.plan, buttons: [] }, 1),
		asked: ["Mo Manager", "O'Neil <& Sons> Featherstonehaugh", ARABIC],
	},
];

function stateOf(name: string, card: CardName, data: CardData, page?: number): State {
	const drawn = { card, data: filled(data), id: "c_W4T1B6ND", ...(page === undefined ? {} : { page }) };
	return { name, drawn, asked: [] };
}

function filled(data: CardData): CardData {
	return fillWords(data, reader);
}

function lines(count: number): CardData["lines"] {
	return Array.from({ length: count }, (_, at) => {
		const signs = [
			{ sign: "+", tone: "good" },
			{ sign: "~", tone: "warning" },
			{ sign: "−", tone: "attention" },
		] as const;
		return {
			...(signs[at % 3] ?? signs[0]),
			text: `Letter ${at + 1} to the people of floor ${at % 9}`,
			meta: "by mail",
		};
	});
}

function many(count: number): CardData {
	const details = [{ title: "Mail", lines: lines(count).map((_, at) => `POST /users/it/sendMail, letter ${at + 1}`) }];
	return { ...samples.approval, lead: [`Harriet Reyes asks. ${count}\u00a0changes.`], lines: lines(count), details };
}

/** The usual card, about somebody else. */
function named(name: CardName, person: string): CardData {
	const text = JSON.stringify(filled(samples[name])).replaceAll("Ada Lovelace", person);
	return JSON.parse(text) as CardData;
}

/** Facts as a row of a table would break on them: no value, a long word, many. */
function crowded(): CardData["facts"] {
	return [
		{ title: "Account", value: `${"very-long-".repeat(12)}name@contoso.example` },
		{ title: "A title far longer than its column", value: "short" },
		{ title: "Empty", value: "" },
		...Array.from({ length: 9 }, (_, at) => ({ title: `Group ${at + 1}`, value: "Sales, All Sales, Everyone" })),
	];
}

function closed(): CardData {
	const { footer: _, ...approval } = samples.approval;
	return {
		...approval,
		header,
		title: "The plan for Ada Lovelace",
		lead: ["Approved by you, 14:20."],
		buttons: [],
	};
}
