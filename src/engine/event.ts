/**
 * The facts about a run: the only thing that is stored. All kinds exist from the first day, because histories live for
 * ever. Must never gain a field that a fold needs but old histories lack.
 */
import type { Json, Values } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import type { Verb } from "../people/verb.ts";
import type { ActionName, ClientId, PersonId, RoleId, SopId } from "../sop/sop.ts";

export type RunId = string;
/** Ids joined by dots; `each` and `run` open a scope: `groups[Sales].join`. */
export type Path = string;
/** `path#epoch`. The epoch rises on each change of that step's state, so stale timers, questions and buttons are harmless. */
export type WaitId = string;
/** `kind:target#facet`: stable over wording and re-plans. */
export type ChangeId = string;
/** Hash of what an approval guards (see plan.ts). */
export type PlanHash = string;
/** Kebab-case, stable, listed in README. */
export type Code = string;
export type SurfaceName = "teams" | "slack" | "web" | "portal" | "api" | "hook" | "clock" | "cli";
export type Phase =
	| "planning"
	| "running"
	| "waiting"
	| "asking"
	| "stopping"
	| "paused"
	| "done"
	| "stopped"
	| "failed";

/** The name of a secret in the vault, never the secret. */
export type SecretRef = { readonly $secret: string };

/** One write. `words` is for a manager, `detail` for a technician; neither is hashed. */
export type Change = {
	readonly id: ChangeId;
	readonly kind: "create" | "set" | "add" | "remove" | "delete" | "send";
	readonly target: string;
	readonly facet: string;
	readonly before?: Json;
	readonly after?: Json | SecretRef;
	readonly words: string;
	readonly detail: string;
	/** An undo leaves it: it gives nobody anything, and what came later may rest on it. Never hashed. */
	readonly stays?: true;
	/** It lets somebody in: no approval covers it that was given before it was known. Never hashed. */
	readonly shown?: true;
	/** What it costs or frees, for the plan's first line: `{ licence: "SPB", title: "Business Premium", count: 1, left: 3 }`. Never hashed. */
	readonly cost?: Values;
};

/** Something read back and compared. */
export type Check = { readonly words: string; readonly detail: string; readonly ok: boolean; readonly at?: Instant };

/** A way on that a person may choose: it changes a step's input, then everything is planned again. */
export type Choice = { readonly id: string; readonly words: string; readonly with: Values };

export type PlanProblem = {
	readonly path: Path;
	readonly code: Code;
	readonly message: string;
	readonly choices: readonly Choice[];
};

/** One guarded step in a plan. */
export type PlanEntry = {
	readonly path: Path;
	readonly name: string;
	readonly action: ActionName;
	/** Resolved on the promises of earlier steps; what hangs on the rest is `{ "$after": "account.objectGuid" }`. */
	readonly input: Values;
	readonly changes: readonly Change[];
	/** When a clock stands before it. */
	readonly when?: Instant;
	/** Planned without a look, its input not known yet: only creates and adds are covered, and none that lets somebody in. */
	readonly unknown: boolean;
	readonly destructive: boolean;
	/** Why nothing is changed, in words. Never hashed. */
	readonly note?: string;
	/** Takes back what this run did for an item that is not wanted any more. */
	readonly turns?: true;
};

export type Plan = {
	readonly hash: PlanHash;
	readonly entries: readonly PlanEntry[];
	readonly problems: readonly PlanProblem[];
	/** How long it stands still in waits it shows, in ms: an approval's validity does not run meanwhile. */
	readonly waitsMs: number;
};

/** `requests`: what the other side calls our writes, by change, for its support: `add:… request-id 6f1c…`. */
export type Outcome = { readonly applied: readonly ChangeId[]; readonly requests?: readonly string[] } & (
	| { readonly kind: "done"; readonly output: Values; readonly proof: readonly Check[] }
	| { readonly kind: "not-yet"; readonly output?: Values }
	| {
			readonly kind: "refused";
			readonly code: Code;
			readonly message: string;
			readonly retryable: boolean;
			readonly retryAfterMs?: number;
			readonly choices?: readonly Choice[];
			readonly detail?: string;
			/** This try ended before it began: it says nothing about what another one of the same attempt writes. */
			readonly unbegun?: true;
	  }
	| { readonly kind: "unknown"; readonly code: Code; readonly detail?: string }
);

export type { Verb };

