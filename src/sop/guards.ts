/**
 * Finds which approval guards which write. An approval guards everything after it in its own list, nested lists included,
 * up to the next approval. Must never leave a write without a guard or a reason.
 */
import type { Context } from "./compile-context.ts";
import type { Guard, Step } from "./sop.ts";

type Open = { readonly guard: Guard; readonly ids: string[]; destructive: boolean };
type Level = { readonly prefix: readonly string[]; readonly depth: number; readonly open: Open | undefined };

/** Fills `guards` and `guard` in all steps; reports writes that nothing guards. */
export function guardSteps(steps: readonly Step[], context: Context): readonly Step[] {
	return guardList(steps, { prefix: [], depth: 0, open: undefined }, context);
}

function guardList(steps: readonly Step[], level: Level, context: Context): readonly Step[] {
	let { open } = level;
	const drafts: { readonly step: Step; readonly open?: Open }[] = [];
	for (const step of steps) {
		if (step.kind === "approve") {
			open = { guard: { id: step.id, depth: level.depth }, ids: [], destructive: false };
			drafts.push({ step, open });
		} else drafts.push({ step: guardOne(step, { ...level, open }, context) });
	}
	return drafts.map(({ step, open: own }) =>
		own === undefined || step.kind !== "approve" ? step : { ...step, guards: own.ids, destructive: own.destructive },
	);
}

function guardOne(step: Step, level: Level, context: Context): Step {
	const { open, prefix, depth } = level;
	switch (step.kind) {
		case "do": {
			take(open, step.action.destructive, [...prefix, step.id]);
			if (open === undefined && step.action.writes && step.unguarded === undefined) refuse(step, context);
			return open === undefined ? step : { ...step, guard: open.guard };
		}
		case "tell": {
			if (step.mail === undefined || open === undefined) return step;
			take(open, false, [...prefix, step.id]);
			return { ...step, mail: { ...step.mail, guard: open.guard } };
		}
		case "each":
			return {
				...step,
				steps: guardList(step.steps, { prefix: [...prefix, step.id], depth: depth + 1, open }, context),
			};
		case "parallel":
			return { ...step, steps: step.steps.flatMap((one) => guardList([one], level, context)) };
		case "choose":
			return {
				...step,
				branches: step.branches.map((branch) => ({ ...branch, steps: guardList(branch.steps, level, context) })),
			};
		default:
			return step;
	}
}

function take(open: Open | undefined, destructive: boolean, path: readonly string[]): void {
	if (open === undefined) return;
	open.ids.push(path.join("."));
	open.destructive ||= destructive;
}

function refuse(step: Step, { report, places }: Context): void {
	report(
		places.get(step) ?? ["steps"],
		"unguarded",
		`“${step.name}” changes something and no approval comes before it.`,
		{
			remedy: "Put an approve step before it, or write unguarded: and why.",
		},
	);
}
