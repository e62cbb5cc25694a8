/**
 * The commands that answer what a run asks: `retry`, `skip`, `done`, `claim`. Must never choose between two questions.
 */
import type { RunDescription, StepDescription } from "../../engine/desk.ts";
import type { Verb } from "../../engine/event.ts";
import { runNameIn } from "../../engine/run-name.ts";
import { signOf } from "../../engine/step-look.ts";
import { answerWait } from "../press.ts";
import type { Reply } from "../surface.ts";
import { openRun, reply, type Turn } from "../turn.ts";
import { aboutRun, type Command } from "./command.ts";

export const retry = answering("retry", "retry ID", "Try the step again that asks.");
export const skip = answering("skip", "skip ID", "Leave that step out.");
export const done = answering("done", "done ID", "Say it was done by hand; it is looked at to make sure.");
export const claim = answering("claim", "claim ID", "Take it on: the others see that you have it.");

function answering(verb: Verb, usage: string, about: string): Command {
	return aboutRun({ word: verb, usage, about }, async (turn, run) => {
		const open = run.steps.filter((step) => step.wait !== undefined && takes(step, verb));
		const mine = open.filter((step) => step.wait?.by.includes(turn.actor.id));
		const asked = mine.length > 0 ? mine : open;
		const [only] = asked;
		if (only?.wait === undefined) return nothingAsks(turn, run, verb);
		if (asked.length > 1) return whichOne(turn, run, asked);
		const taken = only.wait.verbs.includes(verb) ? verb : "complete";
		return answerWait(turn, { run: run.id, wait: only.wait.id, verb: taken, values: {} });
	});
}

/** A task is done by completing it. */
function takes(step: StepDescription, verb: Verb): boolean {
	const verbs = step.wait?.verbs ?? [];
	return verbs.includes(verb) || (verb === "done" && verbs.includes("complete"));
}

function nothingAsks(turn: Turn, run: RunDescription, verb: Verb): Reply {
	const title = `Nothing in ${runNameIn(run)} can take “${verb}” now. Nothing was done.`;
	return reply(turn, { title, lead: [run.waitingFor], buttons: [openRun(run.id)] }, { run });
}

function whichOne(turn: Turn, run: RunDescription, open: readonly StepDescription[]): Reply {
	return reply(
		turn,
		{
			title: `${open.length} steps of ${runNameIn(run)} ask. Nothing was done.`,
			lead: ["Answer on the card of the one you mean, or on the run’s page."],
			lines: open.map((step) => ({ ...signOf(step.state), text: step.name, meta: step.words })),
			buttons: [openRun(run.id)],
		},
		{ run },
	);
}