/** A standing approval that was used: who approved in advance, and the how-manyth use of the day it is. */
export type StandingUse = {
	readonly id: string;
	readonly by: PersonId;
	readonly until: string;
	readonly used: number;
	readonly of: number;
	readonly words: string;
};

/** How a run begins. `key` names the request on its channel: the same key is the same run on any host. */
export type StartRequest = {
	readonly client: ClientId;
	readonly sop: SopId;
	readonly key: string;
	readonly by: PersonId;
	readonly via: SurfaceName;
	/** The account they used there. */
	readonly from?: string;
	readonly form: Values;
	/** An undo: the run it turns round and its ledger, newest first. */
	readonly undo?: {
		readonly of: RunId;
		readonly entries: readonly LedgerEntry[];
		readonly approvers: readonly string[];
		/** How many of them have to; one where it does not say. */
		readonly need?: number;
	};
	/** A child: whose, and which part. `item`: of an `each` above 50. */
	readonly parent?: {
		readonly run: RunId;
		readonly path: Path;
		readonly item?: { readonly key: string; readonly value: Json };
		readonly approvals?: Values;
		readonly scope?: Values;
		/** What was made before it began, and when: by its parent, and by its parent's parent. */
		readonly made?: readonly { readonly id: ChangeId; readonly at: Instant }[];
	};
	readonly drill?: boolean;
};

/** A change that was made, or may have been. */
export type LedgerEntry = {
	readonly path: Path;
	readonly attempt: number;
	readonly action: ActionName;
	readonly input: Values;
	readonly change: Change;
	readonly state: "maybe" | "applied";
	readonly at: Instant;
	/** Turned round by the run itself: nothing of it is left for an undo. */
	readonly undone?: true;
	/** Of what another SOP changed for this run: who had to approve it there, and how many of them. */
	readonly guard?: { readonly by: readonly string[]; readonly need: number };
};

/** Where a message was marked for a note. */
type MessageRef = { readonly surface: SurfaceName; readonly ref: string };

export type NewEvent =
	| { readonly kind: "started"; readonly run: RunId; readonly request: StartRequest }
	| { readonly kind: "planned"; readonly wait: WaitId; readonly plan: Plan; readonly standing?: StandingUse }
	| {
			readonly kind: "plan-failed";
			readonly wait: WaitId;
			readonly problems: readonly PlanProblem[];
			readonly retryable?: boolean;
			readonly retryAfterMs?: number;
	  }
	| {
			readonly kind: "attempt-began";
			readonly step: Path;
			readonly attempt: number;
			readonly changes: readonly Change[];
			readonly input: Values;
	  }
	| { readonly kind: "attempt-ended"; readonly step: Path; readonly attempt: number; readonly outcome: Outcome }
	| {
			readonly kind: "answered";
			readonly wait: WaitId;
			readonly verb: Verb;
			readonly by: PersonId;
			readonly as: RoleId;
			readonly plan?: PlanHash;
			readonly values: Values;
			readonly via: SurfaceName;
			/** The account they used there. Events from before it was kept have none. */
			readonly from?: string;
			/** `approve`: who of the roster is the same human by another entry. */
			readonly same?: readonly PersonId[];
			/** `approve`: who voted before and is not asked any more, so that their vote counts no longer. */
			readonly gone?: readonly PersonId[];
			/** `acknowledge`: everybody who was meant when this one said so. Without it, one is enough. */
			readonly audience?: readonly PersonId[];
	  }
	| { readonly kind: "timer-fired"; readonly wait: WaitId; readonly timer: string }
	| {
			readonly kind: "amended";
			readonly values: Values;
			readonly by: PersonId;
			/** A parent tells its child the whole of what it is given now; `times` puts repeated and late ones in order. */
			readonly parent?: NonNullable<StartRequest["parent"]> & { readonly times: number };
	  }
	| { readonly kind: "noted"; readonly by: PersonId; readonly words: string; readonly marked?: MessageRef }
	| {
			readonly kind: "child-ended";
			readonly child: RunId;
			readonly phase: Phase;
			readonly outputs: Values;
			/** What the child changed, in its own addresses: the parent's undo turns it round too. */
			readonly ledger?: readonly LedgerEntry[];
	  }
	| {
			readonly kind: "steered";
			readonly verb: "cancel" | "pause" | "resume";
			readonly by: PersonId;
			readonly words: string;
	  };

export type RunEvent = { readonly at: Instant } & NewEvent;
export type EventKind = NewEvent["kind"];
