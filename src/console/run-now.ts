/**
 * What a run waits for, first thing on its page: the sentence, and the answer when it is this reader's. Offers the same
 * choices as the card. Must never offer an answer that the wait does not take.
 */
import { type Html, html, raw } from "../base/html.ts";
import { capital, words } from "../base/words.ts";
import { emptyCard } from "../cards/card.ts";
import { type FilledCard, fillWords, type Reader } from "../cards/fill.ts";
import { choicesOf, type PersonChoice } from "../cards/form-card.ts";
import type { RunDescription, StepDescription } from "../engine/desk.ts";
import { planSum } from "../engine/plan-words.ts";
import { waysOn } from "../engine/ways-on.ts";
import { fieldsOf } from "./form-fields.ts";
import { planList } from "./plan-list.ts";
import { ago, marked, moment, spanOf } from "./reader.ts";
import { isFor, isOver, phaseStanding, stepStanding } from "./run-words.ts";

type Wait = NonNullable<StepDescription["wait"]>;
type About = {
	readonly run: RunDescription;
	readonly step: StepDescription;
	readonly wait: Wait;
	readonly reader: Reader;
};

/** In the inbox: `later` stands back, `elsewhere` is decided on the run's own page, `linked` leads there. */
type Look = { readonly later: boolean; readonly elsewhere: boolean; readonly linked: boolean };

/** The panels a run's page opens with: one for each wait of this reader, else the sentence alone. */
export function nowOf(run: RunDescription, reader: Reader, people: readonly PersonChoice[]): Html {
	const mine = run.steps.filter((step) => isFor(step, reader));
	if (mine.length === 0) return sentencePanel(run, reader);
	return html`${mine.map((step) => answerPanel({ run, step, reader }, people))}`;
}

/** One wait with its answer, for the run's page and for the inbox. `level`: of its heading. */
export function answerPanel(
	about: Omit<About, "wait"> & { readonly look?: Look },
	people: readonly PersonChoice[],
): Html {
	const { run, step, reader, look } = about;
	const { wait } = step;
	if (wait === undefined) return sentencePanel(run, reader);
	const standing = stepStanding(step, reader);
	const id = `now-${run.ref}-${idOf(step)}`;
	const title = titleOf({ run, step, wait, reader });
	const plan = wait.kind === "approval" && run.plan !== undefined && run.plan.wait === wait.id ? run.plan : undefined;
	return html`<article class="now${look?.later === true ? " later" : ""}" data-state="${standing.state}" data-wait="${wait.id}" aria-labelledby="${id}">
<span class="tag" data-state="${standing.state}">${standing.word}</span>${
		plan?.entries.some((entry) => entry.destructive) &&
		html` <span class="tag warn" data-state="failed">Takes access away</span>`
	}
<h2 id="${id}">${look?.linked === true ? html`<a href="/runs/${run.id}">${title}</a>` : title}</h2>
<p>${wait.kind === "approval" && html`${marked(words({ person: run.by }, " asks."), reader)} `}${marked(wait.words, reader)}${
		plan && html` <b>${planSum(plan)}</b>`
	}</p>
${plan && planList(plan, reader)}
<p class="meta">${step.since && html`Asked ${moment(step.since, reader)}, ${ago(step.since, reader.now)}.`}${
		wait.due && html` Due ${moment(wait.due, reader)}.`
	}</p>
${
	look?.elsewhere === true
		? html`<div class="acts"><a class="btn" href="/runs/${run.id}">Open to decide</a></div>`
		: formOf({ run, step, wait, reader }, people)
}
</article>`;
}

function sentencePanel(run: RunDescription, reader: Reader): Html {
	const standing = phaseStanding(run.phase, run.waitingFor);
	const since = run.endedAt ?? run.at;
	return html`<section class="now" data-state="${standing.state}" aria-labelledby="now">
<span class="tag" data-state="${standing.state}">${standing.word}</span>
<h2 id="now">${marked(run.waitingFor, reader)}</h2>
<p class="meta">${isOver(run.phase) ? "Ended" : "Last moved"} ${moment(since, reader)}, ${ago(since, reader.now)}.${
		run.endedAt && html` It took ${spanOf(run.startedAt, run.endedAt)}.`
	}</p>
</section>`;
}

