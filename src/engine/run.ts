/**
 * One execution: the state that events fold into. Plain, frozen data; everything a person or a host asks is derived from
 * it. Must never hold a secret, a person's name or address, or anything that only one host knows.
 */
import type { Json, Values } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import type { ClientId, DefinitionHash, PersonId, RoleId, SopId, Who } from "../sop/sop.ts";
import type {
	Change,
	Check,
	Choice,
	Code,
	LedgerEntry,
	Path,
	Phase,
	Plan,
	PlanProblem,
	RunId,
	StandingUse,
	StartRequest,
	SurfaceName,
	Verb,
	WaitId,
} from "./event.ts";

export type Run = {
	readonly id: RunId;
	readonly client: ClientId;
	readonly sop: SopId;
	readonly definition: DefinitionHash;
	/** The core that folded it (see `CORE` in decide.ts). */
	readonly core: number;
	/** How many events are folded; the last one's `seq`. */
	readonly seq: number;
	readonly request: StartRequest;
	readonly startedAt: Instant;
	/** Of the last event. */
	readonly at: Instant;
	/** As amended. */
	readonly form: Values;
	readonly subject: { readonly name?: string; readonly manager?: string; readonly email?: string };
	/** Entered steps only. A step that is not here is planned. */
	readonly steps: { readonly [path: Path]: StepState };
	/** Steps that an amendment sent back to be entered again: where their epochs and attempts go on. */
	readonly before?: {
		readonly [path: Path]: Pick<StepState, "epoch" | "attempt" | "name" | "output" | "had" | "rings">;
	};
	/** What choices changed in a step's input. */
	readonly overrides: { readonly [path: Path]: Values };
	readonly ledger: readonly LedgerEntry[];
	readonly approvals: readonly Approval[];
	readonly notes: readonly { readonly at: Instant; readonly by: PersonId; readonly words: string }[];
	readonly stopping?: {
		readonly at: Instant;
		readonly by?: PersonId;
		readonly words: string;
		readonly cause: "cancel" | "failure" | "undo";
		/** `undo`: the run that turns this one round, and how it ended. */
		readonly undo?: { readonly run: RunId; readonly phase?: Phase };
	};
	readonly paused?: { readonly at: Instant; readonly by: PersonId; readonly words: string };
	/** A child: how often its parent has told it what it is given now. */
	readonly told?: number;
	readonly ended?: { readonly at: Instant; readonly phase: Extract<Phase, "done" | "stopped" | "failed"> };
	readonly outputs: Values;
};

/** An approval that was given: what it covers and until when. */
export type Approval = {
	/** The approve step, or the `do` whose difference was asked again. */
	readonly path: Path;
	/** The wait that was answered. */
	readonly wait: WaitId;
	readonly at: Instant;
	readonly by: readonly PersonId[];
	/** Where each of them said so; not kept at first. */
	readonly votes?: readonly Vote[];
	readonly standing?: StandingUse;
	/** Covers nothing after this instant. */
	readonly until: Instant;
	readonly plan: Plan;
};

/** One person's yes. `from`: the account they used there. */
export type Vote = {
	readonly by: PersonId;
	readonly as: RoleId;
	readonly at: Instant;
	readonly via: SurfaceName;
	readonly from?: string;
};

export type StepState = {
	readonly epoch: number;
	/** The words of the API. `waiting` shows `wait`; `asking` too. */
	readonly state: "running" | "waiting" | "asking" | "done" | "skipped" | "failed" | "stopped";
	/** First entered; this state entered. */
	readonly startedAt: Instant;
	readonly since: Instant;
	/** The name with its holes filled. */
	readonly name: string;
	readonly attempt: number;
	readonly try?: Try;
	/** An amendment came while a write was under way: do it again with the new input once it has ended. */
	readonly redo?: true;
	/** Kinds of waits that people were asked in, so that their messages can be closed. */
	readonly had?: readonly Wait["kind"][];
	/** How often people were rung about this step, over all its waits: asked anew is rung anew. */
	readonly rings?: number;
	/** Failures so far of the same input; reset by a person's `retry`. */
	readonly failures: number;
	readonly last?: {
		readonly kind: "refused" | "unknown" | "not-yet";
		readonly code: Code;
		readonly message: string;
		readonly detail?: string;
		readonly at: Instant;
		readonly attempt: number;
	};
	readonly wait?: Wait;
	/** A record; the list of its items' outputs for an `each`. */
	readonly output?: Json;
	readonly proof?: readonly Check[];
	/** Who decided, for approvals, questions, tasks and skips. */
	readonly by?: PersonId;
	/** Where they did. */
	readonly via?: SurfaceName;
	readonly why?: string;
	/** `each`: the list, evaluated once, on entry. */
	readonly items?: readonly Item[];
	/** `each`: items that an amendment took from the list after something was begun for them. */
	readonly gone?: readonly Item[];
	/** An amendment came: children that are open are told what they are given now, once the step's turn has come again. */
	readonly stale?: PersonId;
	/** Its item is gone: what it changed is being turned round, or was. */
	readonly turns?: true;
	/** `choose`: the branch taken, -1 for none. */
	readonly branch?: number;
	/** `run` and a large `each`: the children, by run id. */
	readonly children?: {
		readonly [run: RunId]: {
			readonly key: string;
			readonly asked?: true;
			/** Its item is gone from the list: it is cancelled, by whom the list was changed. */
			readonly unwanted?: PersonId;
			/** How often it was told that its parent's form changed, and by whom last. */
			readonly told?: { readonly times: number; readonly by: PersonId };
			readonly phase?: Phase;
			readonly outputs?: Values;
		};
	};
};

/** One item of a list. */
export type Item = { readonly key: string; readonly value: Json };

/** The attempt under way. */
type Try = {
	readonly mode: "apply" | "look";
	readonly input: Values;
	readonly startedAt: Instant;
	/** A person said it is done by hand: who. */
	readonly byHand?: PersonId;
	/** Set by `attempt-began`: after it, a lost answer means "unknown", never "not sent". */
	readonly begun?: { readonly at: Instant; readonly changes: readonly Change[] };
};

export type Wait = {
	readonly id: WaitId;
	readonly kind: "plan" | "approval" | "ask" | "task" | "acknowledge" | "clock" | "state" | "again" | "question";
	readonly since: Instant;
	readonly verbs: readonly Verb[];
	/** Who may answer. Empty for clocks and states. */
	readonly who: readonly Who[];
	/** Who was brought in by `overdue`, once that timer fired. */
	readonly also?: readonly Who[];
	readonly claimedBy?: PersonId;
	/** Due instants by name: `remind`, `overdue`, `due`, `until`, `again`, `look`, `give-up`. */
	readonly timers: { readonly [name: string]: Instant };
	/** How often it rang. */
	readonly rings: number;
	/** `approval`. */
	readonly plan?: Plan;
	/** `approval`: what an earlier approval covers already; only the rest is asked. */
	readonly covered?: readonly string[];
	readonly votes?: readonly Vote[];
	/** `question`: what is so, and the ways on beyond the verbs. */
	readonly problem?: {
		readonly code: Code;
		readonly message: string;
		readonly detail?: string;
		readonly choices: readonly Choice[];
		readonly applied: readonly string[];
		readonly doubt: readonly string[];
	};
	readonly problems?: readonly PlanProblem[];
	/** `task`: what is ticked. */
	readonly checked?: readonly string[];
};
