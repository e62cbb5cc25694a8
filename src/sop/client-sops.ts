/**
 * Compiles all SOPs of one client: the bases with the client's overlays, and its own. Finds what only the whole set can
 * show: SOPs that run each other in a circle, and two that answer to one command. A broken one keeps its last version.
 */
import { basename } from "node:path";
import type { Problem } from "../base/errors.ts";
import { compileSop, type SourceText } from "./compile.ts";
import type { Client, Definitions, KnownActions } from "./definitions.ts";
import type { Sop, SopId, Step } from "./sop.ts";

type Quarantined = Definitions["quarantined"][number];
type SopSet = {
	readonly client: Client;
	readonly bases: readonly SourceText[];
	readonly overlays: readonly SourceText[];
	readonly known: KnownActions;
	readonly core: number;
	readonly last?: Client;
};

/** Compiles the set. Every broken SOP is in `quarantined` with all its problems. */
export function compileSops(set: SopSet): {
	readonly sops: Client["sops"];
	readonly quarantined: readonly Quarantined[];
} {
	const { client, bases, overlays } = set;
	const ids = [...new Set([...bases, ...overlays].map(idOfFile))];
	const problems = new Map<SopId, readonly Problem[]>();
	const good = new Map<SopId, { readonly sop: Sop; readonly file: string }>();
	for (const id of ids) {
		const over = overlays.find((one) => idOfFile(one) === id);
		const base = bases.find((one) => idOfFile(one) === id) ?? over;
		if (base === undefined) continue;
		const unreadable = base.unreadable ?? over?.unreadable;
		if (unreadable !== undefined) {
			problems.set(id, [unreadable]);
			continue;
		}
		const lost = over === undefined ? undefined : lostOverlay(over, id, base !== over);
		if (lost !== undefined) {
			problems.set(id, [lost]);
			continue;
		}
		const made = compileSop({
			...base,
			...(over === undefined || over === base ? {} : { overlay: over }),
			client: client.values,
			known: set.known,
			roles: Object.keys(client.roster.roles),
			core: set.core,
			otherSops: ids.filter((one) => one !== id),
			roster: client.roster,
		});
		const wrong =
			made.sop === undefined || made.sop.id === id ? made.problems : [wrongName(made.sop.id, id, base.file)];
		if (made.sop === undefined || wrong.length > 0) problems.set(id, wrong);
		else good.set(id, { sop: made.sop, file: base.file });
	}
	for (const [id, problem] of [...circles(good), ...doubles(good)]) {
		problems.set(id, [...(problems.get(id) ?? []), problem]);
	}
	const kept = ids.flatMap((id): [SopId, Sop][] => {
		const sop = problems.has(id) ? set.last?.sops[id] : good.get(id)?.sop;
		return sop === undefined ? [] : [[id, sop]];
	});
	const quarantined = [...problems].map(([sop, all]) => ({ client: client.id, sop, problems: all }));
	return { sops: Object.fromEntries(kept), quarantined };
}

function idOfFile({ file }: SourceText): SopId {
	return basename(file, ".yaml");
}

/** An overlay whose base is not there, or is another than its file says. */
function lostOverlay({ file, text }: SourceText, id: SopId, hasBase: boolean): Problem | undefined {
	const lines = text.split("\n");
	const line = lines.findIndex((one) => one.startsWith("overlay:"));
	const named = /^overlay:\s*["']?([\w-]+)/.exec(lines[line] ?? "")?.[1];
	if (named === undefined || (hasBase && named === id)) return undefined;
	const message = hasBase
		? `This file lies over “${id}”, not “${named}”.`
		: `There is no SOP “${named}” for this to change.`;
	const remedy = hasBase ? `Write overlay: ${id}.` : "Name the file after the SOP it changes.";
	return { path: "overlay", code: "no-such-sop", message, remedy, file, line: line + 1, column: 1 };
}

function wrongName(id: string, file: string, path: string): Problem {
	const message = `This SOP is “${id}” and its file is “${file}.yaml”.`;
	return { path: "sop", code: "wrong-file", message, remedy: `Write sop: ${file}.`, file: path, line: 1, column: 1 };
}

type Good = ReadonlyMap<SopId, { readonly sop: Sop; readonly file: string }>;

/** SOPs from which a chain of `run` leads back to themselves. */
function circles(good: Good): readonly [SopId, Problem][] {
	const runs = new Map([...good].map(([id, { sop }]): [SopId, readonly SopId[]] => [id, runsOf(sop.steps)]));
	return [...good].flatMap(([id, { file }]): [SopId, Problem][] => {
		const way = wayBack(id, runs);
		if (way === undefined) return [];
		const message = `This SOP comes round to itself: ${way.join(" runs ")}.`;
		return [
			[
				id,
				{ path: "steps", code: "recursion", message, remedy: "Take one of the runs out.", file, line: 1, column: 1 },
			],
		];
	});
}

function wayBack(id: SopId, runs: ReadonlyMap<SopId, readonly SopId[]>): readonly SopId[] | undefined {
	const seen = new Set<SopId>();
	let ways: (readonly SopId[])[] = [[id]];
	while (ways.length > 0) {
		const next: (readonly SopId[])[] = [];
		for (const way of ways) {
			for (const to of runs.get(way.at(-1) as SopId) ?? []) {
				if (to === id) return [...way, to];
				if (!seen.has(to)) next.push([...way, to]);
				seen.add(to);
			}
		}
		ways = next;
	}
	return undefined;
}

function runsOf(steps: readonly Step[]): readonly SopId[] {
	return steps.flatMap((step): readonly SopId[] => {
		if (step.kind === "run") return [step.sop];
		if (step.kind === "each" || step.kind === "parallel") return runsOf(step.steps);
		return step.kind === "choose" ? step.branches.flatMap((branch) => runsOf(branch.steps)) : [];
	});
}

/** The later of two SOPs that answer to the same command or hook. */
function doubles(good: Good): readonly [SopId, Problem][] {
	const taken = new Map<string, SopId>();
	const found: [SopId, Problem][] = [];
	for (const [id, { sop, file }] of good) {
		for (const start of sop.starts) {
			if (start.kind === "portal") continue;
			const word = start.kind === "command" ? start.command : start.hook;
			const other = taken.get(`${start.kind} ${word}`);
			if (other === undefined) taken.set(`${start.kind} ${word}`, id);
			else {
				const message = `“${word}” starts ${other} already.`;
				found.push([
					id,
					{ path: "start", code: "taken", message, remedy: "Choose another word.", file, line: 1, column: 1 },
				]);
			}
		}
	}
	return found;
}
