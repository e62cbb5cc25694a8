/**
 * A first credential, shown once to whom it is meant for, after a press and never by opening a link. Must never log it, cache
 * it, put it into an address, or show it to anybody else, however much else they may see.
 */
import { type Html, html } from "../base/html.ts";
import { isRecord, type Json } from "../base/json.ts";
import { words } from "../base/words.ts";
import { say } from "../cards/fill.ts";
import type { RunDescription, StepDescription } from "../engine/desk.ts";
import type { SecretRef } from "../engine/event.ts";
import { runName } from "../engine/run-name.ts";
import { readForm } from "./form-body.ts";
import { errorBody } from "./page-error.ts";
import { moment } from "./reader.ts";
import { involvedIn } from "./run-words.ts";
import { readerFor, readerOfRun, show, showNotThere, type Visit } from "./shell.ts";

type Waiting = { readonly run: RunDescription; readonly step: StepDescription; readonly ref: SecretRef };

/** `GET` and `POST /handover/:run/:step`. Repeat: a second press says who opened it and when. */
export async function handover(visit: Visit): Promise<void> {
	const { response, request, actor, parts } = visit;
	const posted = request.method === "POST";
	// With no-referrer a browser sends `Origin: null`, so the page that holds the form keeps the house's same-origin.
	response.set({ "cache-control": "no-store", pragma: "no-cache" });
	if (posted) response.set("referrer-policy", "no-referrer");
	if (posted) await readForm(request);
	const found = await waiting(visit);
	if (found === undefined) return showNotThere(visit);
	const { run, step, ref } = found;
	const noted = { person: actor.id, client: run.client, via: "web", run: run.id, path: step.path };
	if (step.handover?.to.includes(actor.id) !== true) {
		parts.audit.record({ ...noted, what: "handover-refused", why: "not the audience" });
		return notTheirs(visit, found);
	}
	const taken = await parts.vault.taken(run.client, ref);
	if (taken !== undefined || !posted)
		return page(visit, found, taken === undefined ? ask(visit, found) : opened(visit, found, taken));
	const secret = await parts.vault.take(run.client, ref, actor.id);
	if (secret === undefined) {
		const by = await parts.vault.taken(run.client, ref);
		return page(visit, found, by === undefined ? gone() : opened(visit, found, by));
	}
	parts.audit.record({ ...noted, what: "handover-opened" });
	await page(visit, found, shownOnce(visit, found, secret.open()));
}

async function waiting({ parts, actor, request }: Visit): Promise<Waiting | undefined> {
	const run = await parts.desk.read(actor, String(request.params.run));
	const step = run?.steps.find((one) => one.path === request.params.step);
	const ref = step === undefined ? undefined : secretIn(step.output ?? {});
	if (run === undefined || step?.handover === undefined || ref === undefined || run.id !== request.params.run)
		return undefined;
	return { run, step, ref };
}

async function page(visit: Visit, { run }: Waiting, body: Html): Promise<void> {
	await show(visit, {
		title: "First sign-in",
		client: run.client,
		narrow: true,
		scripts: ["/static/page.js"],
		body: html`<div class="head"><p class="crumb">${run.clientName} · <a href="/runs/${run.id}">${runName(run)}</a> · ${run.ref}</p>
<h1>First sign-in for ${nameIn(run)}</h1></div>${body}`,
	});
}

function ask(visit: Visit, { run, step }: Waiting): Html {
	const owner = ownerOf(visit, run);
	const who = firstIn(run);
	return html`<section class="now" data-state="person" aria-labelledby="h"><h2 id="h">Open it when ${who} is with you</h2>
<p>You will see what lets ${who} sign in the first time. It is shown <b>once</b>, to you, and then never again.</p>
<form class="acts" method="post" action="/handover/${run.id}/${encodeURIComponent(step.path)}"><button class="btn primary">Show it</button></form>
<p class="meta">Not opened yet.</p></section>
<section class="section" aria-labelledby="later"><h2 id="later">If you cannot do it now</h2>
<p>Close this page; nothing is used up. If it has run out by then, ask ${owner} for a new one.</p></section>`;
}

