/**
 * What happens when a step's turn comes: one case per kind of step. Must never wait for anything itself; it writes down
 * what is waited for.
 */
import { unreachable } from "../base/assert.ts";
import { isList, isRecord, type Json, type Values } from "../base/json.ts";
import { type Instant, instantOf, plusMs } from "../base/time.ts";
import { dueAt } from "../sop/duration.ts";
import { truthy } from "../sop/expression.ts";
import type { ActionFacts, Sop, Step, Templates, WaitRule } from "../sop/sop.ts";
import { beginChildren, CHILDREN_FROM } from "./child.ts";
import { adjust, dueIn, type Fold, fail, finish, move, reminders, waitFor } from "./draft.ts";
import type { Path } from "./event.ts";
import type { Run } from "./run.ts";
import { filled, nameOf, resultOf, scopeFor } from "./scope.ts";
import { sentBefore } from "./sent.ts";

type Entering<K extends Step["kind"]> = { readonly step: Extract<Step, { kind: K }>; readonly path: Path };

/** Enters a step that has no state yet. */
export function enter(fold: Fold, step: Step, path: Path): void {
	const scope = scopeFor(fold.sop, fold.run, { path, at: fold.at });
	const name = nameOf(step, scope);
	if (step.when !== undefined && !truthy(resultOf(step.when, scope))) {
		move(fold, path, { state: "skipped", name, why: "when" });
		return;
	}
	move(fold, path, { state: "running", name });
	switch (step.kind) {
		case "do":
			return enterDo(fold, { step, path });
		case "approve":
			return waitFor(fold, path, { state: "waiting", wait: { kind: "plan" } });
		case "ask":
			return waitFor(fold, path, {
				state: "waiting",
				wait: { kind: "ask", verbs: ["submit", "claim"], who: step.to, timers: reminders(fold, step) },
			});
		case "task":
			return enterTask(fold, { step, path });
		case "tell":
			return enterTell(fold, { step, path });
		case "page":
			return waitFor(fold, path, {
				state: "waiting",
				wait: { kind: "acknowledge", verbs: ["acknowledge"], who: step.to },
			});
		case "wait":
			return enterWait(fold, path, step.wait);
		case "each":
			return enterEach(fold, { step, path });
		case "choose": {
			const branch = step.branches.findIndex((b) => b.when === undefined || truthy(resultOf(b.when, scope)));
			return adjust(fold, path, { branch });
		}
		case "parallel":
			return;
		case "run":
			return beginChildren(fold, path, [step.sop]);
		default:
			unreachable(step);
	}
}

/** After an amendment a step is entered again; what was sent is not sent again with it. */
function enterDo(fold: Fold, { step, path }: Entering<"do">): void {
	const before = fold.run.before?.[path];
	const sent =
		before === undefined || step.action.repeat.kind !== "never"
			? undefined
			: sentBefore(fold.run, path, inputAt(fold, path, step.with));
	if (sent === "sent") return finish(fold, path, { why: "sent-before", output: before?.output ?? {} });
	if (sent === "maybe") {
		return fail(fold, path, {
			code: "in-doubt",
			message: "It may have been sent once already, before the form was changed. It is not sent again by itself.",
		});
	}
	attempt(fold, path, { action: step.action, with: step.with });
}

/** What a step is given now: its templates filled, and what choices changed. */
export function inputAt(fold: Fold, path: Path, templates: Templates): Values {
	const scope = scopeFor(fold.sop, fold.run, { path, at: fold.at });
	return { ...filled(templates, scope), ...fold.run.overrides[path] };
}

/** Starts the next attempt of a step, with its input worked out afresh. */
export function attempt(
	fold: Fold,
	path: Path,
	act: {
		readonly action: ActionFacts;
		readonly with: Templates;
		readonly mode?: "apply" | "look";
		readonly byHand?: string;
	},
): void {
	begin(fold, path, { ...act, input: inputAt(fold, path, act.with) });
}

/** Starts the next attempt with this very input. */
export function begin(
	fold: Fold,
	path: Path,
	act: {
		readonly action: ActionFacts;
		readonly input: Values;
		readonly mode?: "apply" | "look";
		readonly byHand?: string;
	},
): void {
	const { input } = act;
	const turns = fold.run.steps[path]?.turns === true;
	const number = (fold.run.steps[path]?.attempt ?? 0) + 1;
	const begun = {
		mode: act.mode ?? "apply",
		input,
		startedAt: fold.at,
		...(act.byHand === undefined ? {} : { byHand: act.byHand }),
	};
	const settled = notBefore(input, act.action);
	if (settled !== undefined && settled > fold.at && (turns || number === 1)) {
		return waitFor(fold, path, { state: "waiting", wait: { kind: "again", timers: { again: settled } } });
	}
	move(fold, path, { state: "running", attempt: number, try: begun });
}

/** An undo may look only once what it turns round has had time to show. */
function notBefore(input: Values, action: ActionFacts): Instant | undefined {
	const made = input.$at;
	return typeof made === "string" && action.repeat.kind === "settle" ? plusMs(made, action.repeat.ms) : undefined;
}

