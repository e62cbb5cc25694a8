/**
 * Folds what an attempt met. The rules here keep writes single: what began and was not answered is a doubt, never "not
 * sent"; what was applied is remembered whatever else the outcome says. Must never re-apply after a failed proof.
 */
import { unreachable } from "../base/assert.ts";
import { type Instant, plusMs } from "../base/time.ts";
import { type Act, actAt, next } from "./act.ts";
import { adjust, type Fold, fail, finish, forget, move, type Trouble, waitFor } from "./draft.ts";
import { inputAt, told } from "./enter.ts";
import type { LedgerEntry, Outcome, Path, RunEvent } from "./event.ts";
import { isGone, noteTurned } from "./leave.ts";
import type { StepState } from "./run.ts";
import { sentBefore } from "./sent.ts";

type Ended = Extract<RunEvent, { kind: "attempt-ended" }>;

/**
 * Takes an outcome. False when it says nothing new. A late one for the current attempt resolves it; an older one is
 * remembered in the ledger.
 */
export function foldEnded(fold: Fold, event: Ended): boolean {
	const before = fold.run.ledger;
	const state = fold.run.steps[event.step];
	const current = state?.attempt === event.attempt;
	if (isUnbegun(event.outcome) && !(current && state.try?.begun === undefined)) return false;
	fold.run.ledger = noteEnded(before, event, { at: fold.at, current });
	const act = actAt(fold, event.step);
	if (state === undefined || act === undefined || state.attempt !== event.attempt || isOver(state, event.outcome)) {
		return fold.run.ledger !== before;
	}
	if (fold.run.stopping !== undefined) endStopping(fold, event, state);
	else take(fold, event, { state, act });
	return true;
}

function isSettling(outcome: Outcome): boolean {
	return outcome.kind === "refused" && outcome.code === "settling";
}

function isUnbegun(outcome: Outcome): boolean {
	return outcome.kind === "refused" && outcome.unbegun === true;
}

/** Whether a step has been decided without this outcome: nothing in it can change that. */
function isOver(state: StepState, outcome: Outcome): boolean {
	if (state.state === "done" || state.state === "skipped" || state.state === "failed" || state.state === "stopped")
		return true;
	const underWay = state.try !== undefined;
	return !underWay && outcome.kind !== "done";
}

/**
 * What was applied is known now; what may have been is so until this instant, from which on a look counts again. Waiting
 * for that moves nothing: else it would be put off for ever.
 */
function noteEnded(
	ledger: readonly LedgerEntry[],
	event: Ended,
	by: { readonly at: Instant; readonly current: boolean },
): readonly LedgerEntry[] {
	const { at } = by;
	const applied = new Set(event.outcome.applied);
	// A later attempt may have written what an older one was refused: then the refusal takes nothing out.
	const refused = event.outcome.kind === "refused" && by.current;
	let changed = false;
	const noted: LedgerEntry[] = [];
	for (const entry of ledger) {
		const here = entry.path === event.step;
		const isNew = here && entry.state === "maybe" && applied.has(entry.change.id);
		const never = here && !isNew && refused && entry.state === "maybe" && entry.attempt === event.attempt;
		const late =
			!isSettling(event.outcome) &&
			here &&
			!never &&
			entry.state === "maybe" &&
			!isNew &&
			entry.attempt <= event.attempt &&
			entry.at < at;
		changed ||= isNew || never || late;
		if (!never) noted.push(isNew ? { ...entry, state: "applied", at } : late ? { ...entry, at } : entry);
	}
	return changed ? noted : ledger;
}

function endStopping(fold: Fold, event: Ended, state: StepState): void {
	const { outcome } = event;
	if (outcome.kind === "done") return finish(fold, event.step, { output: outcome.output, proof: outcome.proof });
	move(fold, event.step, { state: "stopped", last: lastOf(fold, outcome, state) });
}

function take(fold: Fold, event: Ended, on: { readonly state: StepState; readonly act: Act }): void {
	const { outcome, step: path } = event;
	const { state, act } = on;
	if (outcome.kind === "done") return done(fold, event, on);
	const failures = state.failures + (isOurEnd(fold, event, state) ? 0 : 1);
	adjust(fold, path, { last: lastOf(fold, outcome, state), failures });
	if (state.redo && !isInDoubt(fold, path, act)) return redo(fold, path, act);
	switch (outcome.kind) {
		case "not-yet":
			return notYet(fold, event, on);
		case "refused":
			return refused(fold, { ...event, outcome }, on);
		case "unknown":
			return unknown(fold, { ...event, outcome }, on);
		default:
			unreachable(outcome);
	}
}

