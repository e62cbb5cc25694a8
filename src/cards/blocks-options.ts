/**
 * Lists to choose from, within Slack's limits: a short one as boxes or dots, a longer one as a menu, one too long for that as
 * a search. Must never leave a choice out of what can be found, nor send back another key than was shown.
 */
import { sha256, type Values } from "../base/json.ts";
import { plain, shortened } from "./blocks-text.ts";
import { unmarked } from "./moment-mark.ts";

export type Choice = { readonly value: string; readonly title: string; readonly hint?: string };

/** Source: https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
const OPTION_TEXT = 75;
const OPTION_VALUE = 150;
/** Source: https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element */
export const MOST_BOXES = 10;
/** Source: https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element */
export const MOST_OPTIONS = 100;

/** Chosen, it says that nothing is. */
export const NOTHING: Choice = { value: "", title: "None" };

/** A list to choose from. `menu`: the most options that are sent along; a longer list is searched. */
export type List = {
	readonly several: boolean;
	readonly choices: readonly Choice[];
	readonly chosen: readonly string[];
	/** Boxes or dots where they suffice, so that all is seen at once. */
	readonly open: boolean;
	readonly menu: number;
};

/** The element a list becomes; at least one choice. */
export function listElement({ several, choices, chosen, open, menu }: List): Values {
	const isOn = ({ value }: Choice) => chosen.includes(value);
	const isSearched = choices.length > Math.min(MOST_OPTIONS, menu);
	const options = optionsOf(isSearched ? choices.filter(isOn) : choices);
	const on = isSearched ? options : options.filter((_, at) => choices.slice(at, at + 1).some(isOn));
	const first =
		on.length === 0 ? {} : several ? { initial_options: on.slice(0, MOST_OPTIONS) } : { initial_option: on[0] };
	const base = { action_id: "value", ...first } as Values;
	if (open && choices.length <= Math.min(MOST_BOXES, menu)) {
		return { type: several ? "checkboxes" : "radio_buttons", ...base, options };
	}
	const asked = { ...base, placeholder: plain(several ? "Choose" : "Choose one", 150) };
	if (!isSearched) return { type: several ? "multi_static_select" : "static_select", ...asked, options };
	const search = { ...asked, placeholder: plain("Type to search", 150), min_query_length: 0 };
	return { type: several ? "multi_external_select" : "external_select", ...search };
}

/** What a search over a field or a question answers: at most 100, those that begin with what was typed first. */
export function optionsFor(field: { readonly choices: readonly Choice[] }, typed: string): readonly Values[] {
	const sought = typed.trim().toLowerCase();
	const at = ({ title, value }: Choice) => Math.max(title.toLowerCase().indexOf(sought), value === typed ? 0 : -1);
	const found = field.choices
		.filter((choice) => at(choice) >= 0)
		.toSorted((a, b) => Math.sign(at(a)) - Math.sign(at(b)));
	return optionsOf(found.slice(0, MOST_OPTIONS));
}

/** The choices whose words do not fit their option, to be written out beside the list. */
export function cutOff(choices: readonly Choice[]): readonly Choice[] {
	return choices.filter(({ title, hint = "" }) => {
		return hint.length > OPTION_TEXT || title.length > (hint === "" ? 2 * OPTION_TEXT - 2 : OPTION_TEXT);
	});
}

const DIGEST = "sha256:";

/** Whether what came back stands for a key: `keyOf` knows it again among the choices it came from. */
export function isDigest(value: string): boolean {
	return value.startsWith(DIGEST);
}

/** What stands for a key in an option: the key, or, where Slack has no room for it, a digest that `keyOf` knows again. */
function optionValue(key: string): string {
	if (key === "") return DIGEST;
	return key.length <= OPTION_VALUE ? key : `${DIGEST}${sha256(key)}`;
}

/** The key behind an option's value. `choices`: of the list it came from; needed for keys over 150 characters only. */
export function keyOf(value: string, choices: readonly Pick<Choice, "value">[] = []): string {
	if (value === DIGEST) return "";
	if (!isDigest(value)) return value;
	return choices.find((choice) => optionValue(choice.value) === value)?.value ?? value;
}

/** Options that read apart: titles that look alike once cut are cut where they begin to differ, else they are numbered. */
function optionsOf(choices: readonly Choice[]): readonly Values[] {
	const whole = choices.map(optionOf);
	if (readApart(whole)) return whole;
	const parted = apart(choices, whole);
	const options = parted.map(optionOf);
	if (readApart(options)) return options;
	return parted.map((choice, at) => optionOf({ ...choice, title: `${at + 1}. ${choice.title}` }));
}

function readApart(options: readonly Values[]): boolean {
	return new Set(options.map(wordsOf)).size === options.length;
}

function wordsOf({ text, description = null }: Values): string {
	return JSON.stringify([text ?? null, description]);
}

/** The same choices; of those whose options read alike, each title goes on from where the first of them differs. */
function apart(choices: readonly Choice[], options: readonly Values[]): readonly Choice[] {
	const named = choices.map((choice) => ({ ...choice, title: nameOf(choice) }));
	const alike = Map.groupBy(named, (_, at) => wordsOf(options[at] ?? {}));
	const shared = new Map(
		[...alike].map(([words, group]) => [words, group.length === 1 ? 0 : sharedBy(group.map(({ title }) => title))]),
	);
	return named.map((choice, at) => {
		const same = shared.get(wordsOf(options[at] ?? {})) ?? 0;
		if (same <= ALIKE_KEPT) return choice;
		return { ...choice, title: shortened(choice.title, ALIKE_KEPT) + choice.title.slice(same) };
	});
}

/** Characters kept of what titles share. */
const ALIKE_KEPT = 20;

/** How many characters all of them begin with, none of them cut in two. */
function sharedBy([first = "", ...others]: readonly string[]): number {
	let same = 0;
	while (same < first.length && others.every((title) => title[same] === first[same])) same += 1;
	return first.slice(0, same).isWellFormed() ? same : same - 1;
}

function nameOf({ value, title }: Choice): string {
	return unmarked(title.trim() === "" ? value : title).toWellFormed();
}

/** A long title goes on in the line below, where no hint stands. */
function optionOf(choice: Choice): Values {
	const { value, hint = "" } = choice;
	const name = nameOf(choice);
	const goesOn = hint.trim() === "" && name.length > OPTION_TEXT;
	const first = goesOn ? shortened(name, OPTION_TEXT) : ended(name);
	const below = goesOn ? ended(`…${name.slice(first.length - 1)}`) : hint;
	return {
		text: plain(first, OPTION_TEXT),
		value: optionValue(value),
		...(below.trim() === "" ? {} : { description: plain(below, OPTION_TEXT) }),
	};
}

/** Long titles often differ at their ends alone, so both ends are kept. */
function ended(title: string): string {
	if (title.length <= OPTION_TEXT) return title;
	const cut = title.slice(-20);
	const end = cut.isWellFormed() ? cut : cut.slice(1);
	return `${shortened(title, OPTION_TEXT - end.length)}${end}`;
}
