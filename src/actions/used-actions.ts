/**
 * Which actions a client's procedures can come to, as far as the client alone decides it. Pure.
 */
import { evaluate, truthy } from "../sop/expression.ts";
import type { ActionName, ClientValues, Expression, Sop, Step } from "../sop/sop.ts";

/** The actions of all procedures, sub-procedures by their own entry. A branch that this client never takes is left out. */
export function usedActions(client: ClientValues, sops: readonly Sop[]): ReadonlySet<ActionName> {
	return new Set(sops.flatMap((sop) => actionsIn(client, sop.steps)));
}

function actionsIn(client: ClientValues, steps: readonly Step[]): readonly ActionName[] {
	return steps.filter(({ when }) => isOpen(client, when)).flatMap((step) => actionsOf(client, step));
}

function actionsOf(client: ClientValues, step: Step): readonly ActionName[] {
	switch (step.kind) {
		case "do":
			return [step.action.name];
		case "tell":
			return step.mail === undefined ? [] : [step.mail.action.name];
		case "wait":
			return step.wait.kind === "for" ? [step.wait.action.name] : [];
		case "each":
		case "parallel":
			return actionsIn(client, step.steps);
		case "choose":
			return reached(client, step.branches).flatMap(({ steps }) => actionsIn(client, steps));
		default:
			return [];
	}
}

/** The branches up to the first that this client takes for sure. */
function reached<Branch extends { readonly when?: Expression }>(
	client: ClientValues,
	branches: readonly Branch[],
): readonly Branch[] {
	const open = branches.filter(({ when }) => isOpen(client, when));
	const sure = open.findIndex(({ when }) => when === undefined || answer(client, when) === true);
	return sure < 0 ? open : open.slice(0, sure + 1);
}

/** Not known to be shut: what hangs on a form counts as open. */
function isOpen(client: ClientValues, when: Expression | undefined): boolean {
	return when === undefined || answer(client, when) !== false;
}

function answer(client: ClientValues, when: Expression): boolean | undefined {
	const { id, name, timezone, identity, profiles } = client;
	const found = evaluate(when, { client: { id, name, timezone, identity, profiles } });
	return found === undefined ? undefined : truthy(found);
}
