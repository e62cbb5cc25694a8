/**
 * How changes and checks are made, so that ids stay stable over wording and re-plans. Targets are names known beforehand,
 * never ids. Pure.
 */
import type { Json } from "../base/json.ts";
import type { World } from "../engine/action.ts";
import type { Change, Check, Outcome } from "../engine/event.ts";
import type { Answer } from "../engine/remote.ts";
import { outcomeOf } from "../engine/remote.ts";

type Parts = Omit<Change, "id">;

/** A change with its id, `kind:target#facet`. The target is compared without regard to case. */
export function change(parts: Parts): Change {
	const target = parts.target.toLowerCase();
	return { ...parts, target, id: `${parts.kind}:${target}#${parts.facet}` };
}

/** The opposite of a change: add and remove, or set back to what was there before. */
export function turned(made: Change, words: string, detail: string): Change {
	const kind = made.kind === "add" ? "remove" : made.kind === "remove" ? "add" : made.kind;
	return change({
		kind,
		target: made.target,
		facet: made.facet,
		...(made.after === undefined ? {} : { before: made.after as Json }),
		...(made.before === undefined ? {} : { after: made.before }),
		words,
		detail,
	});
}

/** The id that an earlier change of this step went by, or the one that is turned round; undefined before the first. */
export function begunId({ begun = [] }: World, facet: string): string | undefined {
	const made = begun.findLast((one) => one.facet === facet);
	const id = made?.after ?? made?.before;
	return typeof id === "string" ? id : undefined;
}

export function check(words: string, detail: string, ok = true): Check {
	return { words, detail, ok };
}

/** The outcome of a change that was found to be so already. */
export function already(id: string): Outcome {
	return { kind: "done", applied: [id], output: {}, proof: [] };
}

/** The outcome of a write; some refusals mean that it is so already, once `isSo` has read it back. */
export async function settled(
	answer: Answer<unknown>,
	id: string,
	codes: readonly string[],
	isSo: () => Promise<boolean>,
): Promise<Outcome> {
	if (answer.kind === "refused" && codes.includes(answer.code) && (await isSo())) return already(id);
	return outcomeOf(answer, id);
}

/** The `apply` of what never writes. */
export async function onlyLooks(made: Change): Promise<Outcome> {
	const message = `${made.words} is nothing that is done from here. Nothing changed.`;
	return { kind: "refused", applied: [], code: "only-looks", message, retryable: false };
}
