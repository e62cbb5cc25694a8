/**
 * The page of one run: what it waits for and the answer if it is the reader's, then steps, proof, journal and facts. Shows
 * itself again, in place, whenever the run moves. Must never decide who may: every act goes to the desk.
 */
import { randomUUID } from "node:crypto";
import { type Html, html } from "../base/html.ts";
import type { Values } from "../base/json.ts";
import { openStream } from "../base/stream.ts";
import type { RunDescription } from "../engine/desk.ts";
import { runName } from "../engine/run-name.ts";
import { VERBS } from "../people/verb.ts";
import { readForm, textIn } from "./form-body.ts";
import { journalOf, readJournal } from "./journal.ts";
import { choosable } from "./person-choices.ts";
import type { ProblemDetails } from "./problem.ts";
import { problemOf } from "./problem.ts";
import { factsOf } from "./run-facts.ts";
import { nowOf } from "./run-now.ts";
import { askedFor, proofOf, stepsOf } from "./run-steps.ts";
import { readerOfRun, show, showNotThere, type Visit } from "./shell.ts";

/** Changes that come closer together than this are shown as one. */
const GATHER_MS = 120;
/** What a button may answer by itself; everything else that comes as a verb is what was chosen. */
const ANSWERS = VERBS.filter((verb) => verb !== "choose");

/** `GET /runs/:id`. The address may be the short reference; it leads to the whole one. */
export async function showRun(visit: Visit, problem?: ProblemDetails): Promise<void> {
	const run = await runOf(visit);
	if (run === undefined) return showNotThere(visit);
	if (visit.request.method === "GET" && visit.request.params.id !== run.id)
		return visit.response.redirect(302, `/runs/${run.id}`);
	await show(visit, {
		title: runName(run),
		current: "runs",
		client: run.client,
		scripts: ["/static/live.js"],
		...(problem === undefined ? {} : { status: problem.status }),
		body: html`<div class="live" data-stream="/runs/${run.id}/stream">${problem && told(problem)}
${await runBody(visit, run)}</div>`,
	});
}

/** `GET /runs/:id/stream`: the page's moving part, again after each change while its reader is signed in and may see. */
export async function streamRun(visit: Visit): Promise<void> {
	const run = await runOf(visit);
	if (run === undefined) return showNotThere(visit);
	const stream = openStream(visit.request, visit.response);
	let sent = "";
	let due: NodeJS.Timeout | undefined;
	const send = async () => {
		due = undefined;
		if (!visit.parts.isSignedIn(visit.request)) return stream.close();
		const now = await visit.parts.desk.read(visit.actor, run.id);
		if (now === undefined) return stream.close();
		const text = (await runBody({ ...visit, definitions: visit.parts.desk.definitions() }, now)).toString();
		if (text !== sent) stream.send("run", text);
		sent = text;
	};
	const stop = visit.parts.changes((id) => {
		if (id === run.id) due ??= setTimeout(() => send().catch(() => stream.close()), GATHER_MS);
	});
	await send().catch(() => stream.close());
	await stream.closed;
	stop();
	clearTimeout(due);
}

/** `POST /runs/:id/answer`: one answer to one wait, then the run's page again. */
export async function postAnswer(visit: Visit): Promise<void> {
	const body = await readForm(visit.request);
	const run = await runOf(visit);
	if (run === undefined) return showNotThere(visit);
	const { verb, plan, wait, words, choice, listed, checked, ...typed } = body;
	const chosen = textIn(body, verb === "answer" ? "choice" : "verb");
	const known = ANSWERS.find((one) => one === chosen);
	const values: Values = {
		...Object.fromEntries(
			Object.entries(typed).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value]),
		),
		...(textIn(body, "words") === "" ? {} : { words: textIn(body, "words") }),
		...(listed === undefined ? {} : { checked: checked === undefined ? [] : [checked].flat() }),
		...(known === undefined ? { choice: chosen } : {}),
	};
	await act(visit, run, () =>
		visit.parts.desk.answer({
			actor: visit.actor,
			run: run.id,
			wait: textIn(body, "wait"),
			verb: known ?? "choose",
			...(textIn(body, "plan") === "" ? {} : { plan: textIn(body, "plan") }),
			values,
			via: "web",
		}),
	);
}

/** `POST /runs/:id/steer` and `/cancel`: cancel, pause or resume. */
export async function postSteer(visit: Visit): Promise<void> {
	const body = await readForm(visit.request);
	const run = await runOf(visit);
	if (run === undefined) return showNotThere(visit);
	const verb = (["cancel", "pause", "resume"] as const).find((one) => one === textIn(body, "verb"));
	if (verb === undefined) return showNotThere(visit);
	const words = textIn(body, "words");
	const { desk } = visit.parts;
	await act(visit, run, () =>
		desk.steer({ actor: visit.actor, run: run.id, verb, words, via: "web", key: keyIn(body) }),
	);
}

/** `POST /runs/:id/note`. */
export async function postNote(visit: Visit): Promise<void> {
	const body = await readForm(visit.request);
	const run = await runOf(visit);
	if (run === undefined) return showNotThere(visit);
	const words = textIn(body, "words");
	await act(visit, run, () => visit.parts.desk.note({ actor: visit.actor, run: run.id, words, key: keyIn(body) }));
}

/** The run this visit's address names, when this reader may see it. */
export async function runOf({ parts, actor, request }: Visit): Promise<RunDescription | undefined> {
	return parts.desk.read(actor, String(request.params.id));
}

/** Does something to a run, then shows it: anew when it went well, with what stands against it when not. */
async function act(visit: Visit, run: RunDescription, doing: () => Promise<unknown>): Promise<void> {
	try {
		await doing();
	} catch (error) {
		const problem = problemOf(error);
		if (problem.status === 500) throw error;
		return showRun(visit, problem);
	}
	visit.response.redirect(303, `/runs/${run.id}`);
}

/** A form's own key, so that sending it twice does it once. */
function keyIn(body: { readonly [name: string]: unknown }): string {
	return typeof body.draft === "string" && body.draft !== "" ? body.draft.slice(0, 100) : randomUUID();
}

async function runBody(visit: Visit, run: RunDescription): Promise<Html> {
	const reader = readerOfRun(visit, run);
	const rows = await visit.parts.desk.journal(visit.actor, run.id);
	const journal = rows === undefined ? undefined : await readJournal(rows);
	const all = visit.request.query.journal === "all";
	const names = new Map(run.steps.map((step) => [step.path, step.name]));
	return html`<div class="head" id="live-head"><p class="crumb"><a href="/runs">Runs</a> / ${run.ref}</p>
<h1>${runName(run)}</h1><p class="meta">${run.clientName} · ${askedFor(run, reader)}</p></div>
<div class="stack" id="live-now" aria-live="polite">${nowOf(run, reader, choosable(visit.definitions, run.client))}</div>
<div class="split"><div>
<div id="live-steps">${stepsOf(run, reader)}</div>
<div id="live-proof">${proofOf(run, reader)}</div>
<div id="live-journal">${journal && journalOf(journal, reader, { run: run.id, all, nameOf: (path) => names.get(path) })}</div>
</div>
<div id="live-facts">${factsOf(run, reader, visit.definitions)}</div></div>`;
}

function told(problem: ProblemDetails): Html {
	const problems = problem.problems ?? [];
	return html`<div class="summary" role="alert" tabindex="-1"><h2>${problem.title}</h2>${
		problems.length > 0 && html`<ul>${problems.map((one) => html`<li>${one.message}</li>`)}</ul>`
	}</div>`;
}
