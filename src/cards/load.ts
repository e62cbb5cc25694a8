/**
 * Loads the card templates once and keeps them parsed. Must never expand what was expanded already, nor hand a template
 * anything but plain data.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Template } from "adaptivecards-templating";
import { assert } from "../base/assert.ts";
import { ConfigError, type Problem } from "../base/errors.ts";
import { isRecord, type Json } from "../base/json.ts";
import { type AdaptiveCard, fitted } from "./adaptive.ts";
import type { CardName } from "./card.ts";
import type { FilledCard } from "./fill.ts";
import { lintCard, lintTemplate, problemIn } from "./lint.ts";
import type { Slots } from "./slots.ts";
import { specimen } from "./specimen.ts";

/** Every card there is, in the order of their files' names. */
export const cardNames: readonly CardName[] = [
	"approval",
	"error",
	"form",
	"help",
	"notice",
	"plan",
	"progress",
	"question",
	"task",
	"welcome",
];

export interface Cards {
	/**
	 * Writes an Adaptive Card 1.5 of at most 28 KB, unless its inputs alone take more. `cardId` is the random id its buttons
	 * carry. `page`: which page of its lines (see `pageOf`).
	 * Errors: `InvariantError` when a template asks for something the data does not have. Pure.
	 */
	expand(name: CardName, filled: FilledCard, cardId: string, page?: number): AdaptiveCard;
}

/**
 * Reads all templates of a folder, joined with its `parts/`, and looks at each as it is written. What a template does with
 * data is for `checkCards`: that takes longer than a start may.
 * Errors: `ConfigError` `bad-cards` with every problem of every template.
 */
export function loadCards(folder: string): Cards {
	const { payloads, problems } = readCards(folder);
	if (problems.length > 0) throw new ConfigError(problems, "bad-cards");
	return cardsOf(payloads);
}

/** Tries every template of a folder on a card with everything in it. Returns every problem. Repeat: safe. */
export function checkCards(folder: string): readonly Problem[] {
	const { payloads, problems } = readCards(folder);
	const cards = cardsOf(payloads);
	const tried = [...payloads.keys()].flatMap((name) => {
		try {
			return lintCard(name, cards.expand(name, specimen, "c_SPECIMEN"));
		} catch (cause) {
			return [problemIn(name)("bad-expansion", String(cause))];
		}
	});
	return [...problems, ...tried];
}

type Payloads = ReadonlyMap<CardName, Json>;

function readCards(folder: string): { readonly payloads: Payloads; readonly problems: readonly Problem[] } {
	const problems: Problem[] = [];
	const payloads = new Map<CardName, Json>();
	const parts = readParts(join(folder, "parts"));
	for (const name of cardNames) {
		try {
			const payload = withParts(JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")), parts);
			problems.push(...lintTemplate(name, payload));
			payloads.set(name, payload);
		} catch (cause) {
			problems.push(problemIn(name)("bad-template", String(cause)));
		}
	}
	return { payloads, problems };
}

/** A template is parsed when its card is first wanted. */
function cardsOf(payloads: Payloads): Cards {
	const templates = new Map<CardName, Template>();
	const templateOf = (name: CardName): Template => {
		const known = templates.get(name);
		if (known !== undefined) return known;
		const payload = payloads.get(name);
		assert(payload !== undefined, `there is no card "${name}"`);
		const template = new Template(payload);
		templates.set(name, template);
		return template;
	};
	return {
		expand: (name, filled, cardId, page) =>
			fitted(filled, { name, id: cardId, page }, (slots: Slots) => templateOf(name).expand({ $root: slots }) as Json),
	};
}

function readParts(folder: string): ReadonlyMap<string, Json> {
	const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
	return new Map(
		files.map((file) => [file.slice(0, -5), JSON.parse(readFileSync(join(folder, file), "utf8")) as Json]),
	);
}

/** Puts the elements of `parts/NAME.json` where a list says `{ "$part": "NAME" }`. */
function withParts(node: Json, parts: ReadonlyMap<string, Json>): Json {
	if (Array.isArray(node)) {
		return node.flatMap((item: Json): readonly Json[] => {
			if (!isRecord(item) || typeof item.$part !== "string") return [withParts(item, parts)];
			const part = parts.get(item.$part);
			if (!Array.isArray(part)) throw new TypeError(`there is no part "${item.$part}"`);
			return [withParts(part, parts)].flat() as Json[];
		});
	}
	if (!isRecord(node)) return node;
	return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withParts(value, parts)]));
}
