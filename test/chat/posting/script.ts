/**
 * What may happen while a run's messages are brought into chats, as a script that can be drawn by lot, made smaller and
 * read: steps of the run and its people, what each call to a chat meets, and at which write the process ends.
 */
import fc from "fast-check";

const TEAMS_PLANS = ["p", "q"] as const;
export type PlanName = (typeof TEAMS_PLANS)[number];
export type Name = "mo" | "di";

/** What moves. `ask`: a wait of its own, without a plan where it says none. `also`: it is overdue, others are asked too. */
export type What =
	| { readonly kind: "ask"; readonly plan?: PlanName; readonly rings: boolean }
	| { readonly kind: "replan"; readonly plan: PlanName }
	| { readonly kind: "people"; readonly leads: readonly Name[]; readonly owners: readonly Name[] }
	| { readonly kind: "uses"; readonly who: Name; readonly chat: "teams" | "slack" }
	| { readonly kind: "press"; readonly which: number }
	| { readonly kind: "ring" | "also" | "decide" | "change" | "loud" | "end" | "refresh" | "end-of-process" };
export type Step = { readonly afterMs: number; readonly what: What };

/**
 * What a call meets. `…-done`: it was done all the same. `hangs`: no answer until the process ends. `dies`: the process
 * ends, before the call or before its answer. `gone`: an edit that is refused for good, of a message that stays.
 */
export const HOWS = [
	"answered",
	"busy",
	"lost",
	"lost-done",
	"refused",
	"gone",
	"hangs",
	"hangs-done",
	"dies",
	"dies-done",
] as const;
type How = (typeof HOWS)[number];
/** `moves`: the next step happens right before the answer. */
export type Fate = { readonly how: How; readonly ms: number; readonly moves: boolean };
/** The process ends at that write to the store, counted from the beginning; or the disk is full, for that write alone. */
export type Death = { readonly write: number; readonly when: "before" | "after" | "full" };

export type Script = {
	/** Least time between two calls for one place. */
	readonly paceMs: number;
	/** How long a chat takes to say where somebody is reached. */
	readonly lookMs: number;
	readonly steps: readonly Step[];
	readonly fates: readonly Fate[];
	readonly deaths: readonly Death[];
	/** What comes once all is well again. */
	readonly last: "nothing" | "change" | "ring";
};

const plans = fc.constantFrom(...TEAMS_PLANS);
const names = fc.subarray<Name>(["mo", "di"]);
const DAY_MS = 86_400_000;

const what: fc.Arbitrary<What> = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant("ask"), plan: plans, rings: fc.boolean() }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant("ask"), rings: fc.boolean() }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant("replan"), plan: plans }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant("people"), leads: names, owners: names }) },
	{
		weight: 1,
		arbitrary: fc.record({
			kind: fc.constant("uses"),
			who: fc.constantFrom<Name>("mo", "di"),
			chat: fc.constantFrom("teams", "slack"),
		}),
	},
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant("press"), which: fc.nat(9) }) },
	{ weight: 4, arbitrary: fc.constant<What>({ kind: "ring" }) },
	{ weight: 2, arbitrary: fc.constantFrom<What>({ kind: "decide" }, { kind: "change" }, { kind: "also" }) },
	{
		weight: 1,
		arbitrary: fc.constantFrom<What>(
			{ kind: "loud" },
			{ kind: "end" },
			{ kind: "refresh" },
			{ kind: "end-of-process" },
		),
	},
);
const step: fc.Arbitrary<Step> = fc.record({
	afterMs: fc.oneof(
		{ weight: 12, arbitrary: fc.constantFrom(0, 1, 300, 2500, 40_000) },
		{ weight: 1, arbitrary: fc.constant(31 * DAY_MS) },
	),
	what,
});
const fate: fc.Arbitrary<Fate> = fc.record({
	how: fc.oneof(
		{ weight: 8, arbitrary: fc.constant<How>("answered") },
		{ weight: 6, arbitrary: fc.constantFrom<How>("busy", "lost", "lost-done") },
		{ weight: 3, arbitrary: fc.constantFrom<How>("refused", "gone", "dies", "dies-done") },
		{ weight: 1, arbitrary: fc.constantFrom<How>("hangs", "hangs-done") },
	),
	ms: fc.constantFrom(0, 100, 1500),
	moves: fc.boolean(),
});

export const scripts: fc.Arbitrary<Script> = fc.record({
	paceMs: fc.constantFrom(0, 2000),
	lookMs: fc.constantFrom(0, 50),
	steps: fc.array(step, { minLength: 1, maxLength: 12 }),
	fates: fc.array(fate, { maxLength: 25 }),
	deaths: fc.array(
		fc.record({ write: fc.integer({ min: 1, max: 60 }), when: fc.constantFrom("before", "after", "full") }),
		{
			maxLength: 3,
		},
	),
	last: fc.constantFrom("nothing", "change", "ring"),
});