function lastOf(
	fold: Fold,
	outcome: Exclude<Outcome, { kind: "done" }>,
	state: StepState,
): NonNullable<StepState["last"]> {
	const { at } = fold;
	const said = { at, attempt: state.attempt };
	switch (outcome.kind) {
		case "not-yet":
			return { ...said, kind: "not-yet", code: "not-yet", message: "It is not so yet." };
		case "refused":
			return {
				...said,
				kind: "refused",
				code: outcome.code,
				message: outcome.message,
				...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
			};
		case "unknown":
			return {
				...said,
				kind: "unknown",
				code: outcome.code,
				message: "It was sent, but no answer came back.",
				...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
			};
		default:
			return unreachable(outcome);
	}
}

function done(fold: Fold, event: Ended, { state, act }: { readonly state: StepState; readonly act: Act }): void {
	if (event.outcome.kind !== "done") return;
	const { output, proof } = event.outcome;
	const by = state.try?.byHand;
	if (state.turns === true) return turned(fold, event.step, { proof, ...(by === undefined ? {} : { by }) });
	if (state.redo && by === undefined && !isSentAs(fold, event.step, act)) return redo(fold, event.step, act);
	const end = { output, proof, ...(by === undefined ? {} : { by, why: "by-hand" }) };
	if (act.step.kind === "tell") {
		told(fold, { step: act.step, path: event.step });
		return adjust(fold, event.step, end);
	}
	finish(fold, event.step, end);
}

/** What this run changed for an item that is gone is as it was before; an item that came back meanwhile begins anew. */
function turned(fold: Fold, path: Path, end: Partial<Pick<StepState, "proof" | "by">>): void {
	noteTurned(fold, path);
	const state = fold.run.steps[path];
	if (isGone(fold.run, path) || state === undefined) return finish(fold, path, { ...end, why: "taken-back" });
	forget(fold, path);
}

/** What may have been sent once is sent again by a person's word only. */
function isInDoubt(fold: Fold, path: Path, act: Act): boolean {
	return act.action.repeat.kind === "never" && sentBefore(fold.run, path, {}) === "maybe";
}

/** What was sent already just as the changed form wants it. */
function isSentAs(fold: Fold, path: Path, act: Act): boolean {
	if (act.step.kind !== "do" || act.action.repeat.kind !== "never") return false;
	return sentBefore(fold.run, path, inputAt(fold, path, act.step.with)) === "sent";
}

/** The form changed while this was under way: plan and do it again. */
function redo(fold: Fold, path: Path, act: Act): void {
	const { redo: _redo, turns: _turns, ...state } = fold.run.steps[path] as StepState;
	fold.run.steps[path] = { ...state, failures: 0 };
	if (_turns === true && !isGone(fold.run, path)) return forget(fold, path);
	next(fold, path, act);
}

function notYet(fold: Fold, event: Ended, { state, act }: { readonly state: StepState; readonly act: Act }): void {
	const path = event.step;
	if (act.step.kind === "wait" && act.step.wait.kind === "for" && state.wait !== undefined) {
		const look = plusMs(fold.at, act.step.wait.everyMs);
		return waitFor(fold, path, {
			state: "waiting",
			failures: 0,
			wait: { kind: "state", timers: { ...state.wait.timers, look } },
		});
	}
	if (state.try?.byHand !== undefined) {
		return fail(fold, path, { code: "not-so-yet", message: "We looked, and it is not so yet. Nothing was changed." });
	}
	fail(
		fold,
		path,
		doubtful(event, {
			code: "not-proven",
			message: "It was done, but reading it back does not show it yet. It is not done again by itself.",
		}),
	);
}

