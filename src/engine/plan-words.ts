/**
 * A plan in plain words: what it costs first, then a line a change. Never hashed, never decides anything.
 */

import { words } from "../base/words.ts";
import type { CardData } from "../cards/card.ts";
import type { Change, Plan, PlanEntry } from "./event.ts";

type Line = CardData["lines"][number];

/** "6 changes. 1 Business Premium, 3 left, no new cost." */
export function planSum(plan: Plan): string {
	const count = plan.entries.reduce((n, e) => n + (e.unknown ? 1 : e.changes.length), 0);
	const changes =
		count === 0 ? "No changes: all of it is so already." : `${count}\u00a0${count === 1 ? "change" : "changes"}.`;
	const costs = costWords(plan);
	return costs === "" ? changes : `${changes} ${costs}.`;
}

function costWords(plan: Plan): string {
	const sums = new Map<string, { count: number; left: number }>();
	for (const { cost } of plan.entries.flatMap((e) => e.changes)) {
		if (cost === undefined || typeof cost.title !== "string") continue;
		const sum = sums.get(cost.title) ?? { count: 0, left: Number(cost.left ?? 0) };
		sums.set(cost.title, { ...sum, count: sum.count + Number(cost.count ?? 1) });
	}
	const used = [...sums].map(([title, { count, left }]) =>
		count >= 0
			? `${count}\u00a0${title}, ${Math.max(0, left)}\u00a0left`
			: `${-count}\u00a0${title} ${count === -1 ? "becomes" : "become"} free`,
	);
	return used.length === 0 ? "" : `${used.join("; ")}, no new cost`;
}

/** The lines of a plan; changes that an earlier approval covers are quiet. */
export function planLines(plan: Plan, covered: readonly string[] = []): readonly Line[] {
	const known = new Set(covered);
	const lines: Line[] = [];
	for (const part of gathered(plan.entries)) {
		const settled = part.ids.length > 0 && part.ids.every((id) => known.has(id));
		const when = part.when === undefined ? {} : { meta: words("not before ", { at: part.when }) };
		lines.push({
			sign: part.sign,
			tone: settled ? "subtle" : part.tone,
			text: part.text,
			...(settled ? { meta: "approved already" } : when),
		});
	}
	return lines;
}

type Part = {
	readonly sign: string;
	readonly tone: Line["tone"];
	readonly text: string;
	readonly ids: readonly string[];
	readonly when?: string;
};

function gathered(entries: readonly PlanEntry[]): readonly Part[] {
	const parts: Part[] = [];
	const groups = new Map<string, { at: number; names: string[]; ids: string[] }>();
	for (const entry of entries) {
		const when = entry.when === undefined ? {} : { when: entry.when };
		if (entry.unknown)
			parts.push({
				sign: "+",
				tone: "default",
				text: `${entry.name}: known once the steps before it are done`,
				ids: [],
				...when,
			});
		if (entry.note !== undefined) parts.push({ sign: "○", tone: "subtle", text: entry.note, ids: [], ...when });
		const ours = entry.turns === true ? " (was done by this run)" : "";
		for (const change of entry.changes) {
			const group = change.facet.startsWith("group:") ? `${change.kind} ${change.target}${ours}` : undefined;
			const known = group === undefined ? undefined : groups.get(group);
			if (known !== undefined) {
				known.names.push(groupName(change));
				known.ids.push(change.id);
				const text = `${groupWords(change.kind, known.names)}${ours}`;
				parts[known.at] = { ...signOf(change), text, ids: known.ids, ...when };
				continue;
			}
			if (group !== undefined) groups.set(group, { at: parts.length, names: [groupName(change)], ids: [change.id] });
			parts.push({ ...signOf(change), text: `${change.words}${ours}`, ids: [change.id], ...when });
		}
	}
	return parts;
}

function groupName(change: Change): string {
	return change.facet.slice("group:".length);
}

function groupWords(kind: Change["kind"], names: readonly string[]): string {
	return `${kind === "add" ? "Join" : "Leave"} ${names.length} groups: ${names.join(", ")}`;
}

/** `+` makes, `~` changes, `−` takes away. */
function signOf(change: Change): Pick<Part, "sign" | "tone"> {
	switch (change.kind) {
		case "create":
		case "add":
		case "send":
			return { sign: "+", tone: "good" };
		case "set":
			return { sign: "~", tone: "warning" };
		case "remove":
		case "delete":
			return { sign: "−", tone: "attention" };
	}
}

/** Technical detail: a block an action, then the plan's short name. */
export function planDetails(plan: Plan): CardData["details"] {
	const blocks = new Map<string, string[]>();
	for (const entry of plan.entries) {
		const lines = blocks.get(areaOf(entry.action)) ?? [];
		for (const change of entry.changes) lines.push(change.detail);
		blocks.set(areaOf(entry.action), lines);
	}
	const hash = plan.hash.slice(0, 8).toUpperCase();
	return [
		...[...blocks].filter(([, lines]) => lines.length > 0).map(([title, lines]) => ({ title, lines })),
		{ title: "Plan", lines: [`${hash.slice(0, 4)} ${hash.slice(4)}`] },
	];
}

const AREAS: { readonly [connector: string]: string } = {
	directory: "Active Directory",
	microsoft365: "Microsoft 365",
	mail: "Mail",
	http: "HTTPS",
};

function areaOf(action: string): string {
	return AREAS[action.slice(0, action.indexOf("."))] ?? action;
}
