/**
 * One step as a desired state: its input checked, its action looked at and planned. The same for a do and for an undo, so
 * that the attempt and the plan of an approval cannot disagree. Must never write.
 */
import { asRecord, isRecord, type Json, type Values } from "../../base/json.ts";
import type { Action, Facts, Obstacle, Planned, World } from "../action.ts";
import type { Change, Check } from "../event.ts";

/** What the input says, ready to be looked at. `undo`: the change that is turned round, with the input it was made with. */
export type Desired = { readonly action: Action; readonly input: Values; readonly undo?: Change };

type Refusal = { readonly code: string; readonly message: string; readonly detail: string };

/** Checks an input by the action's schema. Values that are null or empty text count as not given. */
export function readDesired(action: Action | undefined, name: string, values: Values): Desired | Refusal {
	if (action === undefined) {
		return { code: "no-such-action", message: `There is no action ${name}. Nothing changed.`, detail: name };
	}
	const undo = values.$undo;
	const given = undo === undefined ? values : values.$input;
	if (!isRecord(given)) return badInput("$input: expected the input of the change that is turned round");
	const parsed = action.input.safeParse(Object.fromEntries(Object.entries(given).filter(([, v]) => isGiven(v))));
	if (!parsed.success) {
		const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "with"}: ${issue.message}`);
		return badInput(issues.join("; "));
	}
	if (undo === undefined) return { action, input: parsed.data };
	const change = isRecord(undo) && isRecord(undo.change) ? undo.change : undo;
	return { action, input: parsed.data, undo: change as unknown as Change };
}

function badInput(detail: string): Refusal {
	return { code: "bad-input", message: "What this step was given cannot be used. Nothing changed.", detail };
}

function isGiven(value: Json): boolean {
	return value !== null && value !== "";
}

export function isRefusal(value: Desired | Refusal): value is Refusal {
	return "code" in value;
}

/** Looks and plans. Errors: `RemoteError` when the remote does not answer. */
export async function lookAndPlan(
	desired: Desired,
	world: World,
): Promise<{ readonly facts: Facts; readonly planned: Planned<Values> }> {
	// Whoever is gone needs no undoing, so a look for an undo may find nobody.
	const lookOnly = world.lookOnly || desired.undo !== undefined;
	const mark = markOf(desired.undo) ?? world.mark;
	const begun = desired.undo === undefined ? (world.begun ?? []) : [desired.undo];
	const facts = await desired.action.look(desired.input, { ...world, lookOnly, mark, begun });
	if (desired.undo === undefined) return { facts, planned: desired.action.plan(desired.input, facts) };
	const turned = desired.action.undo?.(desired.undo, desired.input, facts) ?? { changes: [] };
	return { facts, planned: { ...turned, promises: {} } };
}

/** What stands in the way of what is planned: the action's own obstacle, or that nothing may be written here. */
export function obstacleOf(desired: Desired, world: World, planned: Planned<Values>): Obstacle | undefined {
	if (planned.obstacle !== undefined || planned.changes.length === 0) return planned.obstacle;
	return world.heldBack?.(desired.action.name, desired.input);
}

/** What was stamped into the thing when it was made: an undo knows it by that, whatever it is called by now. */
function markOf(undo: Change | undefined): string | undefined {
	const after = undo?.after as Json | undefined;
	const mark = asRecord(after).mark;
	return typeof mark === "string" && mark !== "" ? mark : undefined;
}

/** What is now so, once no change is left. */
export function proveDesired(
	desired: Desired,
	facts: Facts,
): { readonly output: Values; readonly proof: readonly Check[] } {
	if (desired.undo === undefined) return desired.action.prove(desired.input, facts);
	const words = desired.action.undo === undefined ? "Cannot be taken back" : "Taken back";
	const { id, words: was } = desired.undo;
	return { output: {}, proof: [{ words: `${words}: ${was}`, detail: `${id}, read back`, ok: true }] };
}
