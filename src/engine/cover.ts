/**
 * Does an approval cover what is about to be written? Coverage, not equality: fewer changes are never drift, wording never
 * matters, and what a person has not seen is asked. Pure; must never widen what was approved.
 */
import { type Json, sameJson } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import type { Change, Path, PlanEntry } from "./event.ts";
import type { Approval, Run } from "./run.ts";

/** The changes that no approval in force covers, in order. Empty: go. */
export function uncovered(
	run: Run,
	path: Path,
	asked: { readonly changes: readonly Change[]; readonly at: Instant },
): readonly Change[] {
	const approvals = inForce(run, asked.at);
	return asked.changes.filter((change) => !approvals.some((approval) => covers(run, approval, { path, change })));
}

/** Approvals that still hold at this instant. */
function inForce(run: Run, at: Instant): readonly Approval[] {
	return run.approvals.filter((approval) => at <= approval.until);
}

function covers(run: Run, approval: Approval, asked: { readonly path: Path; readonly change: Change }): boolean {
	return approval.plan.entries.some((entry) => entry.path === asked.path && entryCovers(run, entry, asked.change));
}

function entryCovers(run: Run, entry: PlanEntry, change: Change): boolean {
	if (entry.unknown) return (change.kind === "create" || change.kind === "add") && change.shown !== true;
	return entry.changes.some((approved) => changeCovers(run, approved, change));
}

function changeCovers(run: Run, approved: Change, change: Change): boolean {
	if (approved.id !== change.id || approved.kind !== change.kind) return false;
	if (!sameJson(approved.after as Json | undefined, change.after as Json | undefined)) return false;
	if (!overwrites(change)) return true;
	return sameJson(approved.before, change.before) || madeHere(run, change.target);
}

/** Whether what was there before matters to whoever approved. */
function overwrites(change: Change): boolean {
	return change.kind === "set" || change.kind === "remove" || change.kind === "delete";
}

/** Whether this run made the thing, so that nobody else's state can be lost by overwriting it. */
function madeHere(run: Run, target: string): boolean {
	return run.ledger.some((entry) => entry.change.kind === "create" && entry.change.target === target);
}
