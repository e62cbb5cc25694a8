/**
 * Makes fields of a form as written. Must never let a name through that an expression could not say or a prototype has.
 */
import { isList, isRecord, type Json, sha256, type Values } from "../base/json.ts";
import { MOST_FIELDS } from "./form.ts";
import { isLimit } from "./form-limits.ts";
import { checkValue } from "./form-values.ts";
import type { At, Report } from "./report.ts";
import type { ClientValues, Field, FieldType } from "./sop.ts";

/** Compiles the fields in the order they were written. The shape has been checked. */
export function compileForm(form: Json | undefined, at: At, client: ClientValues, report: Report): readonly Field[] {
	if (!isRecord(form)) return [];
	const count = Object.keys(form).length;
	if (count > MOST_FIELDS) {
		const remedy = "Ask for the rest in a step of its own, with ask:.";
		report(at, "too-many-fields", `A form has at most ${MOST_FIELDS} fields; this one has ${count}.`, { remedy });
	}
	return Object.entries(form).flatMap(([name, written]) =>
		isRecord(written) ? [compileField(name, written, [...at, name], client, report)] : [],
	);
}

function compileField(name: string, written: Values, at: At, client: ClientValues, report: Report): Field {
	const type = (typeof written.type === "string" ? written.type : "text") as FieldType;
	const choices = choicesOf(written, type, at, client, report);
	const field: Field = {
		name,
		label: typeof written.label === "string" ? written.label : name,
		type,
		optional: written.optional === true,
		...(typeof written.hint === "string" ? { hint: written.hint } : {}),
		...limits(written, type, at, report),
		...(choices === undefined ? {} : { choices }),
	};
	return written.default === undefined ? field : { ...field, ...fallback(field, written.default, at, report) };
}

function limits(written: Values, type: FieldType, at: At, report: Report): Partial<Field> {
	const made: { [name: string]: Json } = {};
	for (const [key, day] of [
		["min", "earliest"],
		["max", "latest"],
	] as const) {
		const limit = written[key];
		if (limit === undefined) continue;
		const isDay = type === "date";
		if (isDay ? typeof limit === "string" && isLimit(limit) : typeof limit === "number")
			made[isDay ? day : key] = limit;
		else {
			const remedy = isDay ? "Write a day like 2026-12-01, or today-30." : "Write a number.";
			report([...at, key], "bad-limit", "This limit does not fit the field.", { remedy });
		}
	}
	return made as Partial<Field>;
}

function fallback(field: Field, value: Json, at: At, report: Report): { readonly fallback?: Json } {
	const found = checkValue(field, value, { today: "2026-01-01" });
	if ("value" in found) return { fallback: found.value };
	report([...at, "default"], "bad-default", found.problem.message, { remedy: "Write a value the field takes." });
	return {};
}

function choicesOf(
	written: Values,
	type: FieldType,
	at: At,
	client: ClientValues,
	report: Report,
): Field["choices"] | undefined {
	const wants = type === "choice" || type === "choices";
	if (!wants) {
		if (written.choices !== undefined || written.from !== undefined) {
			report(at, "no-choices", "Only a choice has choices.", { remedy: "Write type: choice." });
		}
		return undefined;
	}
	if (written.from === "client.profiles") return profileChoices(client, at, report);
	if (isRecord(written.choices)) {
		return Object.entries(written.choices).map(([key, title]) => ({ key, title: String(title), value: key }));
	}
	if (isList(written.choices)) return written.choices.map(listed);
	report(at, "no-choices", "This choice has nothing to choose from.", {
		remedy: "Write choices: or from: client.profiles.",
	});
	return [];
}

function listed(one: Json): { readonly key: string; readonly title: string; readonly value: Json } {
	if (!isRecord(one)) return { key: keyOf(String(one)), title: String(one), value: String(one) };
	const key = String(one.key);
	return { key, title: String(one.title), value: one.value ?? key };
}

/** A choice written as words alone is found by them, unless a list in a chat has no room for so long a key, or parts it. */
function keyOf(words: string): string {
	return words.length > 75 || words.includes(",") ? sha256(words).slice(0, 16) : words;
}

function profileChoices(client: ClientValues, at: At, report: Report): NonNullable<Field["choices"]> {
	const found = Object.entries(client.profiles);
	if (found.length === 0) {
		report([...at, "from"], "no-profiles", `${client.name} has no profiles.`, {
			remedy: "Write profiles: in its client.yaml.",
		});
	}
	return found.map(([key, value]) => ({
		key,
		title: titleOf(key, value),
		value: { ...value, key, title: titleOf(key, value) },
	}));
}

function titleOf(key: string, value: Values): string {
	return typeof value.title === "string" ? value.title : key.slice(0, 1).toUpperCase() + key.slice(1);
}
