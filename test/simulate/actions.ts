/**
 * Actions over the simulated other side, one for each way a write may be repeated. They are written as real ones are: look,
 * plan, apply, undo; nothing here knows that it is a game.
 */
import { z } from "zod";
import { isRecord, type Json, sameJson, type Values } from "../../src/base/json.ts";
import type { Action, Facts, Planned, World } from "../../src/engine/action.ts";
import type { Change } from "../../src/engine/event.ts";
import type { KnownAction } from "../../src/sop/definitions.ts";
import type { ActionFacts } from "../../src/sop/sop.ts";
import { LAG_MS, type Remote, type Row } from "./remote.ts";

export const SETTLE_MS = LAG_MS + 1000;

/** A world that says truly who writes, for the judge: the mark may be wrong when a rule is switched off. */
export type SimWorld = World & { readonly writer: string };

/** How a simulated action finds its target in its input, and what it gives. */
export type Spec = {
	readonly name: string;
	readonly does: "make" | "join" | "set" | "pass" | "send" | "seen";
	/** `join`: several; the others: one. */
	readonly keys: (input: Values) => readonly string[];
	/** `make`: facets of the thing. `set`: the value under `value`. */
	readonly facets?: (input: Values) => Values;
	/** What is known before it is done, and what only after. */
	readonly promises?: (input: Values) => Values;
	readonly later?: readonly string[];
};

const repeats: { readonly [does in Spec["does"]]: ActionFacts["repeat"] } = {
	make: { kind: "settle", ms: SETTLE_MS },
	join: { kind: "settle", ms: SETTLE_MS },
	set: { kind: "settle", ms: SETTLE_MS },
	pass: { kind: "replace" },
	send: { kind: "never" },
	seen: { kind: "settle", ms: 0 },
};

export function factsOf(spec: Pick<Spec, "name" | "does">): ActionFacts {
	return { name: spec.name, repeat: repeats[spec.does], writes: spec.does !== "seen", destructive: false };
}

/** What compiling and planning need to know of it. */
export function knownOf(spec: Spec): KnownAction {
	const outputs = [...Object.keys(spec.promises?.({}) ?? {}), ...(spec.later ?? [])];
	return { ...factsOf(spec), about: spec.name, inputSchema: {}, outputs, defaults: {}, proveWithinMs: 6000 };
}

/** The action a spec describes, over this remote. */
export function simulated(remote: Remote, spec: Spec): Action {
	const promises = (input: Values): Values => spec.promises?.(input) ?? {};
	const output = (input: Values): Values => ({
		...promises(input),
		...Object.fromEntries((spec.later ?? []).map((name) => [name, `${name} of ${spec.keys(input).join(" ")}`])),
	});
	const part = parts[spec.does](remote, spec);
	return {
		name: spec.name,
		about: spec.name,
		input: z.record(z.string(), z.json()) as never,
		output: z.record(z.string(), z.json()) as never,
		repeat: repeats[spec.does],
		writes: spec.does !== "seen",
		defaults: {},
		proveWithinMs: 6000,
		look: async (input, world) => {
			remote.looking();
			return { ...part.look(input, world), mark: world.mark };
		},
		plan: (input, facts) => ({ ...part.plan(input, facts), promises: promises(input) }),
		prove: (input) => ({
			output: output(input),
			proof: spec.keys(input).map((key) => ({ words: `${key} is there`, detail: key, ok: true })),
		}),
		apply: (change, _input, world) => remote.write(change, () => part.apply(change, (world as SimWorld).writer)),
		...(part.undo === undefined ? {} : { undo: part.undo }),
	};
}

type Part = {
	readonly look: (input: Values, world: World) => Facts;
	readonly plan: (input: Values, facts: Facts) => Omit<Planned<Values>, "promises">;
	readonly apply: (change: Change, writer: string) => void;
	readonly undo?: NonNullable<Action["undo"]>;
};

const parts: { readonly [does in Spec["does"]]: (remote: Remote, spec: Spec) => Part } = {
	make: making,
	join: joining,
	set: setting,
	pass: passing,
	send: (remote) => ({
		look: () => ({}),
		plan: (input) => ({ changes: [change("send", text(input.target, "mail"), { after: input.value ?? null })] }),
		apply: (made, writer) => remote.send(writer, [made.id, (made.after ?? null) as Json]),
	}),
	seen: (remote, spec) => ({
		look: (input) => ({ seen: remote.rowsSeen((row) => spec.keys(input).includes(row.key)).length > 0 }),
		plan: (_input, facts) => ({ changes: [], ...(facts.seen === true ? {} : { notYet: true as const }) }),
		apply: () => {},
	}),
};

