/**
 * Asks, once a plan is made, whether somebody approved the like of it in advance, and counts the use. Must never cover a
 * destructive plan, one with problems, or one that is not fully known.
 */
import { type Clock, dayAt } from "../base/time.ts";
import type { Roster, StandingApproval } from "../people/roster.ts";
import { matchStanding } from "../people/standing.ts";
import type { Sop } from "../sop/sop.ts";
import type { Plan } from "./event.ts";
import type { Standing, StandingLedger } from "./ports.ts";
import type { Run } from "./run.ts";
import { scopeFor } from "./scope.ts";

export function createStanding(parts: {
	readonly rosterOf: (client: string) => Roster | undefined;
	readonly ledger: StandingLedger;
	readonly clock: Clock;
}): Standing {
	return async (run, sop, wait, plan) => {
		const roster = parts.rosterOf(run.client);
		const now = parts.clock.now();
		const today = dayAt(now, sop.client.timezone);
		const match =
			roster === undefined
				? undefined
				: matchStanding(roster, sop.id, scopeFor(sop, run, { path: "", at: now }).values(), sumOf(plan, today));
		if (match === undefined || run.request.undo !== undefined) return undefined;
		const id = `${run.client}/${match.id}`;
		const reserved = await parts.ledger.reserve(id, today, match.atMost, run.id, wait);
		return reserved === undefined
			? undefined
			: {
					id: match.id,
					by: match.by,
					until: match.until,
					used: reserved.used,
					of: match.atMost,
					words: wordsOf(match, sop, run),
				};
	};
}

function sumOf(plan: Plan, today: string): Parameters<typeof matchStanding>[3] {
	const costs = plan.entries.flatMap((e) => e.changes).map((c) => Number(c.cost?.count ?? 0));
	const unknown = plan.entries.filter((e) => e.unknown).length;
	return {
		destructive: plan.entries.some((e) => e.destructive && e.changes.length > 0),
		problems: plan.problems.length + unknown,
		licences: costs.reduce((sum, n) => sum + Math.max(0, n), 0),
		today,
	};
}

function wordsOf(match: StandingApproval, _sop: Sop, _run: Run): string {
	return match.whenWords;
}
