/**
 * What is asked on a card, as inputs of Slack: a form's fields, a question's choices, a task's list to tick. Must never lose
 * what was typed, nor make an input that Slack would refuse.
 */
import { unreachable } from "../base/assert.ts";
import type { Values } from "../base/json.ts";
import { type Choice, cutOff, type List, listElement, MOST_BOXES, MOST_OPTIONS, NOTHING } from "./blocks-options.ts";
import { bold, inertMarkup, markup, plain, SECTION_MOST } from "./blocks-text.ts";
import type { FilledCard, FilledField } from "./fill.ts";
import { hintOf, labelOf } from "./slots.ts";

/** Where it is drawn and within what. */
export type Drawing = {
	readonly card: string;
	readonly place: "message" | "modal";
	/** Of what is drawn: Slack forgets what was typed into an input that changed. */
	readonly stamp: string;
	/** Characters of one text. */
	readonly longest: number;
	/** Options sent along; a longer list is searched. */
	readonly menu: number;
	/** Sections of technical detail. */
	readonly details: number;
	/** Nothing stands beside a list: its titles end sooner. */
	readonly bare?: boolean;
};

/** Characters of a text input. Source: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
const TEXT_MOST = 3000;
const LABEL_MOST = 2000;

/** The name of an input's block: which field it is, and something that changes with the card. */
export function blockId(name: string, drawing: Pick<Drawing, "place" | "stamp">, at = 0): string {
	return `field/${name}/${drawing.place === "modal" ? at : `${drawing.stamp}-${at}`}`;
}

/** A field with what is wrong with it right below. */
export function fieldBlocks(field: FilledField, drawing: Drawing): readonly Values[] {
	const hint = (field.choices.length > 0 ? field.hint : hintOf(field)) || undefined;
	const input: Values = {
		type: "input",
		block_id: blockId(field.name, drawing),
		label: plain(labelOf(field), LABEL_MOST),
		...(hint === undefined ? {} : { hint: plain(hint, Math.min(LABEL_MOST, drawing.longest)) }),
		optional: field.optional,
		element: element(field, drawing),
	};
	const list = isList(field) ? inFull(field.choices, drawing) : [];
	return [...list, input, ...(field.error ? [wrong(field.error, drawing)] : [])];
}

/** What a question offers. */
export function choiceBlocks(choices: FilledCard["choices"], drawing: Drawing): readonly Values[] {
	if (choices.length === 0) return [];
	const element = listElement({ several: false, choices, chosen: [], open: true, menu: drawing.menu });
	const label = plain("What now?", LABEL_MOST);
	return [
		...inFull(choices, drawing),
		{ type: "input", block_id: blockId("choice", drawing), label, optional: false, element },
	];
}

/** What is to be ticked, in as many groups as it takes. */
export function checklistBlocks(list: FilledCard["checklist"], drawing: Drawing): readonly Values[] {
	const chosen = list.filter(({ done }) => done).map(({ value }) => value);
	const groups = Array.from({ length: Math.ceil(list.length / MOST_BOXES) }, (_, at) => {
		const choices = list.slice(at * MOST_BOXES, (at + 1) * MOST_BOXES);
		const from = at * MOST_BOXES + 1;
		const label = list.length <= MOST_BOXES ? "What is done" : `What is done: ${from} to ${from + choices.length - 1}`;
		return {
			type: "input",
			block_id: blockId("checked", drawing, at),
			label: plain(label, LABEL_MOST),
			optional: true,
			element: listElement({ several: true, choices, chosen, open: true, menu: MOST_BOXES }),
		};
	});
	return [...inFull(list, drawing), ...groups];
}

function isList({ type, choices }: FilledField): boolean {
	return choices.length > 0 && ["choice", "choices", "person", "yes-no"].includes(type);
}

/** Choices whose titles a list has no room for, written out. A search says enough by what it finds. */
function inFull(choices: readonly Choice[], { longest, menu, bare }: Drawing): readonly Values[] {
	if (bare === true || choices.length > Math.min(menu, MOST_OPTIONS)) return [];
	const long = cutOff(choices);
	const lines = long.map(({ title, hint }) => `• ${inertMarkup(hint ? `${title}: ${hint}` : title, longest)}`);
	return packed(lines);
}

