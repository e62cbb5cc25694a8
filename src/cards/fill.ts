/**
 * Fills the holes of sentences for one reader: names, moments, lengths of time. Pure. Must never add markup, and must
 * never let through characters that only mislead the eye.
 */
import { InvariantError } from "../base/errors.ts";
import { isRecord, type Json } from "../base/json.ts";
import { type Instant, toMs, type Zone } from "../base/time.ts";
import type { Words } from "../base/words.ts";
import type { PersonId, Who } from "../sop/sop.ts";
import type { Button, CardData, Text, Tone } from "./card.ts";
import { type Moment, marked } from "./moment-mark.ts";
import type { Clocks } from "./time-words.ts";
import { besideWords, dayWords, momentWords, NBSP, spanWords, timeWords } from "./time-words.ts";

/** Who reads, where and when. Without `you` several people read: times are the client's, and say the place. */
export type Reader = {
	readonly now: Instant;
	readonly zone: Zone;
	/** Where the reader's clock is, as people say it: "New York". */
	readonly place: string;
	readonly clientZone: Zone;
	readonly clientPlace: string;
	readonly you?: PersonId;
	/** The place they read in writes moments itself, so they are marked for it; `kept`: they have been, and stay. */
	readonly moments?: "marked" | "kept";
	/** Full name; "Grace Hopper (has left)" for someone who left; undefined for someone we do not know. */
	nameOf(id: PersonId): string | undefined;
	/** As it stands in a sentence: "the service desk", "HR". */
	roleName(role: string): string;
	/** All of the people these mean, each once. */
	resolve(who: readonly Who[]): readonly PersonId[];
};

export type FilledField = Omit<CardData["fields"][number], "choices" | "fallback"> & {
	/** `value` is the key again: what a choice stands for stays behind. */
	readonly choices: readonly { readonly key: string; readonly value: string; readonly title: string }[];
};

/** A card with every hole filled: strings alone, the value of a choice left behind. */
export type FilledCard = Omit<
	CardData,
	"title" | "lead" | "waiting" | "lines" | "facts" | "footer" | "summary" | "fields"
> & {
	readonly title: string;
	readonly lead: readonly string[];
	readonly waiting?: { readonly strong: string; readonly rest: string; readonly tone: Tone };
	readonly lines: readonly FilledLine[];
	readonly facts: readonly { readonly title: string; readonly value: string }[];
	readonly fields: readonly FilledField[];
	readonly footer?: string;
	readonly summary: string;
	readonly buttons: readonly Button[];
};

export type FilledLine = {
	readonly sign: string;
	readonly tone: Tone;
	readonly text: string;
	readonly meta?: string;
};

/** Fills all sentences of a card for one reader. */
export function fillWords(data: CardData, reader: Reader): FilledCard {
	const fill = (text: Text): string => say(text, reader);
	const within = (text: Text): string => textOf(sayRuns(text, reader, true));
	const { waiting, footer, ...rest } = data;
	return {
		...rest,
		header: data.header.map((text) => clean(text)),
		title: fill(data.title),
		lead: data.lead.map(fill),
		...(waiting && { waiting: { strong: fill(waiting.strong), rest: within(waiting.rest), tone: waiting.tone } }),
		lines: data.lines.map((line) => {
			const { meta, ...most } = line;
			return { ...most, text: fill(line.text), ...(meta !== undefined && { meta: within(meta) }) };
		}),
		facts: data.facts.map((fact) => ({ title: clean(fact.title), value: within(fact.value) })),
		details: data.details.map((part) => ({ title: clean(part.title), lines: part.lines.map((line) => clean(line)) })),
		fields: data.fields.map(fillField),
		choices: data.choices.map((choice) => ({ ...choice, title: clean(choice.title) })),
		checklist: data.checklist.map((item) => ({ ...item, title: clean(item.title) })),
		...(footer !== undefined && { footer: fill(footer) }),
		summary: fill(data.summary),
	};
}

/** Takes a card whose sentences are filled already. Errors: `InvariantError` when one still has holes. Repeat: safe. */
export function filledOf(data: CardData): FilledCard {
	return fillWords(data, nobody);
}

/** One stretch of a sentence; `strong` is bold where bold can be shown. */
type Run = { readonly text: string; readonly strong: boolean };

/** Writes a sentence for one reader as plain text. */
export function say(text: Text, reader: Reader): string {
	return textOf(sayRuns(text, reader));
}

/**
 * Writes a sentence for one reader, keeping what is bold apart. `within`: it goes on a sentence, so "you" stays small.
 * Errors: `InvariantError` for a hole of no known kind.
 */
export function sayRuns(text: Text, reader: Reader, within = false): readonly Run[] {
	if (typeof text === "string") return [{ text: clean(text, reader.moments === "kept"), strong: false }];
	const runs: Run[] = [];
	let soFar = "";
	let plural = false;
	for (const part of text.$words) {
		const literal = typeof part === "string";
		const said: Said = literal ? { text: plural ? agreeing(part) : part, plural: false } : fillHole(part, reader);
		const opens = (soFar === "" && !within) || /[.?!:][ \u00a0]$/.test(soFar);
		const words = clean(!literal && opens ? capital(said.text) : said.text);
		plural = said.plural;
		soFar += words;
		const shown = said.moment === undefined ? words : marked({ ...said.moment, words });
		runs.push({ text: shown, strong: !literal && isRecord(part) && "strong" in part });
	}
	return runs;
}