function enterTask(fold: Fold, { step, path }: Entering<"task">): void {
	const scope = scopeFor(fold.sop, fold.run, { path, at: fold.at });
	const before =
		step.before === undefined ? undefined : momentOf(resultOf(step.before, scope), { zone: fold.sop.client.timezone });
	// A moment that has gone by when the task begins cannot be kept any more, so nobody is reminded of it.
	const due = [step.due === undefined ? undefined : dueIn(fold, step.due), before]
		.filter((d) => d !== undefined && d > fold.at)
		.sort()[0];
	const timers = { ...reminders(fold, step), ...(due === undefined ? {} : { due }) };
	waitFor(fold, path, {
		state: "waiting",
		wait: { kind: "task", verbs: ["complete", "claim"], who: step.to, timers, checked: [] },
	});
}

function enterTell(fold: Fold, { step, path }: Entering<"tell">): void {
	if (step.mail !== undefined && fold.run.subject.email !== undefined) {
		return attempt(fold, path, { action: step.mail.action, with: step.mail.with });
	}
	told(fold, { step, path });
}

/** The mail part is out, or there was none: what is left of a `tell`. */
export function told(fold: Fold, { step, path }: Entering<"tell">): void {
	if (!step.acknowledge) return finish(fold, path, {});
	const timers = step.atMost === undefined ? {} : { "give-up": dueIn(fold, step.atMost) };
	waitFor(fold, path, {
		state: "waiting",
		wait: { kind: "acknowledge", verbs: ["acknowledge"], who: step.to, timers },
	});
}

function enterWait(fold: Fold, path: Path, rule: WaitRule): void {
	if (rule.kind === "for") {
		attempt(fold, path, { action: rule.action, with: rule.with, mode: "look" });
		const giveUp = dueIn(fold, rule.atMost);
		return keepLooking(fold, path, giveUp);
	}
	const due = clockDue({ sop: fold.sop, run: fold.run, path, at: fold.at }, rule);
	if (due === undefined) return fail(fold, path, { code: "no-date", message: "The date to wait for is missing." });
	if (due <= fold.at) return finish(fold, path, {});
	waitFor(fold, path, { state: "waiting", wait: { kind: "clock", timers: { until: due } } });
}

/** Turns a running look into a wait for a state, which gives up at an instant. */
export function keepLooking(fold: Fold, path: Path, giveUp: Instant): void {
	const state = fold.run.steps[path];
	if (state?.try === undefined) return;
	const { try: look } = state;
	waitFor(fold, path, { state: "waiting", try: look, wait: { kind: "state", timers: { "give-up": giveUp } } });
}

/** When a clock wait is over; undefined when its date is missing. */
export function clockDue(
	here: { readonly sop: Sop; readonly run: Run; readonly path: Path; readonly at: Instant },
	rule: Exclude<WaitRule, { kind: "for" }>,
): Instant | undefined {
	const { sop, run, path, at } = here;
	const zone = sop.client.timezone;
	if (rule.kind === "after") return dueAt(at, rule.after, sop.client.calendar, zone);
	return momentOf(resultOf(rule.until, scopeFor(sop, run, { path, at })), {
		zone,
		...(rule.at === undefined ? {} : { time: rule.at }),
	});
}

/** Reads a day or an instant; a day alone is its first moment, or the time given, in the client's zone. */
function momentOf(value: Json | undefined, by: { readonly zone: string; readonly time?: string }): Instant | undefined {
	if (typeof value !== "string") return undefined;
	if (/^\d{4}-\d\d-\d\d$/.test(value)) return instantOf(value, by.time ?? "00:00", by.zone);
	return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? plusMs(value, 0) : undefined;
}

function enterEach(fold: Fold, { step, path }: Entering<"each">): void {
	const items = itemsOf({ sop: fold.sop, run: fold.run, path, at: fold.at }, step);
	if (items === undefined)
		return fail(fold, path, { code: "no-list", message: "The list to work through is missing." });
	if (items.length > step.atMost) {
		return fail(fold, path, {
			code: "too-many",
			message: `The list holds ${items.length}; at most ${step.atMost} are done in one run. Nothing was started.`,
		});
	}
	const scope = scopeFor(fold.sop, fold.run, { path, at: fold.at });
	const name = nameOf(
		step,
		scope,
		items.map((item) => item.key),
	);
	adjust(fold, path, { items, name });
	if (items.length > CHILDREN_FROM)
		beginChildren(
			fold,
			path,
			items.map(({ key }) => key),
		);
}

/** The items of an `each` with their keys; undefined when there is no list. Doubled keys are one item. */
export function itemsOf(
	here: { readonly sop: Sop; readonly run: Run; readonly path: Path; readonly at: Instant },
	step: Extract<Step, { kind: "each" }>,
): readonly { readonly key: string; readonly value: Json }[] | undefined {
	const scope = scopeFor(here.sop, here.run, here);
	const list = resultOf(step.list, scope);
	if (!isList(list)) return undefined;
	const items = new Map<string, Json>();
	for (const value of list) {
		const key =
			step.key === undefined ? value : resultOf(step.key, { values: () => ({ ...scope.values(), item: value }) });
		const text =
			typeof key === "string" ? key : isRecord(key) || key === undefined || key === null ? undefined : String(key);
		if (text === undefined) return undefined;
		if (!items.has(text)) items.set(text, value);
	}
	return [...items].map(([key, value]) => ({ key, value }));
}
