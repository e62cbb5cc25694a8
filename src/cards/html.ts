/**
 * A card as markup to be read: for mail. Must never put data into markup but through `html`.
 */
import { unreachable } from "../base/assert.ts";
import { type Html, html, safeUrl } from "../base/html.ts";
import type { CardName } from "./card.ts";
import type { FilledCard } from "./fill.ts";
import { type Part, partsOf } from "./parts.ts";
import { spaced } from "./slots.ts";

/** Draws a card to be read, as an `article`: no inputs, links alone. `id`: keeps its ids apart from those around it. */
export function cardHtml(name: CardName, filled: FilledCard, id: string): Html {
	const body = partsOf[name].map((part) => partHtml(part, filled, `${id}-`));
	return html`<article class="card-html" data-card="${name}" aria-labelledby="${id}-title">${body}${buttonsHtml(filled, name)}</article>`;
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
		case "details":
			return detailsHtml(filled);
		case "footer":
			return html`${filled.footer !== undefined && html`<p class="meta">${filled.footer}</p>`}`;
		case "checklist":
		case "fields":
		case "choices":
		case "send-back":
			return html``;
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

function detailsHtml(filled: FilledCard): Html {
	const parts = filled.details.filter((part) => part.lines.length > 0);
	if (parts.length === 0) return html``;
	return html`<details><summary>Technical detail</summary>${parts.map(
		(part) => html`${part.title !== "" && html`<p><b>${part.title}</b></p>`}<pre>${part.lines.join("\n")}</pre>`,
	)}</details>`;
}

function buttonsHtml(filled: FilledCard, name: CardName): Html {
	const links = filled.buttons.flatMap(({ url, style, title }) =>
		url === undefined ? [] : [html`<a class="${KINDS[style]}" href="${safeUrl(url)}">${title}</a>`],
	);
	return html`${links.length > 0 && html`<div class="acts" data-for="${name}">${links}</div>`}`;
}

const KINDS = { primary: "btn primary", default: "btn", danger: "btn danger" };
