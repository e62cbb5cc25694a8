/**
 * A card full of what people and systems may put into names and sentences to be taken for something else.
 */
import type { FilledCard } from "../../src/cards/fill.ts";
import { specimen } from "../../src/cards/specimen.ts";

/** Texts that some renderer, template engine or reader might take for more than text. */
export const nastyTexts: readonly string[] = [
	"[click](http://evil.example)",
	"<at>Everyone</at>",
	"*bold* _slanted_ **more** __more__ ~~gone~~",
	"# Heading",
	"- item",
	"1. item",
	"`code`",
	"![x](http://evil.example/x.png)",
	"<http://evil.example>",
	"<img src=x onerror=alert(1)>",
	"</script><script>alert(1)</script>",
	"${$root.id} ${secret}",
	"\\${title}",
	"{{DATE(2026-01-01T00:00:00Z, SHORT)}}",
	"javascript:alert(1)",
	"line\nbreak",
	"a".repeat(300),
	'O\'Neil & "Sons"',
	"| a | b |",
	"&lt;b&gt;",
];

const all = nastyTexts.join(" ");

/** One card with such texts in every place that takes data. */
export const nasty: FilledCard = {
	...specimen,
	header: nastyTexts,
	title: `${nastyTexts[0]} ${all}`,
	lead: nastyTexts,
	waiting: { strong: all, rest: all, tone: "warning" },
	lines: nastyTexts.map((text) => ({ sign: "+", tone: "good", text, meta: text })),
	facts: nastyTexts.map((text) => ({ title: text, value: text })),
	details: [{ title: all, lines: nastyTexts }],
	choices: nastyTexts.map((text, at) => ({ value: `c${at}`, title: text, hint: text })),
	checklist: nastyTexts.map((text, at) => ({ value: `i${at}`, title: text, done: false })),
	fields: specimen.fields.map((field, at) => ({
		...field,
		label: nastyTexts[at] ?? "",
		hint: all,
		error: all,
		value: nastyTexts[at] ?? "",
		choices: field.choices.map((choice) => ({ ...choice, title: all })),
	})),
	footer: all,
	summary: all,
};
