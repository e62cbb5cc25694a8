/**
 * The commands that only show: `sops`, `runs`, `run`, `approvals`, `oncall`. Must never change anything.
 */

import type { CardData } from "../../cards/card.ts";
import type { StepDescription } from "../../engine/desk.ts";
import type { Phase } from "../../engine/event.ts";
import type { RunQuery } from "../../engine/ports.ts";
import { runName } from "../../engine/run-name.ts";
import { signOf, stepLines } from "../../engine/step-look.ts";
import { headerOfRun, openRun, reply, say, sentence } from "../turn.ts";
import { aboutRun, type Command } from "./command.ts";

const MOST = 10;

export const sops: Command = {
	word: "sops",
	usage: "sops",
	about: "What you can start.",
	run: (turn, said) => {
		const mine = turn.desk.startable(turn.actor, "command", said.client);
		if (mine.length === 0) return say(turn, "There is no procedure you can start here.", "Your IT lead knows who can.");
		const several = new Set(mine.map((each) => each.client)).size > 1;
		const { clients } = turn.desk.definitions();
		const facts = mine.map(({ client, sop, start }) => ({
			title: start.kind === "command" ? start.command : sop.id,
			value: several ? `${sop.title}, ${clients[client]?.name ?? client}` : sop.title,
		}));
		const title = mine.length === 1 ? "1 procedure you can start" : `${mine.length} procedures you can start`;
		return reply(turn, {
			title,
			lead: ["Type the word. A form comes first; nothing happens before you send it."],
			facts,
			buttons: [{ title: "Read the procedures", style: "default", url: "/sops" }],
		});
	},
};

export const runs: Command = {
	word: "runs",
	usage: "runs",
	about: "What is under way.",
	run: async (turn, said) => {
		const query: RunQuery = {
			phase: "open",
			most: MOST,
			...(said.client === undefined ? {} : { client: said.client }),
		};
		const page = await turn.desk.list(turn.actor, query);
		const button = { title: "Open the list", style: "default", url: "/runs" } as const;
		if (page.items.length === 0) {
			return reply(turn, {
				title: "Nothing is under way.",
				lead: ["Finished runs are in the list."],
				buttons: [button],
			});
		}
		const known = await Promise.all(page.items.map((item) => turn.desk.read(turn.actor, item.id)));
		const lines = known.flatMap((run) => {
			if (run === undefined) return [];
			const text = `${runName(run)} · ${run.ref}`;
			return [{ ...signOf(STANDS[run.phase]), text, meta: sentence(turn, run.waitingFor, run) }];
		});
		const more = page.cursor === undefined ? "" : "at least ";
		const count = lines.length === 1 ? "1 run is" : `${more}${lines.length} runs are`;
		const title = `${count.charAt(0).toUpperCase()}${count.slice(1)} under way`;
		return reply(turn, { title, lines, buttons: [button] });
	},
};

/** As a step stands that does the same. */
const STANDS: { readonly [phase in Phase]: StepDescription["state"] } = {
	planning: "running",
	running: "running",
	waiting: "waiting",
	asking: "asking",
	stopping: "running",
	paused: "waiting",
	done: "done",
	stopped: "stopped",
	failed: "failed",
};

export const approvals: Command = {
	word: "approvals",
	usage: "approvals",
	about: "What waits for you.",
	run: async (turn) => {
		const open = await turn.desk.waiting(turn.actor);
		if (open.length === 0) return say(turn, "Nothing waits for you.");
		const lines = open.slice(0, MOST).map(({ run, step }) => ({
			...signOf(step.state),
			text: `${runName(run)} · ${run.ref}`,
			meta: `${step.name}: ${sentence(turn, step.wait?.words ?? step.words, run)}`,
		}));
		const more = open.length > MOST ? [`And ${open.length - MOST} more.`] : [];
		return reply(
			turn,
			{
				title: open.length === 1 ? "1 thing waits for you" : `${open.length} things wait for you`,
				lead: ["Each has its own card in this chat, further up.", ...more],
				lines,
				buttons: [{ title: "Open the list", style: "primary", url: "/approvals" }],
			},
			{ client: turn.actor.client ?? open[0]?.run.client },
		);
	},
};

export const oncall: Command = {
	word: "oncall",
	usage: "oncall",
	about: "Who is on call.",
	run: (turn) => say(turn, "Nobody is on call.", "There are no on-call schedules yet."),
};

export const run: Command = aboutRun({ word: "run", usage: "run ID", about: "How far a run is." }, (turn, found) => {
	const buttons: CardData["buttons"][number][] = [{ ...openRun(found.id), style: "primary" }];
	return reply(
		turn,
		{
			header: headerOfRun(turn, found),
			title: runName(found),
			lead: [found.waitingFor],
			...stepLines(leavesOf(found.steps).map(({ state, name, words }) => ({ state, text: name, meta: words }))),
			buttons,
			summary: found.waitingFor,
		},
		{ card: "progress", run: found },
	);
});

/** What holds other steps says nothing that they do not. */
function leavesOf(steps: readonly StepDescription[]): readonly StepDescription[] {
	return steps.filter(({ depth }, at) => (steps[at + 1]?.depth ?? 0) <= depth);
}
