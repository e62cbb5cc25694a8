/**
 * Forms as cards: fields with what was typed and what is wrong with it. Must never check a form: the desk does.
 */
import type { Problem } from "../base/errors.ts";
import { isRecord, type Json, sameJson, type Values } from "../base/json.ts";
import { words } from "../base/words.ts";
import type { CardData, Text } from "../cards/card.ts";
import type { Client } from "../sop/definitions.ts";
import type { Field, Sop } from "../sop/sop.ts";
import type { Said } from "./parse.ts";

export type CardField = CardData["fields"][number];

/** The fields of a form, filled in. People are offered by name; each problem stands at its field. */
export function fieldsOf(
	form: readonly Field[],
	client: Client | undefined,
	values: Values,
	problems: readonly Problem[] = [],
): readonly CardField[] {
	return form.map((plain) => {
		const field = plain.type === "person" ? withPeople(plain, client) : plain;
		const value = typed(field, values[field.name] ?? field.fallback);
		const error = problems.find((p) => p.path === `form.${field.name}` || p.path.startsWith(`form.${field.name}.`));
		return {
			...field,
			...(value === undefined ? {} : { value }),
			...(error === undefined ? {} : { error: sentence(error) }),
		};
	});
}

/** Problems that no field of this form shows. */
export function elsewhere(form: readonly Field[], problems: readonly Problem[]): readonly string[] {
	const shown = form.map((field) => `form.${field.name}`);
	return problems.filter((p) => !shown.some((at) => p.path === at || p.path.startsWith(`${at}.`))).map(sentence);
}

function sentence(problem: Problem): string {
	return problem.remedy === undefined ? problem.message : `${problem.message} ${problem.remedy}`;
}

function withPeople(field: Field, client: Client | undefined): Field {
	const people = (client?.roster.people ?? []).filter((person) => person.of === "client");
	const choices = people.map((person) => {
		const title = person.title === undefined ? person.name : `${person.name}, ${person.title}`;
		return { key: person.id, title, value: person.id };
	});
	return { ...field, choices };
}

/** A stored or typed value as the text an input shows. A choice shows its key. */
function typed(field: Field, value: Json | undefined): string | undefined {
	if (value === undefined || value === null) return undefined;
	if (field.type === "choices" && Array.isArray(value)) {
		return value.map((item) => typed({ ...field, type: "choice" }, item) ?? "").join(",");
	}
	if (field.choices !== undefined) return keyOf(field, value) ?? (typeof value === "string" ? value : undefined);
	if (isRecord(value) || Array.isArray(value)) return undefined;
	return String(value);
}

function keyOf(field: Field, value: Json): string | undefined {
	const text = typeof value === "string" ? value.toLowerCase() : undefined;
	const options = field.choices ?? [];
	const exact = options.find((choice) => choice.key === value || sameJson(choice.value, value));
	if (exact !== undefined || text === undefined) return exact?.key;
	const named = options.filter((choice) => choice.title.toLowerCase() === text);
	const begun = options.filter((choice) => choice.title.toLowerCase().startsWith(text));
	const only = named.length === 1 ? named : begun;
	return only.length === 1 ? only[0]?.key : undefined;
}

/**
 * Reads what was typed behind the word into form values: named ones by field name or label, the rest word by word into
 * the leading text fields. A name we do not know is left out and reported.
 */
export function prefill(
	form: readonly Field[],
	said: Said,
): { readonly values: Values; readonly unknown: readonly string[] } {
	const values: { [name: string]: Json } = {};
	const unknown: string[] = [];
	for (const [name, value] of Object.entries(said.named)) {
		const field = form.find((f) => same(f.name, name) || same(f.label, name));
		if (field === undefined) unknown.push(name);
		else values[field.name] = value;
	}
	const stop = form.findIndex((field) => field.type !== "text");
	const open = form.slice(0, stop === -1 ? form.length : stop).filter((field) => !(field.name in values));
	for (const [index, field] of open.entries()) {
		const last = index === open.length - 1;
		const part = last ? said.rest.slice(index).join(" ") : (said.rest[index] ?? "");
		if (part !== "") values[field.name] = part;
	}
	return { values, unknown };
}

function same(a: string, b: string): boolean {
	const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_-]/gu, "");
	return plain(a) === plain(b);
}

/** What a form says before it is filled in: that nothing happens yet, and who decides. */
export function promiseOf(sop: Sop, client: Client | undefined): Text {
	const approve = sop.steps.find((step) => step.kind === "approve");
	if (approve === undefined || approve.kind !== "approve") return "Nothing happens until you send this.";
	const roles = approve.by.filter((who) => client?.roster.roles[who] !== undefined);
	if (roles.length === 0) return "Nothing changes until someone has approved the plan you will see next.";
	return words("Nothing changes until ", { who: roles }, " has approved the plan you will see next.");
}
