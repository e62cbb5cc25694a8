/**
 * What a run and its steps are called and how they stand, in words and as the eight states of the look. Must never show a
 * phase or a code.
 */
import { unreachable } from "../base/assert.ts";
import { isRecord, type Json } from "../base/json.ts";
import { type WordsJson, words } from "../base/words.ts";
import { type Reader, say } from "../cards/fill.ts";
import type { RunDescription, StepDescription } from "../engine/desk.ts";
import type { Phase } from "../engine/event.ts";
import type { RunSummary } from "../engine/ports.ts";
import { type Shown, STEP_LOOKS } from "../engine/step-look.ts";
import type { Involved } from "../people/roster.ts";
import type { Definitions } from "../sop/definitions.ts";
import { fill } from "../sop/expression.ts";

type Standing = { readonly state: Shown; readonly word: string };

/** How a step stands: its state, and the word that goes with it for this reader. */
export function stepStanding(step: StepDescription, reader: Reader): Standing {
	const { shown, word } = STEP_LOOKS[step.state];
	if (step.state === "waiting" && forPeople(step))
		return { state: "person", word: whoOf("Waiting for ", step, reader) };
	return { state: shown, word: step.state === "asking" ? whoOf("Asks ", step, reader) : word };
}

/** How a run stands. `waitingFor` tells whether it waits for people or for time. */
export function phaseStanding(phase: Phase, waitingFor: Json): Standing {
	switch (phase) {
		case "planning":
			return { state: "running", word: "Being planned" };
		case "running":
			return { state: "running", word: "Running" };
		case "waiting":
			return namesPeople(waitingFor)
				? { state: "person", word: "Waiting for a person" }
				: { state: "time", word: "Waiting for time" };
		case "asking":
			return { state: "asking", word: "Asks a person" };
		case "stopping":
			return { state: "running", word: "Stopping" };
		case "paused":
			return { state: "time", word: "Paused" };
		case "done":
			return { state: "done", word: "Done" };
		case "stopped":
			return { state: "skipped", word: "Stopped" };
		case "failed":
			return { state: "failed", word: "Failed" };
		default:
			return unreachable(phase);
	}
}

/** Whether this reader may answer it now. */
export function isFor(step: StepDescription, reader: Reader): boolean {
	return step.wait !== undefined && reader.you !== undefined && step.wait.by.includes(reader.you);
}

/** Whether no more will happen in this phase. */
export function isOver(phase: Phase): boolean {
	return phase === "done" || phase === "stopped" || phase === "failed";
}

/** Whoever a wait of this run means are those who may answer it now, as the desk said. */
export function knowing(reader: Reader, run: RunDescription): Reader {
	const waits = run.steps.flatMap((step) => (step.wait === undefined || step.wait.by.length === 0 ? [] : [step.wait]));
	const meant = (who: readonly string[]) => waits.find((wait) => wait.who.join(" ") === who.join(" "))?.by;
	return { ...reader, resolve: (who) => meant(who) ?? reader.resolve(who) };
}

/** The people a run of a list knows: who asked, and who is asked when it is stuck. */
export function involvedInRow(run: RunSummary, definitions: Definitions): Involved {
	return { requester: run.by, owner: definitions.clients[run.client]?.sops[run.sop]?.owner ?? "owner" };
}

/** The people a run knows, as far as its form says. */
export function involvedIn(run: RunDescription, definitions: Definitions): Involved {
	const sop = definitions.clients[run.client]?.sops[run.sop];
	const text = (template: string | undefined) => {
		const value = template === undefined ? undefined : fill(template, { form: run.form, steps: {} });
		return typeof value === "string" ? value : undefined;
	};
	const manager = text(sop?.subject.manager);
	const subject = text(sop?.subject.email);
	return {
		requester: run.by,
		owner: sop?.owner ?? "owner",
		...(manager === undefined ? {} : { manager }),
		...(subject === undefined ? {} : { subject }),
	};
}

function whoOf(lead: string, step: StepDescription, reader: Reader): string {
	const asked = step.wait?.by ?? [];
	const who = step.wait?.who ?? [];
	if (asked.length === 0 && who.length === 0) return `${lead}a person`;
	return say(words(lead, { who: who.length === 0 ? ["people"] : who }), {
		...reader,
		resolve: (meant) => (asked.length > 0 ? asked : reader.resolve(meant)),
	});
}

function forPeople(step: StepDescription): boolean {
	const { wait } = step;
	return wait !== undefined && (wait.by.length > 0 || wait.who.length > 0);
}

function namesPeople(sentence: Json): boolean {
	const parts = isRecord(sentence) ? (sentence as WordsJson).$words : [];
	// What is waited for comes first; whom else it names is asked later.
	return (
		Array.isArray(parts) && parts.slice(0, 2).some((part) => isRecord(part) && ("who" in part || "person" in part))
	);
}
