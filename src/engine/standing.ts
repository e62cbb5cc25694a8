/**
 * Asks, once a plan is made, whether somebody approved the like of it in advance, and counts the use. Must never cover a
 * destructive plan, one with problems, one that is not fully known, or what the giver asks for or is the subject of.
 */
import { type Clock, dayAt } from "../base/time.ts";
import { findPerson } from "../people/resolve.ts";
import type { Roster, StandingApproval } from "../people/roster.ts";
import { sameAs } from "../people/same.ts";
import { matchStanding } from "../people/standing.ts";
import type { Sop } from "../sop/sop.ts";
import { involvedOf } from "./describe.ts";
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
				: matchStanding(
						{ ...roster, standing: fromOthers(roster, sop, run) },
						sop.id,
						scopeFor(sop, run, { path: "", at: now }).values(),
						sumOf(plan, today),
					);
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

/** The rule of the click (see authorize.ts): the subject never, the requester only in an emergency. */
function fromOthers(roster: Roster, sop: Sop, run: Run): readonly StandingApproval[] {
	const subject = findPerson(roster, involvedOf(sop, run).subject)?.id ?? "";
	const asks = sop.urgency === "emergency" ? "" : run.request.by;
	return roster.standing.filter(({ by }) => ![by, ...sameAs(roster, by)].some((id) => id === subject || id === asks));
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
