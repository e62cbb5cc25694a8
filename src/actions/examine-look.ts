/**
 * Turns a look that could not be taken into a finding, so that one missing answer hides no other. Must never hide a mistake
 * of ours.
 */
import { InvariantError, SopwithError } from "../base/errors.ts";
import { type Finding, unwell } from "../base/finding.ts";

/** What the look found, or why it could not be taken. */
export async function lookedAt(
	what: string,
	look: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
	try {
		return [await look()].flat();
	} catch (error) {
		if (!(error instanceof SopwithError) || error instanceof InvariantError) throw error;
		const words = `could not be looked at (${error.code})`;
		return [unwell(what, `${words}: ${error.message}`, error.advice ?? "Run this again in a minute.")];
	}
}
