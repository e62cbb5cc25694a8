/**
 * A plan as people read it: what it makes, changes and takes away, plain words first and technical detail behind a toggle.
 */
import { type Html, html } from "../base/html.ts";
import type { Json } from "../base/json.ts";
import type { Reader } from "../cards/fill.ts";
import type { Change, Plan, PlanEntry } from "../engine/event.ts";
import { moment } from "./reader.ts";

/** Draws all entries, in order. */
export function planList(plan: Plan, reader: Reader): Html {
	return html`<ul class="diff">${plan.entries.flatMap((entry) => entryLines(entry, reader))}</ul>
${plan.problems.length > 0 && html`<ul class="stack">${plan.problems.map((one) => html`<li>${one.message}</li>`)}</ul>`}`;
}

/** "6 changes; 1 Business Premium, 3 left, no new cost." */
export function planSum(plan: Plan): string {
	const changes = plan.entries.flatMap((entry) => entry.changes);
	const later = plan.entries.filter((entry) => entry.unknown && entry.changes.length === 0).length;
	const costs = changes.flatMap((change) => (change.cost === undefined ? [] : [costWords(change.kind, change.cost)]));
	const count = counted(changes.length, "change");
	return `${[count, ...(later > 0 ? [`${later} known later`] : []), ...new Set(costs)].join("; ")}.`;
}

/** How many changes of a plan are there, all entries together. */
export function changesIn(entries: readonly PlanEntry[]): number {
	return entries.reduce((sum, entry) => sum + entry.changes.length, 0);
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
			: [];
	return entry.changes.map(
		(change) => html`<li data-op="${opOf(change)}"><div>${change.words}${when}
<details><summary>Technical detail</summary><pre>${change.detail}</pre></details></div></li>`,
	);
}

function opOf({ kind }: Change): "make" | "change" | "remove" {
	if (kind === "set") return "change";
	return kind === "remove" || kind === "delete" ? "remove" : "make";
}

function costWords(kind: Change["kind"], cost: { readonly [name: string]: Json }): string {
	const { title, count = 1, left } = cost;
	const what = `${count}\u00a0${typeof title === "string" ? title : "licence"}`;
	if (kind === "remove" || kind === "delete") return `${what} becomes free`;
	return typeof left === "number" ? `${what}, ${left}\u00a0left` : what;
}
