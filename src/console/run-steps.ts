/**
 * The steps of a run as a timeline, and the proof of what was read back. A state is an attribute and a word, never a colour
 * alone. Must never leave out a step that is not reached yet.
 */
import { type Html, html } from "../base/html.ts";
import type { Json, Values } from "../base/json.ts";
import { type Reader, sayRuns } from "../cards/fill.ts";
import type { RunDescription, StepDescription } from "../engine/desk.ts";
import { changesIn, counted, planList } from "./plan-list.ts";
import { moment } from "./reader.ts";
import { idOf } from "./run-now.ts";
import { stepStanding } from "./run-words.ts";

type Node = { readonly step: StepDescription; readonly inner: Node[] };

/** The timeline. Steps lie under the one before them that is less deep. */
export function stepsOf(run: RunDescription, reader: Reader): Html {
	return html`<section class="section" aria-labelledby="steps"><h2 id="steps">Steps</h2>
${listOf(nested(run.steps), run, reader)}</section>`;
}

/** What was read back, and what was not yet. Nothing for a run that proves nothing. */
export function proofOf(run: RunDescription, reader: Reader): Html | undefined {
	const checks = run.steps.flatMap((step) => step.proof ?? []);
	if (checks.length === 0) return undefined;
	const sum = `${checks.filter((check) => check.ok).length} of ${counted(checks.length, "check")} read back`;
	return html`<section class="section" aria-labelledby="proof"><h2 id="proof">Proof <span class="meta num">${sum}</span></h2>
<ul class="proof">${checks.map(
		(check) =>
			html`<li data-state="${check.ok ? "done" : "failed"}"><span>${check.words}${
				check.ok ? html`<span class="sr">: true</span>` : html`<b>: not so</b>`
			}</span><span class="meta">${check.at && moment(check.at, reader)}</span></li>`,
	)}</ul></section>`;
}

function nested(steps: readonly StepDescription[]): readonly Node[] {
	const roots: Node[] = [];
	const open: Node[] = [];
	for (const step of steps) {
		const node: Node = { step, inner: [] };
		open.length = Math.min(open.length, step.depth);
		(open.at(-1)?.inner ?? roots).push(node);
		open.push(node);
	}
	return roots;
}

function listOf(nodes: readonly Node[], run: RunDescription, reader: Reader): Html {
	return html`<ol class="steps">${nodes.map((node) => itemOf(node, run, reader))}</ol>`;
}

function itemOf({ step, inner }: Node, run: RunDescription, reader: Reader): Html {
	const { state, word } = stepStanding(step, reader);
	const told = within(step.words, reader);
	const words = told.startsWith(`${step.name}: `) ? told.slice(step.name.length + 2) : told;
	const rest = words.startsWith(word) ? words.slice(word.length) : words === "" ? "" : ` · ${words}`;
	return html`<li data-state="${state}" id="step-${idOf(step)}"><span class="dot" aria-hidden="true"></span><h3>${step.name}</h3>
<p class="meta"><span class="state">${word}</span>${rest}</p>
${evidenceIn(step) !== undefined && html`<p>“${evidenceIn(step)}”</p>`}
${step.handover && handoverLine(step, run, reader)}
${planPart(step, run, reader)}
${technical(step)}
${inner.length > 0 && listOf(inner, run, reader)}</li>`;
}

/** A sentence that goes on after the state's word, so it opens small. */
function within(words: StepDescription["words"], reader: Reader): string {
	return sayRuns(words, reader, true)
		.map((run) => run.text)
		.join("");
}

/** What an approve step is about, for everyone who may see the run. */
function planPart(step: StepDescription, run: RunDescription, reader: Reader): Html | undefined {
	const { plan } = run;
	if (plan === undefined || !plan.wait.startsWith(`${step.path}#`)) return undefined;
	const decided = (plan.decidedBy?.length ?? 0) > 0 || plan.standing !== undefined;
	const sum = `${counted(changesIn(plan.entries), "change")} ${decided ? "approved" : "planned"}`;
	return html`<details id="plan-${idOf(step)}"><summary>${sum}</summary>${planList(plan, reader)}</details>`;
}

function handoverLine(step: StepDescription, run: RunDescription, reader: Reader): Html {
	const mine = reader.you !== undefined && step.handover?.to.includes(reader.you);
	if (step.handover?.to.length === 0)
		return html`<p class="meta">Nobody can open it any more: whoever was approved for it has left.</p>`;
	if (!mine)
		return html`<p class="meta">For ${(step.handover?.to ?? []).map((id) => reader.nameOf(id)).join(" or ")} alone; it is shown once.</p>`;
	return html`<p><a href="/handover/${run.id}/${encodeURIComponent(step.path)}">Open the first sign-in</a></p>`;
}

function technical(step: StepDescription): Html | undefined {
	const lines = [
		step.path,
		...(step.detail === undefined ? [] : [step.detail]),
		...(step.proof ?? []).map((check) => check.detail),
		...(evidenceIn(step) === undefined ? outputLines(step.output) : []),
	];
	if (lines.length === 1) return undefined;
	return html`<details id="detail-${idOf(step)}"><summary>Technical detail</summary><pre>${lines.join("\n")}</pre></details>`;
}

function outputLines(output: Values | undefined): readonly string[] {
	return Object.entries(output ?? {}).map(([name, value]) => `${name} ${plain(value)}`);
}

/** What whoever did a task wrote to show it. */
function evidenceIn({ kind, output }: StepDescription): string | undefined {
	const said = kind === "task" ? output?.evidence : undefined;
	return typeof said === "string" && said !== "" ? said : undefined;
}

function plain(value: Json): string {
	return typeof value === "string" ? value : JSON.stringify(value);
}

/** When a run began, in a sentence. */
export function askedFor(run: RunDescription, reader: Reader): Html {
	const by = run.by === reader.you ? "you" : (reader.nameOf(run.by) ?? "someone we do not know");
	return html`asked for by ${by} ${moment(run.startedAt, reader)}`;
}
