/**
 * Who may open a first credential, as a part of the change that makes it: for somebody else it is another change, which is
 * approved again. Must never let a credential be made that nobody, or nobody who was approved, could open.
 */
import { z } from "zod";
import { asRecord, type Json, sameJson } from "../base/json.ts";
import type { Obstacle, World } from "../engine/action.ts";

/** The input `to`: who may open it, once. `manager`, `subject`, a role. */
export const toOpen = z.array(z.string()).default(["manager"]);

export type Opening = {
	/** Undefined: nobody on the roster. */
	readonly openers?: NonNullable<ReturnType<NonNullable<World["openers"]>>>;
	/** What this step began last is for them too. */
	readonly isSame: boolean;
};

/** Finds who may open what a step makes now, and whether what it made last is for the same. */
export function openingOf(to: readonly string[], world: World): Opening {
	const openers = world.openers?.(to);
	if (openers === undefined) return { isSame: false };
	const said = world.begun?.map(({ after }) => asRecord(after as Json | undefined).to) ?? [];
	return {
		openers,
		isSame: sameJson(
			said.findLast((one) => one !== undefined),
			openers.to as readonly Json[],
		),
	};
}

/** Whether what is kept under this name still counts: it is for the same people, or was opened by one of them. */
export async function isKept(name: string, { isSame }: Opening, world: World): Promise<boolean> {
	return (isSame && (await world.holds(name))) || (await world.wasOpened?.(name)) === true;
}

/** Why a first credential is not made. */
export function nobodyOpens(name: string): Obstacle {
	const message = `Nobody could open the first sign-in of ${name}: whoever it is for is not among the client's people. Nothing changed. Correct the manager, and the plan is asked again.`;
	return { code: "nobody-opens", message, choices: [] };
}
