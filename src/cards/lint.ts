/**
 * Refuses card templates that a client could not show or a person could not use. Templates are looked at at every start,
 * cards with data in them by `sopwith check` and in tests; the only importer of the card renderer's parser. Must never draw.
 */
import { createRequire } from "node:module";
import type { Problem } from "../base/errors.ts";
import { asRecord, asRecords, isRecord, type Json } from "../base/json.ts";
import type { CardName } from "./card.ts";

type ParseContext = {
	readonly eventCount: number;
	getEventAt(index: number): { readonly message: string };
};
type Parser = {
	readonly AdaptiveCard: new () => { parse(card: unknown, context: ParseContext): void };
	readonly SerializationContext: new () => ParseContext;
};
type Node = { readonly [name: string]: Json };

/** Looks at a template as it is written: what holds whatever the data. */
export function lintTemplate(name: CardName, payload: Json): readonly Problem[] {
	const problem = problemIn(name);
	if (!isRecord(payload)) return [problem("not-a-card", "The file is not a card.")];
	const found: Problem[] = [];
	if (payload.type !== "AdaptiveCard") found.push(problem("type", 'The card\'s type is not "AdaptiveCard".'));
	if (payload.version !== "1.5") found.push(problem("version", "The card's version is not 1.5."));
	for (const key of ["fallbackText", "speak", "lang"]) {
		if (typeof payload[key] !== "string") found.push(problem("missing", `The card has no ${key}.`));
	}
	for (const node of nodesOf(payload)) {
		const type = String(node.type);
		if (type.startsWith("Input.")) found.push(...inputProblems(node, problem));
		if (type === "Action.Execute") found.push(...executeProblems(node, problem));
	}
	return found;
}

/** Looks at a card with data in it: parses it as a client would, and finds ids used twice. */
export function lintCard(name: CardName, card: Json): readonly Problem[] {
	const problem = problemIn(name);
	const { AdaptiveCard, SerializationContext } = parser();
	const context = new SerializationContext();
	// The parser checks `lang` with a regular expression that remembers, so it refuses a right one every second time.
	new AdaptiveCard().parse(isRecord(card) ? { ...card, lang: undefined } : card, context);
	const events = Array.from({ length: context.eventCount }, (_, at) => context.getEventAt(at).message);
	const ids = nodesOf(card).flatMap((node) =>
		node.type !== undefined && typeof node.id === "string" ? [node.id] : [],
	);
	const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
	const first = asRecords(asRecord(card).actions);
	const shown = first.filter((action: Node) => action.mode !== "secondary").length;
	return [
		...events.map((message) => problem("parse", message)),
		...twice.map((id) => problem("same-id", `Two elements have the id "${id}".`)),
		...(shown > 3 ? [problem("too-many-buttons", `${shown} buttons are shown; 3 are the most.`)] : []),
	];
}

let loaded: Parser | undefined;
/** The package's entry cannot be imported by Node (its files lack extensions); its bundle can. */
function parser(): Parser {
	loaded ??= createRequire(import.meta.url)("adaptivecards/dist/adaptivecards.js") as Parser;
	return loaded;
}

type Write = (code: string, message: string) => Problem;

/** Writes problems of one card's file. */
export function problemIn(name: CardName): Write {
	return (code, message) => ({ path: `cards/${name}.json`, code, message });
}

function inputProblems(node: Node, problem: Write): readonly Problem[] {
	const missing = ["id", "label", "isRequired", "errorMessage"].filter((key) => node[key] === undefined);
	return missing.map((key) => problem("missing", `The input "${String(node.id)}" has no ${key}.`));
}

function executeProblems(node: Node, problem: Write): readonly Problem[] {
	const { data, fallback } = node;
	const title = String(node.title);
	if (!isRecord(data) || data.id === undefined) return [problem("missing", `The button "${title}" carries no id.`)];
	if (!isRecord(fallback) || fallback.type !== "Action.Submit") {
		return [problem("no-fallback", `The button "${title}" has no Action.Submit as its fallback.`)];
	}
	const same = isRecord(fallback.data) && fallback.data.id === data.id && fallback.data.verb === node.verb;
	return same && fallback.associatedInputs === node.associatedInputs
		? []
		: [problem("other-fallback", `The fallback of the button "${title}" sends something else.`)];
}

function nodesOf(value: Json): readonly Node[] {
	if (Array.isArray(value)) return value.flatMap((item: Json) => nodesOf(item));
	if (!isRecord(value)) return [];
	return [value, ...Object.entries(value).flatMap(([key, inner]) => (key === "fallback" ? [] : nodesOf(inner)))];
}
