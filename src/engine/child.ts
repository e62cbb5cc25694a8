/**
 * Runs that belong to a step of another run: a sub-SOP, or each item of a long list. Pure: names them, asks for them, and
 * takes what became of them.
 */
import { type Json, sha256, type Values } from "../base/json.ts";
import type { PersonId, Sop } from "../sop/sop.ts";
import { adjust, type Fold, fail, finish } from "./draft.ts";
import type { Effect } from "./effect.ts";
import type { Path, RunEvent, RunId, StartRequest } from "./event.ts";
import { madeBy } from "./made.ts";
import { encodeKey, placeOf } from "./path.ts";
import type { Approval, Run, StepState } from "./run.ts";
import { nameRun } from "./run-id.ts";
import { filled, scopeFor } from "./scope.ts";

type Child = NonNullable<StepState["children"]>[RunId];

/** From this core number on, a child hears what became of its part. */
export const HEARS = 2;
/** A list longer than this is worked through by child runs. */
export const CHILDREN_FROM = 50;

/** Notes the children a step wants, one a key; `startsOf` orders them. */
export function beginChildren(fold: Fold, path: Path, keys: readonly string[]): void {
	const children: { [run: RunId]: { readonly key: string } } = {};
	for (const key of keys) children[nameRun("child", fold.run.id, path, key)] = { key };
	adjust(fold, path, { children });
}

/** Asks for the next children, as many as may run at once. What was asked for is waited for, even by a stopping run. */
export function askChildren(fold: Fold, path: Path, atOnce: number): void {
	const children = { ...fold.run.steps[path]?.children };
	let open = 0;
	for (const [id, child] of Object.entries(children)) {
		if (child.phase !== undefined || child.unwanted !== undefined) continue;
		if (open >= atOnce) break;
		open += 1;
		children[id] = { ...child, asked: true };
	}
	adjust(fold, path, { children });
}

/** The starts that should be in flight. */
export function startsOf(sop: Sop, run: Run, path: Path): readonly Effect[] {
	const state = run.steps[path];
	if (state?.children === undefined) return [];
	const open = Object.entries(state.children).filter(([, child]) => child.asked && child.phase === undefined);
	return open.map(([id, child]) => {
		const request = requestFor(sop, run, { path, key: child.key, state });
		const tell = tellFor(run, child, request);
		return { kind: "start", child: id, request, ...(tell === undefined ? {} : { tell }) };
	});
}

/** What a child hears after its start: that it is not wanted any more, or what it is given now. */
function tellFor(run: Run, child: Child, request: StartRequest): Extract<Effect, { kind: "start" }>["tell"] {
	const cancelled = run.core >= HEARS && run.stopping?.cause === "cancel" ? run.stopping.by : undefined;
	const by = cancelled ?? child.unwanted;
	if (by !== undefined) {
		const words = cancelled === undefined ? "It is not wanted any more." : (run.stopping?.words ?? "");
		return { event: { kind: "steered", verb: "cancel", by, words }, key: "cancel:parent" };
	}
	if (child.told === undefined || request.parent === undefined) return undefined;
	const { times } = child.told;
	const parent = { ...request.parent, times };
	return { event: { kind: "amended", values: request.form, by: child.told.by, parent }, key: `told:${times}` };
}

/** An amendment came: children that are open are told what they are given now. Each time it says all of it. */
export function tellChildren(fold: Fold, path: Path): void {
	const { stale, ...state } = fold.run.steps[path] as StepState;
	if (stale === undefined) return;
	const children = Object.entries(state.children ?? {}).map(([id, child]) => {
		const hears = child.asked === true && child.phase === undefined && child.unwanted === undefined;
		return [id, hears ? { ...child, told: { times: (child.told?.times ?? 0) + 1, by: stale } } : child];
	});
	fold.run.steps[path] = { ...state, children: Object.fromEntries(children) };
}

/** A long list is another one now: new items get a child, one that is open for an item that is gone is cancelled. */
export function partChildren(fold: Fold, path: Path, by: PersonId): void {
	const state = fold.run.steps[path] as StepState;
	const wanted = new Set(state.items?.map(({ key }) => key));
	const children: { [run: RunId]: Child } = {};
	for (const [id, child] of Object.entries(state.children ?? {})) {
		if (wanted.has(child.key) || child.phase !== undefined) children[id] = child;
		else if (child.asked) children[id] = { ...child, unwanted: child.unwanted ?? by };
	}
	for (const key of wanted) {
		const before = Object.values(state.children ?? {}).filter((child) => child.key === key);
		if (before.some((child) => child.unwanted === undefined && children[idOf(state, child)] !== undefined)) continue;
		const again = before.length === 0 ? [] : [String(before.length)];
		children[nameRun("child", fold.run.id, path, key, ...again)] = { key };
	}
	adjust(fold, path, { children });
}

function idOf({ children = {} }: StepState, wanted: Child): RunId {
	return Object.keys(children).find((id) => children[id] === wanted) ?? "";
}

