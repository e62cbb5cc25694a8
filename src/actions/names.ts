/**
 * The name part of an address, from a person's name: lower case, Latin letters, no marks. Pure; must never invent a name
 * where nothing Latin is left.
 */
import type { Values } from "../base/json.ts";
import { fill } from "../sop/expression.ts";

type PersonName = { readonly firstName: string; readonly lastName: string };

/** Letters whose mark is spelled out, before all other marks are taken off. `é`, `ñ` and `ï` are only bared. */
const MARKED: { readonly [letter: string]: string } = { ä: "ae", ö: "oe", ü: "ue", å: "aa" };
const SPELLED: { readonly [letter: string]: string } = {
	ß: "ss",
	æ: "ae",
	œ: "oe",
	ø: "oe",
	đ: "d",
	ð: "d",
	þ: "th",
	ł: "l",
	ı: "i",
};

/**
 * Spells a text with a to z and digits, German and Danish letters as their own speakers do: `Jörg Weiß` is `joergweiss`,
 * `Zoë O'Neill` is `zoeoneill`. Whoever is called otherwise is named by the client's rule or the person who answers. Empty
 * when nothing is left.
 */
function spelled(text: string): string {
	const written = text
		.normalize("NFC")
		.toLowerCase()
		.replaceAll(/[äöüå]/g, (letter) => MARKED[letter] ?? letter);
	const plain = written.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
	return [...plain]
		.map((letter) => SPELLED[letter] ?? letter)
		.join("")
		.replaceAll(/[^a-z0-9]/g, "");
}

/**
 * The name part by the client's own rule, a template over `form`, or `first.last`. Empty when no rule gives one.
 * Shape: `[a-z0-9._-]`, at most 64 characters, no dot at either end.
 */
export function namePart(person: PersonName, rule: string | undefined, form: Values): string {
	if (rule === undefined) return tidy([spelled(person.firstName), spelled(person.lastName)].filter(Boolean).join("."));
	const made = fill(rule, { form: { ...form, ...person } });
	return typeof made === "string"
		? tidy(
				made
					.split(/(?=[._-])|(?<=[._-])/)
					.map(spelledPart)
					.join(""),
			)
		: "";
}

function spelledPart(part: string): string {
	return /^[._-]$/.test(part) ? part : spelled(part);
}

/** Checks a name part that a person typed. Shape: as `namePart`; empty when it cannot be one. */
export function typedName(text: string): string {
	const name = text.trim().toLowerCase();
	return tidy(name) === name ? name : "";
}

function tidy(name: string): string {
	return name
		.replaceAll(/[^a-z0-9._-]/g, "")
		.replaceAll(/\.{2,}/g, ".")
		.slice(0, 64)
		.replaceAll(/^\.+|\.+$/g, "");
}

/** `ada.lovelace`, `ada.lovelace2` … `ada.lovelace20`: the names that are tried, in order. */
export function nameSeries(name: string): readonly string[] {
	return Array.from({ length: 20 }, (_, at) => (at === 0 ? name : `${name}${at + 1}`));
}

/** The account name of old: at most 20 characters, keeping the number that makes it unique. */
export function accountName(name: string): string {
	if (name.length <= 20) return name;
	const number = /\d*$/.exec(name)?.[0] ?? "";
	return name.slice(0, 20 - number.length).replaceAll(/\.+$/g, "") + number;
}

/** Spaces at an end or in a row are no difference: a directory may not keep them. */
export function isSameText(one: string, other: string): boolean {
	const plain = (text: string) => text.normalize("NFC").trim().replaceAll(/\s+/g, " ");
	return plain(one) === plain(other);
}
