/**
 * Checks what people typed into a form, whatever surface it came from, and gives it types: every problem at once, at its
 * field. What passed once passes again unchanged. Must never let a name through that the form does not have.
 */
import type { Problem } from "../base/errors.ts";
import type { Json, Values } from "../base/json.ts";
import type { Day } from "../base/time.ts";
import { type Checked, checkValue, lowerFirst } from "./form-values.ts";
import type { Field } from "./sop.ts";

export type FormContext = {
	/** The day it is for the client. */
	readonly today: Day;
	/** Whom a person field accepts, by id or e-mail. Absent: any e-mail address. */
	readonly people?: readonly { readonly id: string; readonly email: string }[];
	/** The client's own mail domain, e.g. `contoso.example`. */
	readonly clientDomain?: string;
};
type FormResult = { readonly values: Values } | { readonly problems: readonly Problem[] };

/** The largest form, in characters of JSON as typed. */
export const FORM_CAP = 32_768;
/** The most fields of a form: what every chat can show at once. */
export const MOST_FIELDS = 80;

/**
 * Checks a form. Shape of what comes out: days `2026-12-01`, times `07:00`, numbers, booleans, the whole value of a
 * choice, a person's e-mail address; optional fields that are empty are left out. Repeat: safe, values pass again.
 */
export function checkForm(fields: readonly Field[], typed: Values, context: FormContext): FormResult {
	if (JSON.stringify(typed).length > FORM_CAP) {
		return {
			problems: [{ path: "form", code: "too-large", message: "This is more than a form can hold. Shorten it." }],
		};
	}
	const problems = unknownOnes(fields, typed);
	const values: [string, Json][] = [];
	for (const field of fields) {
		const found = one(field, Object.hasOwn(typed, field.name) ? typed[field.name] : undefined, context);
		if ("problem" in found) problems.push({ path: `form.${field.name}`, ...found.problem });
		else if (found.value !== undefined) values.push([field.name, found.value]);
	}
	return problems.length > 0 ? { problems } : { values: Object.fromEntries(values) };
}

/** What a card and a page let people pick, rather than type. */
const CHOSEN: readonly Field["type"][] = ["choice", "choices", "person", "date", "time", "yes-no"];

function one(field: Field, typed: Json | undefined, context: FormContext): Checked | { readonly value: undefined } {
	const empty = typed === undefined || typed === null || (typeof typed === "string" && typed.trim() === "");
	if (!empty) return checkValue(field, typed, context);
	if (field.fallback !== undefined) return checkValue(field, field.fallback, context);
	if (field.optional) return { value: undefined };
	const verb = CHOSEN.includes(field.type) ? "Choose" : "Enter";
	return { problem: { code: "missing", message: `${verb} the ${lowerFirst(field.label)}.` } };
}

function unknownOnes(fields: readonly Field[], typed: Values): Problem[] {
	const known = new Set(fields.map((field) => field.name));
	return Object.keys(typed)
		.filter((name) => !known.has(name))
		.map((name) => ({
			path: `form.${name}`,
			code: "unknown-field",
			message: `This form has no “${name.slice(0, 40)}”.`,
			remedy: `It has ${[...known].join(", ")}.`,
		}));
}
