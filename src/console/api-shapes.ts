/**
 * What the API says about runs, and its exact shape. Must never add a field that a page needs: pages read the
 * description itself.
 */
import { isRecord, type Json } from "../base/json.ts";
import type { WordsJson } from "../base/words.ts";
import type { RunDescription, StepDescription } from "../engine/desk.ts";
import type { Receipt, RunSummary } from "../engine/ports.ts";

/** Fills a sentence for the caller. */
type Fill = (words: WordsJson) => string;

/** One run, whole. */
export function runShape(run: RunDescription, fill: Fill): Json {
	return present({
		...head(run),
		definition: run.definition,
		waitingFor: fill(run.waitingFor),
		undoneBy: run.undoneBy,
		undoes: run.undoes,
		parent: run.parent,
		endedAt: run.endedAt,
		steps: run.steps.map((step) => stepShape(step, fill)),
		plan:
			run.plan &&
			present({
				wait: run.plan.wait,
				hash: run.plan.hash,
				entries: run.plan.entries,
				problems: run.plan.problems,
				decidedBy: run.plan.decidedBy,
				decidedAt: run.plan.decidedAt,
				standing: run.plan.standing,
			}),
	});
}

/** One row of a list. */
export function summaryShape(run: RunSummary, fill: Fill): Json {
	const sentence = run.waitingFor;
	return present({
		...head(run),
		waitingFor: typeof sentence === "string" ? sentence : isWords(sentence) ? fill(sentence) : "",
		parent: run.parent,
	});
}

/** What a caller is told about an answer, a steer, an amendment or a note. */
export function receiptShape(receipt: Receipt): Json {
	const { run, seq, outcome, verdict, reason } = receipt;
	return present({ run, seq, outcome, verdict, reason: reason && present({ ...reason }) });
}

/** Tells a sentence with holes from other JSON. */
export function isWords(value: Json): value is WordsJson {
	return isRecord(value) && Array.isArray(value.$words);
}

function head(run: RunDescription | RunSummary) {
	const { id, client, sop, phase, by, subject, startedAt } = run;
	return { id, client, sop, phase, by, subject, startedAt };
}

function stepShape(step: StepDescription, fill: Fill): Json {
	const { path, name, state, attempts, wait, output, proof } = step;
	return present({
		path,
		name,
		state,
		attempts,
		wait: wait && present({ id: wait.id, verbs: wait.verbs, words: fill(wait.words), by: wait.by, due: wait.due }),
		output,
		proof,
	});
}

/** Leaves out what is not there, at this level. */
function present(value: { readonly [name: string]: unknown }): Json {
	return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Json;
}
