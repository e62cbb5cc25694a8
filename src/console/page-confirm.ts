/**
 * Asks once more before something that cannot be taken lightly: cancel, undo, and correcting what was asked. Names how many
 * changes it is about. Must never do it on a GET.
 */
import { randomUUID } from "node:crypto";
import { type Html, html } from "../base/html.ts";
import { fillWords } from "../cards/fill.ts";
import { formCard } from "../cards/form-card.ts";
import type { RunDescription } from "../engine/desk.ts";
import { runName } from "../engine/run-name.ts";
import { readForm, textIn } from "./form-body.ts";
import { errorSummary, fieldsOf, typedOf } from "./form-fields.ts";
import { runOf, showRun } from "./page-run.ts";
import { choosable } from "./person-choices.ts";
import { changesIn, counted } from "./plan-list.ts";
import { problemOf } from "./problem.ts";
import { readerFor, show, showNotThere, type Visit } from "./shell.ts";

/** `GET /runs/:id/cancel`. */
export async function showCancel(visit: Visit): Promise<void> {
	const run = await runOf(visit);
	if (run === undefined) return showNotThere(visit);
	if (!run.may.includes("cancel")) return visit.response.redirect(303, `/runs/${run.id}`);
	const { made, open } = madeAndOpen(run);
	const stays =
		made === 0
			? "Nothing has been changed by it."
			: `${counted(made, "change")} ${made === 1 ? "is" : "are"} made and ${made === 1 ? "stays" : "stay"}; undo takes ${made === 1 ? "it" : "them"} back afterwards.`;
	await confirm(
		visit,
		run,
		html`<h2 id="c">Cancel the run for ${run.subject === "" ? run.title : run.subject}?</h2>
<p>${stays}${open > 0 && ` ${counted(open, "change")} ${open === 1 ? "is" : "are"} left out.`} Whoever is asked now is not asked any longer.</p>
<form method="post" action="/runs/${run.id}/steer"><input type="hidden" name="draft" value="${randomUUID()}">
<div class="field"><label for="words">Why (optional)</label><input id="words" name="words" maxlength="500" autocomplete="off"></div>
<div class="acts"><button class="btn danger sure" name="verb" value="cancel">Cancel the run</button><a class="btn" href="/runs/${run.id}">Go back</a></div></form>`,
	);
}

/** `GET /runs/:id/undo`. */
export async function showUndo(visit: Visit): Promise<void> {
	const run = await runOf(visit);
	if (run === undefined) return showNotThere(visit);
	if (!run.may.includes("undo")) return visit.response.redirect(303, `/runs/${run.id}`);
	const words = run.undoable;
	const made = words.length;
	await confirm(
		visit,
		run,
		html`<h2 id="c">Undo ${made === 0 ? "this run" : counted(made, "change")}?</h2>
<p>It is planned and shown first. Nothing changes until whoever approved this run approves that plan.</p>
${words.length > 0 && html`<ul class="diff">${words.map((one) => html`<li data-op="remove"><div><span class="meta">takes back:</span> ${one}</div></li>`)}</ul>`}
<form method="post" action="/runs/${run.id}/undo"><input type="hidden" name="draft" value="${randomUUID()}">
<div class="acts"><button class="btn danger sure">${made === 0 ? "Undo this run" : `Undo ${counted(made, "change")}`}</button><a class="btn" href="/runs/${run.id}">Go back</a></div></form>`,
	);
}

/** `POST /runs/:id/undo`: starts the undo and leads to its own page. */
export async function postUndo(visit: Visit): Promise<void> {
	const body = await readForm(visit.request);
	const run = await runOf(visit);
	if (run === undefined) return showNotThere(visit);
	try {
		const key = textIn(body, "draft") || randomUUID();
		const receipt = await visit.parts.desk.undo({ actor: visit.actor, run: run.id, via: "web", key });
		visit.response.redirect(303, `/runs/${receipt.run}`);
	} catch (error) {
		const problem = problemOf(error);
		if (problem.status === 500) throw error;
		await showRun(visit, problem);
	}
}

/** `GET` and `POST /runs/:id/amend`: what was asked for, to be corrected. */
export async function amendRun(visit: Visit): Promise<void> {
	const posted = visit.request.method === "POST";
	const body = posted ? await readForm(visit.request) : {};
	const run = await runOf(visit);
	const client = run && visit.definitions.clients[run.client];
	const sop = client?.sops[run?.sop ?? ""];
	if (run === undefined || client === undefined || sop === undefined) return showNotThere(visit);
	if (!posted && !run.may.includes("amend")) return visit.response.redirect(303, `/runs/${run.id}`);
	const typed = posted ? typedOf(sop.form, body) : run.form;
	let problem: ReturnType<typeof problemOf> | undefined;
	if (posted) {
		try {
			const key = textIn(body, "draft") || randomUUID();
			await visit.parts.desk.amend({ actor: visit.actor, run: run.id, values: typed, via: "web", key });
			return visit.response.redirect(303, `/runs/${run.id}`);
		} catch (error) {
			problem = problemOf(error);
			if (problem.status === 500) throw error;
		}
	}
	const problems = problem?.problems ?? [];
	const people = choosable(visit.definitions, run.client);
	const about = { name: client.name, sandbox: run.sandbox };
	const card = fillWords(
		formCard({ sop, client: about, fields: sop.form, typed, problems, people }),
		readerFor(visit, run.client),
	);
	await show(visit, {
		title: `Correct: ${runName(run)}`,
		current: "runs",
		client: run.client,
		narrow: true,
		status: problem?.status ?? 200,
		body: html`<div class="head"><p class="crumb"><a href="/runs/${run.id}">${runName(run)}</a></p><h1>Correct what was asked</h1>
<p class="lede">What is still to come is planned again. Only what differs has to be approved again; what is done stays as it is.</p></div>
${errorSummary(card.fields, problem !== undefined && problems.length === 0 ? [problem.title] : [])}
<form method="post" action="/runs/${run.id}/amend" novalidate><input type="hidden" name="draft" value="${randomUUID()}">
${fieldsOf(card.fields)}<div class="acts"><button class="btn primary">Correct it</button><a class="btn" href="/runs/${run.id}">Go back</a></div></form>`,
	});
}

async function confirm(visit: Visit, run: RunDescription, inner: Html): Promise<void> {
	await show(visit, {
		title: runName(run),
		current: "runs",
		client: run.client,
		narrow: true,
		body: html`<div class="head"><p class="crumb"><a href="/runs">Runs</a> / <a href="/runs/${run.id}">${run.ref}</a></p><h1>${runName(run)}</h1></div>
<section class="now" data-state="failed" aria-labelledby="c">${inner}</section>`,
	});
}

/** The changes of steps that are done, and of those that are not, as far as the plan names them. */
function madeAndOpen(run: RunDescription) {
	const done = new Set(run.steps.filter((step) => step.state === "done").map((step) => step.path));
	const entries = run.plan?.entries ?? [];
	const made = entries.filter((entry) => done.has(entry.path));
	return {
		made: changesIn(made),
		open: changesIn(entries) - changesIn(made),
	};
}
