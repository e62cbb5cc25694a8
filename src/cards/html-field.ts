/**
 * One field of a form as markup that works without script. Must never lose what was typed.
 */
import { unreachable } from "../base/assert.ts";
import { type Html, html, raw } from "../base/html.ts";
import type { FilledField } from "./fill.ts";
import { hintOf, inputOf, labelOf } from "./slots.ts";

/** Draws a field with its label, hint, error and value. `prefix` keeps ids apart where a page has several forms. */
export function fieldHtml(field: FilledField, prefix = ""): Html {
	const id = `${prefix}${field.name}`;
	const { kind, style } = inputOf(field);
	const group = kind === "choices" || (kind === "choice" && style === "expanded");
	const [label, hint] = [labelOf(field), hintOf(field)];
	const notes = html`${hint !== undefined && html`<p class="help" id="${id}-h">${hint}</p>`}${
		field.error !== undefined && html`<p class="error" id="${id}-e">${field.error}</p>`
	}`;
	if (group) {
		return html`<fieldset class="field choices"${aria(field, id)}><legend>${label}</legend>${notes}${optionsHtml({
			id,
			name: field.name,
			kind: kind === "choices" ? "checkbox" : "radio",
			required: !field.optional && kind !== "choices",
			options: field.choices,
			chosen: (field.value ?? "").split(","),
		})}</fieldset>`;
	}
	return html`<div class="field"><label for="${id}">${label}</label>${notes}${control(field, id)}</div>`;
}

/** Draws radio buttons or boxes to tick. */
export function optionsHtml(list: {
	readonly id: string;
	readonly name: string;
	readonly kind: "radio" | "checkbox";
	readonly required: boolean;
	readonly options: readonly { readonly value: string; readonly title: string; readonly hint?: string }[];
	readonly chosen: readonly string[];
}): Html {
	return html`${list.options.map((option, at) => {
		const on = list.chosen.includes(option.value) && raw` checked`;
		const needed = list.required && raw` required`;
		return html`<label for="${list.id}-${at}"><input type="${list.kind}" id="${list.id}-${at}" name="${list.name}" value="${
			option.value
		}"${on}${needed}> <span>${option.title}${option.hint !== undefined && html`<small>${option.hint}</small>`}</span></label>`;
	})}`;
}

function control(field: FilledField, id: string): Html {
	const common = html` id="${id}" name="${field.name}"${!field.optional && raw` required`}${aria(field, id)}`;
	const value = field.value ?? "";
	const longest = field.max !== undefined && html` maxlength="${field.max}"`;
	const input = (type: string, more: Html | false = false): Html =>
		html`<input type="${type}"${common}${more} value="${value}" autocomplete="off">`;
	const { kind, style } = inputOf(field);
	if (kind === "text" && field.type === "person") return input("email");
	if (kind === "text" && style === "Text" && field.type !== "text") return input("text");
	switch (field.type) {
		case "text":
			return input("text", longest);
		case "email":
			return input("email", longest);
		case "phone":
			return input("tel", longest);
		case "number": {
			const least = field.min !== undefined && html` min="${field.min}"`;
			const most = field.max !== undefined && html` max="${field.max}"`;
			return input("number", html` step="any"${least}${most}`);
		}
		case "date":
			return input("date");
		case "time":
			return input("time");
		case "multiline":
			return html`<textarea${common}${longest} rows="4">${value}</textarea>`;
		case "choice":
		case "person":
		case "choices":
		case "yes-no":
			return html`<select${common}><option value="">Choose one</option>${field.choices.map(
				(choice) =>
					html`<option value="${choice.value}"${choice.value === value && raw` selected`}>${choice.title}</option>`,
			)}</select>`;
		default:
			return unreachable(field.type);
	}
}

function aria(field: FilledField, id: string): Html {
	const ids = [field.error === undefined ? "" : `${id}-e`, hintOf(field) === undefined ? "" : `${id}-h`].filter(
		Boolean,
	);
	return html`${ids.length > 0 && html` aria-describedby="${ids.join(" ")}"`}${
		field.error !== undefined && raw` aria-invalid="true"`
	}`;
}
