/**
 * A card as plain text, for mail without markup and the command line. Says everything the card says but technical detail
 * is last; buttons become what to do instead. Must never hold a control character.
 */
import { unreachable } from "../base/assert.ts";
import type { CardName } from "./card.ts";
import type { FilledCard, FilledField } from "./fill.ts";
import { type Part, partsOf } from "./parts.ts";
import { hintOf, inputOf, labelOf, spaced } from "./slots.ts";

/** Writes a card as paragraphs parted by empty lines, ending in a newline. */
export function cardText(name: CardName, filled: FilledCard): string {
	const order = [...partsOf[name].filter((part) => part !== "details"), "details" as const];
	const links = filled.buttons.flatMap((button) =>
		button.url === undefined ? [] : [`${button.title}: ${button.url}`],
	);
	const parts = order.map((part) => partText(part, filled));
	const blocks = [...parts.slice(0, -1), links, ...parts.slice(-1)];
	const filledBlocks = blocks.map((lines) => lines.filter((line) => line !== "").join("\n"));
	return `${filledBlocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function partText(part: Part, filled: FilledCard): readonly string[] {
	switch (part) {
		case "head":
			return [filled.header.filter((text) => text !== "").join(" · "), filled.title, ...filled.lead];
		case "waiting":
			return filled.waiting === undefined ? [] : [filled.waiting.strong + spaced(filled.waiting.rest)];
		case "lines":
			return filled.lines.map((line) => `${line.sign || " "} ${line.text}${line.meta ? ` · ${line.meta}` : ""}`);
		case "facts":
			return filled.facts.map((fact) => `${fact.title}: ${fact.value}`);
		case "checklist":
			return filled.checklist.map((item) => `[${item.done ? "x" : " "}] ${item.title}`);
		case "fields":
			return filled.fields.flatMap(fieldText);
		case "choices":
			return filled.choices.map(
				(choice) => `- ${choice.title}${choice.hint ? `: ${choice.hint}` : ""} (${choice.value})`,
			);
		case "details":
			return filled.details.flatMap((detail) => [detail.title, ...detail.lines.map((line) => `  ${line}`)]);
		case "send-back":
			return [];
		case "footer":
			return [filled.footer ?? ""];
		default:
			return unreachable(part);
	}
}

function fieldText(field: FilledField): readonly string[] {
	const hint = hintOf(field);
	const offers = inputOf(field).kind.startsWith("choice") ? ` (${field.choices.map((c) => c.title).join(", ")})` : "";
	const chosen = (field.value ?? "")
		.split(",")
		.map((value) => field.choices.find((c) => c.value === value)?.title ?? value);
	return [
		`${labelOf(field)}: ${field.value ? chosen.join(", ") : `not filled in${offers}`}`,
		field.error === undefined ? "" : `  ${field.error}`,
		hint === undefined ? "" : `  ${hint}`,
	];
}
