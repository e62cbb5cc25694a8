/**
 * The commands that change a run's course: `note`, `amend`, `cancel`, `undo`. The last two ask once more and name the
 * counts. Must never act before that.
 */
import { InputError, type Problem } from "../../base/errors.ts";
import type { Values } from "../../base/json.ts";
import { dayAt } from "../../base/time.ts";
import type { CardData } from "../../cards/card.ts";
import { typedText } from "../../cards/form-card.ts";
import type { RunDescription } from "../../engine/desk.ts";
import { runName, runNameIn } from "../../engine/run-name.ts";
import { checkForm } from "../../sop/form.ts";
import type { Field } from "../../sop/sop.ts";
import { retyped } from "../form.ts";
import type { Draft } from "../posts.ts";
import type { Reply } from "../surface.ts";
import { explain } from "../trouble.ts";
import { type Answer, headerOfRun, reply, say, type Turn } from "../turn.ts";
import { aboutRun } from "./command.ts";
import { draftOf, formReply } from "./start.ts";

const WHY: Field = { name: "words", label: "Reason", type: "multiline", optional: true, max: 500 };
const NOTE: Field = { name: "words", label: "Note", type: "multiline", optional: false, max: 2000 };

/** What was sent and cannot be taken as it is: it is asked for once more, by the same draft. */
type Unfit = { readonly draft: Draft; readonly values: Values; readonly problems: readonly Problem[] };

export const note = aboutRun(
	{ word: "note", usage: "note ID words", about: "Keep a remark with a run." },
	async (turn, run, said) => {
		if (said.tail.trim() === "") return noteRun(turn, run);
		const key = `note:${turn.inbound.key}`;
		try {
			const words = wordsIn(turn, "note", { words: said.tail });
			await turn.desk.note({ actor: turn.actor, run: run.id, words, key });
		} catch (error) {
			return explain(turn, error, run.id);
		}
		return say(turn, `Noted with ${runName(run)}.`);
	},
);

export const amend = aboutRun(
	{ word: "amend", usage: "amend ID", about: "Correct what was typed; only what differs is asked for again." },
	amendRun,
);
export const cancel = aboutRun(
	{ word: "cancel", usage: "cancel ID", about: "End a run; what is done stays." },
	(turn, run) => cancelRun(turn, run),
);
export const undo = aboutRun(
	{ word: "undo", usage: "undo ID", about: "Plan to take back what a run changed." },
	undoRun,
);

/** The words of a note, or why a run is cancelled, as forms are checked. Errors: `InputError`, at the field. */
export function wordsIn(turn: Turn, purpose: "note" | "cancel", typed: Values): string {
	const field = purpose === "note" ? NOTE : WHY;
	const result = checkForm([field], typed, { today: dayAt(turn.clock.now(), "UTC") });
	if ("problems" in result) throw new InputError(result.problems);
	return String(result.values.words ?? "");
}

/** Asks for the words of a note. */
export function noteRun(turn: Turn, run: RunDescription, unfit?: Unfit): Reply {
	return ask(turn, run, {
		...{ purpose: "note", unfit },
		title: `A note for ${runName(run)}`,
		fields: [NOTE],
		buttons: [
			{ title: "Keep the note", style: "primary", verb: "submit", inputs: true },
			{ title: "Go back", style: "default", verb: "back" },
		],
	});
}

/** Hands out the run's form, filled in as it stands. */
export function amendRun(turn: Turn, run: RunDescription): Reply {
	const sop = turn.desk.definitions().clients[run.client]?.sops[run.sop];
	if (run.endedAt !== undefined) return say(turn, `${runNameIn(run)} has ended. Nothing was changed.`);
	if (sop === undefined || sop.form.length === 0) return say(turn, `${runNameIn(run)} has no form to change.`);
	const draft = draftOf(turn, { purpose: "amend", client: run.client, sop: run.sop, run: run.id });
	turn.drafts.keep(draft);
	const values = retyped(sop.form, run.form, turn.desk.definitions().clients[run.client]);
	return formReply(turn, { draft, sop, values, problems: [] });
}