/** A thing that is its maker's: known again by its mark, never adopted. One write makes it, one more sets each facet. */
function making(remote: Remote, spec: Spec): Part {
	const key = (input: Values): string => spec.keys(input)[0] as string;
	return {
		look: (input, { mark }) => {
			const mine = remote.rowsSeen((row) => row.mark === mark)[0];
			const at = mine?.key ?? key(input);
			const facets = Object.keys(spec.facets?.(input) ?? {}).map((name) => [name, remote.facetSeen(`${at}#${name}`)]);
			return { mine, there: remote.rowsSeen((row) => row.key === at), facets: Object.fromEntries(facets) };
		},
		plan: (input, facts) => {
			const mine = facts.mine as Row | undefined;
			const there = facts.there as readonly Row[];
			if (mine === undefined && there.length > 0) return { changes: [], obstacle: taken(key(input)) };
			const target = mine?.key ?? key(input);
			const wanted = Object.entries(spec.facets?.(input) ?? {});
			const now = facts.facets as Values;
			const create = mine === undefined ? [change("create", target, { after: { mark: facts.mark as string } })] : [];
			const sets = wanted
				.filter(([name, value]) => mine === undefined || !sameJson(now[name], value))
				.map(([name, after]) =>
					change("set", target, { facet: name, after, ...(mine === undefined ? {} : { before: now[name] ?? null }) }),
				);
			return { changes: [...create, ...sets] };
		},
		apply: (made, writer) => applyThing(remote, made, writer, true),
		undo: (made, input, facts) => {
			const there = facts.there as readonly Row[];
			if (made.kind === "create") {
				const { mark } = made.after as { readonly mark: string };
				const ours = there.some((row) => row.mark === mark);
				return { changes: ours ? [change("delete", made.target, { before: { mark } })] : [] };
			}
			return turnSet(made, there.length === 0 ? undefined : ((facts.facets as Values)[made.facet] ?? null), input);
		},
	};
}

function taken(target: string) {
	const other = { id: "other", words: "Another name", with: { target: `${target}-2` } };
	return { code: "taken", message: "It is somebody else's.", choices: [other] };
}

/** Memberships and licences: nobody's in particular, several in one attempt. */
function joining(remote: Remote, spec: Spec): Part {
	const has = (key: string): boolean => remote.rowsSeen((row) => row.key === key).length > 0;
	return {
		look: (input) => ({ seen: spec.keys(input).filter(has), has }),
		plan: (input, facts) => ({
			changes: spec
				.keys(input)
				.filter((key) => !(facts.seen as readonly string[]).includes(key))
				.map((key) => change("add", key, { after: true })),
		}),
		apply: (made, writer) => applyThing(remote, made, writer, false),
		undo: (made, _input, facts) => {
			const there = made.kind === "add" && (facts.has as (key: string) => boolean)(made.target);
			return { changes: there ? [change("remove", made.target, {})] : [] };
		},
	};
}

/** A value that was there before and belongs to nobody. */
function setting(remote: Remote, spec: Spec): Part {
	const key = (input: Values): string => spec.keys(input)[0] as string;
	return {
		look: (input) => ({ now: remote.facetSeen(`${key(input)}#value`) }),
		plan: (input, facts) => {
			const after = spec.facets?.(input).value ?? null;
			const same = sameJson(facts.now as Json, after);
			return { changes: same ? [] : [change("set", key(input), { facet: "value", before: facts.now as Json, after })] };
		},
		apply: (made, writer) => applyThing(remote, made, writer, false),
		undo: (made, input, facts) => turnSet(made, facts.now as Json, input),
	};
}

/** Sets back only what still is as it was set: somebody else's later value stays. */
function turnSet(made: Change, now: Json | undefined, _input: Values): { readonly changes: readonly Change[] } {
	if (made.before === undefined || now === undefined || !sameJson(now, made.after as Json)) return { changes: [] };
	return { changes: [change("set", made.target, { facet: made.facet, before: now, after: made.before })] };
}

/** Something made anew each time: doing it again is safe and replaces. */
function passing(remote: Remote, spec: Spec): Part {
	const key = (input: Values): string => `pass ${spec.keys(input)[0]}`;
	return {
		look: (input) => ({ seen: remote.rowsSeen((row) => row.key === key(input)).length > 0 }),
		plan: (input, facts) => ({
			changes: facts.seen === true ? [] : [change("create", key(input), { after: { mark: facts.mark as string } })],
		}),
		apply: (made, writer) => {
			remote.remove(made.target);
			if (made.kind !== "delete") applyThing(remote, made, writer, false);
		},
		undo: (made, _input, facts) => ({ changes: facts.seen === true ? [change("delete", made.target, {})] : [] }),
	};
}

function applyThing(remote: Remote, made: Change, writer: string, alone: boolean): void {
	const { kind, target, facet, after } = made;
	if (kind === "create") {
		const { mark } = after as { readonly mark: string };
		return remote.make({ key: target, mark, value: null }, writer, alone);
	}
	if (kind === "add") return remote.make({ key: target, mark: "", value: null }, writer, false);
	if (kind === "set") return remote.set(`${target}#${facet}`, after as Json, writer);
	const mark = isRecord(made.before) ? made.before.mark : undefined;
	remote.remove(target, typeof mark === "string" ? mark : undefined);
}

function change(
	kind: Change["kind"],
	target: string,
	of: { readonly facet?: string; readonly before?: Json; readonly after?: Json },
): Change {
	const facet = of.facet ?? "thing";
	return { id: `${kind}:${target}#${facet}`, kind, target, facet, ...of, words: `${kind} ${target}`, detail: facet };
}

export function text(value: Json | undefined, otherwise: string): string {
	return typeof value === "string" && value !== "" ? value : otherwise;
}
