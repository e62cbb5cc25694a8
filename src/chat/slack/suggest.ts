/**
 * What a long list of a card offers for what is typed into it. Pure. Must never offer what the card itself would not.
 */
import type { Values } from "../../base/json.ts";
import { optionsFor } from "../../cards/blocks-options.ts";
import { filledOf } from "../fill.ts";
import type { Drawn } from "../surface.ts";

/** The options of one list: a field of a form, or what a question offers. */
export function optionsOf({ data }: Drawn, list: string, typed: string): readonly Values[] {
	const { fields, choices, checklist } = filledOf(data);
	const field = fields.find(({ name }) => name === list);
	if (field !== undefined) return optionsFor({ choices: field.choices }, typed);
	if (list === "choice") return optionsFor({ choices }, typed);
	return list === "checked" ? optionsFor({ choices: checklist }, typed) : [];
}
