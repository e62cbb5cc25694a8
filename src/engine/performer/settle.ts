/**
 * When "not there" may be believed. A remote that answers from several replicas shows a write only after a while; until
 * then a look that does not find it is no evidence, and writing again would make a second one. Pure.
 */
import { toMs } from "../../base/time.ts";
import type { Action } from "../action.ts";
import type { Change, Path } from "../event.ts";
import type { Run } from "../run.ts";

/**
 * How many ms must pass before these changes may be written again by this step; 0 when they may be written now. What a step
 * makes is the same thing under another name: a corrected form must not make a second one before the first is shown.
 */
export function settling(
	action: Action,
	{ run, step }: { readonly run: Run; readonly step: Path },
	changes: readonly Change[],
	now: number,
): number {
	if (action.repeat.kind !== "settle") return 0;
	const making = changes.some((change) => change.kind === "create");
	const wanted = new Set(changes.map((change) => change.id));
	let until = 0;
	for (const entry of run.ledger) {
		const isMade = making && entry.path === step && entry.change.kind === "create";
		if (isMade || wanted.has(entry.change.id)) until = Math.max(until, toMs(entry.at) + action.repeat.ms);
	}
	return Math.max(0, until - now);
}

/**
 * How many ms must pass before what stands in the way may be believed; 0 when it may be now. A write of this step that was
 * not answered may itself be the reason: a licence that it took is missing in the stock before it is shown on the person.
 */
export function settlingObstacle(
	action: Action,
	{ run, step }: { readonly run: Run; readonly step: Path },
	now: number,
): number {
	if (action.repeat.kind !== "settle") return 0;
	const { ms } = action.repeat;
	const doubts = run.ledger.filter((entry) => entry.path === step && entry.state === "maybe");
	const until = Math.max(0, ...doubts.map(({ at }) => toMs(at) + ms));
	return Math.max(0, until - now);
}

const GONE_MS = 30_000;

/**
 * How many ms must pass before an undo that finds nothing to turn round may be believed; 0 when it may be now. `madeAt`:
 * when the change was made, where known.
 */
export function settlingUndo(changes: readonly Change[], madeAt: unknown, now: number): number {
	if (changes.length > 0 || typeof madeAt !== "string") return 0;
	return Math.max(0, toMs(madeAt) + GONE_MS - now);
}
