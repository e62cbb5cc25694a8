/**
 * What a step performs and who guards it, and how its next attempt begins. Pure look-ups and moves; must never judge.
 */
import type { ActionFacts, Step } from "../sop/sop.ts";
import type { Fold } from "./draft.ts";
import { attempt, keepLooking } from "./enter.ts";
import type { Path } from "./event.ts";
import { isGone, turnedAt, turning, turnNext } from "./leave.ts";
import { placeOf, scopeOf, scopesOf } from "./path.ts";

export type Act = { readonly step: Step; readonly action: ActionFacts };

/** The approve step that guards a step. */
export function guardOf(fold: Pick<Fold, "sop">, path: Path): Extract<Step, { kind: "approve" }> | undefined {
	const at = guardAt(fold, path);
	const approve = at === undefined ? undefined : placeOf(fold.sop, at)?.step;
	return approve?.kind === "approve" ? approve : undefined;
}

/** Where that approve step stands; an approve step guards itself. */
export function guardAt(fold: Pick<Fold, "sop">, path: Path): Path | undefined {
	const step = placeOf(fold.sop, path)?.step;
	if (step?.kind === "approve") return path;
	const guard = step?.kind === "do" ? step.guard : step?.kind === "tell" ? step.mail?.guard : undefined;
	if (guard === undefined) return undefined;
	return (guard.depth === 0 ? "" : (scopesOf(path)[guard.depth - 1] ?? scopeOf(path))) + guard.id;
}

/** The action a step performs, when it performs one. */
export function actAt(fold: Pick<Fold, "sop" | "run">, path: Path): Act | undefined {
	const turned = fold.run.steps[path]?.turns === true ? turnedAt(fold.run, path) : undefined;
	if (turned !== undefined) return turning(fold.sop, turned);
	const step = placeOf(fold.sop, path)?.step;
	if (step?.kind === "do") return { step, action: step.action };
	if (step?.kind === "tell" && step.mail !== undefined) return { step, action: step.mail.action };
	if (step?.kind === "wait" && step.wait.kind === "for") return { step, action: step.wait.action };
	return undefined;
}

/** Begins the next attempt of what a step performs. */
export function next(fold: Fold, path: Path, act: Act | undefined = actAt(fold, path)): void {
	if (isGone(fold.run, path)) return turnNext(fold, path);
	if (act === undefined) return;
	const { step } = act;
	if (step.kind === "do") return attempt(fold, path, { action: step.action, with: step.with });
	if (step.kind === "tell" && step.mail !== undefined)
		return attempt(fold, path, { action: step.mail.action, with: step.mail.with });
	if (step.kind === "wait" && step.wait.kind === "for") {
		const giveUp = fold.run.steps[path]?.wait?.timers["give-up"];
		attempt(fold, path, { action: step.wait.action, with: step.wait.with, mode: "look" });
		if (giveUp !== undefined) keepLooking(fold, path, giveUp);
	}
}

/** A look by a person's word, whatever the step performs: it never writes. */
export function lookOnce(fold: Fold, path: Path, byHand: string): void {
	if (fold.run.steps[path]?.turns === true) return turnNext(fold, path, byHand);
	const act = actAt(fold, path);
	if (act === undefined) return;
	const { step, action } = act;
	const templates =
		step.kind === "do"
			? step.with
			: step.kind === "tell"
				? (step.mail?.with ?? {})
				: step.kind === "wait" && step.wait.kind === "for"
					? step.wait.with
					: {};
	attempt(fold, path, { action, with: templates, mode: "look", byHand });
}
