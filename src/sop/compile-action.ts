/**
 * What an action is given: the SOP's `with` over the action's defaults, checked. Must never leave a required input to
 * fail in a run when it can be seen to be missing here.
 */
import { asRecord, type Json, type Values } from "../base/json.ts";
import { type Context, factsOf, readAction } from "./compile-context.ts";
import type { KnownAction } from "./definitions.ts";
import { checkInput, requiredInputs } from "./literal.ts";
import type { At } from "./report.ts";
import { checkTemplates, missingName, namesIn, type Scope } from "./scope.ts";
import type { ActionFacts, Templates } from "./sop.ts";

type Called = { readonly known: KnownAction; readonly action: ActionFacts; readonly with: Templates };

/** Compiles a call of an action. Undefined when there is no such action. `own`: what the compiler itself gives. */
export function compileCall(
	call: {
		readonly name: Json | undefined;
		readonly nameAt: At;
		readonly written: Json | undefined;
		readonly withAt: At;
	},
	scope: Scope,
	context: Context,
	own: Values = {},
): Called | undefined {
	const written = asRecord(call.written);
	checkTemplates(written, call.withAt, scope, context.report);
	const known = readAction(call.name, call.nameAt, context);
	if (known === undefined) return undefined;
	checkInput(known.inputSchema, written, call.withAt, context.report);
	const { kept, dropped } = usable(known, { ...own, ...written }, scope);
	const merged = { ...kept, ...own, ...written };
	for (const name of requiredInputs(known.inputSchema)) {
		if (Object.hasOwn(merged, name)) continue;
		const lacks = dropped.get(name);
		const message =
			lacks === undefined
				? `${known.name} needs “${name}”.`
				: `${known.name} takes “${name}” from ${lacks}, which this SOP does not have.`;
		const remedy = lacks === undefined ? `Write with: { ${name}: … }.` : `Add ${lacks}, or write with: { ${name}: … }.`;
		context.report(call.nameAt, "missing-input", message, { remedy });
	}
	return { known, action: factsOf(known), with: merged };
}

/** The defaults that `with` does not replace and whose names this SOP has. */
function usable(
	known: KnownAction,
	given: Values,
	scope: Scope,
): { readonly kept: Values; readonly dropped: ReadonlyMap<string, string> } {
	const kept: [string, Json][] = [];
	const dropped = new Map<string, string>();
	for (const [name, value] of Object.entries(known.defaults)) {
		if (Object.hasOwn(given, name)) continue;
		const lacks = missingName(namesIn(value), scope);
		if (lacks === undefined) kept.push([name, value]);
		else dropped.set(name, lacks);
	}
	return { kept: Object.fromEntries(kept), dropped };
}