/** Lines as sections, as few as they fit into. What is empty is left out. */
export function packed(lines: readonly string[]): readonly Values[] {
	const texts: string[] = [];
	for (const line of lines) {
		if (line.trim() === "") continue;
		const last = texts.at(-1);
		if (last === undefined || last.length + 1 + line.length > SECTION_MOST) texts.push(line);
		else texts[texts.length - 1] = `${last}\n${line}`;
	}
	return texts.map((text) => ({ type: "section", text: markup(text), expand: true }));
}

function wrong(error: string, { longest }: Drawing): Values {
	return { type: "section", text: markup(`✗ ${bold(error, Math.min(longest, SECTION_MOST - 4))}`), expand: true };
}

/** Fields for numbers and addresses stand in modals alone. Source: https://docs.slack.dev/reference/block-kit/block-elements */
function element(field: FilledField, drawing: Drawing): Values {
	const value = field.value ?? "";
	const modal = drawing.place === "modal";
	switch (field.type) {
		case "text":
		case "phone":
			return textInput(field, false);
		case "multiline":
			return textInput(field, true);
		case "email":
			return modal && (value === "" || /^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(value))
				? { type: "email_text_input", action_id: "value", ...initial(value) }
				: textInput(field, false);
		case "number":
			return modal && isNumber(field, value) ? numberInput(field, value) : textInput(field, false);
		case "date":
			return value === "" || isDay(value)
				? { type: "datepicker", action_id: "value", ...(value === "" ? {} : { initial_date: value }) }
				: textInput(field, false);
		case "time":
			return value === "" || /^([01]\d|2[0-3]):[0-5]\d$/.test(value)
				? { type: "timepicker", action_id: "value", ...(value === "" ? {} : { initial_time: value }) }
				: textInput(field, false);
		case "choice":
		case "person":
			return list(field, drawing, { several: false, open: false });
		case "yes-no":
			return list(field, drawing, { several: false, open: true });
		case "choices":
			return list(field, drawing, { several: true, open: true });
		default:
			return unreachable(field.type);
	}
}

/**
 * Nothing to choose from: it is typed. A person who is on no list is asked for by address. What may be left out can be taken
 * back: Slack's menus and dots cannot be emptied again.
 */
function list(field: FilledField, { menu }: Drawing, how: Pick<List, "several" | "open">): Values {
	const value = field.value ?? "";
	if (field.choices.length === 0) return textInput(field, false);
	const emptied = field.optional && !how.several && value !== "" && field.choices.length < menu;
	const choices = emptied ? [...field.choices, NOTHING] : field.choices;
	return listElement({ ...how, choices, chosen: how.several ? value.split(",") : [value], menu });
}

function textInput(field: FilledField, multiline: boolean): Values {
	const value = (field.value ?? "").slice(0, TEXT_MOST).toWellFormed();
	const bounded = field.max !== undefined && (field.type === "text" || field.type === "multiline");
	const most = bounded ? Math.max(1, Math.min(TEXT_MOST, Math.max(field.max ?? 0, value.length))) : undefined;
	return {
		type: "plain_text_input",
		action_id: "value",
		...(multiline ? { multiline } : {}),
		...(most === undefined ? {} : { max_length: most }),
		...initial(value),
	};
}

function initial(value: string): Values {
	return value === "" ? {} : { initial_value: value };
}

/** Slack takes no value outside the bounds it is told; the form says better what is wrong with one. */
function isNumber(field: FilledField, value: string): boolean {
	if (value === "") return true;
	const number = Number(value);
	const within = number >= (field.min ?? -Infinity) && number <= (field.max ?? Infinity);
	return /^-?\d{1,15}(\.\d{1,10})?$/.test(value) && within;
}

function numberInput(field: FilledField, value: string): Values {
	return {
		type: "number_input",
		action_id: "value",
		is_decimal_allowed: true,
		...initial(value),
		...(field.min === undefined ? {} : { min_value: String(field.min) }),
		...(field.max === undefined ? {} : { max_value: String(field.max) }),
	};
}

function isDay(text: string): boolean {
	if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
	try {
		return Temporal.PlainDate.from(text, { overflow: "reject" }).toString() === text;
	} catch {
		return false;
	}
}
