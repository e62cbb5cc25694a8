/**
 * The core: what follows from one fact about a run. Folds the event, walks forward, and orders the difference. Pure: no
 * clock, no chance, no I/O, no promises; it never throws at a caller's mistake, only at ours.
 */
import { assert, unreachable } from "../base/assert.ts";
import type { Sop } from "../sop/sop.ts";
import { advance } from "./advance.ts";
import { inherited } from "./child.ts";
import { type Fold, openDraft } from "./draft.ts";
import type { Effect } from "./effect.ts";
import type { RunEvent } from "./event.ts";
import { foldAmended, subjectOf } from "./fold-amend.ts";
import { foldAnswered } from "./fold-answer.ts";
import { foldEnded } from "./fold-attempt.ts";
import { foldBegan } from "./fold-began.ts";
import { foldPlanFailed, foldPlanned } from "./fold-plan.ts";
import { foldChildEnded, foldNoted, foldSteered, foldTimer } from "./fold-rest.ts";
import { ordered } from "./pending.ts";
import type { Reason } from "./ports.ts";
import type { Run } from "./run.ts";

/** Number of this core. Raised when it decides differently about a recorded history; a run is decided by its own. */
export const CORE = 3;

/** `go`/`no` answer an `attempt-began`; `no` with the same run object means that nothing is to be recorded. */
export type Decision = {
	readonly run: Run;
	readonly effects: readonly Effect[];
	readonly verdict: "accepted" | "go" | "no";
	readonly reason?: Reason;
};

/**
 * Decides what follows from an event. The first one is `started`, with `run` undefined.
 * Shape: `effects` is what is wanted now and was not before; `pending` gives all of it again.
 * Errors: `InvariantError` for a broken caller (no run, time running backwards): the host quarantines the run.
 * Repeat: the same event twice is accepted once; the second time `run` is the same object.
 */
export function decide(sop: Sop, run: Run | undefined, event: RunEvent): Decision {
	if (run === undefined) {
		assert(event.kind === "started", "the first event of a run is its start");
		const begun = start(sop, event);
		return { run: begun, effects: ordered(sop, undefined, begun), verdict: "accepted" };
	}
	assert(run.definition === sop.definition, "a run is decided under the definition it is pinned to");
	assert(event.at >= run.at, "time does not run backwards within a run");
	const draft = openDraft(run);
	const fold: Fold = { sop, run: draft, at: event.at };
	const folded = foldEvent(fold, event);
	if (!folded.changed)
		return {
			run,
			effects: [],
			verdict: folded.verdict,
			...(folded.reason === undefined ? {} : { reason: folded.reason }),
		};
	advance(fold);
	draft.seq = run.seq + 1;
	draft.at = event.at;
	const after: Run = draft;
	return {
		run: after,
		effects: ordered(sop, run, after),
		verdict: folded.verdict,
		...(folded.reason === undefined ? {} : { reason: folded.reason }),
	};
}

type Folded = { readonly changed: boolean; readonly verdict: Decision["verdict"]; readonly reason?: Reason };

function foldEvent(fold: Fold, event: RunEvent): Folded {
	switch (event.kind) {
		case "started":
			return news(false);
		case "planned":
			return news(foldPlanned(fold, event));
		case "plan-failed":
			return news(foldPlanFailed(fold, event));
		case "attempt-began": {
			const reason = foldBegan(fold, event);
			return reason === undefined
				? { changed: true, verdict: "go" }
				: { changed: reason.code === "drift", verdict: "no", reason };
		}
		case "attempt-ended":
			return news(foldEnded(fold, event));
		case "answered":
			return said(foldAnswered(fold, event));
		case "timer-fired":
			return news(foldTimer(fold, event));
		case "amended":
			return said(foldAmended(fold, event));
		case "noted":
			return news(foldNoted(fold, event));
		case "child-ended":
			return news(foldChildEnded(fold, event));
		case "steered":
			return said(foldSteered(fold, event));
		default:
			return unreachable(event);
	}
}

/** A fact that is new, or was known. */
function news(changed: boolean): Folded {
	return { changed, verdict: "accepted" };
}

/** A person's word that was taken, or the reason why not. */
function said(reason: Reason | undefined): Folded {
	return reason === undefined ? { changed: true, verdict: "accepted" } : { changed: false, verdict: "no", reason };
}

function start(sop: Sop, event: Extract<RunEvent, { kind: "started" }>): Run {
	const { request, at } = event;
	const blank: Run = {
		id: event.run,
		client: request.client,
		sop: request.sop,
		definition: sop.definition,
		core: sop.core,
		seq: 1,
		request,
		startedAt: at,
		at,
		form: request.form,
		subject: {},
		steps: {},
		overrides: {},
		ledger: [],
		approvals: inherited(request),
		notes: [],
		outputs: {},
	};
	const run = openDraft({ ...blank, subject: subjectOf(sop, blank) });
	advance({ sop, run, at });
	return run;
}
