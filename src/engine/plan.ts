/**
 * What an approval guards, worked out before anything is written: the same pass for a run and for `sopwith plan`. Asks for
 * looks and never makes one, so it stays pure; must never put words, counts or times into the hash.
 */
import { isRecord, type Json, sha256, type Values } from "../base/json.ts";
import { type Instant, later, toMs } from "../base/time.ts";
import { truthy } from "../sop/expression.ts";
import type { ActionFacts, ActionName, Sop, Step, Templates } from "../sop/sop.ts";
import { clockDue, itemsOf } from "./enter.ts";
import type { Change, Path, Plan, PlanEntry, PlanProblem, WaitId } from "./event.ts";
import { prefixOf, toTurn, turning } from "./leave.ts";
import { encodeKey, pathOfWait, placeOf, scopeOf, staticOf } from "./path.ts";
import type { Run, StepState } from "./run.ts";
import { filled, resultOf, scopeFor, textOf } from "./scope.ts";
import { sentBefore } from "./sent.ts";

/** One look that is wanted. `deferred`: something in the input is only known later and stands as `{ "$after": … }`. */
export type PlanRequest = {
	readonly path: Path;
	readonly action: ActionName;
	readonly input: Values;
	readonly deferred: boolean;
};
/** What the look and the action's own plan said. `unknown`: it cannot be planned yet. `outputs`: all names the action gives. */
export type PlanAnswer = {
	readonly changes: readonly Change[];
	readonly promises: Values;
	readonly outputs: readonly string[];
	readonly unknown: boolean;
	readonly obstacle?: Omit<PlanProblem, "path">;
	readonly note?: string;
};

type Pass = {
	run: Run;
	readonly sop: Sop;
	readonly at: Instant;
	readonly guards: ReadonlySet<string>;
	when: Instant | undefined;
	readonly entries: PlanEntry[];
	readonly problems: PlanProblem[];
};
type Guarded = {
	readonly path: Path;
	readonly name: string;
	readonly action: ActionFacts;
	readonly input: Values;
	readonly deferred: boolean;
	readonly turns?: true;
};
type Looks = Generator<readonly PlanRequest[], void, readonly PlanAnswer[]>;

/**
 * Walks everything the approval of this wait guards, on the promises of earlier steps. Yields batches of looks that do not
 * hang on each other and wants their answers in the same order. `at` is the instant the plan is for.
 */
export function* planning(
	sop: Sop,
	run: Run,
	wait: WaitId,
	at: Instant,
): Generator<readonly PlanRequest[], Plan, readonly PlanAnswer[]> {
	const approve = pathOfWait(wait);
	const step = placeOf(sop, approve)?.step;
	const guards = new Set(step?.kind === "approve" ? step.guards : [staticOf(approve)]);
	const pass: Pass = { run, sop, at, guards, when: undefined, entries: [], problems: [] };
	yield* walk(pass, sop.steps, "");
	const last = pass.when ?? at;
	const waitsMs = Math.max(0, toMs(last) - toMs(at));
	return {
		hash: planHash(sop, run, { wait, entries: pass.entries }),
		entries: pass.entries,
		problems: pass.problems,
		waitsMs,
	};
}

/** Hashes what an approval means. */
export function planHash(
	sop: Sop,
	run: Run,
	plan: { readonly wait: WaitId; readonly entries: readonly PlanEntry[] },
): string {
	const entries = plan.entries.map((entry) => ({
		path: entry.path,
		action: entry.action,
		input: entry.input,
		changes: entry.changes.map((c) => ({
			id: c.id,
			after: c.after ?? null,
			...(c.kind === "set" || c.kind === "remove" || c.kind === "delete" ? { before: c.before ?? null } : {}),
		})),
	}));
	return sha256({ client: sop.client.id, definition: sop.definition, run: run.id, wait: plan.wait, entries });
}

function* walk(pass: Pass, steps: readonly Step[], prefix: string): Looks {
	for (const step of steps) {
		const path = prefix + step.id;
		const state = pass.run.steps[path];
		if (state?.state === "skipped" || state?.state === "failed" || state?.state === "stopped") continue;
		const scope = scopeFor(pass.sop, pass.run, { path, at: pass.at });
		if (state === undefined && step.when !== undefined && !truthy(resultOf(step.when, scope))) continue;
		yield* walkStep(pass, step, path);
	}
}

function* walkStep(pass: Pass, step: Step, path: Path): Looks {
	switch (step.kind) {
		case "do":
		case "tell": {
			const wanted = guarded(pass, step, path);
			if (wanted !== undefined) yield* look(pass, [wanted]);
			return;
		}
		case "wait": {
			if (step.wait.kind === "for" || pass.run.steps[path]?.state === "done") return;
			const due = clockDue({ sop: pass.sop, run: pass.run, path, at: pass.when ?? pass.at }, step.wait);
			if (due !== undefined && due > pass.at) pass.when = later(pass.when ?? due, due);
			return;
		}
		case "parallel":
			return yield* together(
				pass,
				step.steps.map((s) => ({ step: s, path: scopeOf(path) + s.id })),
			);
		case "choose": {
			const scope = scopeFor(pass.sop, pass.run, { path, at: pass.at });
			const taken = pass.run.steps[path]?.branch;
			const at = taken ?? step.branches.findIndex((b) => b.when === undefined || truthy(resultOf(b.when, scope)));
			const branch = step.branches[at];
			if (branch !== undefined) yield* walk(pass, branch.steps, scopeOf(path));
			return;
		}
		case "each":
			yield* walkGone(pass, path);
			return yield* walkEach(pass, step, path);
		case "approve":
		case "ask":
		case "task":
		case "page":
		case "run":
			return;
	}
}

