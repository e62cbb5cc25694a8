/**
 * What else there is to know about a run and what its reader may do with it, beside its steps. Must never decide who may:
 * the desk has said so, and says so again when it is asked.
 */
import { type Html, html } from "../base/html.ts";
import { isRecord, type Json } from "../base/json.ts";
import type { Reader } from "../cards/fill.ts";
import { typedText } from "../cards/form-card.ts";
import type { RunDescription } from "../engine/desk.ts";
import type { Definitions } from "../sop/definitions.ts";
import { dayOf, moment } from "./reader.ts";
import { isOver } from "./run-words.ts";

/** The aside of a run's page. */
export function factsOf(run: RunDescription, reader: Reader, definitions: Definitions): Html {
	const person = (id: string) => (id === reader.you ? "you" : (reader.nameOf(id) ?? "someone we do not know"));
	const { plan } = run;
	return html`<aside aria-label="About this run"><dl class="facts">
<dt>Client</dt><dd>${run.clientName}</dd>
<dt>Procedure</dt><dd><a href="/sops/${run.sop}?client=${run.client}">${
		definitions.clients[run.client]?.sops[run.sop]?.title ?? run.sop
	}</a></dd>
<dt>Asked for by</dt><dd>${person(run.by)}</dd>
${
	plan?.decidedBy &&
	plan.decidedBy.length > 0 &&
	plan.standing === undefined &&
	html`<dt>Approved by</dt><dd>${plan.decidedBy.map(person).join(" and ")}${
		plan.decidedAt && html`, ${moment(plan.decidedAt, reader)}`
	}</dd>`
}
${plan?.standing && html`<dt>Approved in advance by</dt><dd>${person(plan.standing.by)}, until ${dayOf(plan.standing.until, reader)}. That day: ${plan.standing.used} of ${plan.standing.of}.</dd>`}
${asked(run, reader, definitions)}
${run.parent && html`<dt>Part of</dt><dd><a href="/runs/${run.parent}">another run</a></dd>`}
${run.undoes && html`<dt>Undoes</dt><dd><a href="/runs/${run.undoes}">an earlier run</a></dd>`}
<dt>Undo</dt><dd>${undoWords(run)}</dd>
<dt>Reference</dt><dd><code>${run.ref}</code></dd></dl>
${notes(run, reader)}
${doings(run)}</aside>`;
}

function asked(run: RunDescription, reader: Reader, definitions: Definitions): Html | undefined {
	const fields = definitions.clients[run.client]?.sops[run.sop]?.form ?? [];
	const rows = fields.flatMap((field) => {
		const value = run.form[field.name];
		return value === undefined ? [] : [html`<dt>${field.label}</dt><dd>${shown(value, field.type, reader)}</dd>`];
	});
	return rows.length === 0 ? undefined : html`${rows}`;
}

function shown(value: Json, type: string, reader: Reader): string {
	if (type === "yes-no") return value === true ? "yes" : "no";
	if (type === "date" && typeof value === "string") return dayOf(value, reader);
	if (type === "person" && typeof value === "string") return reader.nameOf(value) ?? value;
	if (isRecord(value) && typeof value.title === "string") return value.title;
	if (Array.isArray(value)) return value.map((one: Json) => shown(one, "choice", reader)).join(", ");
	return typedText(value);
}

function undoWords(run: RunDescription): Html {
	if (run.undoneBy !== undefined) return html`<a href="/runs/${run.undoneBy}">Undone by a later run</a>`;
	if (run.undoes !== undefined) return html`This is an undo itself`;
	if (run.may.includes("undo")) return html`<a href="/runs/${run.id}/undo">See what it would take back</a>`;
	if (!isOver(run.phase)) return html`Once the run has ended`;
	return run.undoable.length === 0 ? html`Nothing to take back` : html`For whoever asked, and for the owner`;
}

function notes(run: RunDescription, reader: Reader): Html | undefined {
	if (run.notes.length === 0) return undefined;
	return html`<section class="section notes" aria-labelledby="notes"><h2 id="notes">Notes</h2><ul class="stack">${run.notes.map(
		(note) =>
			html`<li><p>${note.words}</p><p class="meta">${
				note.by === reader.you ? "You" : (reader.nameOf(note.by) ?? "someone we do not know")
			}, ${moment(note.at, reader)}</p></li>`,
	)}</ul></section>`;
}

function doings(run: RunDescription): Html {
	const { id, may } = run;
	const turns = (["pause", "resume"] as const).filter((verb) => may.includes(verb));
	const parts = [
		...turns.map((verb) => html`<button class="btn" name="verb" value="${verb}">${TURN[verb]}</button>`),
		...(may.includes("amend") ? [html`<a class="btn" href="/runs/${id}/amend">Correct what was asked…</a>`] : []),
		...(may.includes("cancel") ? [html`<a class="btn danger" href="/runs/${id}/cancel">Cancel the run…</a>`] : []),
		...(may.includes("undo") ? [html`<a class="btn danger" href="/runs/${id}/undo">Undo…</a>`] : []),
	];
	return html`<div class="stack doings">${
		may.includes("note") &&
		html`
<details class="more"><summary>Add a note</summary><form method="post" action="/runs/${id}/note">
<div class="field"><label for="note">Note</label><textarea id="note" name="words" rows="3" maxlength="2000" required></textarea></div>
<div class="acts"><button class="btn">Add the note</button></div></form></details>`
	}
${parts.length > 0 && html`<form method="post" action="/runs/${id}/steer"><div class="acts">${parts}</div></form>`}
</div>`;
}

const TURN = { pause: "Pause the run", resume: "Resume the run" } as const;
