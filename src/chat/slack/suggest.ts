/**
 * The lists of a card: what a long one offers for what is typed into it, and which key was meant where Slack had no room for
 * the key itself. Pure. Must never offer what the card itself would not.
 */
import type { Json, Values } from "../../base/json.ts";
import { type Choice, isDigest, keyOf, optionsFor } from "../../cards/blocks-options.ts";
import { filledOf } from "../fill.ts";
import type { Drawn } from "../surface.ts";

/** The options of one list: a field of a form, what a question offers, what a task ticks. */
export function optionsOf(drawn: Drawn, list: string, typed: string): readonly Values[] {
	return optionsFor({ choices: choicesOf(drawn, list) }, typed);
}

/** Whether a value stands for a key that is longer than Slack takes. */
export function isShort(values: Values): boolean {
	return Object.values(values).some((value) => partsOf(value).some(isDigest));
}

/** The same values, with the keys that were meant. */
export function inFull(values: Values, drawn: Drawn): Values {
	const entries = Object.entries(values).map(([name, value]): readonly [string, Json] => {
		if (typeof value !== "string") return [name, value];
		const choices = choicesOf(drawn, name);
		return [
			name,
			partsOf(value)
				.map((part) => keyOf(part, choices))
				.join(","),
		];
	});
	return Object.fromEntries(entries);
}

function partsOf(value: Json): readonly string[] {
	return typeof value === "string" ? value.split(",") : [];
}

function choicesOf({ data }: Drawn, list: string): readonly Choice[] {
	const { fields, choices, checklist } = filledOf(data);
	const field = fields.find(({ name }) => name === list);
	if (field !== undefined) return field.choices;
	if (list === "choice") return choices;
	return list === "checked" ? checklist : [];
}
