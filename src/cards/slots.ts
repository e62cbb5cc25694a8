/**
 * What a template may ask for: a filled card as flat records of strings, numbers and flags, with nothing left undefined.
 * All choices of shape are made here, so that templates only arrange. Must never hold an object a template could insert.
 */
import { unreachable } from "../base/assert.ts";
import type { Values } from "../base/json.ts";
import type { Button, CardName, Tone } from "./card.ts";
import type { FilledField } from "./fill.ts";
import { inert } from "./inert.ts";
import type { PagedCard } from "./pages.ts";

/** An empty string means "leave it out". */
export type Slots = Values;

/** A name far longer fills a phone before anything else is read. */
const LONGEST_TITLE = 200;

/** Writes the slots of one card. `id` is what its buttons carry; no text but a line's is longer than `longest`. */
export function slotsOf(filled: PagedCard, about: { name: CardName; id: string; longest: number }): Slots {
	const { name, id, longest } = about;
	const { waiting, footer, pager } = filled;
	const cut = (text: string, most = longest): string => {
		return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
	};
	const details = filled.details.filter((part) => part.lines.length > 0);
	const buttons = filled.buttons.filter((button) => isReachable(button, name, details.length > 0));
	return {
		id,
		header: cut(filled.header.filter((part) => part !== "").join(" · ")),
		title: inert(cut(filled.title, Math.min(LONGEST_TITLE, longest))),
		summary: cut(filled.summary),
		lead: filled.lead.map((text) => ({ text: cut(text) })),
		waiting:
			waiting === undefined
				? []
				: [{ strong: cut(waiting.strong), rest: spaced(cut(waiting.rest)), ...ink(waiting.tone) }],
		lines: filled.lines.map((line, at) => ({
			sign: line.sign,
			...ink(line.tone),
			text: line.text,
			meta: line.meta ? ` · ${line.meta}` : "",
			spacing: at === 0 ? "Medium" : "Small",
		})),
		pager: pager === undefined ? [] : [{ text: pager.words }],
		hasTurns: (pager?.turns.length ?? 0) > 0,
		turns: pager?.turns ?? [],
		facts: filled.facts.map((fact, at) => ({
			title: cut(fact.title),
			value: cut(fact.value),
			spacing: at === 0 ? "Medium" : "Small",
		})),
		hasDetails: details.length > 0,
		details: details.map((part, at) => ({
			title: part.title,
			spacing: at === 0 ? "None" : "Medium",
			lines: part.lines.map((text) => ({ text: cut(text) })),
		})),
		fields: filled.fields.map(fieldSlots),
		hasChoices: filled.choices.length > 0,
		choices: filled.choices.map((choice) => ({
			value: choice.value,
			title: inert(choice.hint ? `${choice.title}: ${choice.hint}` : choice.title),
		})),
		hasChecklist: filled.checklist.length > 0,
		checked: filled.checklist
			.filter((item) => item.done)
			.map((item) => item.value)
			.join(","),
		checklist: filled.checklist.map((item) => ({ value: item.value, title: inert(item.title) })),
		footer: footer === undefined ? [] : [{ text: cut(footer) }],
		buttons: buttons.map((button, at) => buttonSlots(button, at)),
	};
}

function ink(tone: Tone): { readonly color: string; readonly subtle: boolean } {
	switch (tone) {
		case "good":
			return { color: "Good", subtle: false };
		case "warning":
			return { color: "Warning", subtle: false };
		case "attention":
			return { color: "Attention", subtle: false };
		case "accent":
			return { color: "Accent", subtle: false };
		case "default":
			return { color: "Default", subtle: false };
		case "subtle":
			return { color: "Default", subtle: true };
		default:
			return unreachable(tone);
	}
}

