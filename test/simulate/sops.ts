/**
 * SOPs nobody would write: random nesting of every kind of step, compiled by hand, so that the core is met by what it was
 * not made for.
 */
import type { ActionFacts, Sop, Step, StepBase } from "../../src/sop/sop.ts";
import { plainSop } from "../fixtures/sop.ts";
import { factsOf, type Spec, text } from "./actions.ts";
import type { Dice } from "./random.ts";

/** The actions of the random SOPs. */
export const specs: readonly Spec[] = [
	{
		name: "sim.make",
		does: "make",
		keys: ({ target }) => [text(target, "thing")],
		facets: ({ value }) => ({ size: "one", value: text(value, "none") }),
		promises: ({ target }) => ({ id: text(target, "thing") }),
		later: ["serial"],
	},
	{
		name: "sim.join",
		does: "join",
		keys: ({ target, value }) => [`${text(target, "group")}/${text(value, "none")}`, `${text(target, "group")}/all`],
	},
	{
		name: "sim.set",
		does: "set",
		keys: ({ target }) => [text(target, "desk")],
		facets: ({ value }) => ({ value: text(value, "none") }),
	},
	{ name: "sim.pass", does: "pass", keys: ({ target }) => [text(target, "pass")] },
	{ name: "sim.send", does: "send", keys: ({ target }) => [text(target, "mail")] },
	{ name: "sim.seen", does: "seen", keys: ({ target }) => [text(target, "late")] },
];

const facts = Object.fromEntries(specs.map((spec) => [spec.name, factsOf(spec)]));
const writers = [
	"sim.make",
	"sim.make",
	"sim.make",
	"sim.join",
	"sim.join",
	"sim.set",
	"sim.set",
	"sim.send",
	"sim.pass",
];

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
	/** Steps of the top level that give something only they know. */
	readonly makes: string[];
	readonly seed: number;
};

/** A random SOP. `sub`: one that another runs; it approves nothing and says why. */
export function randomSop(luck: Dice, seed: number, sub = false): Sop {
	const making: Making = { luck, no: 0, guard: "approve", scopes: [], guards: [], makes: [], seed };
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
		calendar: {
			hours: Object.fromEntries(["1", "2", "3", "4", "5"].map((day) => [day, [{ from: 540, to: 1050 }]])),
			holidays: [],
		},
		identity: "cloud",
		profiles: {},
		sandbox: true,
	} as const;
	return {
		...plainSop,
		id,
		title: id,
		client,
		definition: id,
		subject: { name: "${form.name}", email: "${form.email}" },
		steps,
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
	if (roll < 0.52) return tell(making, common, sub);
	if (roll < 0.56 && depth === 0 && !sub)
		return { ...common, kind: "run", sop: "sub", with: { value: "${form.value}", list: "${form.list}", yes: true } };
	if (roll < 0.6)
		return {
			...common,
			kind: "wait",
			wait: {
				kind: "for",
				action: facts["sim.seen"] as ActionFacts,
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
	const long = depth === 0 && !sub && luck.happens(0.04);
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

function tell(making: Making, common: StepBase, sub: boolean): Step {
	const { luck } = making;
	const told = { ...common, kind: "tell", to: ["requester", "subject"], card: "notice", data: {} } as const;
	const acknowledge = luck.happens(0.3);
	const atMost = { clock: "wall", ms: 1 + luck.below(300_000) } as const;
	const asks = { acknowledge, ...(acknowledge && luck.happens(0.3) ? { atMost } : {}) };
	if (sub || luck.happens(0.5)) return { ...told, ...asks };
	making.guards.push([...making.scopes, common.id].join("."));
	const mail = {
		action: facts["sim.send"] as ActionFacts,
		with: { target: "${subject.email}", value: "Welcome" },
		guard: { id: making.guard, depth: 0 },
		timeoutMs: 30_000,
	};
	return { ...told, ...asks, mail };
}

function write(making: Making, common: StepBase, sub: boolean): Step {
	const { luck, scopes, guards, guard, makes } = making;
	const action = facts[luck.pick(writers)] as ActionFacts;
	const inItem = scopes.length > 0 ? "-${item}" : "";
	const target = `t-\${run.id}-${common.id}${scopes.length > 1 ? "-${up}" : ""}${inItem}`;
	const guarded = !sub && !luck.happens(0.1);
	if (guarded) guards.push([...scopes, common.id].join("."));
	const given = luck.happens(0.5) ? "${form.value}" : "fixed";
	const value = makes.length > 0 && luck.happens(0.3) ? `\${steps.${luck.pick(makes)}.serial}` : given;
	if (action.name === "sim.make" && scopes.length === 0) makes.push(common.id);
	return {
		...common,
		kind: "do",
		action,
		with: { target, value },
		retry: { attempts: 4, firstMs: 1000, mostMs: 60_000 },
		timeoutMs: 30_000,
		proveWithinMs: 6000,
		...(guarded ? { guard: { id: guard, depth: 0 } } : { unguarded: "simulated" }),
	};
}
