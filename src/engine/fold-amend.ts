/**
 * Folds an amendment: waits move by themselves, writes are planned again, lists and child runs follow. Must never change
 * what has ended, or ask again for what an approval covers.
 */
import { type Json, sameJson, type Values } from "../base/json.ts";
import { later } from "../base/time.ts";
import { fill } from "../sop/expression.ts";
import type { PersonId, Sop, Step } from "../sop/sop.ts";
import { HEARS, inherited, partChildren } from "./child.ts";
import { adjust, type Fold, forget, move, reopenAround, waitFor } from "./draft.ts";
import { clockDue, itemsOf } from "./enter.ts";
import type { Path, RunEvent } from "./event.ts";
import { partItems } from "./leave.ts";
import { placeOf } from "./path.ts";
import type { Reason } from "./ports.ts";
import type { Run, StepState } from "./run.ts";

type Amended = Extract<RunEvent, { kind: "amended" }>;

/** Takes corrected values: waits move by themselves, writes are planned again, and only the difference is asked. */
export function foldAmended(fold: Fold, event: Amended): Reason | undefined {
	const { run } = fold;
	if (run.ended !== undefined || run.stopping !== undefined) return { code: "ended", words: "This run is over." };
	if (event.parent !== undefined && event.parent.times <= (run.told ?? 0))
		return { code: "stale", words: "This was told before." };
	const before = { form: run.form, item: run.request.parent?.item, scope: run.request.parent?.scope };
	if (event.parent === undefined) run.form = { ...run.form, ...event.values };
	else hear(fold, event.values, event.parent);
	const after = { form: run.form, item: run.request.parent?.item, scope: run.request.parent?.scope };
	if (sameJson(before as unknown as Json, after as unknown as Json)) return undefined;
	run.subject = subjectOf(fold.sop, run);
	for (const path of Object.keys(run.steps)) reconsider(fold, path, event.by);
	return undefined;
}

/** What a parent gives its child now. Only what differs from before reaches the form: the child's own corrections stay. */
function hear({ run }: Fold, values: Values, { times, ...parent }: NonNullable<Amended["parent"]>): void {
	const given = run.request.form;
	const changed = Object.entries(values).filter(([name, value]) => !sameJson(value, given[name]));
	const kept = Object.entries(run.form).filter(([name]) => name in values || !(name in given));
	const own = run.approvals.slice(inherited(run.request).length);
	run.form = Object.fromEntries([...kept, ...changed]);
	run.request = { ...run.request, form: values, parent };
	run.approvals = [...inherited(run.request), ...own];
	run.told = times;
}

/** What the run is called and who it is about, from the form. */
export function subjectOf(sop: Sop, run: Run): Run["subject"] {
	const scope: Values = { form: run.form, client: { id: sop.client.id, name: sop.client.name } };
	const text = (template: string | undefined): string | undefined => {
		const value: Json | undefined = template === undefined ? undefined : fill(template, scope);
		return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
	};
	const found = { name: text(sop.subject.name), manager: text(sop.subject.manager), email: text(sop.subject.email) };
	return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

function reconsider(fold: Fold, path: Path, by: PersonId): void {
	const state = fold.run.steps[path];
	const step = placeOf(fold.sop, path)?.step;
	if (state === undefined || step === undefined || state.state === "skipped" || state.state === "stopped") return;
	if (step.kind === "approve") {
		adjust(fold, path, { failures: 0 });
		return waitFor(fold, path, { state: "waiting", wait: { kind: "plan" } });
	}
	if (step.kind === "wait") return step.wait.kind === "for" ? undefined : moveClock(fold, path, step.wait);
	if (step.kind === "each") relist(fold, step, { path, by });
	if (fold.run.core >= HEARS && hasOpenChild(fold.run.steps[path])) adjust(fold, path, { stale: by });
	if (step.kind !== "do") return;
	if (state.try?.begun !== undefined) return adjust(fold, path, { redo: true });
	forget(fold, path);
}

/** From this core number on, what an item that is gone was given is taken back. */
const LEAVES = 2;

/** A list may be another one now: new items are worked through, what was done for those that are gone is taken back. */
function relist(
	fold: Fold,
	step: Extract<Step, { kind: "each" }>,
	{ path, by }: { readonly path: Path; readonly by: PersonId },
): void {
	const state = fold.run.steps[path];
	const old = fold.run.core < LEAVES;
	if (state?.items === undefined || (old && state.children !== undefined)) return;
	const items = itemsOf({ sop: fold.sop, run: fold.run, path, at: fold.at }, step);
	if (items === undefined || sameJson(items, state.items)) return;
	if (state.state === "done") move(fold, path, { state: "running" });
	if (old) adjust(fold, path, { items });
	else partItems(fold, path, items);
	if (state.children !== undefined) partChildren(fold, path, by);
	reopenAround(fold, path);
}

function hasOpenChild(state: StepState | undefined): boolean {
	return Object.values(state?.children ?? {}).some(({ phase }) => phase === undefined);
}

/** A clock that is open, or over too early now, waits for its new instant. */
function moveClock(fold: Fold, path: Path, rule: Parameters<typeof clockDue>[1]): void {
	if (rule.kind !== "until") return;
	const due = clockDue({ sop: fold.sop, run: fold.run, path, at: fold.at }, rule);
	if (due === undefined) return;
	const state = fold.run.steps[path];
	if (state?.state === "done" && due <= fold.at) return;
	waitFor(fold, path, { state: "waiting", wait: { kind: "clock", timers: { until: later(due, fold.at) } } });
}