/** Which input a field becomes, and how it is asked for. A value its own input could not hold is kept as text. */
export function inputOf(field: FilledField): { readonly kind: string; readonly style: string; readonly ask: string } {
	const value = field.value ?? "";
	switch (field.type) {
		case "text":
			return { kind: "text", style: "Text", ask: "Enter" };
		case "multiline":
			return { kind: "multiline", style: "Text", ask: "Enter" };
		case "email":
			return { kind: "text", style: "Email", ask: "Enter" };
		case "phone":
			return { kind: "text", style: "Tel", ask: "Enter" };
		case "number":
			return { kind: value === "" || Number.isFinite(Number(value)) ? "number" : "text", style: "Text", ask: "Enter" };
		case "date":
			return { kind: /^(\d{4}-\d\d-\d\d)?$/.test(value) ? "date" : "text", style: "Text", ask: "Choose" };
		case "time":
			return { kind: /^(\d\d:\d\d)?$/.test(value) ? "time" : "text", style: "Text", ask: "Choose" };
		case "choice":
			return { kind: "choice", style: "compact", ask: "Choose" };
		case "person":
			return isListed(field)
				? { kind: "choice", style: "compact", ask: "Choose" }
				: { kind: "text", style: "Email", ask: "Enter" };
		case "choices":
			return { kind: "choices", style: "expanded", ask: "Choose" };
		case "yes-no":
			return { kind: "choice", style: "expanded", ask: "Choose" };
		default:
			return unreachable(field.type);
	}
}

/** Too many people to choose from, or none known here: their e-mail address is asked for. */
function isListed(field: FilledField): boolean {
	return field.choices.length > 0 && field.choices.length <= 200;
}

/** What helps to fill a field in. */
export function hintOf(field: FilledField): string | undefined {
	const asked = field.type === "person" && !isListed(field) ? "Their e-mail address." : undefined;
	return field.hint ?? asked;
}

/** What a field is called: what may be left out says so. */
export function labelOf(field: Pick<FilledField, "label" | "optional">): string {
	return field.optional ? `${field.label} (optional)` : field.label;
}

/** What an empty field is told: "Enter the first name." */
function emptyWords(field: FilledField): string {
	if (field.type === "yes-no") return "Choose yes or no.";
	const label = /^[A-Z][^A-Z]/.test(field.label)
		? field.label.charAt(0).toLowerCase() + field.label.slice(1)
		: field.label;
	return `${inputOf(field).ask} the ${label.replace(/[?.:]$/, "")}.`;
}

function fieldSlots(field: FilledField): Values {
	const { kind, style } = inputOf(field);
	const value = field.value ?? "";
	const text = kind === "text" || kind === "multiline";
	return {
		name: field.name,
		label: labelOf(field),
		required: !field.optional,
		empty: inert(emptyWords(field)),
		kind,
		style,
		hint: hintOf(field) ?? "",
		error: field.error ?? "",
		value: kind === "number" && value !== "" ? Number(value) : value,
		maxLength: text && field.max !== undefined ? Math.max(field.max, value.length) : "",
		min: kind === "number" ? (field.min ?? "") : "",
		max: kind === "number" ? (field.max ?? "") : "",
		choices: field.choices.map((choice) => ({
			value: choice.value,
			title: style === "compact" ? choice.title : inert(choice.title),
		})),
	};
}

function isReachable(button: Button, name: CardName, hasDetails: boolean): boolean {
	if (button.reveal === "details") return hasDetails;
	return button.reveal === undefined || (button.reveal === "send-back" && name === "approval");
}

function buttonSlots(button: Button, at: number): Values {
	const styles = { primary: "positive", default: "default", danger: "destructive" } as const;
	const kind = button.url !== undefined ? "open" : button.reveal !== undefined ? "reveal" : "send";
	return {
		order: `button-${at}`,
		kind: kind === "send" && button.inputs !== true ? "press" : kind,
		title: button.title,
		style: styles[button.style],
		mode: at < 3 ? "primary" : "secondary",
		verb: button.verb ?? "",
		url: button.url ?? "",
		reveal: button.reveal ?? "",
	};
}

/** Puts a space before words unless they open with a sign of their own. */
export function spaced(text: string): string {
	return text === "" || /^[\s.,:;]/.test(text) ? text : ` ${text}`;
}
