/**
 * Finds the approval given in advance that covers a plan. Must never cover a destructive change, a plan with problems or
 * steps whose input is not known, or anything past its last day; counting uses is the ledger's.
 */
import type { Values } from "../base/json.ts";
import type { Day } from "../base/time.ts";
import { evaluate, truthy } from "../sop/expression.ts";
import type { Roster, StandingApproval } from "./roster.ts";

/** What a plan comes to, told by whoever made it. */
export type PlanSum = {
	readonly destructive: boolean;
	readonly problems: number;
	readonly licences: number;
	/** The day it is for the client. */
	readonly today: Day;
};

/** The first standing approval that fits; undefined: people are asked. `scope` is what `when` may read: `form`, `client`, `subject`. */
export function matchStanding(roster: Roster, sop: string, scope: Values, plan: PlanSum): StandingApproval | undefined {
	if (plan.destructive || plan.problems > 0) return undefined;
	return roster.standing.find(
		(one) =>
			one.sop === sop &&
			plan.today <= one.until &&
			plan.licences <= (one.spend?.licences ?? 0) &&
			roster.people.some((person) => person.id === one.by) &&
			(one.when === undefined || truthy(evaluate(one.when, { ...scope, today: plan.today }))),
	);
}
