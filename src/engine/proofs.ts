/**
 * What a run read back, and how that is said. Pure; must never call something true that was not looked at.
 */
import type { Path } from "./event.ts";
import type { Run } from "./run.ts";

/** What was read back and found true. */
export function proofsOf(
	run: Run,
): readonly { readonly path: Path; readonly words: string; readonly ok: boolean; readonly detail: string }[] {
	return Object.entries(run.steps).flatMap(([path, state]) =>
		(state.proof ?? []).map(({ words: said, ok, detail }) => ({ path, words: said, ok, detail })),
	);
}

/** "All 6 checks were read back and are true." */
export function readBack(checks: number): string {
	return checks === 1 ? "It was read back and is true." : `All ${checks}\u00a0checks were read back and are true.`;
}
