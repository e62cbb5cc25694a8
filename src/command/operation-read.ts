/**
 * The reading operations: runs as one person may see them, their sentences filled for that person. Must never show more
 * than the desk gives that person.
 */
import { ConflictError } from "../base/errors.ts";
import type { Json } from "../base/json.ts";
import { runShape, summaryShape } from "../console/api-shapes.ts";
import { readerOf, sentence } from "../console/reader.ts";
import type { Phase, RunId } from "../engine/event.ts";
import type { Actor } from "../people/roster.ts";
import { actorOf, type Office } from "./office.ts";

const EVENTS_MAX = 1_000;
type As = { readonly as: string; readonly client?: string | undefined };
type ListInput = As & {
	readonly phase?: string | undefined;
	readonly sop?: string | undefined;
	readonly cursor?: string | undefined;
};

/** Lists runs. Shape: `{ items, cursor? }` as in the API. */
export async function listRuns(office: Office, input: ListInput): Promise<Json> {
	const actor = actorOf(office.app, input);
	const { client, phase, sop, cursor } = input;
	const page = await office.app.desk.list(actor, {
		...(client === undefined ? {} : { client }),
		...(phase === undefined ? {} : { phase: phase as Phase | "open" }),
		...(sop === undefined ? {} : { sop }),
		...(cursor === undefined ? {} : { cursor }),
	});
	const items = page.items.map((run) => summaryShape(run, fillFor(office, actor, run.client)));
	return page.cursor === undefined ? { items } : { items, cursor: page.cursor };
}

/** Shows one run, whole. Errors: `ConflictError` `no-such-run`, also for one this person may not see. */
export async function showRun(office: Office, input: As & { readonly run: string }): Promise<Json> {
	const actor = actorOf(office.app, input);
	const run = await office.app.desk.read(actor, input.run);
	if (run === undefined) throw noSuchRun(input.run);
	return runShape(run, fillFor(office, actor, run.client));
}

/** Reads a run's journal from an event on. Shape: `{ items, cursor? }`; the cursor is the next event's number. */
export async function readEvents(
	office: Office,
	input: As & { readonly run: string; readonly from?: number | undefined },
) {
	const actor = actorOf(office.app, input);
	const run = await office.app.desk.read(actor, input.run);
	const journal = run && (await office.app.desk.journal(actor, run.id as RunId, input.from));
	if (journal === undefined) throw noSuchRun(input.run);
	const items: Json[] = [];
	for await (const recorded of journal) {
		if (items.length === EVENTS_MAX) return { items, cursor: String(recorded.seq) };
		items.push({ ...recorded });
	}
	return { items };
}

function fillFor(office: Office, actor: Actor, client: string) {
	return sentence(readerOf(office.app.definitions(), actor, { clock: office.clock, client }));
}

function noSuchRun(run: string): ConflictError {
	return new ConflictError("no-such-run", `There is no run ${run} that this person may see.`);
}
