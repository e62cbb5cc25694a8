/**
 * What becomes of an item that an amendment took from its list: what is open closes, and what this run changed for it is
 * turned round, newest first. Pure; must never turn round what the run's own ledger does not hold.
 */
import type { Json, Values } from "../base/json.ts";
import type { ActionFacts, Step } from "../sop/sop.ts";
import { adjust, type Fold, forget, move } from "./draft.ts";
import { begin } from "./enter.ts";
import type { LedgerEntry, Path } from "./event.ts";
import { encodeKey, keyOf, placeOf, scopesOf } from "./path.ts";
import type { Item, Run, StepState } from "./run.ts";

type DoStep = Extract<Step, { kind: "do" }>;

/** For what a sub-SOP changed: its steps are not in this SOP, so the longest settling there is. */
const foreign = {
	...({ let: {}, blocking: true, onFailure: "ask", kind: "do", id: "", name: "", with: {} } as const),
	retry: { attempts: 4, firstMs: 1000, mostMs: 60_000 },
	timeoutMs: 30_000,
	proveWithinMs: 30_000,
} as const;

/** Whether a step belongs to an item that is not wanted any more. */
export function isGone(run: Pick<Run, "steps">, path: Path): boolean {
	return scopesOf(path).some((scope) => {
		const list = run.steps[scope.slice(0, scope.lastIndexOf("["))];
		return list?.gone?.some((item) => item.key === keyOf(scope)) ?? false;
	});
}

/** What is still to be turned round under a prefix, newest first. */
export function toTurn(run: Pick<Run, "ledger">, prefix: string): readonly LedgerEntry[] {
	return run.ledger.filter((entry) => entry.path.startsWith(prefix) && isOwed(entry)).toReversed();
}

function isOwed(entry: LedgerEntry): boolean {
	return !staysSo(entry) && entry.undone !== true && entry.input.$undo === undefined;
}

/** What was sent stays sent, and some actions say that what they did stays. */
export function staysSo({ change }: LedgerEntry): boolean {
	return change.kind === "send" || change.stays === true;
}

/** How a change of this run is turned round: by the action that made it, with what it was given. */
export function turning(
	sop: Fold["sop"],
	entry: LedgerEntry,
): { readonly step: DoStep; readonly action: ActionFacts; readonly input: Values } {
	const known = placeOf(sop, entry.path)?.step;
	const action: ActionFacts = {
		...(known?.kind === "do"
			? known.action
			: { name: entry.action, repeat: { kind: "settle", ms: 30_000 }, writes: true }),
		destructive: true,
	};
	const input = { $undo: entry.change as unknown as Json, $input: entry.input, $at: entry.at };
	return { step: known?.kind === "do" ? known : { ...foreign, action }, action, input };
}

/** Takes a list that is another one now: who has come back is entered anew, who is gone is kept until it is left. */
export function partItems(fold: Fold, path: Path, items: readonly Item[]): void {
	const state = fold.run.steps[path] as StepState;
	const wanted = new Set(items.map(({ key }) => key));
	for (const { key } of state.gone ?? []) if (wanted.has(key)) comeBack(fold, prefixOf(path, key));
	const were = new Map([...(state.items ?? []), ...(state.gone ?? [])].map((item) => [item.key, item]));
	const gone = [...were.values()].filter(({ key }) => !wanted.has(key) && wasTouched(fold, path, key));
	const { gone: _gone, ...rest } = state;
	fold.run.steps[path] = { ...rest, items, ...(gone.length === 0 ? {} : { gone }) };
}

export function prefixOf(path: Path, key: string): string {
	return `${path}[${encodeKey(key)}].`;
}

function wasTouched({ run }: Fold, path: Path, key: string): boolean {
	const prefix = prefixOf(path, key);
	const children = Object.values(run.steps[path]?.children ?? {});
	return (
		children.some((child) => child.key === key && child.asked) ||
		Object.keys(run.steps).some((at) => at.startsWith(prefix)) ||
		toTurn(run, prefix).length > 0
	);
}

function comeBack(fold: Fold, prefix: string): void {
	for (const [path, state] of Object.entries(fold.run.steps)) {
		if (!path.startsWith(prefix)) continue;
		if (state.try?.begun === undefined) forget(fold, path);
		else adjust(fold, path, { redo: true });
	}
}

/** Takes an item that is gone a step further; true when nothing of it is left. */
export function leave(fold: Fold, prefix: string): boolean {
	let busy = false;
	for (const [path, state] of Object.entries(fold.run.steps)) {
		if (!path.startsWith(prefix) || isOver(state)) continue;
		if (state.turns === true || state.try?.begun !== undefined) busy = true;
		else move(fold, path, { state: "skipped", why: "not-wanted" });
	}
	if (busy) return false;
	const entry = toTurn(fold.run, prefix).find(({ path }) => !isLetGo(fold.run.steps[path]));
	if (entry === undefined) return true;
	turn(fold, entry);
	return false;
}

function isOver({ state }: StepState): boolean {
	return state === "done" || state === "skipped" || state === "failed" || state === "stopped";
}

/** A person, or the step's own rule, let what it changed stand. */
function isLetGo(state: StepState | undefined): boolean {
	return state?.turns === true && isOver(state) && state.state !== "done";
}

/** The next attempt of a step whose item is gone: its newest change is turned round. Without any it is over. */
export function turnNext(fold: Fold, path: Path, byHand?: string): void {
	const entry = turnedAt(fold.run, path);
	if (entry !== undefined) return turn(fold, entry, byHand);
	const { turns: _turns, ...state } = fold.run.steps[path] as StepState;
	fold.run.steps[path] = state;
	move(fold, path, { state: "skipped", why: "not-wanted" });
}

/** The change that a step turns round now. */
export function turnedAt(run: Pick<Run, "ledger">, path: Path): LedgerEntry | undefined {
	return toTurn(run, path).find((entry) => entry.path === path);
}

function turn(fold: Fold, entry: LedgerEntry, byHand?: string): void {
	const { action, input } = turning(fold.sop, entry);
	const name = `Take back: ${entry.change.words}`;
	if (fold.run.steps[entry.path] === undefined) move(fold, entry.path, { state: "running", name });
	adjust(fold, entry.path, { name, turns: true });
	begin(fold, entry.path, { action, input, ...(byHand === undefined ? {} : { mode: "look", byHand }) });
}

/** What was turned round leaves nothing for an undo: neither the change nor what took it back. */
export function noteTurned(fold: Fold, path: Path): void {
	const entry = turnedAt(fold.run, path);
	fold.run.ledger = fold.run.ledger.map((one) =>
		one === entry || (one.path === path && one.input.$undo !== undefined) ? { ...one, undone: true } : one,
	);
}
