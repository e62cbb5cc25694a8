/**
 * The form of an SOP as card data: one list of fields and choices for the card in chat and the page in the portal. Keeps
 * what was typed, and says what is wrong at the field. Must never check a value: that is the form's own work.
 */
import type { Problem } from "../base/errors.ts";
import type { Json, Values } from "../base/json.ts";
import { isRecord, sameJson } from "../base/json.ts";
import { plural } from "../base/words.ts";
import type { Field, Sop } from "../sop/sop.ts";
import { type CardData, emptyCard, type Text } from "./card.ts";

/** Someone a `person` field can mean. A kept value is their e-mail address: with `email` it is found among the choices. */
export type PersonChoice = {
	readonly id: string;
	readonly name: string;
	readonly title?: string;
	readonly email?: string;
};

export type FormCardRequest = {
	readonly sop: Pick<Sop, "title">;
	readonly client: { readonly name: string; readonly sandbox: boolean };
	readonly fields: readonly Field[];
	/** As typed, or already typed values: both are shown again as they can be typed. */
	readonly typed: Values;
	/** A field's problem has the path `form.NAME`; all others are said above the fields. */
	readonly problems: readonly Problem[];
	/** Whom a `person` field offers. */
	readonly people: readonly PersonChoice[];
	/** "Who is joining?"; the SOP's title where it is not given. */
	readonly heading?: Text;
	/** What follows: "Nothing changes until Mo Manager has approved the plan you will see next." */
	readonly lead?: readonly Text[];
	/** The button's words; "See the plan" where they are not given. */
	readonly send?: string;
	/** Short id of the run the form belongs to, for an `ask`. */
	readonly ref?: string;
};

/** Writes the form's card. Buttons: `submit` with the inputs, `discard` without. */
export function formCard(request: FormCardRequest): CardData {
	const { sop, client, fields, problems } = request;
	const wrong = fields.filter((field) => problemAt(field, problems) !== undefined).length;
	const elsewhere = problems.filter((problem) => !fields.some((field) => problemAt(field, [problem]) !== undefined));
	const count = plural(fields.length, "field");
	return {
		...emptyCard,
		header: [client.name, sop.title, client.sandbox ? "Sandbox" : "", request.ref ?? ""],
		title: request.heading ?? sop.title,
		lead: [...(wrong > 0 ? [countWords(wrong)] : []), ...elsewhere.map(problemWords), ...(request.lead ?? [])],
		fields: fields.map((field) => shownField(field, request)),
		buttons: [
			{ title: request.send ?? "See the plan", style: "primary", verb: "submit", inputs: true },
			{ title: "Discard", style: "default", verb: "discard" },
		],
		summary: `${sop.title} at ${client.name}: a form with ${count}.`,
	};
}

/** Lists what a field offers, for card and page alike. Fields without a list offer nothing. */
export function choicesOf(
	field: Pick<Field, "type" | "choices">,
	people: readonly PersonChoice[],
): readonly { readonly value: string; readonly title: string }[] {
	switch (field.type) {
		case "choice":
		case "choices":
			return (field.choices ?? []).map((choice) => ({ value: choice.key, title: choice.title }));
		case "person":
			return people.map((who) => ({ value: who.id, title: who.title ? `${who.name}, ${who.title}` : who.name }));
		case "yes-no":
			return [
				{ value: "true", title: "Yes" },
				{ value: "false", title: "No" },
			];
		default:
			return [];
	}
}

/** Writes a value as it is typed: keys of choices, commas between several, `true` and `false` for yes and no. */
export function typedText(value: Json | undefined, field?: Pick<Field, "choices">): string {
	if (value === undefined || value === null) return "";
	if (Array.isArray(value)) return value.map((item: Json) => typedText(item, field)).join(",");
	const chosen = field?.choices?.find((choice) => sameJson(choice.value, value));
	if (chosen !== undefined) return chosen.key;
	if (isRecord(value)) return typedText(value.key ?? value.id, field);
	return String(value);
}

function shownField(field: Field, request: FormCardRequest): CardData["fields"][number] {
	const problem = problemAt(field, request.problems);
	const typed = typedText(request.typed[field.name] ?? field.fallback, field);
	const value = field.type === "person" ? personId(typed, request.people) : typed;
	const choices = choicesOf(field, request.people);
	// Someone who is not offered, by an address or because they have left, is kept all the same.
	const missing = field.type === "person" && value !== "" && !choices.some((choice) => choice.value === value);
	const offered = missing ? [{ value, title: value }, ...choices] : choices;
	const { choices: _, ...rest } = field;
	return {
		...rest,
		...(offered.length > 0 && { choices: offered.map((c) => ({ key: c.value, title: c.title, value: c.value })) }),
		...(value !== "" && { value }),
		...(problem !== undefined && { error: problemWords(problem) }),
	};
}

function personId(typed: string, people: readonly PersonChoice[]): string {
	const address = typed.toLowerCase();
	return people.find((person) => person.email?.toLowerCase() === address)?.id ?? typed;
}

function problemAt(field: Field, problems: readonly Problem[]): Problem | undefined {
	const path = `form.${field.name}`;
	return problems.find((problem) => problem.path === path || problem.path.startsWith(`${path}.`));
}

function problemWords(problem: Problem): string {
	return problem.remedy === undefined ? problem.message : `${problem.message} ${problem.remedy}`;
}

function countWords(wrong: number): string {
	return wrong === 1 ? "One thing to put right." : `${wrong} things to put right.`;
}
