/**
 * Lays a client's overlay over a base SOP: by step id it changes, inserts, replaces or removes; other words replace the
 * base's. Must never guess: an overlay that names what the base does not have is reported.
 */
import { asList, isList, isRecord, type Json, type Values } from "../base/json.ts";
import { type At, kebab, type Report, suggest } from "./report.ts";
import { KINDS } from "./schema.ts";
import type { Sources } from "./yaml-source.ts";

type Tree = { readonly [name: string]: Json };

/** Where nested lists of steps are kept in a step as written. */
const NESTED = ["steps", "parallel"] as const;

/**
 * Merges the overlay into the base. Reports against the overlay's own paths. The sources of merged parts are kept, so a
 * problem found later points at the file it was written in.
 */
export function applyOverlay(base: Tree, overlay: Tree, sources: Sources, report: Report): Tree {
	const { overlay: _, sop: __, steps, ...rest } = overlay;
	let merged = merge(base, rest, sources);
	if (steps === undefined) return merged;
	if (!isList(steps)) {
		report(["steps"], "wrong-type", "This is not what belongs here.", { remedy: "Write a list of steps." });
		return merged;
	}
	for (const [index, change] of steps.entries()) {
		const at: At = ["steps", index];
		if (!isRecord(change)) report(at, "wrong-type", "A step is a mapping.", { remedy: "Write id: and what changes." });
		else merged = applyStep(merged, change, at, sources, report);
	}
	return merged;
}

function applyStep(root: Tree, change: Tree, at: At, sources: Sources, report: Report): Tree {
	const { after, replace, remove, ...step } = change;
	const target = typeof after === "string" ? after : idOf(change);
	const ids = idsIn(root);
	if (target === undefined || !ids.includes(target)) {
		const key = typeof after === "string" ? [...at, "after"] : [...at, "id"];
		report(key, "no-such-step", `The base has no step “${target ?? ""}” any more.`, {
			remedy: suggest(target ?? "", ids),
		});
		return root;
	}
	if (typeof after === "string") {
		const id = idOf(change);
		if (id !== undefined && ids.includes(id)) {
			report([...at, "id"], "duplicate-id", `The base has a step “${id}” already.`, {
				remedy: "Give it another id, or leave out after:.",
			});
		}
		return edit(root, target, (found) => [found, keepSources(change, step, sources)], sources);
	}
	if (remove === true) return edit(root, target, () => [], sources);
	const fresh = keepSources(change, step, sources);
	if (replace === true) return edit(root, target, () => [fresh], sources);
	return edit(root, target, (found) => [merge(found, withoutOldKind(found, fresh), sources)], sources);
}

function withoutOldKind(found: Tree, change: Tree): Tree {
	const kind = KINDS.find((word) => word in change && word !== "each");
	const old = KINDS.find((word) => word in found && word !== "each");
	return kind === undefined || kind === old || old === undefined ? change : { ...change, [old]: null };
}

/** The id a step has or will get. */
export function idOf(step: Tree): string | undefined {
	if (typeof step.id === "string") return step.id;
	return typeof step.name === "string" ? kebab(step.name) : undefined;
}

function listsOf(step: Tree): readonly (readonly Json[])[] {
	const plain = NESTED.flatMap((key) => (isList(step[key]) ? [step[key]] : []));
	const branches = asList(step.choose);
	return [...plain, ...branches.flatMap((one) => (isRecord(one) ? branchLists(one) : []))];
}

function branchLists(branch: Tree): readonly (readonly Json[])[] {
	return [branch.steps, branch.otherwise].flatMap((list) => (isList(list) ? [list] : []));
}

function idsIn(step: Tree): readonly string[] {
	return listsOf(step).flatMap((list) =>
		list.flatMap((one) =>
			isRecord(one) ? [...(idOf(one) === undefined ? [] : [idOf(one) as string]), ...idsIn(one)] : [],
		),
	);
}

/** Replaces the step with that id, wherever it is nested, by what `into` makes of it. */
function edit(step: Tree, id: string, into: (found: Tree) => readonly Json[], sources: Sources): Tree {
	const list = (steps: Json): Json => {
		if (!isList(steps)) return steps;
		const made: Json[] = [];
		const spots = new Map<string, NonNullable<ReturnType<typeof spotsOf>>>();
		for (const [index, one] of steps.entries()) {
			const fresh = isRecord(one) ? (idOf(one) === id ? into(one) : [edit(one, id, into, sources)]) : [one];
			for (const item of fresh) {
				const spot = (isRecord(item) && ownSpot(item, sources)) || spotsOf(steps, String(index), sources);
				if (spot) spots.set(String(made.length), spot);
				made.push(item);
			}
		}
		sources.set(made, spots);
		return made;
	};
	const branch = (one: Json): Json =>
		isRecord(one)
			? keepSources(one, { ...one, ...over(one, "steps", list), ...over(one, "otherwise", list) }, sources)
			: one;
	const branches = (all: Json): Json => {
		if (!isList(all)) return all;
		const made = all.map(branch);
		const spots = sources.get(all);
		if (spots !== undefined) sources.set(made, spots);
		return made;
	};
	const changed = {
		...step,
		...over(step, "steps", list),
		...over(step, "parallel", list),
		...over(step, "choose", branches),
	};
	return keepSources(step, changed, sources);
}

function over(step: Tree, key: string, make: (value: Json) => Json): Tree {
	return key in step ? { [key]: make(step[key] as Json) } : {};
}

function spotsOf(of: object, key: string, sources: Sources) {
	return sources.get(of)?.get(key);
}

/** Where a mapping begins: at its first key. */
function ownSpot(of: object, sources: Sources) {
	return sources.get(of)?.values().next().value;
}

/** Lays one mapping over another: mappings merge, everything else is replaced, `null` takes away. */
function merge(base: Tree, over: Tree, sources: Sources): Tree {
	const made: { [name: string]: Json } = { ...base };
	for (const [key, value] of Object.entries(over)) {
		const old = base[key];
		if (value === null) delete made[key];
		else made[key] = isRecord(old) && isRecord(value) ? merge(old, value, sources) : value;
	}
	const spots = new Map([...(sources.get(base) ?? []), ...(sources.get(over) ?? [])]);
	sources.set(made, spots);
	return made;
}

function keepSources<T extends Values>(from: object, to: T, sources: Sources): T {
	const spots = sources.get(from);
	if (spots !== undefined) sources.set(to, spots);
	return to;
}