function shownOnce(visit: Visit, { run, step }: Waiting, secret: string): Html {
	const reader = readerOfRun(visit, run);
	const user = textIn(step.output, ["userPrincipalName", "upn", "user"]);
	return html`<section class="stack" aria-labelledby="h"><h2 id="h">Shown this once</h2>
<p class="secret">${secret}</p>
<div class="acts"><button class="btn primary" type="button" data-do="copy" hidden>Copy</button><button class="btn" type="button" data-do="clear" hidden>Clear it from this page</button></div>
<p class="meta">Opened by you ${moment(reader.now, reader)}. Leaving this page clears it.</p></section>
<section class="section" aria-labelledby="next"><h2 id="next">What ${firstIn(run)} does now</h2>
<ol class="procedure"><li>Opens <b>microsoft365.com</b>${user !== undefined && html` and enters <b>${user}</b>`}.</li><li>Types what is shown above.</li>
<li>Follows the screen to choose a password.</li></ol></section>
<section class="section" aria-labelledby="seen"><h2 id="seen">If somebody else saw it</h2>
<p>Tell ${ownerOf(visit, run)} now: it is replaced, and what is shown above stops working.</p></section>`;
}

function opened(visit: Visit, { run }: Waiting, taken: { readonly by: string; readonly at: string }): Html {
	const reader = readerFor(visit, run.client);
	const by = taken.by === visit.actor.id ? "you" : (reader.nameOf(taken.by) ?? "someone we do not know");
	return html`<section class="now" data-state="done" aria-labelledby="h"><h2 id="h">Opened by ${by} ${moment(taken.at, reader)}</h2>
<p>It was shown once and is kept nowhere any more. If ${firstIn(run)} still cannot sign in, ask ${ownerOf(visit, run)} for a new one.</p></section>`;
}

function gone(): Html {
	return html`<section class="now" data-state="skipped" aria-labelledby="h"><h2 id="h">Nothing waits here any more</h2>
<p>It was replaced or has run out. The run’s page shows what is so now.</p></section>`;
}

async function notTheirs(visit: Visit, { run, step }: Waiting): Promise<void> {
	const reader = readerFor(visit, run.client);
	const names = (step.handover?.to ?? []).map((id) => reader.nameOf(id) ?? "someone we do not know").join(" or ");
	const lead =
		names === ""
			? `Whoever was approved to open this first sign-in has left. Nothing was opened. ${wayOn(visit, run)}`
			: `This first sign-in is for ${names} alone. Nothing was opened; ${names} can open it.`;
	await show(visit, {
		title: "For someone else",
		client: run.client,
		status: 403,
		narrow: true,
		body: errorBody(403, { lead }),
	});
}

/** What gets somebody in, when nobody who may open it is there any more. */
function wayOn(visit: Visit, run: RunDescription): string {
	if (run.endedAt !== undefined) return `Ask ${ownerOf(visit, run)} for a new one.`;
	return `${ownerOf(visit, run)} can change the manager in the form; a new one is made once that is approved.`;
}

function secretIn(value: Json): SecretRef | undefined {
	if (Array.isArray(value)) return value.map((one: Json) => secretIn(one)).find((one) => one !== undefined);
	if (!isRecord(value)) return undefined;
	if (typeof value.$secret === "string") return { $secret: value.$secret };
	return Object.values(value)
		.map((one) => secretIn(one))
		.find((one) => one !== undefined);
}

function textIn(output: StepDescription["output"], names: readonly string[]): string | undefined {
	return names
		.map((name) => output?.[name])
		.find((value): value is string => typeof value === "string" && value.includes("@"));
}

/** Who looks after the run: "Mo Manager", "3 people of the service desk". */
function ownerOf(visit: Visit, run: RunDescription): string {
	const reader = readerFor(visit, run.client, involvedIn(run, visit.definitions));
	return say(words({ who: ["owner"] }), reader);
}

function nameIn(run: RunDescription): string {
	return run.subject === "" ? "the new account" : run.subject;
}

function firstIn(run: RunDescription): string {
	return run.subject.split(" ")[0] || "the person";
}
