/**
 * An SOP's form as a page: the same fields as the card, every problem at its field with what was typed kept. Sending it
 * starts the run once, however often it is sent. Must never start anything by a GET.
 */
import { randomUUID } from "node:crypto";
import { html } from "../base/html.ts";
import type { Values } from "../base/json.ts";
import { fillWords } from "../cards/fill.ts";
import { formCard } from "../cards/form-card.ts";
import type { Client } from "../sop/definitions.ts";
import type { Sop, Start } from "../sop/sop.ts";
import { type FormBody, readForm, textIn } from "./form-body.ts";
import { errorSummary, fieldsOf, typedOf } from "./form-fields.ts";
import { choosable } from "./person-choices.ts";
import { type ProblemDetails, problemOf } from "./problem.ts";
import { readerFor, show, showNotThere, type Visit } from "./shell.ts";

type Portal = { readonly client: Client; readonly sop: Sop; readonly start: Start };

/** `GET /portal/:client/:sop`. */
export async function showPortal(visit: Visit): Promise<void> {
	const portal = portalOf(visit);
	if (portal === undefined) return showNotThere(visit);
	const asked = Object.fromEntries(
		Object.entries(visit.request.query).filter(([, value]) => typeof value === "string"),
	);
	await form(visit, portal, { typed: typedOf(portal.sop.form, asked), draft: randomUUID() });
}

/** `POST /portal/:client/:sop`: 303 to the run's page, or the form again with what is wrong. Repeat: the same run. */
export async function postPortal(visit: Visit): Promise<void> {
	const body: FormBody = await readForm(visit.request);
	const portal = portalOf(visit);
	if (portal === undefined) return showNotThere(visit);
	const typed = typedOf(portal.sop.form, body);
	const draft = textIn(body, "draft") || randomUUID();
	try {
		const receipt = await visit.parts.desk.start({
			actor: visit.actor,
			client: portal.client.id,
			sop: portal.sop.id,
			form: typed,
			key: `draft:${draft.slice(0, 100)}`,
			via: "portal",
		});
		visit.response.redirect(303, `/runs/${receipt.run}`);
	} catch (error) {
		const problem = problemOf(error);
		if (problem.status === 500) throw error;
		await form(visit, portal, { typed, draft: problem.code === "key-reused" ? randomUUID() : draft, problem });
	}
}

function portalOf(visit: Visit): Portal | undefined {
	const { client: id, sop } = visit.request.params;
	const found = visit.parts.desk.startable(visit.actor, "portal", String(id)).find((one) => one.sop.id === sop);
	const client = visit.definitions.clients[String(id)];
	return found === undefined || client === undefined ? undefined : { client, sop: found.sop, start: found.start };
}

async function form(
	visit: Visit,
	{ client, sop, start }: Portal,
	state: { readonly typed: Values; readonly draft: string; readonly problem?: ProblemDetails },
): Promise<void> {
	const { typed, draft, problem } = state;
	const problems = problem?.problems ?? [];
	const about = { name: client.name, sandbox: client.values.sandbox };
	const people = choosable(visit.definitions, client.id);
	const card = fillWords(
		formCard({ sop, client: about, fields: sop.form, typed, problems, people }),
		readerFor(visit, client.id),
	);
	const others = problems.filter((one) => !sop.form.some((field) => one.path === `form.${field.name}`));
	const elsewhere =
		problem === undefined ? [] : problems.length === 0 ? [problem.title] : others.map((one) => one.message);
	const title = start.kind === "portal" ? start.title : sop.title;
	const plans = sop.steps.some((step) => step.kind === "approve");
	await show(visit, {
		title: problem === undefined ? title : `To put right: ${title}`,
		current: "sops",
		client: client.id,
		narrow: true,
		status: problem?.status ?? 200,
		scripts: ["/static/page.js"],
		body: html`<div class="head"><p class="crumb"><a href="/sops">SOPs</a> / <a href="/sops/${sop.id}?client=${client.id}">${sop.title}</a></p>
<h1>${title}</h1><p class="lede">${
			plans ? "Nothing changes until the plan you will see next is approved." : "It begins as soon as you send it."
		}</p></div>
${errorSummary(card.fields, elsewhere)}
<form method="post" action="/portal/${client.id}/${sop.id}" novalidate><input type="hidden" name="draft" value="${draft}">
${fieldsOf(card.fields)}
<div class="acts"><button class="btn primary">${plans ? "See the plan" : `Start ${sop.title}`}</button><a class="btn" href="/sops">Go back</a></div></form>`,
	});
}
