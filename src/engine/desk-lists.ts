/**
 * What a person may look at: one run, lists of runs, and what waits for them. Must never show a run to somebody who may
 * not see it, not even that it exists.
 */
import { UnavailableError } from "../base/errors.ts";
import type { AskedVerb } from "../people/authorize.ts";
import type { Actor } from "../people/roster.ts";
import { describe } from "./describe.ts";
import type { Desk, OpenWait, RunDescription, RunVerb } from "./desk.ts";
import { type DeskParts, may, rosterOf, type Stored } from "./desk-parts.ts";
import type { RunId } from "./event.ts";
import type { Page, RunQuery, RunSummary } from "./ports.ts";
import { undoable } from "./undo.ts";

const PAGE = 50;
/** How many runs one list call looks through at the most. */
const LOOKED_MAX = 2000;
const PREFIX_MIN = 4;

type Lists = Pick<Desk, "read" | "list" | "waiting"> & {
	see(actor: Actor, run: RunId, verb: AskedVerb): Promise<Stored | undefined>;
};

export function visibleRuns(parts: DeskParts): Lists {
	const see = async (actor: Actor, run: RunId, verb: AskedVerb): Promise<Stored | undefined> => {
		const stored = await parts.host.read(run);
		return stored !== undefined && may(parts, { actor, verb, stored }).ok ? stored : undefined;
	};
	/** A run that is on hold cannot be read: it must not take the others from a list. Asked for alone, it says so. */
	const seeAmongOthers: See = async (...asked) => {
		try {
			return await see(...asked);
		} catch (error) {
			if (error instanceof UnavailableError && error.code === "quarantined") return undefined;
			throw error;
		}
	};
	return {
		see,
		read: async (actor, prefix) => {
			const id = prefix.length < PREFIX_MIN ? undefined : await parts.archive.find(prefix);
			const stored = id === undefined ? undefined : await see(actor, id, "see");
			return stored === undefined ? undefined : described(parts, stored, actor);
		},
		list: (actor, query) => list(parts, seeAmongOthers, { actor, query }),
		waiting: (actor) => waiting(parts, seeAmongOthers, actor),
	};
}

async function described(parts: DeskParts, stored: Stored, actor: Actor): Promise<RunDescription | undefined> {
	const roster = rosterOf(parts, stored.run.client);
	if (roster === undefined) return undefined;
	const undoneBy = await parts.archive.undoOf(stored.run.id);
	const possible = VERBS.filter((verb) => isPossible(verb, stored) && (verb !== "undo" || undoneBy === undefined));
	return describe(stored.sop, stored.run, {
		roster,
		may: possible.filter((verb) => may(parts, { actor, verb, stored }).ok),
		...(undoneBy === undefined ? {} : { undoneBy }),
	});
}

const VERBS: readonly RunVerb[] = ["note", "pause", "resume", "cancel", "amend", "undo"];

/** Whether it makes sense for the run as it stands, whoever asks. */
function isPossible(verb: RunVerb, { run, sop }: Stored): boolean {
	const open = run.ended === undefined && run.stopping === undefined;
	switch (verb) {
		case "note":
			return true;
		case "pause":
			return open && run.paused === undefined;
		case "resume":
			return open && run.paused !== undefined;
		case "cancel":
			return open;
		case "amend":
			return open && sop.form.length > 0;
		case "undo":
			return run.ended !== undefined && run.request.undo === undefined && undoable(run).length > 0;
	}
}

type See = Lists["see"];

/** The clients an actor has anything to do with. */
function clientsOf(parts: DeskParts, actor: Actor): readonly string[] {
	return actor.client === undefined ? Object.keys(parts.definitions().clients) : [actor.client];
}

async function list(
	parts: DeskParts,
	see: See,
	asked: { readonly actor: Actor; readonly query: RunQuery },
): Promise<Page<RunSummary>> {
	const { actor, query } = asked;
	const most = Math.min(query.most ?? PAGE, 200);
	const clients = clientsOf(parts, actor).filter((c) => query.client === undefined || c === query.client);
	if (clients.length === 0) return { items: [] };
	const found: RunSummary[] = [];
	let cursor = query.cursor;
	for (let looked = 0; looked < LOOKED_MAX; looked += most) {
		const page = await parts.archive.list({
			...query,
			clients,
			most: most - found.length,
			...(cursor === undefined ? {} : { cursor }),
		});
		for (const item of page.items) if ((await see(actor, item.id, "see")) !== undefined) found.push(item);
		cursor = page.cursor;
		if (cursor === undefined || found.length >= most) break;
	}
	return cursor === undefined ? { items: found } : { items: found, cursor };
}

/** Everything open that this person may answer, oldest first. */
async function waiting(parts: DeskParts, see: See, actor: Actor): Promise<readonly OpenWait[]> {
	const found: OpenWait[] = [];
	for (const phase of ["asking", "waiting"] as const) {
		let cursor: string | undefined;
		for (let looked = 0; looked < LOOKED_MAX; looked += PAGE) {
			const page = await parts.archive.list({
				phase,
				clients: clientsOf(parts, actor),
				most: PAGE,
				...(cursor === undefined ? {} : { cursor }),
			});
			for (const item of page.items) found.push(...(await openFor(parts, see, { actor, run: item.id })));
			cursor = page.cursor;
			if (cursor === undefined) break;
		}
	}
	return found.sort((a, b) => ((a.step.since ?? "") < (b.step.since ?? "") ? -1 : 1));
}

async function openFor(
	parts: DeskParts,
	see: See,
	of: { readonly actor: Actor; readonly run: RunId },
): Promise<readonly OpenWait[]> {
	const stored = await see(of.actor, of.run, "see");
	const run = stored === undefined ? undefined : await described(parts, stored, of.actor);
	if (run === undefined) return [];
	return run.steps
		.filter((step) => step.wait?.by.includes(of.actor.id) && step.wait.verbs.length > 0)
		.map((step) => ({ run, step }));
}