function* walkEach(pass: Pass, step: Extract<Step, { kind: "each" }>, path: Path): Looks {
	const state = pass.run.steps[path];
	const all = state?.items ?? itemsOf({ sop: pass.sop, run: pass.run, path, at: pass.at }, step) ?? [];
	// A child that has ended is not opened again, so nothing of it is planned.
	const items = all.filter(({ key }) => state?.children === undefined || !isEnded(state, key));
	if (state === undefined) promise(pass, path, { items });
	const only = step.steps.length === 1 ? step.steps[0] : undefined;
	const prefixes = items.map((item) => `${path}[${encodeKey(item.key)}].`);
	if (only?.kind === "do")
		return yield* together(
			pass,
			prefixes.map((prefix) => ({ step: only, path: prefix + only.id })),
		);
	for (const prefix of prefixes) yield* walk(pass, step.steps, prefix);
}

function isEnded({ children = {} }: StepState, key: string): boolean {
	return Object.values(children).some((child) => child.key === key && child.phase !== undefined && !child.unwanted);
}

/** What was done for items that are gone is taken back, newest first. */
function* walkGone(pass: Pass, path: Path): Looks {
	const entries = (pass.run.steps[path]?.gone ?? []).flatMap(({ key }) => toTurn(pass.run, prefixOf(path, key)));
	const batch = entries
		.filter((entry) => pass.guards.has(staticOf(entry.path)))
		.map((entry): Guarded => {
			const { action, input } = turning(pass.sop, entry);
			return {
				path: entry.path,
				name: `Take back: ${entry.change.words}`,
				action,
				input,
				deferred: false,
				turns: true,
			};
		});
	if (batch.length > 0) yield* look(pass, batch);
}

/** Steps that do not hang on each other: the plain ones are looked at in one batch. */
function* together(pass: Pass, places: readonly { readonly step: Step; readonly path: Path }[]): Looks {
	const batch: Guarded[] = [];
	for (const { step, path } of places) {
		const state = pass.run.steps[path]?.state;
		if (step.kind !== "do" || state === "skipped" || state === "failed" || state === "stopped") continue;
		const scope = scopeFor(pass.sop, pass.run, { path, at: pass.at });
		if (step.when !== undefined && state === undefined && !truthy(resultOf(step.when, scope))) continue;
		const wanted = guarded(pass, step, path);
		if (wanted !== undefined) batch.push(wanted);
	}
	if (batch.length > 0) yield* look(pass, batch);
	for (const { step, path } of places) if (step.kind !== "do") yield* walk(pass, [step], scopeOf(path));
}

/** The look a guarded step needs; undefined for a step this approval does not guard. */
function guarded(pass: Pass, step: Extract<Step, { kind: "do" | "tell" }>, path: Path): Guarded | undefined {
	const act: { readonly action: ActionFacts; readonly with: Templates } | undefined =
		step.kind === "do" ? step : step.mail;
	if (act === undefined || !pass.guards.has(staticOf(path))) return undefined;
	const told = step.kind === "tell" && pass.run.steps[path]?.state === "done";
	if (told || (step.kind === "tell" && pass.run.subject.email === undefined)) return undefined;
	const scope = scopeFor(pass.sop, pass.run, { path, at: pass.at });
	const input = { ...filled(act.with, scope), ...pass.run.overrides[path] };
	if (act.action.repeat.kind === "never" && sentBefore(pass.run, path, input) === "sent") return undefined;
	return { path, name: textOf(step.name, scope), action: act.action, input, deferred: hasMarker(input) };
}

function* look(pass: Pass, batch: readonly Guarded[]): Looks {
	const answers = yield batch.map(({ path, action, input, deferred }) => ({
		path,
		action: action.name,
		input,
		deferred,
	}));
	batch.forEach((wanted, i) => {
		const answer = answers[i];
		if (answer === undefined) return;
		const { path, name, action, input, turns } = wanted;
		pass.entries.push({
			path,
			name,
			action: action.name,
			input,
			changes: answer.changes,
			unknown: answer.unknown,
			destructive: action.destructive,
			...(answer.note === undefined ? {} : { note: answer.note }),
			...(turns === undefined ? {} : { turns }),
			...(pass.when === undefined ? {} : { when: pass.when }),
		});
		if (answer.obstacle !== undefined) pass.problems.push({ path, ...answer.obstacle });
		if (turns === true) return;
		const output: { [name: string]: Json } = {};
		for (const key of answer.outputs) output[key] = answer.promises[key] ?? { $after: `${path}.${key}` };
		if (pass.run.steps[path]?.output === undefined) promise(pass, path, { output: { ...output, ...answer.promises } });
	});
}

/** Lets later steps of this pass see what a step promises. The run itself is not touched. */
function promise(pass: Pass, path: Path, seen: Partial<Pick<StepState, "output" | "items">>): void {
	const { at } = pass;
	const known: StepState = pass.run.steps[path] ?? {
		epoch: 0,
		state: "running",
		startedAt: at,
		since: at,
		name: "",
		attempt: 0,
		failures: 0,
	};
	pass.run = { ...pass.run, steps: { ...pass.run.steps, [path]: { ...known, ...seen } } };
}

/** Whether a value holds something that is only known after another step. */
function hasMarker(value: Json): boolean {
	if (Array.isArray(value)) return value.some(hasMarker);
	if (!isRecord(value)) return false;
	return typeof value.$after === "string" || Object.values(value).some(hasMarker);
}
