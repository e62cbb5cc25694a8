/**
 * Markup that escapes what it is given. The only importer of the templating helper: every page and card is written with
 * `html`. Must never let data become markup: `raw` takes constants alone, and slots stand in text or quoted attributes.
 */
import { html as escaping, raw as trusted } from "hono/html";
import { InvariantError } from "./errors.ts";
import type { Json } from "./json.ts";

/** Markup that is safe to print. Made only by `html`, `raw` and `jsonBlock`. */
export type Html = { readonly isEscaped: true; toString(): string };
/** What a slot takes. `undefined`, `null`, `true` and `false` print nothing, so `condition && html…` works. */
export type Slot = string | number | boolean | null | undefined | Html | readonly Slot[];

/** Templates whose slots were looked at already; a template's literal strings are one object for ever. */
const checked = new WeakSet<TemplateStringsArray>();

/**
 * Writes markup; every slot is escaped unless it is `Html` already.
 * Errors: `InvariantError` for a slot in an unquoted attribute, an event handler, a style or a script, and for a promise.
 */
export function html(strings: TemplateStringsArray, ...slots: readonly Slot[]): Html {
	checkSlots(strings);
	const made: unknown = escaping(strings, ...(slots as unknown[]));
	if (made instanceof Promise) throw new InvariantError("a promise was put into markup: await it first");
	return made as Html;
}

/** Marks constant markup as safe, written as a tag: raw`<svg…/>`. It takes no slots, so data cannot get in. */
export function raw(strings: TemplateStringsArray): Html {
	if (strings.length !== 1) throw new InvariantError("raw markup takes no slots");
	return trusted(strings[0] ?? "") as unknown as Html;
}

/** Writes markup as text, to send or to keep. */
export function toText(markup: Html): string {
	return markup.toString();
}

/** Writes data for a script to read: `<script type="application/json" id="…">`. Nothing in it can end the element. */
export function jsonBlock(id: string, value: Json): Html {
	const text = JSON.stringify(value)
		.replaceAll("<", "\\u003c")
		.replaceAll("\u2028", "\\u2028")
		.replaceAll("\u2029", "\\u2029");
	const body = trusted(text) as unknown as Html;
	return html`<script type="application/json" id="${id}">${body}</script>`;
}

/**
 * Lets through an address that is safe to link to: `https:`, `http:`, `mailto:`, or a path or fragment of our own.
 * Anything else, `javascript:` first of all, becomes `#`.
 */
export function safeUrl(url: string): string {
	if (/^(https?:\/\/|mailto:)/i.test(url) || /^[/#?](?![/\\])/.test(url)) return url;
	return "#";
}

function checkSlots(strings: TemplateStringsArray): void {
	if (checked.has(strings)) return;
	let before = "";
	for (const part of strings.slice(0, -1)) {
		before += part;
		const script = /<(script|style)\b[^>]*>(?![\s\S]*<\/\1>)/i.exec(before);
		if (script !== null && !/type="application\/json"/.test(script[0])) fail("inside a script or style", before);
		const tag = /<[a-z][^<>]*$/i.exec(before)?.[0].replace(/"[^"]*"|'[^']*'/g, "q");
		if (tag !== undefined && /=\s*$/.test(tag) && !/["']/.test(tag)) fail("in an unquoted attribute", before);
		if (tag !== undefined && /\s(on\w+|style|srcdoc)\s*=\s*["'][^"']*$/i.test(tag)) fail("in code or style", before);
		before += "x";
	}
	checked.add(strings);
}

function fail(where: string, before: string): never {
	throw new InvariantError(`a slot stands ${where}: …${before.slice(-60)}`);
}
