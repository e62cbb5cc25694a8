/**
 * Makes steps of what an author wrote, in order, with every problem reported. What is wrong in one step never hides what
 * is wrong in another.
 */

import { z } from "zod";
import { asRecord, isList, isRecord, type Json, type Values } from "../base/json.ts";
import type { Context } from "./compile-context.ts";
import { readExpression, readMs } from "./compile-context.ts";
import { compileKind, type Place } from "./compile-kinds.ts";
import { idOf } from "./overlay.ts";
import { type At, kebab, suggest } from "./report.ts";
import { KINDS, type KindWord, stepShapes } from "./schema.ts";
import { checkTemplates, type Scope } from "./scope.ts";
import { checkShape } from "./shape.ts";
import type { OnFailure, Step, StepBase } from "./sop.ts";

const SHAPES = stepShapes(z.unknown());
const COMMON = ["name", "id", "when", "let", "blocking", "onFailure", "byHand", "with"];

/** Compiles one list of steps that run after each other. */
export function compileSteps(list: Json | undefined, at: At, place: Place, context: Context): readonly Step[] {
	if (!isList(list)) {
		if (list !== undefined)
			context.report(at, "wrong-type", "This is not what belongs here.", { remedy: "Write a list of steps." });
		return [];
	}
	return list.flatMap((one, index) => {
		const made = compileStep(one, [...at, index], place, context);
		return made === undefined ? [] : [made];
	});
}

/** Compiles lists that do not see each other's steps (`parallel`, the branches of `choose`); what follows sees all. */
export function compileApart(
	lists: readonly { readonly list: readonly Json[]; readonly at: readonly At[] }[],
	place: Place,
	context: Context,
): readonly (readonly Step[])[] {
	const before = new Map(place.scope.steps);
	return lists.map(({ list, at }) => {
		const scope: Scope = { ...place.scope, steps: new Map(before) };
		const made = list.flatMap((one, index) => {
			const step = compileStep(one, at[index] as At, { ...place, scope }, context);
			return step === undefined ? [] : [step];
		});
		for (const [id, gives] of scope.steps) place.scope.steps.set(id, gives);
		return made;
	});
}

/** Compiles one step; `id` names it when the author does not. */
export function compileStep(written: Json, at: At, place: Place, context: Context, id?: string): Step | undefined {
	const { report } = context;
	if (!isRecord(written)) {
		report(at, "wrong-type", "A step is a mapping.", {
			remedy: "Write name: and what it does, e.g. do: directory.user.",
		});
		return undefined;
	}
	const kind = kindOf(written, at, context);
	if (kind === undefined) {
		const own = id ?? idOf(written);
		if (own !== undefined) place.scope.steps.set(own, "unknown");
		return undefined;
	}
	checkShape(SHAPES[kind], withoutTries(written, kind, at, context), at, report);
	const own = takeId(written, { fixed: id, kind }, at, place, context);
	const scope = compileLet(written, at, kind === "each" ? itemScope(place.scope) : place.scope, context);
	const base = compileBase(written, { kind, id: own, at }, scope, context);
	const made = compileKind(kind, { written, base, at }, { ...place, scope }, context);
	if (made === undefined) {
		place.scope.steps.set(own, "unknown");
		return undefined;
	}
	place.scope.steps.set(own, made.gives);
	context.places.set(made.step, at);
	return made.step;
}

function kindOf(written: Values, at: At, { report }: Context): KindWord | undefined {
	const found = KINDS.filter((word) => word in written);
	if (found.includes("each")) return "each";
	const [kind, second] = found;
	if (kind === undefined) {
		const odd = Object.keys(written).find((key) => !COMMON.includes(key));
		report(odd === undefined ? at : [...at, odd], "no-kind", "This step does not say what it does.", {
			remedy: odd === undefined ? `Write one of ${KINDS.join(", ")}.` : suggest(odd, KINDS),
			which: "key",
		});
		return undefined;
	}
	if (second !== undefined) {
		report([...at, second], "two-kinds", `A step is one thing, and this is “${kind}” and “${second}”.`, {
			remedy: "Make two steps of it.",
			which: "key",
		});
	}
	return kind;
}