function refused(
	fold: Fold,
	event: Ended & { readonly outcome: Extract<Outcome, { kind: "refused" }> },
	on: { readonly state: StepState; readonly act: Act },
): void {
	const { outcome, step: path } = event;
	const { state, act } = on;
	if (outcome.retryable && state.wait?.kind === "state" && act.step.kind === "wait" && act.step.wait.kind === "for") {
		const look = plusMs(fold.at, Math.max(outcome.retryAfterMs ?? 0, act.step.wait.everyMs));
		return waitFor(fold, path, { state: "waiting", wait: { kind: "state", timers: { ...state.wait.timers, look } } });
	}
	const settling = isSettling(outcome);
	if (outcome.retryable && (settling || mayRetry(act, state))) {
		if (settling) adjust(fold, path, { failures: state.failures });
		const settle = outcome.applied.length > 0 && act.action.repeat.kind === "settle" ? act.action.repeat.ms : 0;
		return again(fold, path, { act, state, atLeastMs: Math.max(outcome.retryAfterMs ?? 0, settle), exact: settling });
	}
	const { code, message, detail, choices, applied } = outcome;
	fail(fold, path, {
		code,
		message,
		applied,
		...(detail === undefined ? {} : { detail }),
		...(choices === undefined ? {} : { choices }),
	});
}

/** From this core number on, a process that ends in the middle of a step is no failure of the step. */
const OUR_END = 3;
/** After so many tries of a step it may be the step that ends the process. */
const MOST_ENDS = 10;

function isOurEnd({ run }: Fold, { outcome }: Ended, { attempt }: StepState): boolean {
	if (run.core < OUR_END || attempt >= MOST_ENDS) return false;
	return outcome.kind === "unknown" && outcome.code === "host-restarted";
}

function mayRetry(act: Act, state: StepState): boolean {
	const most = act.step.kind === "do" ? act.step.retry.attempts : 4;
	return state.failures + 1 < most;
}

function unknown(
	fold: Fold,
	event: Ended & { readonly outcome: Extract<Outcome, { kind: "unknown" }> },
	on: { readonly state: StepState; readonly act: Act },
): void {
	const { state, act } = on;
	const wrote = (state.try?.begun?.changes.length ?? 0) > 0;
	const { repeat } = act.action;
	const trouble = {
		code: event.outcome.code,
		message: "It was sent, but no answer came back. It may have happened once; it is not sent again by itself.",
	};
	if (wrote && repeat.kind === "never") return fail(fold, event.step, doubtful(event, trouble, state));
	if (!isOurEnd(fold, event, state) && !mayRetry(act, state))
		return fail(fold, event.step, doubtful(event, trouble, state));
	again(fold, event.step, { act, state, atLeastMs: wrote && repeat.kind === "settle" ? repeat.ms : 0, exact: false });
}

function doubtful(event: Ended, trouble: Pick<Trouble, "code" | "message">, state?: StepState): Trouble {
	const { applied } = event.outcome;
	const doubt = (state?.try?.begun?.changes ?? []).map((c) => c.id).filter((id) => !applied.includes(id));
	const detail = "detail" in event.outcome ? event.outcome.detail : undefined;
	return { ...trouble, applied, doubt, ...(detail === undefined ? {} : { detail }) };
}

/** Waits, then tries again: doubling, jittered by the step's own name, never sooner than the remote asked. */
function again(
	fold: Fold,
	path: Path,
	by: { readonly act: Act; readonly state: StepState; readonly atLeastMs: number; readonly exact: boolean },
): void {
	const rule = by.act.step.kind === "do" ? by.act.step.retry : { firstMs: 1000, mostMs: 60_000 };
	const backoff = Math.min(rule.mostMs, rule.firstMs * 2 ** by.state.failures);
	const jitter = 0.75 + 0.5 * fraction(`${fold.run.id}/${path}/${by.state.attempt}`);
	const delay = by.exact ? by.atLeastMs : Math.max(by.atLeastMs, Math.round(backoff * jitter));
	const wait = by.state.wait;
	const giveUp = wait?.kind === "state" ? wait.timers["give-up"] : undefined;
	waitFor(fold, path, {
		state: "waiting",
		wait: {
			kind: "again",
			timers: { again: plusMs(fold.at, delay), ...(giveUp === undefined ? {} : { "give-up": giveUp }) },
		},
	});
}

/** A number from 0 to 1 that a text always gives. Source: FNV-1a, 32 bits. */
function fraction(text: string): number {
	let hash = 0x811c9dc5;
	for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
	return hash / 0xffffffff;
}
