/**
 * Folds what a person answered. Authority is checked before an answer comes here; what the run itself knows is checked
 * again: the wait is open, takes the verb, shows this plan, and nobody counts twice.
 */
import { asRecord, isList, type Json, type Values } from "../base/json.ts";
import { guardAt, guardOf, lookOnce, next } from "./act.ts";
import { adjust, adjustWait, ask, dueIn, type Fold, finish, forget, move, waitFor } from "./draft.ts";
import { keepLooking } from "./enter.ts";
import type { Choice, Path, RunEvent } from "./event.ts";
import { approve } from "./fold-plan.ts";
import { pathOfWait, placeOf } from "./path.ts";
import type { Reason } from "./ports.ts";
import { received } from "./receipts.ts";
import type { StepState, Vote, Wait } from "./run.ts";

type Answered = Extract<RunEvent, { kind: "answered" }>;
type Open = { readonly state: StepState; readonly wait: Wait; readonly path: Path };

/** Answers why it was not taken; undefined when it was. */
export function foldAnswered(fold: Fold, event: Answered): Reason | undefined {
	const path = pathOfWait(event.wait);
	const state = fold.run.steps[path];
	const wait = state?.wait;
	if (fold.run.ended !== undefined || fold.run.stopping !== undefined) return stale("This run is over.");
	if (event.as === "") return stale("Nobody answered this in a role.");
	if (state === undefined || wait === undefined || wait.id !== event.wait) return stale("The question has moved on.");
	if (!wait.verbs.includes(event.verb))
		return { code: "not-taken", words: "This question cannot be answered that way." };
	if (event.plan !== undefined && wait.plan?.hash !== event.plan) return stale("The plan has changed since.");
	return take(fold, event, { state, wait, path });
}

function stale(words: string): Reason {
	return { code: "stale", words };
}

function take(fold: Fold, event: Answered, open: Open): Reason | undefined {
	const { path } = open;
	switch (event.verb) {
		case "claim":
			adjustWait(fold, path, { claimedBy: event.by });
			return undefined;
		case "approve":
			return vote(fold, event, open);
		case "send-back":
			return sendBack(fold, event, open);
		case "submit":
			finish(fold, path, { output: event.values, ...who(event) });
			return undefined;
		case "acknowledge":
			return acknowledge(fold, event, open);
		case "complete":
			return tick(fold, event, open);
		case "choose":
			return choose(fold, event, open);
		case "skip":
			move(fold, path, { state: "skipped", ...who(event), why: wordsOf(event) ?? "chosen" });
			return undefined;
		case "stop":
			fold.run.stopping = { at: fold.at, by: event.by, words: wordsOf(event) ?? "", cause: "cancel" };
			return undefined;
		case "done":
			adjust(fold, path, { failures: 0 });
			lookOnce(fold, path, event.by);
			return undefined;
		case "retry":
			retry(fold, path);
			return undefined;
	}
}

function wordsOf(event: Answered): string | undefined {
	const { words } = event.values;
	return typeof words === "string" && words !== "" ? words : undefined;
}

/** Counts a vote once a person; enough of them approve exactly the plan that was shown. */
function vote(fold: Fold, event: Answered, { path, wait }: Open): Reason | undefined {
	const { run, sop } = fold;
	if (isSame(event, run.request) && sop.urgency !== "emergency")
		return { code: "own-request", words: "You asked for this one, so someone else approves it." };
	const others = (wait.votes ?? []).filter((v) => v.by !== event.by && !event.gone?.includes(v.by));
	const own = others.find((v) => isSame(event, v));
	if (own !== undefined)
		return { code: "voted", words: "You approved this already; one person counts once.", by: own.by, at: own.at };
	const { by, as, via, from } = event;
	const votes = [...others, { by, as, at: fold.at, via, ...(from === undefined ? {} : { from }) }];
	const need = guardOf(fold, path)?.need ?? 1;
	if (votes.length < need || wait.plan === undefined) {
		adjustWait(fold, path, { votes });
		return undefined;
	}
	approve(fold, path, { plan: wait.plan, by: votes.map((v) => v.by), ...(from === undefined ? {} : { votes }) });
	if (placeOf(sop, path)?.step.kind === "approve") finish(fold, path, who(event));
	else next(fold, path);
	return undefined;
}

/** One human, by whichever entry of the roster or account: the same one of two names, or two names with one account. */
function isSame(event: Answered, other: Pick<Vote, "by" | "via" | "from">): boolean {
	const account = event.from !== undefined && event.from === other.from && event.via === other.via;
	return event.by === other.by || account || (event.same ?? []).includes(other.by);
}

