/**
 * Slack's limits on one element: texts, buttons, inputs, lists. Must never know where a payload goes besides what it is
 * told. Source of all: https://docs.slack.dev/reference/block-kit/block-elements and /composition-objects.
 */
import { asList, asRecord, isRecord, type Json, type Values } from "../base/json.ts";

type Where = { readonly isView: boolean; readonly within: "actions" | "input" };

/** Says what is wrong with a text object. */
export function textProblems(
	text: Json | undefined,
	where: string,
	{ most, plain = false }: { readonly most: number; readonly plain?: boolean },
): readonly string[] {
	if (!isRecord(text) || typeof text.text !== "string") return [`${where} has no text`];
	const { type, text: words } = text;
	return [
		...(type !== "plain_text" && (plain || type !== "mrkdwn") ? [`${where} has text of the type ${String(type)}`] : []),
		...(words === "" ? [`${where} is empty`] : []),
		...(words.length > most ? [`${where} has ${words.length} characters; ${most} are the most`] : []),
		...(words.isWellFormed() ? [] : [`${where} ends inside a character`]),
		...(type === "mrkdwn" && text.verbatim !== true ? [`${where} may turn words into links`] : []),
		...(type === "plain_text" && text.emoji !== false ? [`${where} may turn words into emoji`] : []),
	];
}

/** Says what is wrong with an element. */
export function elementProblems(element: Json | undefined, where: Where): readonly string[] {
	if (!isRecord(element)) return ["there is no element"];
	const { action_id: id, placeholder } = element;
	const [first] = KINDS.filter(({ types }) => types.includes(String(element.type)));
	if (first === undefined) return [`"${String(element.type)}" is no element of ours`];
	return [
		...(typeof id !== "string" || id === "" || id.length > 255 ? ["an element's action_id is empty or too long"] : []),
		...(placeholder === undefined ? [] : textProblems(placeholder, "placeholder", { most: 150, plain: true })),
		...(first.within !== undefined && first.within !== where.within
			? [`${String(element.type)} in ${where.within}`]
			: []),
		...(first.view === true && !where.isView ? [`${String(element.type)} stands in modals alone`] : []),
		...first.problems(element),
	];
}

const KINDS: readonly {
	readonly types: readonly string[];
	readonly within?: Where["within"];
	readonly view?: boolean;
	readonly problems: (element: Values) => readonly string[];
}[] = [
	{ types: ["button"], within: "actions", problems: buttonProblems },
	{ types: ["plain_text_input"], within: "input", problems: typedProblems },
	{ types: ["email_text_input", "number_input"], within: "input", view: true, problems: typedProblems },
	{ types: ["datepicker", "timepicker"], problems: dayProblems },
	{ types: ["checkboxes", "radio_buttons"], problems: (element) => listProblems(element, 10) },
	{ types: ["static_select", "multi_static_select"], problems: (element) => listProblems(element, 100) },
	{ types: ["external_select", "multi_external_select"], problems: searchProblems },
];

function buttonProblems(button: Values): readonly string[] {
	const { value, url, confirm, style } = button;
	return [
		...textProblems(button.text, "button", { most: 75, plain: true }),
		...(typeof value === "string" && value.length > 2000 ? [`a button's value has ${value.length} characters`] : []),
		...(typeof url === "string" && (url.length > 3000 || !/^https?:\/\//.test(url)) ? ["a button's url"] : []),
		...(style === undefined || style === "primary" || style === "danger" ? [] : [`a button's style ${String(style)}`]),
		...(isRecord(confirm) ? confirmProblems(confirm) : []),
	];
}

function confirmProblems(confirm: Values): readonly string[] {
	return [
		...textProblems(confirm.title, "confirm title", { most: 100, plain: true }),
		...textProblems(confirm.text, "confirm text", { most: 300 }),
		...textProblems(confirm.confirm, "confirm button", { most: 30, plain: true }),
		...textProblems(confirm.deny, "deny button", { most: 30, plain: true }),
	];
}

function typedProblems({ initial_value: value, max_length: most }: Values): readonly string[] {
	const longest = typeof most === "number" ? most : 3000;
	return [
		...(longest < 1 || longest > 3000 ? [`max_length ${longest}`] : []),
		...(typeof value === "string" && (value === "" || value.length > longest)
			? ["an initial_value of no fit length"]
			: []),
	];
}

function dayProblems({ initial_date: day, initial_time: time }: Values): readonly string[] {
	return [
		...(day === undefined || /^\d{4}-\d\d-\d\d$/.test(String(day)) ? [] : [`initial_date ${String(day)}`]),
		...(time === undefined || /^\d\d:\d\d$/.test(String(time)) ? [] : [`initial_time ${String(time)}`]),
	];
}

function listProblems(element: Values, most: number): readonly string[] {
	const options = asList(element.options);
	const values = options.map((option) => asRecord(option).value);
	const known = new Set(options.map((option) => JSON.stringify(option)));
	return [
		...(options.length === 0 || options.length > most ? [`${options.length} options; 1 to ${most}`] : []),
		...(new Set(values).size < values.length ? ["two options have the same value"] : []),
		...options.flatMap(optionProblems),
		...firstOf(element).flatMap((option) =>
			known.has(JSON.stringify(option)) ? [] : ["an initial option not listed"],
		),
	];
}

function searchProblems(element: Values): readonly string[] {
	return [
		...(element.options === undefined ? [] : ["options on a search"]),
		...firstOf(element).flatMap(optionProblems),
	];
}

function firstOf({ initial_option: one, initial_options: several }: Values): readonly Json[] {
	return [...(one === undefined ? [] : [one]), ...asList(several)];
}

function optionProblems(option: Json): readonly string[] {
	if (!isRecord(option)) return ["an option is none"];
	const { value, text, description } = option;
	return [
		...textProblems(text, "option", { most: 75, plain: true }),
		...(description === undefined ? [] : textProblems(description, "description", { most: 75, plain: true })),
		...(typeof value !== "string" || value === "" || value.length > 150
			? ["an option's value is empty or too long"]
			: []),
	];
}
