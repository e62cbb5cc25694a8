/**
 * What a field of each type accepts and what is kept of it. Must never keep control characters, half a surrogate pair or
 * text that only looks trimmed.
 */
import { unreachable } from "../base/assert.ts";
import { isList, isRecord, type Json } from "../base/json.ts";
import type { FormContext } from "./form.ts";
import { limitOf } from "./form-limits.ts";
import type { Field } from "./sop.ts";

export type Checked =
	| { readonly value: Json }
	| { readonly problem: { readonly code: string; readonly message: string; readonly remedy?: string } };

/** Checks one value that is not empty. */
export function checkValue(field: Field, typed: Json, context: FormContext): Checked {
	switch (field.type) {
		case "text":
		case "multiline":
			return text(field, typed);
		case "email":
			return email(field, typed, context);
		case "phone":
			return phone(field, typed);
		case "number":
			return number(field, typed);
		case "date":
			return date(field, typed, context);
		case "time":
			return time(field, typed);
		case "choice":
			return choice(field, typed);
		case "choices":
			return choices(field, typed);
		case "person":
			return person(field, typed, context);
		case "yes-no":
			return yesNo(field, typed);
		default:
			return unreachable(field.type);
	}
}

/** "First name" in the middle of a sentence; "SKU" stays. */
export function lowerFirst(label: string): string {
	return /^\p{Lu}\p{Ll}/u.test(label) ? label.slice(0, 1).toLowerCase() + label.slice(1) : label;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const CONTROL_OR_BREAK = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/u;
const EMAIL =
	/^[^\s@<>()[\]\\,;:"]{1,64}@(?=.{3,190}$)[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;

function no(code: string, message: string): Checked {
	return { problem: { code, message } };
}

/** The text as it is kept: NFC, trimmed, line ends as \n. Undefined when it holds what no field may. */
function clean(typed: Json, breaks: boolean): string | undefined {
	if (typeof typed !== "string" && typeof typed !== "number") return undefined;
	const kept = String(typed).normalize("NFC").replaceAll("\r\n", "\n").trim();
	if (!kept.isWellFormed() || (breaks ? CONTROL : CONTROL_OR_BREAK).test(kept)) return undefined;
	return kept;
}

/** Characters that a field of words takes. */
export function longestOf({ max, type }: Pick<Field, "max" | "type">): number {
	return max ?? (type === "multiline" ? 2000 : 200);
}

function text(field: Field, typed: Json): Checked {
	const kept = clean(typed, field.type === "multiline");
	if (kept === undefined) return no("not-text", `Write the ${lowerFirst(field.label)} in plain text.`);
	const most = longestOf(field);
	const length = [...kept].length;
	if (length > most)
		return no("too-long", `The ${lowerFirst(field.label)} has ${length} characters; ${most} are the most.`);
	if (field.min !== undefined && length < field.min)
		return no("too-short", `Write the ${lowerFirst(field.label)} with at least ${field.min} characters.`);
	return { value: kept };
}

function email(field: Field, typed: Json, context: FormContext): Checked {
	const kept = clean(typed, false);
	if (kept === undefined || !EMAIL.test(kept)) {
		return no("not-an-email", `Enter the ${lowerFirst(field.label)} as name@example.com.`);
	}
	const at = kept.lastIndexOf("@");
	const address = kept.slice(0, at) + kept.slice(at).toLowerCase();
	const inside = /^private/i.test(field.name) && ownDomains(context).includes(address.slice(at + 1));
	if (!inside) return { value: address };
	return no("not-private", `Enter an address outside ${address.slice(at + 1)}. Nobody could read ${address} yet.`);
}

/** Where the client and the MSP have their mail. */
function ownDomains({ clientDomain, people }: FormContext): readonly string[] {
	const domains = (people ?? []).map(({ email }) => email.slice(email.lastIndexOf("@") + 1).toLowerCase());
	return clientDomain === undefined ? domains : [...domains, clientDomain.toLowerCase()];
}

function phone(field: Field, typed: Json): Checked {
	const kept = clean(typed, false)?.replace(/[\s().-]/g, "");
	if (kept === undefined || !/^\+[1-9]\d{6,14}$/.test(kept)) {
		return no("not-a-phone", `Enter the ${lowerFirst(field.label)} with its country, as +12025550100.`);
	}
	return { value: kept };
}

function number(field: Field, typed: Json): Checked {
	const written = typeof typed === "string" ? typed.trim() : typed;
	const value = typeof written === "string" && /^[+-]?\d{1,15}(\.\d{1,10})?$/.test(written) ? Number(written) : written;
	if (typeof value !== "number" || !Number.isFinite(value))
		return no("not-a-number", `Enter the ${lowerFirst(field.label)} in digits.`);
	const label = lowerFirst(field.label);
	if (field.min !== undefined && value < field.min)
		return no("too-small", `Enter the ${label} as ${field.min} or more.`);
	if (field.max !== undefined && value > field.max) return no("too-big", `Enter the ${label} as ${field.max} or less.`);
	return { value };
}

function date(field: Field, typed: Json, { today }: FormContext): Checked {
	const day =
		typeof typed === "string" && /^\d{4}-\d{2}-\d{2}$/.test(typed.trim()) ? plainDate(typed.trim()) : undefined;
	if (day === undefined)
		return no("not-a-day", `Enter the ${lowerFirst(field.label)} as year-month-day, like ${today}.`);
	const earliest = limitOf(field.earliest ?? (field.name === "startDate" ? "today-30" : undefined), today);
	const latest = limitOf(field.latest, today);
	if (earliest !== undefined && day < earliest)
		return no("too-early", `The earliest ${lowerFirst(field.label)} is ${dayWords(earliest, today)}.`);
	if (latest !== undefined && day > latest)
		return no("too-late", `The latest ${lowerFirst(field.label)} is ${dayWords(latest, today)}.`);
	return { value: day };
}

/** "Fri 23 Oct"; with the year where it is not this one. */
function dayWords(day: string, today: string): string {
	const year = day.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: "numeric" } as const);
	const how = { weekday: "short", day: "numeric", month: "short", ...year } as const;
	return Temporal.PlainDate.from(day).toLocaleString("en-GB", how).replace(",", "");
}

