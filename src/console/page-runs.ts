/**
 * All runs the reader may see: what needs them first, then what is under way, then what has ended. Filters are in the
 * address. Must never show a run's subject to somebody the desk did not list it for.
 */
import { type Html, html, raw } from "../base/html.ts";
import type { OpenWait } from "../engine/desk.ts";
import type { RunQuery, RunSummary } from "../engine/ports.ts";
import { runName } from "../engine/run-name.ts";
import { queryOf } from "./api-query.ts";
import { isWords } from "./api-shapes.ts";
import { ago, clientsOf, marked, moment, spanOf } from "./reader.ts";
import { involvedInRow, isOver, phaseStanding, stepStanding } from "./run-words.ts";
import { readerFor, readerOfRun, show, type Visit } from "./shell.ts";

const STATES: readonly { readonly value: string; readonly title: string }[] = [
	{ value: "", title: "All" },
	{ value: "open", title: "Open" },
	{ value: "waiting", title: "Waiting" },
	{ value: "asking", title: "Asks somebody" },
	{ value: "running", title: "Running" },
	{ value: "paused", title: "Paused" },
	{ value: "done", title: "Done" },
	{ value: "stopped", title: "Stopped" },
	{ value: "failed", title: "Failed" },
];

/** `GET /runs`. */
export async function showRuns(visit: Visit): Promise<void> {
	const { parts, actor, request } = visit;
	const query: RunQuery = queryOf(request.query, undefined);
	const [page, waiting] = await Promise.all([parts.desk.list(actor, query), parts.desk.waiting(actor)]);
	const filtered = Object.keys(query).length > 0;
	const mine = filtered ? [] : waiting;
	const rest = page.items.filter((run) => !mine.some((open) => open.run.id === run.id));
	const under = rest.filter((run) => !isOver(run.phase));
	const ended = rest.filter((run) => isOver(run.phase));
	const nothing = mine.length + rest.length === 0;
	await show(visit, {
		title: "Runs",
		current: "runs",
		waiting,
		body: html`<div class="head"><h1>Runs</h1><p class="lede">${leadOf(waiting.length, under.length, filtered)}</p></div>
${filters(visit, query)}
${
	mine.length > 0 &&
	group(
		"Needs you",
		"mine",
		mine.map((open) => needRow(visit, open)),
	)
}
${
	under.length > 0 &&
	group(
		"Under way",
		"under",
		under.map((run) => row(visit, run)),
	)
}
${
	ended.length > 0 &&
	group(
		"Ended",
		"ended",
		ended.map((run) => row(visit, run)),
	)
}
${nothing && empty(filtered)}
${page.cursor !== undefined && html`<p><a href="/runs?${more(request.query, page.cursor)}">Older ones</a></p>`}`,
	});
}

function leadOf(waiting: number, under: number, filtered: boolean): string {
	if (filtered) return "Those that fit what you chose.";
	const wait = waiting === 0 ? "Nothing waits for you" : `${waiting} ${waiting === 1 ? "waits" : "wait"} for you`;
	if (under === 0) return `${wait}, and nothing else is under way.`;
	return `${wait}, ${under} more ${under === 1 ? "is" : "are"} under way.`;
}

function filters(visit: Visit, query: RunQuery): Html {
	const { definitions, actor } = visit;
	const clients = clientsOf(definitions, actor);
	const sops = new Map(
		clients
			.flatMap((client) => Object.values(definitions.clients[client]?.sops ?? {}))
			.map((sop) => [sop.id, sop.title]),
	);
	const named = clients.map((id) => ({ value: id, title: definitions.clients[id]?.name ?? id }));
	const procedures = [...sops].map(([value, title]) => ({ value, title }));
	return html`<form class="filters" role="search" aria-label="Filter runs" action="/runs">
<div><label for="subject">Person or thing</label><input id="subject" name="subject" type="search" autocomplete="off" value="${query.subject ?? ""}"></div>
${
	named.length > 1 &&
	picker("client", "Client", { options: [{ value: "", title: "All clients" }, ...named], chosen: query.client })
}
${
	procedures.length > 1 &&
	picker("sop", "Procedure", { options: [{ value: "", title: "All procedures" }, ...procedures], chosen: query.sop })
}
${picker("phase", "State", { options: STATES, chosen: query.phase })}
${query.by !== undefined && html`<input type="hidden" name="by" value="${query.by}">`}
<button class="btn">Show</button></form>`;
}

function picker(
	name: string,
	label: string,
	choice: {
		readonly options: readonly { readonly value: string; readonly title: string }[];
		readonly chosen: string | undefined;
	},
): Html {
	return html`<div><label for="${name}">${label}</label><select id="${name}" name="${name}">${choice.options.map(
		(one) =>
			html`<option value="${one.value}"${one.value === (choice.chosen ?? "") && raw` selected`}>${one.title}</option>`,
	)}</select></div>`;
}

function group(title: string, id: string, rows: readonly Html[]): Html {
	return html`<section class="section" aria-labelledby="${id}"><h2 id="${id}">${title} <span class="num meta">${rows.length}</span></h2>
<ul class="rows">${rows}</ul></section>`;
}

function needRow(visit: Visit, { run, step }: OpenWait): Html {
	const reader = readerOfRun(visit, run);
	const { state, word } = stepStanding(step, reader);
	return html`<li><h3 class="title"><a href="/runs/${run.id}">${runName(run)}</a></h3>
<p class="meta">${run.clientName} · ${run.ref} · ${step.wait && marked(step.wait.words, reader)}</p>
<span class="tag" data-state="${state}">${word}</span>
<p class="meta when">${step.since && ago(step.since, reader.now)}${step.wait?.due && html`, due ${moment(step.wait.due, reader)}`}</p></li>`;
}

function row(visit: Visit, run: RunSummary): Html {
	const reader = readerFor(visit, run.client, involvedInRow(run, visit.definitions));
	const { state, word } = phaseStanding(run.phase, run.waitingFor);
	const client = visit.definitions.clients[run.client]?.name ?? run.client;
	const over = isOver(run.phase);
	return html`<li><h3 class="title"><a href="/runs/${run.id}">${runName(run)}</a></h3>
<p class="meta">${client} · ${run.id.slice(0, 6)}${isWords(run.waitingFor) && html` · ${marked(run.waitingFor, reader)}`}</p>
<span class="tag" data-state="${state}">${word}</span>
<p class="meta when">${over ? html`${moment(run.at, reader)}, took ${spanOf(run.startedAt, run.at)}` : ago(run.at, reader.now)}</p></li>`;
}

function empty(filtered: boolean): Html {
	if (filtered) return html`<div class="empty"><h2>No run fits</h2><p><a href="/runs">Show all of them</a></p></div>`;
	return html`<div class="empty"><h2>No runs yet</h2><p>Type <code>sops</code> in the <a href="/">chat</a>, or open a form under <a href="/sops">SOPs</a>.</p></div>`;
}

function more(query: { readonly [name: string]: unknown }, cursor: string): string {
	const kept = Object.entries(query).filter((pair): pair is [string, string] => typeof pair[1] === "string");
	return new URLSearchParams([...kept.filter(([name]) => name !== "cursor"), ["cursor", cursor]]).toString();
}
