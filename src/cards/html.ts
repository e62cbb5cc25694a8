/**
 * A card as markup that works without script: for pages, mail and browsers that run none. Must never put data into markup
 * but through `html`.
 */
import { unreachable } from "../base/assert.ts";
import { type Html, html, safeUrl } from "../base/html.ts";
import type { Button, CardName } from "./card.ts";
import type { FilledCard } from "./fill.ts";
import { fieldHtml, optionsHtml } from "./html-field.ts";
import { type Part, partsOf } from "./parts.ts";
import { spaced } from "./slots.ts";

type HtmlOptions = {
	/** The random id its buttons carry, sent as `id`. */
	readonly id: string;
	/** Where buttons post to. Without it the card is to be read only: no inputs, links alone. */
	readonly action?: string;
	/** Sent along with every button, e.g. a token against forged requests. */
	readonly hidden?: { readonly [name: string]: string };
};

/** Draws a card as an `article`. A button posts `id`, `verb` and the inputs, named as in every other rendering. */
export function cardHtml(name: CardName, filled: FilledCard, options: HtmlOptions): Html {
	const prefix = `${options.id}-`;
	const reading = options.action === undefined;
	const shown = partsOf[name].filter(
		(part) => !reading || !["fields", "choices", "checklist", "send-back"].includes(part),
	);
	const body = shown.map((part) => partHtml(part, filled, prefix));
	const buttons = buttonsHtml(filled, name, options);
	const inside = reading
		? html`${body}${buttons}`
		: html`<form method="post" novalidate action="${safeUrl(options.action ?? "")}">${hiddenHtml(options)}${body}${buttons}</form>`;
	return html`<article class="card-html" data-card="${name}" aria-labelledby="${prefix}title">${inside}</article>`;
}

function partHtml(part: Part, filled: FilledCard, prefix: string): Html {
	switch (part) {
		case "head":
			return headHtml(filled, prefix);
		case "waiting":
			return html`${
				filled.waiting &&
				html`<p class="waiting"><b data-tone="${filled.waiting.tone}">${filled.waiting.strong}</b>${spaced(filled.waiting.rest)}</p>`
			}`;
		case "lines":
			return html`${filled.lines.length > 0 && html`<ul class="lines">${filled.lines.map(lineHtml)}</ul>`}`;
		case "facts":
			return html`${
				filled.facts.length > 0 &&
				html`<dl class="facts">${filled.facts.map((f) => html`<dt>${f.title}</dt><dd>${f.value}</dd>`)}</dl>`
			}`;
		case "checklist":
			return groupHtml("What is done", {
				id: `${prefix}checked`,
				name: "checked",
				kind: "checkbox",
				required: false,
				options: filled.checklist,
				chosen: filled.checklist.filter((item) => item.done).map((item) => item.value),
			});
		case "fields":
			return html`${filled.fields.map((field) => fieldHtml(field, prefix))}`;
		case "choices":
			return groupHtml("What now?", {
				id: `${prefix}choice`,
				name: "choice",
				kind: "radio",
				required: true,
				options: filled.choices,
				chosen: [],
			});
		case "details":
			return detailsHtml(filled);
		case "send-back":
			return html`${filled.buttons.some((button) => button.reveal === "send-back") && sendBackHtml(prefix)}`;
		case "footer":
			return html`${filled.footer !== undefined && html`<p class="meta">${filled.footer}</p>`}`;
		default:
			return unreachable(part);
	}
}

function headHtml(filled: FilledCard, prefix: string): Html {
	const header = filled.header.filter((part) => part !== "").join(" · ");
	return html`${header !== "" && html`<p class="meta">${header}</p>`}<h2 id="${prefix}title">${filled.title}</h2>${filled.lead.map(
		(text) => html`<p>${text}</p>`,
	)}`;
}

function lineHtml(line: FilledCard["lines"][number]): Html {
	return html`<li><b data-tone="${line.tone}">${line.sign}</b> <span>${line.text}${
		line.meta !== undefined && html` <span class="meta">${line.meta}</span>`
	}</span></li>`;
}

function groupHtml(legend: string, list: Parameters<typeof optionsHtml>[0]): Html {
	if (list.options.length === 0) return html``;
	return html`<fieldset class="field choices"><legend>${legend}</legend>${optionsHtml(list)}</fieldset>`;
}

function detailsHtml(filled: FilledCard): Html {
	const parts = filled.details.filter((part) => part.lines.length > 0);
	if (parts.length === 0) return html``;
	return html`<details><summary>Technical detail</summary>${parts.map(
		(part) => html`${part.title !== "" && html`<p><b>${part.title}</b></p>`}<pre>${part.lines.join("\n")}</pre>`,
	)}</details>`;
}

function sendBackHtml(prefix: string): Html {
	return html`<details class="send-back"><summary>Send back</summary>
<div class="field"><label for="${prefix}words">What should change?</label><textarea id="${prefix}words" name="words" rows="4" maxlength="500"></textarea></div>
<div class="acts"><button type="submit" class="btn" name="verb" value="send-back">Send back</button></div></details>`;
}

function hiddenHtml(options: HtmlOptions): Html {
	const all = { ...options.hidden, id: options.id };
	return html`${Object.entries(all).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}`;
}

function buttonsHtml(filled: FilledCard, name: CardName, options: HtmlOptions): Html {
	const drawn = filled.buttons.map((button) => buttonHtml(button, options)).filter((button) => button !== undefined);
	return html`${drawn.length > 0 && html`<div class="acts" data-for="${name}">${drawn}</div>`}`;
}

/** What is revealed stands in a `details` of its own, so its button is not drawn. */
function buttonHtml(button: Button, options: HtmlOptions): Html | undefined {
	const kind = { primary: "btn primary", default: "btn", danger: "btn danger" }[button.style];
	if (button.url !== undefined) return html`<a class="${kind}" href="${safeUrl(button.url)}">${button.title}</a>`;
	if (button.reveal !== undefined || button.verb === undefined || options.action === undefined) return undefined;
	return html`<button type="submit" class="${kind}" name="verb" value="${button.verb}">${button.title}</button>`;
}
