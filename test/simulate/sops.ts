/**
 * SOPs nobody would write: random nesting of every kind of step, compiled by hand, so that the core is met by what it was
 * not made for.
 */
import type { Sop, Step, StepBase } from "../../src/sop/sop.ts";
import { factsOf } from "./actions.ts";
import type { Dice } from "./random.ts";

const base = (id: string, luck: Dice): StepBase => ({
	id,
	name: `Step ${id}`,
	let: {},
	blocking: !luck.happens(0.1),
	onFailure: luck.happens(0.8) ? "ask" : luck.pick(["stop", "continue", "undo"] as const),
});

type Making = {
	readonly luck: Dice;
	no: number;
	readonly guard: string;
	readonly scopes: string[];
	readonly guards: string[];
	readonly seed: number;
};

/** A random SOP. `sub`: one that another runs; it approves nothing and says why. */
export function randomSop(luck: Dice, seed: number, sub = false): Sop {
	const making: Making = { luck, no: 0, guard: "approve", scopes: [], guards: [], seed };
	const steps = several(making, 0, 1 + luck.below(4), sub);
	const approve: Step = {
		...base("approve", luck),
		onFailure: "ask",
		blocking: true,
		kind: "approve",
		by: ["it-lead"],
		need: luck.happens(0.2) ? 2 : 1,
		guards: making.guards,
		destructive: false,
		...(luck.happens(0.3) ? { remind: { clock: "wall", ms: 3_600_000 } } : {}),
		...(luck.happens(0.15) ? { valid: { clock: "wall", ms: 60_000 } } : {}),
	};
	return sopOf(`random-${seed}${sub ? "-sub" : ""}`, sub ? steps : [approve, ...steps]);
}

export function sopOf(id: string, steps: readonly Step[]): Sop {
	const client = {
		id: "sim",
		name: "Sim",
		timezone: "Europe/London",
		calendar: { hours: {}, holidays: [] },
		identity: "cloud",
		profiles: {},
		sandbox: true,
	} as const;
	return {
		id,
		title: id,
		client,
		definition: id,
		core: 1,
		owner: "owner",
		urgency: "routine",
		visibility: "all",
		subject: { name: "${form.name}" },
		unique: [],
		starts: [],
		form: [],
		steps,
		outputs: {},
	};
}

function several(making: Making, depth: number, count: number, sub: boolean): readonly Step[] {
	return Array.from({ length: count }, () => one(making, depth, sub));
}

function one(making: Making, depth: number, sub: boolean): Step {
	const { luck } = making;
	const id = `s${making.no++}`;
	const common = { ...base(id, luck), ...(luck.happens(0.1) ? { when: luck.pick(["form.yes", "form.no"]) } : {}) };
	const roll = luck.next();
	if (depth < 2 && roll < 0.12)
		return { ...common, kind: "parallel", steps: several(making, depth + 1, 1 + luck.below(3), sub) };
	if (depth < 2 && roll < 0.24) return each(making, common, depth, sub);
	if (depth < 2 && roll < 0.3) {
		return {
			...common,
			kind: "choose",
			branches: [
				{ when: luck.pick(["form.yes", "form.no"]), steps: several(making, depth + 1, 1, sub) },
				{ steps: several(making, depth + 1, 1, sub) },
			],
		};
	}
	if (roll < 0.36)
		return {
			...common,
			kind: "wait",
			wait: luck.happens(0.5)
				? { kind: "after", after: { clock: "wall", ms: luck.below(86_400_000) } }
				: { kind: "until", until: "form.day", at: "07:00" },
		};
	if (roll < 0.41) return { ...common, kind: "ask", to: ["hr"], form: [] };
	if (roll < 0.46) return { ...common, kind: "task", to: ["desk"], checklist: ["a", "b"], evidence: false };
	if (roll < 0.5)
		return { ...common, kind: "tell", to: ["requester"], card: "notice", data: {}, acknowledge: luck.happens(0.3) };
	if (roll < 0.54 && depth === 0 && !sub) return { ...common, kind: "run", sop: "sub", with: {} };
	if (roll < 0.58)
		return {
			...common,
			kind: "wait",
			wait: {
				kind: "for",
				action: factsOf("sim.seen"),
				with: { target: `late-${making.seed}`, value: "x" },
				atMost: { clock: "wall", ms: 120_000 },
				everyMs: 5000,
			},
		};
	return write(making, common, sub);
}

function each(making: Making, common: StepBase, depth: number, sub: boolean): Step {
	const { luck, scopes } = making;
	scopes.push(common.id);
	const long = depth === 0 && !sub && luck.happens(0.06);
	const steps = long
		? [write(making, base(`s${making.no++}`, luck), sub)]
		: several(making, depth + 1, 1 + luck.below(2), sub);
	scopes.pop();
	const names = scopes.length > 0 ? { ...common, let: { up: "item" } } : common;
	return {
		...names,
		kind: "each",
		list: long ? "form.many" : "form.list",
		atOnce: 1 + luck.below(4),
		atMost: 500,
		steps,
	};
}

function write(making: Making, common: StepBase, sub: boolean): Step {
	const { luck, scopes, guards, guard } = making;
	const action = factsOf(luck.pick(["sim.make", "sim.make", "sim.join", "sim.join", "sim.send", "sim.pass"]));
	const inItem = scopes.length > 0 ? "-${item}" : "";
	const target = `t-\${run.id}-${common.id}${scopes.length > 1 ? "-${up}" : ""}${inItem}`;
	const guarded = !sub && !luck.happens(0.1);
	if (guarded) guards.push([...scopes, common.id].join("."));
	return {
		...common,
		kind: "do",
		action,
		with: { target, value: luck.happens(0.5) ? "${form.value}" : "fixed" },
		retry: { attempts: 4, firstMs: 1000, mostMs: 60_000 },
		timeoutMs: 30_000,
		proveWithinMs: 6000,
		...(guarded ? { guard: { id: guard, depth: 0 } } : { unguarded: "simulated" }),
	};
}