/** `retry` and `timeout` where nothing is tried have a problem of their own. */
function withoutTries(written: Values, kind: KindWord, at: At, { report }: Context): Values {
	if (kind === "do" || kind === "each") return written;
	const { retry, timeout, ...rest } = written;
	for (const [key, value] of Object.entries({ retry, timeout })) {
		if (value === undefined) continue;
		report([...at, key], "nothing-to-retry", `“${kind}” is not tried again, so it has no ${key}.`, {
			remedy: "Remove it; only do has one. A wait has every: and atMost:.",
			which: "key",
		});
	}
	return rest;
}

function takeId(
	written: Values,
	names: { readonly fixed: string | undefined; readonly kind: KindWord },
	at: At,
	place: Place,
	{ report }: Context,
): string {
	const named = typeof written.name === "string" ? kebab(written.name) : "";
	const own = names.fixed ?? (typeof written.id === "string" ? written.id : named === "" ? names.kind : named);
	if (place.taken.has(own)) {
		const key = written.id === undefined ? "name" : "id";
		report([...at, key], "duplicate-id", `Two steps are called “${own}”.`, { remedy: "Give one of them another id." });
	}
	place.taken.add(own);
	return own;
}

function compileLet(written: Values, at: At, scope: Scope, { report }: Context): Scope {
	let inner = scope;
	for (const [name, source] of Object.entries(asRecord(written.let))) {
		readExpression(source, [...at, "let", name], inner, report);
		inner = { ...inner, locals: new Set([...inner.locals, name]) };
	}
	return inner;
}

function compileBase(
	written: Values,
	step: { readonly kind: KindWord; readonly id: string; readonly at: At },
	scope: Scope,
	context: Context,
): StepBase {
	const { report } = context;
	const { kind, id, at } = step;
	const when = readExpression(written.when, [...at, "when"], kind === "each" ? itemScope(scope) : scope, report);
	const name = typeof written.name === "string" ? written.name : defaultName(kind, written, context);
	if (kind !== "each") checkTemplates(name, [...at, "name"], scope, report);
	const onFailure = (typeof written.onFailure === "string" ? written.onFailure : "ask") as OnFailure;
	if (kind === "approve" && onFailure === "continue") {
		report([...at, "onFailure"], "approval-skipped", "An approval cannot be passed over.", {
			remedy: "Write ask, stop or undo.",
		});
	}
	const byHandMs = readMs(written.byHand, 0, [...at, "byHand"], report);
	return {
		id,
		name,
		let: Object.fromEntries(Object.entries(asRecord(written.let)).map(([key, source]) => [key, String(source)])),
		blocking: written.blocking !== false,
		onFailure,
		...(when === undefined ? {} : { when }),
		...(byHandMs === 0 ? {} : { byHandMs }),
	};
}

/** An each that is written with one kind may read the item in its `when`: it is judged for each item. */
function itemScope(scope: Scope): Scope {
	return { ...scope, locals: new Set([...scope.locals, "item", "key"]) };
}

const NAMES: { readonly [kind in KindWord]: string } = {
	do: "Do",
	approve: "Approve the plan",
	ask: "Answer the questions",
	task: "Do by hand",
	tell: "Tell",
	page: "Page",
	wait: "Wait",
	each: "For each",
	parallel: "At the same time",
	choose: "Depending on the case",
	run: "Run another procedure",
};

function defaultName(kind: KindWord, written: Values, { known }: Context): string {
	const action = typeof written.do === "string" && Object.hasOwn(known, written.do) ? known[written.do] : undefined;
	return action?.about ?? NAMES[kind];
}
