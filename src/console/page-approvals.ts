/**
 * The inbox of plans: the reader's to decide, somebody else's, and what was decided. Must never approve by a GET, nor offer
 * the button for a plan that takes access away without its own page.
 */
import { type Html, html } from "../base/html.ts";
import type { OpenWait, RunDescription } from "../engine/desk.ts";
import { runName } from "../engine/run-name.ts";
import { choosable } from "./person-choices.ts";
import { counted } from "./plan-list.ts";
import { ago, moment } from "./reader.ts";
import { answerPanel } from "./run-now.ts";
import { isFor } from "./run-words.ts";
import { readerFor, readerOfRun, show, type Visit } from "./shell.ts";

/** How many of the newest runs are looked at for the two lists at the side. */
const LOOKED_AT = 30;

/** `GET /approvals`. */
export async function showApprovals(visit: Visit): Promise<void> {
	const { desk } = visit.parts;
	const [waiting, page] = await Promise.all([desk.waiting(visit.actor), desk.list(visit.actor, { most: LOOKED_AT })]);
	const mine = waiting.filter((open) => open.step.wait?.kind === "approval");
	const found = await Promise.all(page.items.slice(0, LOOKED_AT).map((run) => desk.read(visit.actor, run.id)));
	const runs = found.filter((run) => run !== undefined);
	const theirs = runs.filter((run) => isTheirs(visit, run));
	const decided = runs.filter((run) => (run.plan?.decidedBy?.length ?? 0) > 0 || run.plan?.standing !== undefined);
	const lead =
		mine.length === 0
			? "No plan waits for you."
			: `${counted(mine.length, "plan")} ${mine.length === 1 ? "waits" : "wait"} for you. Nothing changes until you approve.`;
	await show(visit, {
		title: "Approvals",
		current: "approvals",
		waiting,
		body: html`<div class="head"><h1>Approvals</h1><p class="lede">${lead}</p></div>
<div class="split"><div class="stack">${mine.map((open, n) => panel(visit, open, n === 0))}
${mine.length === 0 && html`<div class="empty"><h2>Nothing to decide now</h2><p>A plan that waits for you is shown here and sent to you in chat.</p></div>`}</div>
<aside aria-label="Other approvals" class="stack">
${list(
	"Not yours to approve",
	"theirs",
	theirs.map((run) => theirRow(visit, run)),
)}
${list(
	"Decided",
	"decided",
	decided.map((run) => decidedRow(visit, run)),
)}
</aside></div>`,
	});
}

function panel(visit: Visit, { run, step }: OpenWait, first: boolean): Html {
	const reader = readerOfRun(visit, run);
	const destructive = run.plan?.entries.some((entry) => entry.destructive) === true;
	const people = choosable(visit.definitions, run.client);
	return answerPanel({ run, step, reader, look: { later: !first, elsewhere: destructive, linked: true } }, people);
}

function list(title: string, id: string, rows: readonly Html[]): Html | undefined {
	if (rows.length === 0) return undefined;
	return html`<section class="section" aria-labelledby="${id}"><h2 id="${id}">${title}</h2><ul class="rows">${rows}</ul></section>`;
}

function isTheirs(visit: Visit, run: RunDescription): boolean {
	const reader = readerFor(visit, run.client);
	return run.steps.some((step) => step.wait?.kind === "approval" && !isFor(step, reader));
}

function theirRow(visit: Visit, run: RunDescription): Html {
	const reader = readerFor(visit, run.client);
	const step = run.steps.find((one) => one.wait?.kind === "approval");
	const by = step?.wait?.by.map((id) => reader.nameOf(id) ?? "someone we do not know").join(" or ") ?? "";
	const own = run.by === visit.actor.id;
	return html`<li><h3 class="title"><a href="/runs/${run.id}">${runName(run)}</a></h3>
<p class="meta">${own ? html`You asked for this one, so ${by} approves.` : html`${by} approves.`}${
		step?.since && html` Asked ${moment(step.since, reader)}, ${ago(step.since, reader.now)}.`
	}</p></li>`;
}

function decidedRow(visit: Visit, run: RunDescription): Html {
	const reader = readerFor(visit, run.client);
	const { plan } = run;
	const names = (plan?.decidedBy ?? []).map((id) =>
		id === visit.actor.id ? "you" : (reader.nameOf(id) ?? "someone we do not know"),
	);
	const said =
		plan?.standing !== undefined
			? `Approved in advance by ${reader.nameOf(plan.standing.by) ?? "someone we do not know"}`
			: `Approved by ${names.join(" and ")}`;
	return html`<li><h3 class="title"><a href="/runs/${run.id}">${runName(run)}</a></h3>
<p class="meta">${said}${plan?.decidedAt && html`, ${moment(plan.decidedAt, reader)}`}</p></li>`;
}
