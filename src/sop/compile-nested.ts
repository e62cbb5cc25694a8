/**
 * The steps that hold other steps: each, parallel, choose. Only `each` opens a scope: its inner ids are its own.
 */
import { asList, asRecord, asRecords, isList, isRecord, type Json, type Values } from "../base/json.ts";
import type { Context } from "./compile-context.ts";
import { readExpression } from "./compile-context.ts";
import type { Draft, Made, Place } from "./compile-kinds.ts";
import { compileApart, compileStep, compileSteps } from "./compile-steps.ts";
import { parseExpression } from "./expression.ts";
import { idOf } from "./overlay.ts";
import type { At } from "./report.ts";
import { KINDS } from "./schema.ts";
import { namesIn, type Scope } from "./scope.ts";
import type { Step, StepBase } from "./sop.ts";

/** `each`: a list of steps for each item, or one kind beside it, which becomes a step named after its kind. */
export function compileEach({ written, base, at }: Draft, place: Place, context: Context): Made {
	const { report } = context;
	const list = readExpression(written.each, [...at, "each"], place.scope, report) ?? "";
	const scope = innerScope(place.scope, written.steps);
	const key = readExpression(written.key, [...at, "key"], scope, report);
	const inner: Place = { scope, taken: new Set() };
	const beside = KINDS.filter((word) => word !== "each" && word in written);
	if (beside.length > 0 && written.steps !== undefined) {
		report([...at, "steps"], "two-kinds", `“${beside[0]}” and steps: cannot both stand beside each.`, {
			remedy: "Move it into steps:.",
		});
	}
	const [kind] = beside;
	const split = kind === undefined || written.steps !== undefined ? undefined : splitEach(written, base, kind);
	if (split === undefined && written.steps === undefined) {
		report(at, "no-kind", "This each does nothing with its items.", {
			remedy: "Write do: beside it, or steps: under it.",
		});
	}
	const steps =
		split === undefined
			? compileSteps(written.steps, [...at, "steps"], inner, context)
			: [compileStep(split.inner, at, inner, context, kind)].filter((one): one is Step => one !== undefined);
	const more = {
		list,
		...(key === undefined ? {} : { key }),
		atOnce: typeof written.atOnce === "number" ? written.atOnce : 4,
		atMost: typeof written.atMost === "number" ? written.atMost : 500,
		steps,
	};
	return { step: { ...(split?.outer ?? plainName(base)), kind: "each", ...more }, gives: "list" };
}

/** Words of an each that stay with it; the rest goes inside. */
const OUTER: ReadonlySet<string> = new Set(["each", "key", "atOnce", "id", "blocking", "steps", "when", "let"]);

/** What belongs to the item goes inside: its kind, its name, and `when` and `let` where they read the item. */
function splitEach(
	written: Values,
	base: StepBase,
	kind: string,
): { readonly outer: StepBase; readonly inner: Values } {
	const lets = asRecord(written.let);
	const letInside = Object.values(lets).some((one) => reads(String(one), ["item", "key"]));
	const whenInside = reads(String(written.when ?? ""), ["item", "key", ...Object.keys(lets)]);
	const { id, name, blocking, onFailure, when } = base;
	const outer: StepBase = {
		...{ id, name, blocking, onFailure, let: letInside ? {} : base.let },
		...(when === undefined || whenInside ? {} : { when }),
	};
	const rest = Object.entries(written).filter(([key]) => !OUTER.has(key) && !(key === "atMost" && kind !== "each"));
	const inner: Values = {
		name: `${name} (${kind})`,
		...Object.fromEntries(rest),
		...(whenInside && written.when !== undefined ? { when: written.when } : {}),
		...(letInside && written.let !== undefined ? { let: written.let } : {}),
	};
	return { outer: plainName(outer), inner };
}

/** The name of the whole each: what reads the item is left out. */
function plainName(base: StepBase): StepBase {
	const name = base.name
		.replace(/\$\{[^}]*\}/g, (hole) => (namesIn(hole).some((one) => isItem(one)) ? "" : hole))
		.replace(/\s+/g, " ")
		.trim();
	return { ...base, name: name === "" ? base.id : name };
}

function isItem(name: string): boolean {
	const [root] = name.split(".");
	return root === "item" || root === "key";
}

function reads(source: string, names: readonly string[]): boolean {
	const parsed = parseExpression(source);
	return parsed.ok && parsed.names.some((one) => names.includes(one.split(".")[0] as string));
}

function innerScope(parent: Scope, steps: Json | undefined): Scope {
	return {
		fields: parent.fields,
		subject: parent.subject,
		steps: new Map(),
		parent,
		locals: new Set(["item", "key"]),
		later: new Set(laterIds(steps)),
	};
}

/** The ids that a list of steps will have in its own scope. */
export function laterIds(list: Json | undefined): readonly string[] {
	if (!isList(list)) return [];
	return list.flatMap((one) => {
		if (!isRecord(one)) return [];
		const own = idOf(one);
		const branches = asRecords(one.choose);
		const nested = [one.parallel, ...branches.flatMap((branch) => [branch.steps, branch.otherwise])];
		return [...(own === undefined ? [] : [own]), ...nested.flatMap((inner) => laterIds(inner))];
	});
}

export function compileParallel({ written, base, at }: Draft, place: Place, context: Context): Made {
	const list = asList(written.parallel);
	const lists = list.map((one, index) => ({ list: [one], at: [[...at, "parallel", index]] }));
	const steps = compileApart(lists, place, context).flat();
	return { step: { ...base, kind: "parallel", steps }, gives: "unknown" };
}

export function compileChoose({ written, base, at }: Draft, place: Place, context: Context): Made {
	const branches = asList(written.choose).map((one) => asRecord(one));
	const own: At = [...at, "choose"];
	const whens = branches.map((branch, index) => {
		const where: At = [...own, index];
		const last = index === branches.length - 1;
		if (branch.otherwise !== undefined && (branch.when !== undefined || !last)) {
			context.report(
				[...where, "otherwise"],
				"otherwise-last",
				"Otherwise is what is left, so it stands last and alone.",
				{
					remedy: "Move it to the end.",
				},
			);
		} else if (branch.otherwise === undefined && branch.when === undefined) {
			context.report(where, "missing", "This branch does not say when.", { remedy: "Write when: or otherwise:." });
		}
		return readExpression(branch.when, [...where, "when"], place.scope, context.report);
	});
	const lists = branches.map((branch, index) => branchList(branch, [...own, index], context));
	const steps = compileApart(lists, place, context);
	const made = whens.map((when, index) => ({ ...(when === undefined ? {} : { when }), steps: steps[index] ?? [] }));
	return { step: { ...base, kind: "choose", branches: made }, gives: "unknown" };
}

function branchList(
	branch: Values,
	at: At,
	{ report }: Context,
): { readonly list: readonly Json[]; readonly at: readonly At[] } {
	const key = branch.otherwise === undefined ? "steps" : "otherwise";
	const list = branch[key];
	if (!isList(list)) {
		report([...at, key], "missing", "This branch has no steps.", { remedy: "Write a list of steps." });
		return { list: [], at: [] };
	}
	return { list, at: list.map((_, index) => [...at, key, index]) };
}
