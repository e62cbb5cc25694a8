/**
 * Says what must never be, from what the other side and the journals remember. Must never ask the code it judges whether a
 * write was right: it compares what people saw with what was done.
 */
import { canonical, type Json } from "../../src/base/json.ts";
import type { Change, NewEvent, RunId } from "../../src/engine/event.ts";
import { encodeKey, placeOf } from "../../src/engine/path.ts";
import type { Run } from "../../src/engine/run.ts";
import type { Stored } from "./host.ts";
import type { Remote } from "./remote.ts";

/** Each must stay empty. */
export const NEVER = [
	"stuck",
	"writtenTwice",
	"writtenAfterStopped",
	"leftByUndo",
	"leftByAmendment",
	"writtenUnasked",
	"forgotten",
] as const;
export type Wrong = { readonly [name in (typeof NEVER)[number]]: readonly string[] };

export type Judge = ReturnType<typeof createJudge>;

export function createJudge(remote: Remote, runs: () => ReadonlyMap<RunId, Stored>) {
	const late: string[] = [];
	const unasked: string[] = [];
	const kept = new Map<RunId, readonly string[]>();
	const told = new Map<
		string,
		{ readonly run: RunId; readonly step: string; readonly attempt: number; readonly id: string }
	>();

	/** Before each write: the run is open, this try may write, and somebody approved exactly this. */
	const writing = (id: RunId, step: string, change: Change): void => {
		const stored = runs().get(id);
		if (stored === undefined) return;
		if (stored.run.ended !== undefined) late.push(`${id}/${step}`);
		else if (!isApproved(stored, step, change)) unasked.push(`${id}/${step} ${change.id}`);
	};

	/** After each answer that the host took for good. */
	const taken = (run: RunId, event: NewEvent): void => {
		if (event.kind !== "attempt-ended") return;
		const { step, attempt, outcome } = event;
		for (const id of outcome.applied) told.set(`${run}/${step}/${attempt} ${id}`, { run, step, attempt, id });
	};

	/** When a run ends well: what it still holds for items that its lists do not hold any more. */
	const changed = ({ run }: Stored): void => {
		if (run.ended?.phase !== "done" || kept.has(run.id)) return;
		kept.set(
			run.id,
			remote.makers().filter((by) => by.startsWith(`${run.id}/`) && isUnwanted(run, by)),
		);
	};

	const verdict = (skipped: ReadonlySet<RunId>): Wrong & { readonly undone: number } => {
		const all = [...runs().values()];
		const undone = all.filter(
			({ run }) => run.request.undo !== undefined && run.ended?.phase === "done" && !skipped.has(run.id),
		);
		return {
			stuck: all.filter(({ run }) => run.ended === undefined).map(({ run }) => run.id),
			writtenTwice: remote.doubled,
			writtenAfterStopped: late,
			leftByUndo: undone.flatMap(({ run }) =>
				family(all, run.request.undo?.of ?? "").flatMap((of) => remote.leftBy(of)),
			),
			leftByAmendment: [...kept].filter(([run]) => !skipped.has(run)).flatMap(([, left]) => left),
			writtenUnasked: [...unasked, ...all.flatMap(unfair)],
			forgotten: [...told.values()]
				.filter((of) => !isRemembered(runs().get(of.run), of))
				.map((of) => `${of.step} ${of.id}`),
			undone: undone.length,
		};
	};

	return {
		writing,
		taken,
		changed,
		verdict,
		/** Whether the bot was told that something of this attempt was done. */
		known: (run: RunId, step: string, attempt: number): boolean =>
			[...told.values()].some((of) => of.run === run && of.step === step && of.attempt === attempt),
	};
}

/** A run and all that worked for it: an undo turns round what each of them made. */
function family(all: readonly Stored[], of: RunId): readonly RunId[] {
	const parts = all.filter(({ run }) => run.request.undo === undefined && run.request.parent?.run === of);
	return [of, ...parts.flatMap(({ run }) => family(all, run.id))];
}

/** Whether a plan that was approved showed this very change, or could not be planned and this only adds. */
function isApproved({ run, sop }: Stored, path: string, change: Change): boolean {
	const step = placeOf(sop, path)?.step;
	if (step?.kind === "do" && step.unguarded !== undefined) return true;
	return run.approvals.some(({ plan }) =>
		plan.entries.some(
			(entry) =>
				entry.path === path &&
				(entry.unknown
					? change.kind === "create" || change.kind === "add"
					: entry.changes.some((shown) => shown.id === change.id && same(shown.after, change.after))),
		),
	);
}

function same(a: unknown, b: unknown): boolean {
	return canonical((a ?? null) as Json) === canonical((b ?? null) as Json);
}

/** Approvals that fewer people gave than were needed, or that the requester gave. */
function unfair({ run, sop }: Stored): readonly string[] {
	return run.approvals
		.filter(({ path, wait }) => placeOf(sop, path) !== undefined && wait.startsWith(`${path}#`))
		.filter(({ path, by }) => {
			const step = placeOf(sop, path)?.step;
			const need = step?.kind === "approve" ? step.need : 1;
			return new Set(by).size < need || by.includes(run.request.by);
		})
		.map(({ wait }) => `${run.id} ${wait}`);
}

/** Whether a step lies in an item that its list does not hold any more, and nobody let what it did stand. */
function isUnwanted(run: Run, by: string): boolean {
	const path = by.slice(run.id.length + 1);
	if (run.steps[path]?.state === "failed") return false;
	return [...path.matchAll(/\[([^\]]*)\]/g)].some((scope) => {
		const items = run.steps[path.slice(0, scope.index)]?.items;
		return items !== undefined && !items.some(({ key }) => encodeKey(key) === scope[1]);
	});
}

function isRemembered(stored: Stored | undefined, of: { readonly step: string; readonly id: string }): boolean {
	return stored?.run.ledger.some((e) => e.path === of.step && e.change.id === of.id && e.state === "applied") ?? false;
}
