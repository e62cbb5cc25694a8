/**
 * A plan as people read it: what it makes, changes and takes away, plain words first and technical detail behind a toggle.
 */
import { type Html, html } from "../base/html.ts";
import type { Reader } from "../cards/fill.ts";
import type { Change, Plan, PlanEntry } from "../engine/event.ts";
import { moment } from "./reader.ts";

/** Draws all entries, in order. */
export function planList(plan: Plan, reader: Reader): Html {
	return html`<ul class="diff">${plan.entries.flatMap((entry) => entryLines(entry, reader))}</ul>
${plan.problems.length > 0 && html`<ul class="stack">${plan.problems.map((one) => html`<li>${one.message}</li>`)}</ul>`}`;
}

/** How many changes of a plan are there, all entries together; what is known later counts as one, as on the card. */
export function changesIn(entries: readonly PlanEntry[]): number {
	return entries.reduce((sum, entry) => sum + (entry.unknown ? 1 : entry.changes.length), 0);
}

/** "1 change", "6 changes". */
export function counted(count: number, noun: string): string {
	return `${count}\u00a0${noun}${count === 1 ? "" : "s"}`;
}

function entryLines(entry: PlanEntry, reader: Reader): readonly Html[] {
	const when = entry.when === undefined ? undefined : html`, ${moment(entry.when, reader)}`;
	if (entry.changes.length === 0)
		return entry.unknown
			? [
					html`<li data-op="later"><div>${entry.name}${when} <span class="meta">known when the steps before it are done</span></div></li>`,
				]
			: entry.note === undefined
				? []
				: [html`<li data-op="later"><div>${entry.note}</div></li>`];
	return entry.changes.map(
		(change) => html`<li data-op="${opOf(change)}"><div>${change.words}${when}
<details><summary>Technical detail</summary><pre>${change.detail}</pre></details></div></li>`,
	);
}

function opOf({ kind }: Change): "make" | "change" | "remove" {
	if (kind === "set") return "change";
	return kind === "remove" || kind === "delete" ? "remove" : "make";
}