/** Asks once more before a run ends: what is done, what will not be. */
export function cancelRun(turn: Turn, run: RunDescription, unfit?: Unfit): Reply {
	if (run.endedAt !== undefined) return say(turn, `${runNameIn(run)} has ended already. Nothing was changed.`);
	const finished = run.steps.filter((step) => step.state === "done").length;
	const left = run.steps.filter((step) => step.state !== "done" && step.state !== "skipped").length;
	return ask(turn, run, {
		...{ purpose: "cancel", unfit },
		title: `Cancel ${runName(run)}?`,
		lead: [
			`${steps(finished)} done and ${finished === 1 ? "stays" : "stay"} so. ${steps(left)} left out.`,
			"“undo” takes back what was changed.",
		],
		fields: [WHY],
		buttons: [
			{ title: `Cancel ${left === 1 ? "1 step" : `${left} steps`}`, style: "danger", verb: "submit", inputs: true },
			{ title: "Go back", style: "default", verb: "back" },
		],
	});
}

/** Asks once more before an undo is planned, with the changes it would take back. */
export function undoRun(turn: Turn, run: RunDescription): Reply {
	if (run.undoneBy !== undefined) {
		return say(
			turn,
			`${runNameIn(run)} is being undone already: ${run.undoneBy.slice(0, 6)}. Nothing more was started.`,
		);
	}
	if (run.endedAt === undefined) {
		const title = `${runNameIn(run)} is still under way. Nothing was changed.`;
		return say(turn, title, `“cancel ${run.ref}” ends it; then it can be undone.`);
	}
	const made = run.undoable;
	if (made.length === 0) return say(turn, `${runNameIn(run)} changed nothing that could be undone.`);
	const count = made.length === 1 ? "1 change" : `${made.length} changes`;
	return ask(turn, run, {
		purpose: "undo",
		title: `Undo ${count}?`,
		lead: ["A plan comes first and has to be approved. Nothing changes before that."],
		lines: made.map((text) => ({ sign: "−", tone: "attention" as const, text })),
		buttons: [
			{ title: `Undo ${count}`, style: "danger", verb: "submit" },
			{ title: "Go back", style: "default", verb: "back" },
		],
	});
}

function steps(count: number): string {
	return count === 1 ? "1 step is" : `${count} steps are`;
}

type Asking = Answer & { readonly purpose: Draft["purpose"]; readonly unfit?: Unfit | undefined };

function ask(turn: Turn, run: RunDescription, { purpose, unfit, ...answer }: Asking): Reply {
	const draft = unfit?.draft ?? draftOf(turn, { purpose, client: run.client, sop: run.sop, run: run.id });
	if (unfit === undefined) turn.drafts.keep(draft);
	const header: CardData["header"] = headerOfRun(turn, run);
	return reply(
		turn,
		{ header, ...answer, ...(unfit === undefined ? {} : putRight(answer, unfit)) },
		{ card: answer.fields === undefined ? "notice" : "form", id: draft.id, run, replace: unfit !== undefined },
	);
}

/** The same fields with what was typed, and what is wrong with it. */
function putRight({ lead = [], fields = [] }: Answer, { values, problems }: Unfit): Pick<CardData, "lead" | "fields"> {
	const elsewhere = problems.filter(({ path }) => !fields.some(({ name }) => path === `form.${name}`));
	return {
		lead: [...elsewhere.map(({ message }) => message), "Nothing happened. What you typed is kept.", ...lead],
		fields: fields.map((field) => {
			const error = problems.find(({ path }) => path === `form.${field.name}`)?.message;
			return { ...field, value: typedText(values[field.name]), ...(error === undefined ? {} : { error }) };
		}),
	};
}
