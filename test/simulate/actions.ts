/**
 * Actions over the simulated other side, one for each way a write may be repeated. They are written as real ones are: look,
 * plan, apply, undo; nothing here knows that it is a game.
 */
import { z } from "zod";
import type { Json, Values } from "../../src/base/json.ts";
import type { Action, Facts, World } from "../../src/engine/action.ts";
import type { Change, Check } from "../../src/engine/event.ts";
import type { ActionFacts } from "../../src/sop/sop.ts";
import { LAG_MS, type Remote } from "./remote.ts";

export const SETTLE_MS = LAG_MS + 1000;

type Input = { readonly target: string; readonly value: string };
type Seen = { readonly value: Json; readonly mark: string } | undefined;

const input = z.object({ target: z.string(), value: z.string() });
const output = z.object({ id: z.string() });
const proofOf = (target: string): readonly Check[] => [{ words: `${target} is there`, detail: target, ok: true }];

/** Makes a thing that is its maker's: known again by the mark, never adopted from somebody else. */
function make(remote: Remote): Action<Input, { id: string }> {
	return {
		...common("sim.make", { kind: "settle", ms: SETTLE_MS }),
		look: async ({ target }, world) => ({ seen: remote.see(target), mark: world.mark }),
		plan: ({ target, value }, facts) => {
			const seen = facts.seen as Seen;
			const promises = { id: target };
			if (seen === undefined)
				return { promises, changes: [change("create", target, { value, mark: facts.mark as string })] };
			if (seen.mark !== facts.mark)
				return { promises, changes: [], obstacle: { code: "taken", message: "It is somebody else's.", choices: [] } };
			if (seen.value === value) return { promises, changes: [] };
			return {
				promises,
				changes: [
					{
						...change("set", target, { value, mark: facts.mark as string }),
						before: { value: seen.value, mark: seen.mark },
					},
				],
			};
		},
		apply: (made, _input, world) => remote.write(made, () => applyThing(remote, made, world)),
		undo: (made, { target }, facts) => {
			const seen = facts.seen as Seen;
			const after = made.after as { readonly mark: string };
			if (seen === undefined || seen.mark !== after.mark || made.kind !== "create") return { changes: [] };
			return { changes: [change("delete", target, null)] };
		},
	};
}

/** Joins something to something: nobody's in particular. */
function join(remote: Remote): Action<Input, { id: string }> {
	const key = ({ target, value }: Input): string => `${target}/${value}`;
	return {
		...common("sim.join", { kind: "settle", ms: SETTLE_MS }),
		look: async (wanted, world) => ({ seen: remote.see(key(wanted)), mark: world.mark }),
		plan: (wanted, facts) => ({
			promises: { id: key(wanted) },
			changes:
				facts.seen === undefined
					? [change("add", key(wanted), { value: wanted.value, mark: facts.mark as string })]
					: [],
		}),
		apply: (made, _input, world) => remote.write(made, () => applyThing(remote, made, world)),
		undo: (made, wanted, facts) => ({
			changes: facts.seen === undefined || made.kind !== "add" ? [] : [change("remove", key(wanted), null)],
		}),
	};
}

function applyThing(remote: Remote, made: Change, _world: World): void {
	const after = made.after as { readonly value: Json; readonly mark: string } | null;
	if (after === null) remote.remove(made.target);
	else remote.make(made.target, after.mark, after.value);
}

/** Sends something that can neither be seen nor be taken back. */
function send(remote: Remote): Action<Input, { id: string }> {
	return {
		...common("sim.send", { kind: "never" }),
		look: async (_input, world): Promise<Facts> => ({ mark: world.mark }),
		plan: ({ target }) => ({ promises: { id: target }, changes: [change("send", target, null)] }),
		apply: (made, _input, world) => remote.write(made, () => remote.send(world.mark)),
	};
}

/** Makes something anew each time: doing it again is safe and replaces. */
function pass(remote: Remote): Action<Input, { id: string }> {
	return {
		...common("sim.pass", { kind: "replace" }),
		look: async ({ target }, world) => ({ seen: remote.see(`pass ${target}`), mark: world.mark }),
		plan: ({ target }, facts) => ({
			promises: { id: target },
			changes:
				facts.seen === undefined
					? [change("create", `pass ${target}`, { value: target, mark: facts.mark as string })]
					: [],
		}),
		apply: (made) =>
			remote.write(made, () =>
				remote.make(made.target, `${(made.after as { mark: string }).mark} ${Math.trunc(made.id.length)}`, {
					again: remote.standing().length,
				}),
			),
		undo: (made, _input, facts) => ({ changes: facts.seen === undefined ? [] : [change("delete", made.target, null)] }),
	};
}

/** Waits for something to be there. */
function seen(remote: Remote): Action<Input, { id: string }> {
	return {
		...common("sim.seen", { kind: "settle", ms: 0 }),
		writes: false,
		look: async ({ target }) => ({ seen: remote.see(target) }),
		plan: ({ target }, facts) => ({
			promises: { id: target },
			changes: [],
			...(facts.seen === undefined ? { notYet: true as const } : {}),
		}),
		apply: async () => ({ kind: "unknown", applied: [], code: "never" }),
	};
}

type Common = Pick<
	Action<Input, { id: string }>,
	"name" | "about" | "input" | "output" | "repeat" | "writes" | "defaults" | "proveWithinMs" | "prove"
>;

function common(name: string, repeat: ActionFacts["repeat"]): Common {
	return {
		name,
		about: name,
		input: input as never,
		output,
		repeat,
		writes: true,
		defaults: {},
		proveWithinMs: 6000,
		prove: ({ target }) => ({ output: { id: target }, proof: proofOf(target) }),
	};
}

function change(kind: Change["kind"], target: string, after: Json): Change {
	return {
		id: `${kind}:${target}#thing`,
		kind,
		target,
		facet: "thing",
		after,
		words: `${kind} ${target}`,
		detail: target,
	};
}

/** All of them, as the performer and the generator want them. */
export function simulated(remote: Remote): { readonly [name: string]: Action } {
	const all = [make(remote), join(remote), send(remote), pass(remote), seen(remote)] as unknown as readonly Action[];
	return Object.fromEntries(all.map((action) => [action.name, action]));
}

export function factsOf(name: string): ActionFacts {
	const repeats: { readonly [name: string]: ActionFacts["repeat"] } = {
		"sim.send": { kind: "never" },
		"sim.pass": { kind: "replace" },
		"sim.seen": { kind: "settle", ms: 0 },
	};
	return {
		name,
		repeat: repeats[name] ?? { kind: "settle", ms: SETTLE_MS },
		writes: name !== "sim.seen",
		destructive: false,
	};
}

export type { Values };