/** Whether a child still works for an item. */
export function isWorkedOn(state: StepState, key: string): boolean {
	return Object.values(state.children ?? {}).some((c) => c.key === key && c.asked === true && c.phase === undefined);
}

function requestFor(
	sop: Sop,
	run: Run,
	of: { readonly path: Path; readonly key: string; readonly state: StepState },
): StartRequest {
	const { path, key, state } = of;
	const step = placeOf(sop, path)?.step;
	const { client, by, via, from } = run.request;
	const common = {
		client,
		by,
		via,
		...(from === undefined ? {} : { from }),
		key: `child:${run.id}/${path}[${encodeKey(key)}]`,
		...(run.request.drill === undefined ? {} : { drill: run.request.drill }),
	};
	const scope = scopeFor(sop, run, { path, at: state.startedAt });
	const all = madeBy(run);
	const made = all.length === 0 ? {} : { made: all };
	if (step?.kind === "run")
		return { ...common, sop: step.sop, form: filled(step.with, scope), parent: { run: run.id, path, ...made } };
	const item = state.items?.find((i) => i.key === key) ?? state.gone?.find((i) => i.key === key);
	const approvals = { list: coveringItem(run, `${path}[${encodeKey(key)}].`) as unknown as Json };
	return {
		...common,
		sop: sop.id,
		form: run.form,
		parent: { run: run.id, path, scope: scope.values(), approvals, ...made, ...(item === undefined ? {} : { item }) },
	};
}

/** What the parent's approvals cover of one item, in the child's own addresses. */
function coveringItem(run: Run, prefix: string): readonly Approval[] {
	return run.approvals.map((approval) => ({
		...approval,
		plan: {
			...approval.plan,
			entries: approval.plan.entries
				.filter((e) => e.path.startsWith(prefix))
				.map((e) => ({ ...e, path: e.path.slice(prefix.length) })),
		},
	}));
}

/** A child that works on one item is covered by what its parent's approvers saw of it. */
export function inherited(request: StartRequest): readonly Approval[] {
	const list = (request.parent?.approvals as Values | undefined)?.list;
	return Array.isArray(list) ? (list as unknown as readonly Approval[]) : [];
}

/** The SOP of a child that works on one item: the steps of that `each`, under the parent's definition. */
export function itemSop(parent: Sop, path: Path): Sop {
	const step = placeOf(parent, path)?.step;
	const steps = step?.kind === "each" ? step.steps : [];
	return { ...parent, unique: [], starts: [], outputs: {}, steps, definition: sha256(`${parent.definition}\n${path}`) };
}

/** Takes a child's end into its parent. Unchanged when the child is not known or ended before. */
export function childEnded(fold: Fold, event: Extract<RunEvent, { kind: "child-ended" }>): boolean {
	if (fold.run.stopping?.undo?.run === event.child) {
		fold.run.stopping = { ...fold.run.stopping, undo: { run: event.child, phase: event.phase } };
		return true;
	}
	for (const [path, state] of Object.entries(fold.run.steps)) {
		const child = state.children?.[event.child];
		if (state.children === undefined || child === undefined || child.phase !== undefined) continue;
		const children = { ...state.children, [event.child]: { ...child, phase: event.phase, outputs: event.outputs } };
		adjust(fold, path, { children });
		inherit(fold, event, pathOfChild(fold.sop, path, child.key));
		if (state.state === "running" && state.gone === undefined) endChildren(fold, path);
		return true;
	}
	return false;
}

/** What a child changed is its parent's too, under the address of the part it worked on. */
function inherit(fold: Fold, event: Extract<RunEvent, { kind: "child-ended" }>, prefix: Path): void {
	const made = (event.ledger ?? []).map((entry) => ({ ...entry, path: `${prefix}.${entry.path}` }));
	if (made.length > 0) fold.run.ledger = [...fold.run.ledger, ...made];
}

function pathOfChild(sop: Sop, path: Path, key: string): Path {
	return placeOf(sop, path)?.step.kind === "run" ? path : `${path}[${encodeKey(key)}]`;
}

/** Ends the step once every child that is wanted has ended. */
export function endChildren(fold: Fold, path: Path): void {
	const all = Object.values(fold.run.steps[path]?.children ?? {});
	if (all.some((c) => c.phase === undefined)) return;
	const ended = all.filter((c) => c.unwanted === undefined);
	const bad = ended.filter((c) => c.phase !== "done");
	if (bad.length > 0) {
		const names = bad
			.slice(0, 5)
			.map((c) => c.key)
			.join(", ");
		return fail(fold, path, {
			code: "part-not-done",
			message: `${bad.length} of ${ended.length} did not finish: ${names}.`,
		});
	}
	const one = placeOf(fold.sop, path)?.step.kind === "run";
	const list = ended.map((c) => c.outputs ?? {});
	finish(fold, path, { output: one ? (list[0] ?? {}) : list });
}
