/**
 * A form's fields as markup, and what a browser sent as values. The same fields, choices and errors as the form card. Must
 * never check a value: that is the form's own work.
 */
import { type Html, html, raw } from "../base/html.ts";
import { asRecord, type Values } from "../base/json.ts";
import type { FilledField } from "../cards/fill.ts";
import type { Field } from "../sop/sop.ts";

/** Draws fields. `prefix` keeps ids apart where a page has several forms. */
export function fieldsOf(fields: readonly FilledField[], prefix = ""): readonly Html[] {
	return fields.map((field) => (asGroup(field) ? groupOf(field, prefix) : singleOf(field, prefix)));
}

/** Lists what is wrong above a form, each leading to its field; nothing when all is well. */
export function errorSummary(fields: readonly FilledField[], elsewhere: readonly string[] = []): Html | undefined {
	const wrong = fields.filter((field) => field.error !== undefined);
	const count = wrong.length + elsewhere.length;
	if (count === 0) return undefined;
	return html`<div class="summary" role="alert" tabindex="-1" aria-labelledby="es">
<h2 id="es">${count === 1 ? "One thing" : `${count} things`} to put right</h2>
<ul>${elsewhere.map((words) => html`<li>${words}</li>`)}
${wrong.map((field) => html`<li><a href="#${field.name}">${field.label}: ${field.error}</a></li>`)}</ul></div>`;
}

/** What was typed into these fields. Empty ones are left out; several choices are joined by commas, as in a card. */
export function typedOf(fields: readonly Field[], body: unknown): Values {
	const given = asRecord(body);
	return Object.fromEntries(
		fields.flatMap(({ name }) => {
			const value = Object.hasOwn(given, name) ? given[name] : undefined;
			const text = Array.isArray(value) ? value.map(String).join(",") : typeof value === "string" ? value.trim() : "";
			return text === "" ? [] : [[name, text]];
		}),
	);
}

/** The name of an ask's field as its own page sends it. */
function asGroup(field: FilledField): boolean {
	return field.type === "choices" || field.type === "yes-no";
}

function singleOf(field: FilledField, prefix: string): Html {
	const id = `${prefix}${field.name}`;
	const described = describedBy(field, id);
	return html`<div class="field"><label for="${id}">${labelOf(field)}</label>
${field.hint !== undefined && html`<p class="help" id="${id}-h">${field.hint}</p>`}
${field.error !== undefined && html`<p class="error" id="${id}-e">${field.error}</p>`}
${inputOf(field, id, described)}</div>`;
}

function inputOf(field: FilledField, id: string, described: Html | false): Html {
	const common = html` id="${id}" name="${field.name}"${described}${field.error !== undefined && raw` aria-invalid="true"`}`;
	if (field.type === "multiline")
		return html`<textarea${common} rows="4" maxlength="${field.max ?? 4000}">${field.value ?? ""}</textarea>`;
	if (field.type === "choice" || field.type === "person")
		return html`<select${common}>
${(field.value ?? "") === "" && html`<option value="">Choose one</option>`}
${field.choices.map((one) => html`<option value="${one.value}"${one.value === field.value && raw` selected`}>${one.title}</option>`)}
</select>`;
	const limits =
		field.type === "number"
			? html`${field.min !== undefined && html` min="${field.min}"`}${field.max !== undefined && html` max="${field.max}"`}`
			: html`${textual(field) && html` maxlength="${field.max ?? 500}"`}`;
	return html`<input${common} type="${inputType(field)}" value="${field.value ?? ""}" autocomplete="off"${limits}>`;
}

function groupOf(field: FilledField, prefix: string): Html {
	const id = `${prefix}${field.name}`;
	const chosen = new Set((field.value ?? "").split(","));
	const type = field.type === "choices" ? "checkbox" : "radio";
	return html`<fieldset class="field choices" id="${id}" tabindex="-1"${describedBy(field, id)}><legend>${labelOf(field)}</legend>
${field.hint !== undefined && html`<p class="help" id="${id}-h">${field.hint}</p>`}
${field.error !== undefined && html`<p class="error" id="${id}-e">${field.error}</p>`}
${field.choices.map(
	(one) =>
		html`<label><input type="${type}" name="${field.name}" value="${one.value}"${
			chosen.has(one.value) && raw` checked`
		}> <span>${one.title}</span></label>`,
)}</fieldset>`;
}

function labelOf(field: FilledField): string {
	return field.optional ? `${field.label} (optional)` : field.label;
}

function describedBy(field: FilledField, id: string): Html | false {
	const ids = [field.error !== undefined && `${id}-e`, field.hint !== undefined && `${id}-h`].filter(
		(one) => one !== false,
	);
	return ids.length > 0 && html` aria-describedby="${ids.join(" ")}"`;
}

function textual(field: FilledField): boolean {
	return ["text", "email", "phone"].includes(field.type);
}

function inputType(field: FilledField): string {
	switch (field.type) {
		case "phone":
			return "tel";
		case "email":
		case "number":
		case "date":
		case "time":
			return field.type;
		default:
			return "text";
	}
}
