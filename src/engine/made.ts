/**
 * What a run has made by itself, as opposed to what was there: by its own ledger, by the ledger it turns round, and by what
 * its parent told it. Pure; must never count what a run only changed.
 */

import type { Instant } from "../base/time.ts";
import type { ChangeId } from "./event.ts";
import type { Run } from "./run.ts";

/** The creations, done or in doubt, each with when it was last known of. */
export function madeBy({ ledger, request }: Run): readonly { readonly id: ChangeId; readonly at: Instant }[] {
	const entries = [...ledger, ...(request.undo?.entries ?? [])];
	const own = entries.flatMap(({ change: { id, kind }, at, undone }) =>
		kind === "create" && undone !== true ? [{ id, at }] : [],
	);
	return [...own, ...(request.parent?.made ?? [])];
}