function plainDate(day: string): string | undefined {
	try {
		return Temporal.PlainDate.from(day, { overflow: "reject" }).toString();
	} catch {
		return undefined;
	}
}

function time(field: Field, typed: Json): Checked {
	const found = typeof typed === "string" ? /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(typed.trim()) : null;
	if (found === null) return no("not-a-time", `Enter the ${lowerFirst(field.label)} as hours and minutes, like 07:00.`);
	return { value: `${(found[1] as string).padStart(2, "0")}:${found[2]}` };
}

function choice(field: Field, typed: Json): Checked {
	const key = isRecord(typed) ? typed.key : typed;
	const wanted = typeof key === "number" || typeof key === "boolean" ? String(key) : key;
	const offered = field.choices ?? [];
	const found =
		offered.find((one) => one.key === wanted) ??
		offered.find((one) => typeof wanted === "string" && one.title.toLowerCase() === wanted.trim().toLowerCase());
	if (found !== undefined) return { value: found.value };
	const titles = offered.slice(0, 12).map((one) => one.title);
	return no("not-a-choice", `Choose the ${lowerFirst(field.label)} from ${titles.join(", ")}.`);
}

function choices(field: Field, typed: Json): Checked {
	const list = typeof typed === "string" ? typed.split(",").map((key) => key.trim()) : typed;
	if (!isList(list)) return choice(field, typed);
	const values: Json[] = [];
	for (const item of new Set(list)) {
		const found = choice(field, item);
		if ("problem" in found) return found;
		values.push(found.value);
	}
	if (values.length === 0 && !field.optional) return no("missing", `Choose the ${lowerFirst(field.label)}.`);
	return { value: values };
}

function person(field: Field, typed: Json, { people }: FormContext): Checked {
	const kept = clean(typed, false);
	const wanted = kept?.toLowerCase();
	const found = people?.find((one) => one.id === kept || one.email.toLowerCase() === wanted);
	if (found !== undefined) return { value: found.email };
	if (people === undefined && kept !== undefined && EMAIL.test(kept)) return { value: kept.toLowerCase() };
	const group = kept?.startsWith("@") ? `“${kept}” is a group or a handle, not a person of the client. ` : "";
	return no("not-a-person", `${group}Choose the ${lowerFirst(field.label)} from the people of the client.`);
}

function yesNo(field: Field, typed: Json): Checked {
	const word = typeof typed === "string" ? typed.trim().toLowerCase() : typed;
	if (word === true || word === "true" || word === "yes") return { value: true };
	if (word === false || word === "false" || word === "no") return { value: false };
	return no("not-yes-or-no", `Choose yes or no for ${lowerFirst(field.label)}.`);
}
