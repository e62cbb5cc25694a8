/**
 * A card with everything a card can have, so that templates are tried before anybody needs them. Never shown to people.
 */
import type { FieldType } from "../sop/sop.ts";
import type { FilledCard } from "./fill.ts";

/** Every type of field, in the order of the language's own list. */
export const fieldTypes: readonly FieldType[] = [
	"text",
	"multiline",
	"email",
	"phone",
	"number",
	"date",
	"time",
	"choice",
	"choices",
	"person",
	"yes-no",
];

export const specimen: FilledCard = {
	header: ["Client", "Procedure", "Sandbox", "7K2QX9"],
	title: "Title",
	lead: ["What happened.", "Who acts next."],
	waiting: { strong: "Waiting for Mo Manager", rest: " to approve.", tone: "warning" },
	lines: [
		{ sign: "+", tone: "good", text: "Make the account", meta: "read back" },
		{ sign: "~", tone: "warning", text: "Open the account" },
	],
	facts: [{ title: "Account", value: "open" }],
	details: [{ title: "Active Directory", lines: ["CN=Ada"] }],
	fields: fieldTypes.map((type) => ({
		name: `field-${type}`,
		label: "Label",
		type,
		optional: false,
		hint: "A hint",
		error: "What is so.",
		choices: ["choice", "choices", "person", "yes-no"].includes(type)
			? [{ key: "one", value: "one", title: "One" }]
			: [],
	})),
	choices: [{ value: "retry", title: "Try again", hint: "a licence is bought" }],
	checklist: [{ value: "laptop", title: "Laptop", done: true }],
	footer: "Footer.",
	buttons: [
		{ title: "Send", style: "primary", verb: "submit", inputs: true },
		{ title: "Stop", style: "danger", verb: "stop" },
		{ title: "Details", style: "default", reveal: "details" },
		{ title: "Send back", style: "default", reveal: "send-back" },
		{ title: "Open the run", style: "default", url: "https://sopwith.example/runs/7K2QX9" },
	],
	summary: "Summary.",
};
