/**
 * What is typed behind an SOP's word, as values of its form; and what a form promises. Pure. Must never check a form: the
 * desk does.
 */
import type { Json, Values } from "../base/json.ts";
import { words } from "../base/words.ts";
import type { Text } from "../cards/card.ts";
import type { PersonChoice } from "../cards/form-card.ts";
import type { Client } from "../sop/definitions.ts";
import { ownPeople } from "../sop/everyone.ts";
import type { Field, Sop } from "../sop/sop.ts";
import type { Said } from "./parse.ts";

/**
 * Reads what was typed behind the word into form values: named ones by field name or label, the rest word by word into
 * the leading text fields. A name we do not know is left out and reported.
 */
export function prefill(
	form: readonly Field[],
	said: Pick<Said, "rest" | "named">,
	people: readonly PersonChoice[] = [],
): { readonly values: Values; readonly unknown: readonly string[] } {
	const values: { [name: string]: Json } = {};
	const unknown: string[] = [];
	for (const [name, value] of Object.entries(said.named)) {
		const field = form.find((f) => same(f.name, name) || same(f.label, name));
		if (field === undefined) unknown.push(name);
		else values[field.name] = chosen(field, value, people);
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

/** The people of a client that a form can offer. */
export function peopleOf(client: Client | undefined): readonly PersonChoice[] {
	return ownPeople(client).map(({ id, name, title }) => ({ id, name, ...(title === undefined ? {} : { title }) }));
}

/** A run's form as it can be typed again: people are chosen by id, whatever they were found by. */
export function retyped(form: readonly Field[], values: Values, client: Client | undefined): Values {
	const typed: { [name: string]: Json } = { ...values };
	for (const field of form) {
		const value = values[field.name];
		if (field.type !== "person" || typeof value !== "string") continue;
		const found = client?.roster.people.find((person) => person.id === value || person.email === value);
		if (found !== undefined) typed[field.name] = found.id;
	}
	return typed;
}

/** What a form says before it is filled in: that nothing happens yet, and who decides. */
export function promiseOf(sop: Sop, client: Client | undefined): Text {
	const approve = sop.steps.find((step) => step.kind === "approve");
	if (approve === undefined || approve.kind !== "approve") return "Nothing happens before you send this.";
	const roles = approve.by.filter((who) => Object.hasOwn(client?.roster.roles ?? {}, who));
	if (roles.length === 0) return "Nothing changes until someone has approved the plan you will see next.";
	return words("Nothing changes until ", { who: roles }, " has approved the plan you will see next.");
}

/** What somebody typed for a list: its key, when one key, title or name fits. */
function chosen(field: Field, value: string, people: readonly PersonChoice[]): string {
	const listed = (field.choices ?? []).map(({ key, title }) => ({ key, title }));
	const options = field.type === "person" ? people.map(({ id, name }) => ({ key: id, title: name })) : listed;
	const text = value.toLowerCase();
	const exact = options.filter(({ key, title }) => key.toLowerCase() === text || title.toLowerCase() === text);
	const begun = exact.length > 0 ? exact : options.filter(({ title }) => title.toLowerCase().startsWith(text));
	return begun.length === 1 && begun[0] !== undefined ? begun[0].key : value;
}

function same(a: string, b: string): boolean {
	const plain = (text: string) => text.toLowerCase().replaceAll(/[\s_-]/gu, "");
	return plain(a) === plain(b);
}
