/**
 * Addresses of steps. Ids are joined by dots; only `each` opens a scope, named by the item's key: `groups[Sales].join`.
 * Static paths leave the keys out: `groups.join`. Must never index items by number.
 */
import type { Sop, Step } from "../sop/sop.ts";
import type { Path } from "./event.ts";

/** Where a step stands in its SOP. */
export type Place = {
	readonly step: Step;
	/** `groups.join` */
	readonly id: string;
	/** How many `each` scopes enclose it. */
	readonly depth: number;
	/** The containers around it (each, parallel, choose), outermost first (static paths). */
	readonly within: readonly string[];
};

const indexes = new WeakMap<Sop, ReadonlyMap<string, Place>>();

/** All places of an SOP in reading order, by static path. Kept per SOP. */
export function placesOf(sop: Sop): ReadonlyMap<string, Place> {
	let index = indexes.get(sop);
	if (index === undefined) {
		const found = new Map<string, Place>();
		collect({ steps: sop.steps, prefix: "", depth: 0, within: [] }, found);
		index = found;
		indexes.set(sop, index);
	}
	return index;
}

type Level = {
	readonly steps: readonly Step[];
	readonly prefix: string;
	readonly depth: number;
	readonly within: readonly string[];
};

function collect(level: Level, found: Map<string, Place>): void {
	for (const step of level.steps) {
		const id = level.prefix + step.id;
		found.set(id, { step, id, depth: level.depth, within: level.within });
		const inner = { ...level, within: [...level.within, id] };
		if (step.kind === "parallel") collect({ ...inner, steps: step.steps }, found);
		if (step.kind === "choose") for (const branch of step.branches) collect({ ...inner, steps: branch.steps }, found);
		if (step.kind === "each") collect({ ...inner, steps: step.steps, prefix: `${id}.`, depth: level.depth + 1 }, found);
	}
}

/** Makes a key safe inside brackets; any text is a key. */
export function encodeKey(key: string): string {
	return key.replace(/[[\].#%/]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
}

function decodeKey(key: string): string {
	return key.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The static path of an address. */
export function staticOf(path: Path): string {
	return path.includes("[") ? path.replace(/\[[^\]]*\]/g, "") : path;
}

/** The scope an address lies in: `groups[Sales].join` lies in `groups[Sales].`; a top-level step in the empty text. */
export function scopeOf(path: Path): string {
	const end = path.lastIndexOf("].");
	return end < 0 ? "" : path.slice(0, end + 2);
}

/** The scopes around an address, outermost first: `a[x].b[y].c` gives `a[x].` and `a[x].b[y].`. */
export function scopesOf(path: Path): readonly string[] {
	const found: string[] = [];
	for (let at = path.indexOf("]."); at >= 0; at = path.indexOf("].", at + 2)) found.push(path.slice(0, at + 2));
	return found;
}

/** The key that opens a scope: of `a[x].b[y].` it is `y`. */
export function keyOf(scope: string): string {
	return decodeKey(scope.slice(scope.lastIndexOf("[") + 1, scope.lastIndexOf("]")));
}

/** Where the step of an address stands; undefined when the SOP has no such step. */
export function placeOf(sop: Sop, path: Path): Place | undefined {
	return placesOf(sop).get(staticOf(path));
}

/** The addresses of the containers around a step, outermost first. */
export function around(sop: Sop, path: Path): readonly Path[] {
	const places = placesOf(sop);
	const scopes = scopesOf(path);
	return (placeOf(sop, path)?.within ?? []).flatMap((id) => {
		const outer = places.get(id);
		if (outer === undefined) return [];
		return [(outer.depth === 0 ? "" : (scopes[outer.depth - 1] ?? "")) + outer.step.id];
	});
}

/** The step path of a wait: `approve#3` is `approve`. */
export function pathOfWait(wait: string): Path {
	return wait.slice(0, wait.lastIndexOf("#"));
}