function textOf(runs: readonly Run[]): string {
	return runs.map((run) => run.text).join("");
}

/** A reader for whom nothing can be filled. */
const nobody: Reader = {
	now: "1970-01-01T00:00:00.000Z",
	zone: "UTC",
	place: "",
	clientZone: "UTC",
	clientPlace: "",
	moments: "kept",
	nameOf: unfilled,
	roleName: unfilled,
	resolve: unfilled,
};

function unfilled(): never {
	throw new InvariantError("a card was to be drawn before its sentences were filled");
}

type Said = { readonly text: string; readonly plural: boolean; readonly moment?: Omit<Moment, "words"> };

function fillHole(part: Json, reader: Reader): Said {
	if (reader === nobody) unfilled();
	const clocks: Clocks = { ...reader, shared: reader.you === undefined };
	const hole = holeOf(part);
	if ("person" in hole) return personWords(hole.person, hole.first === true, reader);
	if ("who" in hole) return whoWords(hole, reader);
	if ("at" in hole) return { ...one(momentWords(hole.at, clocks)), ...momentAt(hole.at, true, reader, clocks) };
	if ("timeAt" in hole) {
		return { ...one(timeWords(hole.timeAt, clocks)), ...momentAt(hole.timeAt, false, reader, clocks) };
	}
	if ("day" in hole) return one(dayWords(hole.day, clocks));
	if ("span" in hole) return one(spanWords(hole.span));
	return one(hole.strong);
}

function momentAt(at: Instant, day: boolean, reader: Reader, clocks: Clocks): Pick<Said, "moment"> {
	if (reader.moments !== "marked") return {};
	return { moment: { seconds: Math.floor(toMs(at) / 1000), day, tail: besideWords(at, clocks, day) } };
}

type HoleOf = Exclude<Words[number], string>;

function holeOf(part: Json): HoleOf {
	if (isRecord(part)) {
		const texts = ["person", "at", "timeAt", "day", "strong"];
		if (texts.some((name) => typeof part[name] === "string")) return part as HoleOf;
		if (typeof part.span === "number" || Array.isArray(part.who)) return part as HoleOf;
	}
	throw new InvariantError(`a sentence holds ${JSON.stringify(part)}, which is no text and no known hole`);
}

function personWords(id: PersonId, first: boolean, reader: Reader): Said {
	if (id === reader.you) return { text: "you", plural: true };
	const name = reader.nameOf(id);
	if (name === undefined) return one("someone we do not know");
	return one(first ? (name.split(" ")[0] ?? name) : name);
}

function whoWords({ who, except }: Extract<HoleOf, { readonly who: readonly Who[] }>, reader: Reader): Said {
	const people = [...new Set(reader.resolve(who))].filter((id) => id !== except);
	const others = people.filter((id) => id !== reader.you);
	const you = others.length < people.length;
	const names = others.map((id) => personWords(id, false, reader).text);
	const group = who.map((role) => reader.roleName(role)).join(" and ");
	if (people.length === 0) return one(group);
	if (people.length === 1) return you ? { text: "you", plural: true } : one(names[0] ?? "");
	if (people.length === 2) return { text: (you ? ["you", ...names] : names).join(" or "), plural: false };
	if (you) return { text: `you or ${others.length}${NBSP}others of ${group}`, plural: true };
	return { text: `${people.length}${NBSP}people of ${group}`, plural: true };
}

function one(text: string): Said {
	return { text, plural: false };
}

/** Lets a sentence open with a capital where it opens with a word of ours, not with a name. */
function capital(text: string): string {
	return /^(you|the|someone)\b/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

const AGREES: { readonly [singular: string]: string } = {
	is: "are",
	was: "were",
	has: "have",
	does: "do",
	asks: "ask",
	answers: "answer",
	approves: "approve",
	chooses: "choose",
	decides: "decide",
	looks: "look",
	needs: "need",
	waits: "wait",
};

/** Lets the verb right after "you" or "3 people" agree: "you are asked". */
function agreeing(literal: string): string {
	return literal.replace(/^ (\w+)\b/, (all, verb: string) => (AGREES[verb] === undefined ? all : ` ${AGREES[verb]}`));
}

/** Controls, marks that turn the direction of writing, and the marks that renderers keep to themselves. */
const MISLEADING = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ue000-\ue003]/gu;
const MISLEADING_STILL = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ue000]/gu;

/**
 * Takes out characters that can make a card read as another. A sentence is one line: a second could pass for ours.
 * `filled`: moments in it are marked by us.
 */
function clean(text: string, filled = false): string {
	const line = text.replace(/[\t\r\n\v\f\u0085\u2028\u2029]+/g, " ");
	return line.replace(filled ? MISLEADING_STILL : MISLEADING, "");
}

function fillField(field: CardData["fields"][number]): FilledField {
	const { choices, fallback: _, ...rest } = field;
	return {
		...rest,
		label: clean(field.label),
		...(field.hint !== undefined && { hint: clean(field.hint) }),
		choices: (choices ?? []).map(({ key, title }) => ({ key, value: key, title: clean(title) })),
	};
}
