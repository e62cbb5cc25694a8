/**
 * An SOP as a numbered document that prints well: what people read is made from what runs. Must never show one client's
 * version of a procedure to another's people.
 */
import { type Html, html, raw } from "../base/html.ts";
import type { Client } from "../sop/definitions.ts";
import { type DocumentStep, documentOf, type SopDocument } from "../sop/document.ts";
import type { Sop } from "../sop/sop.ts";
import { clientsOf } from "./reader.ts";
import { show, showNotThere, type Visit } from "./shell.ts";

/** `GET /sops/:sop?client=`. Without a client: the first of the reader's that has it. */
export async function showSop(visit: Visit): Promise<void> {
	const found = sopOf(visit);
	if (found === undefined) return showNotThere(visit);
	const { client, sop } = found;
	const document = documentOf(sop, client.roster);
	await show(visit, {
		title: `${sop.title}, ${client.name}`,
		current: "sops",
		client: client.id,
		scripts: ["/static/page.js"],
		body: html`<div class="split">${article(document)}${aside(visit, found, document)}</div>`,
	});
}

function sopOf(visit: Visit): { readonly client: Client; readonly sop: Sop } | undefined {
	const id = String(visit.request.params.sop);
	const asked = visit.request.query.client;
	const clients = clientsOf(visit.definitions, visit.actor).filter((client) => asked === undefined || client === asked);
	for (const name of clients) {
		const client = visit.definitions.clients[name];
		const sop = client !== undefined && Object.hasOwn(client.sops, id) ? client.sops[id] : undefined;
		if (client !== undefined && sop !== undefined) return { client, sop };
	}
	return undefined;
}

function article(document: SopDocument): Html {
	return html`<article class="doc">
<header class="head"><p class="crumb">Standard operating procedure · ${document.client}</p><h1>${document.title}</h1>
<p class="meta">Version <code>${document.definition.slice(0, 8)}</code>${document.sandbox && " · simulated"}</p></header>
<section class="section" aria-labelledby="who"><h2 id="who">Who and when</h2><dl class="facts">${document.facts.map(
		(fact) => html`<dt>${fact.title}</dt><dd>${fact.text}</dd>`,
	)}</dl></section>
${
	document.asked.length > 0 &&
	html`<section class="section" aria-labelledby="asked"><h2 id="asked">What is asked</h2>
<ul class="asked">${document.asked.map((words) => html`<li>${words}</li>`)}</ul></section>`
}
<section class="section" aria-labelledby="procedure"><h2 id="procedure">Procedure</h2>${stepsOf(document.steps, 3)}</section>
<section class="section" aria-labelledby="fails"><h2 id="fails">If a step fails</h2><p>${document.failure}</p></section>
</article>`;
}

function stepsOf(steps: readonly DocumentStep[], level: number): Html {
	return html`<ol class="procedure">${steps.map((step) => stepOf(step, level))}</ol>`;
}

/** Numbers are the browser's own counters, the same as the document's; the outline goes three levels deep. */
function stepOf(step: DocumentStep, level: number): Html {
	const text = step.text.join(" ");
	const inner = step.steps.length > 0 && stepsOf(step.steps, level + 1);
	const list =
		step.checklist.length > 0 &&
		html`<ol class="procedure">${step.checklist.map((words) => html`<li>${words}</li>`)}</ol>`;
	const open = level === 3 ? raw`<h3>` : raw`<p class="step">`;
	const close = level === 3 ? raw`</h3>` : raw`</p>`;
	return html`<li>${open}${step.name}${close}${text !== "" && html`<p>${text}</p>`}${list}${inner}</li>`;
}

function aside(visit: Visit, { client, sop }: { readonly client: Client; readonly sop: Sop }, doc: SopDocument): Html {
	const mine = visit.parts.desk.startable(visit.actor, "portal", client.id).some((one) => one.sop.id === sop.id);
	return html`<aside aria-label="This document"><dl class="facts"><dt>Owner</dt><dd>${doc.owner}</dd>
${doc.review !== undefined && html`<dt>Review</dt><dd>${doc.review}</dd>`}
<dt>Runs of it</dt><dd><a href="/runs?sop=${sop.id}&amp;client=${client.id}">All you may see</a></dd></dl>
<div class="acts">${mine && html`<a class="btn primary" href="/portal/${client.id}/${sop.id}">Start</a>`}
<button class="btn" type="button" data-do="print" hidden>Print</button></div></aside>`;
}