function titleOf({ run, step, wait }: About): string {
	const noun = run.undoes === undefined ? "plan" : "undo";
	const about = run.subject === "" ? run.title : run.subject;
	if (wait.verbs.includes("approve")) return `Approve the ${noun} for ${about}?`;
	return wait.kind === "approval" ? `A choice is needed for ${about}` : step.name;
}

function formOf(about: About, people: readonly PersonChoice[]): Html {
	const { run, wait } = about;
	return html`<form method="post" action="/runs/${run.id}/answer">
<input type="hidden" name="wait" value="${wait.id}">${
		wait.plan !== undefined && html`<input type="hidden" name="plan" value="${wait.plan}">`
	}
${partOf(about, people)}
</form>`;
}

function partOf(about: About, people: readonly PersonChoice[]): Html {
	const { wait, step } = about;
	if (wait.verbs.includes("approve")) return approvalPart(wait);
	if (wait.verbs.includes("submit"))
		return html`${fieldsOf(shownFields(about, people), `${idOf(step)}-`)}${acts("submit", "Answer", wait)}`;
	if (wait.verbs.includes("complete")) return taskPart(about, people);
	if (wait.verbs.includes("acknowledge")) return acts("acknowledge", "I have read it", wait);
	return questionPart(about);
}

function approvalPart(wait: Wait): Html {
	return html`<div class="acts"><button class="btn primary" name="verb" value="approve">Approve</button>${claim(wait)}</div>
${
	wait.verbs.includes("send-back") &&
	html`<details class="more"><summary>Send back…</summary>
<div class="field"><label for="words-${wait.id}">What should change?</label>
<textarea id="words-${wait.id}" name="words" rows="3" maxlength="500"></textarea></div>
<div class="acts"><button class="btn" name="verb" value="send-back">Send back</button></div></details>`
}`;
}

function taskPart(about: About, people: readonly PersonChoice[]): Html {
	const { wait, step } = about;
	const list = wait.checklist ?? [];
	return html`${
		list.length > 0 &&
		html`<fieldset class="field choices"><legend>What is done</legend><input type="hidden" name="listed" value="1">
${list.map(
	(item) =>
		html`<label><input type="checkbox" name="checked" value="${item.value}"${item.done && raw` checked`}> <span>${item.title}</span></label>`,
)}</fieldset>`
	}
${fieldsOf(shownFields(about, people), `${idOf(step)}-`)}
<div class="acts"><button class="btn primary" name="verb" value="complete">Done</button>${claim(wait)}</div>`;
}

function questionPart({ wait }: About): Html {
	const about = wait.sentBack === true ? "sent-back" : wait.kind === "approval" ? "plan" : "step";
	const offered = waysOn({ ...wait, about });
	return html`<fieldset class="field choices"><legend>What now?</legend>
${offered.map(
	(one, n) =>
		html`<label><input type="radio" name="choice" value="${one.value}" required${n === 0 && raw` checked`}> <span>${one.title}${
			one.hint && html`<small>${capital(one.hint)}.</small>`
		}</span></label>`,
)}</fieldset>
${acts("answer", "Answer", wait)}`;
}

function acts(verb: string, title: string, wait: Wait): Html {
	return html`<div class="acts"><button class="btn primary" name="verb" value="${verb}">${title}</button>${claim(wait)}</div>`;
}

function claim(wait: Wait): Html | false {
	const shared = wait.verbs.includes("claim") && wait.by.length > 1;
	return shared && html`<button class="btn" name="verb" value="claim" formnovalidate>I’ll take it</button>`;
}

function shownFields({ wait, reader }: About, people: readonly PersonChoice[]): FilledCard["fields"] {
	const fields = (wait.fields ?? []).map((field) => {
		const { choices: _, fallback: __, ...plain } = field;
		const choices = choicesOf(field, people).map((one) => ({ key: one.value, title: one.title, value: one.value }));
		return choices.length === 0 ? plain : { ...plain, choices };
	});
	return fillWords({ ...emptyCard, title: "", summary: "", fields }, reader).fields;
}

/** A step's path as an id that a page can hold. */
export function idOf(step: StepDescription): string {
	return step.path.replace(/[^a-zA-Z0-9_-]/g, "-");
}
