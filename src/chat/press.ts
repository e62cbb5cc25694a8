/**
 * Turns a press into an answer: card id, then the kept row, then the wait and the plan that card showed. Must never use
 * anything from the card but its id, the verb and its declared inputs.
 */
import { ConflictError } from "../base/errors.ts";
import type { Values } from "../base/json.ts";
import { TURN } from "../cards/pages.ts";
import type { PlanHash, RunId, Verb, WaitId } from "../engine/event.ts";
import type { PostRow } from "../engine/kept.ts";
import { VERBS } from "../people/verb.ts";
import { SHOW, shownAgain } from "./again.ts";
import { amendRun, cancelRun, noteRun, undoRun } from "./command/steer.ts";
import { dataOf } from "./posts.ts";
import { submitted } from "./submit.ts";
import type { Reply } from "./surface.ts";
import { expired, explain } from "./trouble.ts";
import { say, type Turn } from "./turn.ts";

const ANSWERS: ReadonlySet<string> = new Set(VERBS);

const STEERS = new Map([
	["amend", amendRun],
	["cancel", cancelRun],
	["note", noteRun],
	["undo", undoRun],
]);

/** Answers a press or a form that came back. Repeat: the desk gives a second press the first receipt. */
export async function pressed(
	turn: Turn,
	press: { readonly card: string; readonly verb: string; readonly values: Values },
): Promise<Reply> {
	const draft = turn.drafts.find(press.card);
	if (draft !== undefined && press.verb === SHOW) return (await shownAgain(turn, draft)) ?? expired(turn, undefined);
	if (draft !== undefined) return submitted(turn, draft, press);
	const row = turn.posts.byCard(press.card);
	if (row === undefined) return outOfDate(turn, press);
	if (press.verb === SHOW) return turned(turn, row, undefined);
	if (press.verb === TURN) return turned(turn, row, Number(press.values.page));
	return (await aboutTheRun(turn, row, press.verb)) ?? answerRow(turn, row, press);
}

/** The same card at another page, or where it opens, for those who may see the run; nobody else's card changes. */
async function turned(turn: Turn, row: PostRow, page: number | undefined): Promise<Reply> {
	const run = await turn.desk.read(turn.actor, row.run);
	if (run === undefined) return expired(turn, undefined);
	const drawn = await turn.redraw?.(row, page);
	return drawn === undefined ? expired(turn, run.id, row.at) : { kind: "card", drawn, replace: true };
}

type Pressed = { readonly verb: string; readonly values: Values };

/** The card is old: said with the run when we still know which it was. */
async function outOfDate(turn: Turn, press: Pressed & { readonly card: string }): Promise<Reply> {
	const old = turn.posts.oldCard(press.card);
	const row = old?.now === undefined ? undefined : turn.posts.byCard(old.now);
	if (old !== undefined && row !== undefined) return over(turn, row, { ...press, at: old.at });
	const run = old && (await turn.desk.read(turn.actor, old.run));
	return expired(turn, run?.id, old?.at);
}

/** Nothing is asked here any more: by whom it was decided, where the card was drawn anew before the press came. */
async function over(turn: Turn, row: PostRow, press: Pressed & { readonly at: string }): Promise<Reply> {
	const run = await turn.desk.read(turn.actor, row.run);
	const { was } = dataOf(row);
	const { verb, values } = verbOf(press.verb, press.values);
	const isOpen = row.wait !== undefined || (run?.steps ?? []).some(({ wait }) => wait?.id === was);
	if (run === undefined || was === undefined || verb === undefined || isOpen) return expired(turn, run?.id, press.at);
	try {
		const { surface: via, identity: from } = turn.inbound;
		await turn.desk.answer({ actor: turn.actor, via, from, run: run.id, wait: was, verb, values });
	} catch (error) {
		const isMoved = error instanceof ConflictError && error.code === "stale";
		if (!isMoved) return explain(turn, error, run.id);
	}
	return expired(turn, run.id, press.at);
}

/** Buttons of the run's own card. Undefined: the verb answers a wait. */
async function aboutTheRun(turn: Turn, row: PostRow, verb: string): Promise<Reply | undefined> {
	const act = STEERS.get(verb);
	if (act === undefined) return undefined;
	const run = await turn.desk.read(turn.actor, row.run);
	return run === undefined ? expired(turn, undefined) : act(turn, run);
}

async function answerRow(turn: Turn, row: PostRow, press: Pressed): Promise<Reply> {
	if (row.wait === undefined || row.closed) return over(turn, row, { ...press, at: row.at });
	const { verb, values } = verbOf(press.verb, press.values);
	if (verb === undefined) return say(turn, "Choose one of the answers first. Nothing happened.");
	const { plan: shown } = dataOf(row);
	const plan = shown === undefined ? {} : { plan: shown };
	// A card shows what there is to tick; typed without a list, `done` means all of it.
	const given = verb === "complete" ? { checked: "", ...values } : values;
	return answerWait(turn, { run: row.run, wait: row.wait, verb, values: given, ...plan });
}

/** A question's choice may be a verb ("try again") or a way on of its own; both come back as `choice`. */
function verbOf(pressed: string, values: Values): { readonly verb: Verb | undefined; readonly values: Values } {
	const asks = pressed === "choose" || pressed === "answer";
	if (!asks) return { verb: ANSWERS.has(pressed) ? (pressed as Verb) : undefined, values };
	const { choice, ...rest } = values;
	if (typeof choice !== "string" || choice === "") return { verb: undefined, values };
	if (ANSWERS.has(choice)) return { verb: choice as Verb, values: rest };
	return { verb: "choose", values: { choice, ...rest } };
}

/** Answers a wait for this person. Nothing is said when it went through: the card itself shows it. */
export async function answerWait(
	turn: Turn,
	answer: {
		readonly run: RunId;
		readonly wait: WaitId;
		readonly verb: Verb;
		readonly values: Values;
		readonly plan?: PlanHash;
	},
): Promise<Reply> {
	try {
		const { surface: via, identity: from } = turn.inbound;
		await turn.desk.answer({ actor: turn.actor, via, from, ...answer });
	} catch (error) {
		return explain(turn, error, answer.run);
	}
	if (turn.inbound.kind === "pressed") return { kind: "none" };
	return say(turn, DONE[answer.verb] ?? "Noted.", "The run’s card shows it.");
}

const DONE: { readonly [verb in Verb]?: string } = {
	retry: "It is tried again now.",
	skip: "The step is skipped.",
	done: "It is looked at now, to make sure.",
	complete: "The task is done.",
	claim: "It is yours.",
};
