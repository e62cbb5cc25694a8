/**
 * What an Adaptive Card's client makes of a card: what is shown, and what a press sends. Must never send what the card has
 * no input or button for.
 */
import assert from "node:assert/strict";
import { isRecord, type Json, type Values } from "../../src/base/json.ts";
import type { Typed } from "../fixtures/slack-fill.ts";
import { plain, type Shown, type ShownField } from "./shown.ts";

type Element = Values & { readonly type?: string };

/** Reads a card from top to bottom. What a button would open stands under `details`; what "Send back…" asks is not shown. */
export function shownIn(card: Values): Shown {
	const text: string[] = [];
	const details: string[] = [];
	const fields: ShownField[] = [];
	const buttons: string[] = [];
	let title = "";
	const read = (element: Element, into: string[]): void => {
		if (element.id === "send-back") return;
		if (element.type === "TextBlock" && element.style === "heading") title = plain(String(element.text));
		else if (element.type === "RichTextBlock") into.push(runs(element));
		else if (element.type === "ColumnSet") into.push(plain(list(element.columns).map(column).join(" ")));
		else if (element.type === "ActionSet") buttons.push(...list(element.actions).map(({ title }) => String(title)));
		else if (element.type?.startsWith("Input.") === true) fields.push(field(element, []));
		else if (element.type === "Container") container(element, element.id === "details" ? details : into);
		else assert.fail(`nobody reads ${JSON.stringify(element)}`);
	};
	const container = (element: Element, into: string[]): void => {
		const items = list(element.items);
		const input = items.find(({ type }) => type?.startsWith("Input."));
		if (input === undefined) {
			for (const item of items) read(item, into);
			return;
		}
		fields.push(
			field(
				input,
				items.filter((item) => item !== input),
			),
		);
	};
	for (const element of list(card.body)) read(element, text);
	buttons.push(...list(card.actions).map(({ title }) => String(title)));
	return { title, text, fields, buttons, details };
}

/** What pressing a button sends: its verb, the card's id and the inputs that go along, as typed or as they stand. */
export function pressOf(card: Values, button: string, typed: Typed): { verb: string; id: string; inputs: Values } {
	const all = elements(card);
	const found = all.find(({ type, title }) => type === "Action.Execute" && title === button);
	assert(found !== undefined, `there is no button ${button}: ${JSON.stringify(shownIn(card).buttons)}`);
	const inputs = all.filter(({ type }) => type?.startsWith("Input."));
	for (const name of Object.keys(typed)) {
		assert(
			inputs.some(({ id }) => id === name),
			`there is no field ${name}`,
		);
	}
	const standing = inputs.flatMap((input): [string, Json][] => {
		const name = String(input.id);
		const said = name in typed ? keysOf(input, typed[name] ?? "") : String(input.value ?? "");
		return said === "" ? [] : [[name, said]];
	});
	const { id, ...fixed } = found.data as Values;
	const along = found.associatedInputs === "none" ? {} : Object.fromEntries(standing);
	return { verb: String(found.verb), id: String(id), inputs: { ...along, ...fixed } };
}

function keysOf(input: Element, typed: Typed[string]): string {
	const words = typeof typed === "string" ? [typed] : typeof typed === "boolean" ? [String(typed)] : typed;
	if (input.type !== "Input.ChoiceSet") return words.join(",");
	const keys = words.map((word) => {
		const choice = list(input.choices).find(({ title, value }) => value === word || title === word);
		assert(choice !== undefined, `${word} is not among ${list(input.choices).map(({ title }) => title)}`);
		return String(choice.value);
	});
	return keys.join(",");
}

function field(input: Element, rest: readonly Element[]): ShownField {
	return {
		label: String(input.label ?? ""),
		value: String(input.value ?? ""),
		options: list(input.choices).map(({ title }) => String(title)),
		notes: rest.map(runs),
	};
}

function runs(element: Element): string {
	return plain(
		list(element.inlines)
			.map(({ text }) => String(text))
			.join(""),
	);
}

function column(element: Element): string {
	return list(element.items).map(runs).join(" ");
}

function list(json: Json | undefined): readonly Element[] {
	return Array.isArray(json) ? json.filter((one) => isRecord(one)) : [];
}

function elements(element: Element): readonly Element[] {
	const inner = ["body", "items", "columns", "actions"].flatMap((name) => list(element[name]));
	return [element, ...inner.flatMap((each) => elements(each))];
}