/** Who did it and where. Events from before the account was kept fold to what they did then. */
function who(event: Answered): Pick<StepState, "by" | "via"> {
	return { by: event.by, ...(event.from === undefined ? {} : { via: event.via }) };
}

/** The requester is asked to change the form, or to ask again as it is. */
function sendBack(fold: Fold, event: Answered, { path }: Open): undefined {
	const said = wordsOf(event);
	ask(fold, path, {
		who: ["requester"],
		verbs: ["retry", "stop"],
		trouble: { code: "sent-back", message: said ?? "It was sent back without a word why." },
	});
	adjust(fold, path, { by: event.by });
	return undefined;
}

/** Notes a receipt, once a person; the step is over when everybody who is meant has given one. */
function acknowledge(fold: Fold, event: Answered, { path, state }: Open): undefined {
	if (event.audience === undefined) return void finish(fold, path, who(event));
	const output = received(state.output, { by: event.by, at: fold.at, audience: event.audience });
	adjust(fold, path, { output });
	if (output.missing.length === 0) finish(fold, path, who(event));
	return undefined;
}

/** Ticks items off; the task is complete when all are. */
function tick(fold: Fold, event: Answered, { path, wait }: Open): undefined {
	const step = placeOf(fold.sop, path)?.step;
	const list = step?.kind === "task" ? step.checklist.map((_, i) => String(i)) : [];
	const given = tickedIn(event.values.checked) ?? list;
	const checked = list.filter((item) => given.includes(item));
	if (checked.length < list.length) {
		adjustWait(fold, path, { checked, claimedBy: wait.claimedBy ?? event.by });
		return undefined;
	}
	const { evidence } = event.values;
	finish(fold, path, { ...who(event), ...(evidence === undefined ? {} : { output: { evidence } }) });
	return undefined;
}

/** What was ticked: a list, or a card's text with commas. Nothing said means all of it. */
export function tickedIn(checked: Json | undefined): readonly string[] | undefined {
	if (typeof checked === "string") return checked.split(",").map((one) => one.trim());
	return isList(checked) ? checked.filter((t): t is string => typeof t === "string") : undefined;
}

/** Takes a way on: it changes the step's input, then everything it touches is planned again. */
function choose(fold: Fold, event: Answered, { path, wait }: Open): Reason | undefined {
	const wanted = event.values.choice;
	const found = offersOf(wait, path).find(({ choice }) => choice.id === wanted);
	if (found === undefined) return { code: "not-taken", words: "This is not one of the choices." };
	const now = fold.run.overrides[found.at];
	const typed = asRecord(event.values.with);
	fold.run.overrides = {
		...fold.run.overrides,
		[found.at]: { ...now, ...found.choice.with, ...allowed(found.choice.with, typed) },
	};
	if (!planAnew(fold, path)) retry(fold, path);
	return undefined;
}

/** The ways on that a question offers, and the step that each of them changes. */
export function offersOf(wait: Wait, path: Path): readonly { readonly at: Path; readonly choice: Choice }[] {
	return [
		...(wait.problems ?? []).flatMap((p) => p.choices.map((choice) => ({ at: p.path, choice }))),
		...(wait.problem?.choices ?? []).map((choice) => ({ at: path, choice })),
	];
}

/** Another way may touch all that follows, so it is asked once for everything its approval guards, not step by step. */
function planAnew(fold: Fold, path: Path): boolean {
	const guard = guardAt(fold, path);
	const step = guard === undefined ? undefined : fold.run.steps[guard];
	if (guard === undefined || guard === path || step?.state !== "done") return false;
	forget(fold, path);
	waitFor(fold, guard, { state: "waiting", wait: { kind: "plan" } });
	return true;
}

/** A choice that asks for a word (`{ name: "" }`) takes that word and nothing else. */
function allowed(offered: Values, typed: Values): Values {
	return Object.fromEntries(
		Object.entries(typed).filter(([name, value]) => asksFor(offered, name) && typeof value === "string"),
	);
}

export function asksFor(offered: Values, name: string): boolean {
	return offered[name] === null || offered[name] === "";
}

/** Tries again: a plan is made anew, an attempt begins, a look looks. */
function retry(fold: Fold, path: Path): void {
	adjust(fold, path, { failures: 0 });
	const step = placeOf(fold.sop, path)?.step;
	if (step?.kind === "approve") return waitFor(fold, path, { state: "waiting", wait: { kind: "plan" } });
	next(fold, path);
	if (step?.kind === "wait" && step.wait.kind === "for") keepLooking(fold, path, dueIn(fold, step.wait.atMost));
}
