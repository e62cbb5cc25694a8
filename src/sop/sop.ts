/**
 * A compiled SOP: what `compile` makes of YAML, overlay and client values, and what `decide` reads. Plain data, frozen,
 * hashable. Must never hold people, roles' members, channels, connectors or secrets: those are looked up when needed.
 */
import type { Json, Values } from "../base/json.ts";
import type { Zone } from "../base/time.ts";

export type SopId = string;
export type ClientId = string;
export type PersonId = string;
export type RoleId = string;
export type ActionName = string;
/** SHA-256 of all that a run is pinned to. */
export type DefinitionHash = string;

/** Source text of an expression, already parsed once by `compile`, so evaluating it cannot fail to parse. */
export type Expression = string;
/** Text with `${…}` holes. A template that is one hole alone keeps the type of its value. */
export type Template = string;
/** Values whose strings are templates. */
export type Templates = Values;

/** Who a step means: a role, or one of the people every run knows. Resolved as late as possible. */
export type Who = "requester" | "subject" | "manager" | "owner" | `person:${PersonId}` | RoleId;

/** `clock: "working"` counts only the client's working hours and days. A working day is one day the client works. */
export type Duration =
	| { readonly clock: "wall"; readonly ms: number }
	| { readonly clock: "working"; readonly ms: number }
	| { readonly clock: "working-days"; readonly days: number };

export type Sop = {
	readonly id: SopId;
	readonly title: string;
	readonly client: ClientValues;
	readonly definition: DefinitionHash;
	/** Number of the core this was compiled for; raised when `decide` changes its mind about old histories. */
	readonly core: number;
	readonly owner: RoleId;
	readonly review?: Duration;
	readonly urgency: "routine" | "urgent" | "emergency";
	readonly visibility: "all" | "involved";
	readonly subject: {
		readonly name?: Template;
		readonly manager?: Template;
		readonly email?: Template;
		readonly user?: Template;
	};
	/** Expressions over `form`; runs of one client and SOP with equal values are the same request. Empty: never. */
	readonly unique: readonly Expression[];
	readonly starts: readonly Start[];
	readonly form: readonly Field[];
	readonly steps: readonly Step[];
	readonly outputs: Templates;
	/** Set when an undo, not a file, is the source: the run whose ledger it turns round. */
	readonly undoes?: string;
};

/** The client values that expressions and calendars can read, pinned with the definition. Readable as `client.…`. */
export type ClientValues = {
	readonly id: ClientId;
	readonly name: string;
	readonly timezone: Zone;
	readonly calendar: Calendar;
	/** `hybrid`: accounts are made in Active Directory and synced. `cloud`: made in Microsoft 365. */
	readonly identity: "hybrid" | "cloud";
	/** Keyed by profile; each value also holds its own `key` and `title`. */
	readonly profiles: { readonly [key: string]: Values };
	/** Whether any connector is simulated: said on every card. */
	readonly sandbox: boolean;
};

/** Working hours by weekday (1 Monday … 7 Sunday), as minutes since midnight, and the days off, as `Day`s. */
export type Calendar = {
	readonly hours: { readonly [weekday: string]: readonly { readonly from: number; readonly to: number }[] };
	readonly holidays: readonly string[];
};

export type Start =
	| { readonly kind: "command"; readonly command: string; readonly by: readonly RoleId[] }
	| { readonly kind: "portal"; readonly title: string; readonly by: readonly RoleId[] }
	| { readonly kind: "webhook"; readonly hook: string; readonly map: Templates };

export type FieldType =
	| "text"
	| "multiline"
	| "email"
	| "phone"
	| "number"
	| "date"
	| "time"
	| "choice"
	| "choices"
	| "person"
	| "yes-no";

export type Field = {
	readonly name: string;
	readonly label: string;
	readonly type: FieldType;
	readonly optional: boolean;
	readonly hint?: string;
	readonly max?: number;
	readonly min?: number;
	/** For `date`: a day, or `today`, `today-30`, `today+365`. */
	readonly earliest?: string;
	readonly latest?: string;
	readonly fallback?: Json;
	/** For `choice` and `choices`. What is stored is the whole `value`, found by `key`. */
	readonly choices?: readonly { readonly key: string; readonly title: string; readonly value: Json }[];
};

export type OnFailure = "ask" | "stop" | "continue" | "undo";

export type StepBase = {
	/** Unique in its scope. `[a-zA-Z][a-zA-Z0-9_-]*`; made from the name where the author gave none. */
	readonly id: string;
	readonly name: Template;
	readonly when?: Expression;
	readonly let: { readonly [name: string]: Expression };
	/** `false`: what follows does not wait for it; the run does not end without it. */
	readonly blocking: boolean;
	readonly onFailure: OnFailure;
	/** What a technician would need by hand, for the measure of what was saved. */
	readonly byHandMs?: number;
};

/** How a failed try is tried again. Delays double from `firstMs` to `mostMs`; jitter comes from hash(run, step, attempt). */
export type Retry = { readonly attempts: number; readonly firstMs: number; readonly mostMs: number };

/** What is known of an action while compiling, from its registry entry. Pinned, so a run does not change under way. */
export type ActionFacts = {
	readonly name: ActionName;
	/** `settle`: after a write "not there" is believed only `ms` later. `never`: one change per attempt, a doubt is a person's. `replace`: doing it again is safe and replaces. */
	readonly repeat:
		| { readonly kind: "settle"; readonly ms: number }
		| { readonly kind: "never" }
		| { readonly kind: "replace" };
	readonly writes: boolean;
	readonly destructive: boolean;
};

export type Remind = {
	readonly remind?: Duration;
	readonly overdue?: { readonly after: Duration; readonly ask: readonly Who[] };
};

export type Step = StepBase & StepKind;
type StepKind =
	| {
			readonly kind: "do";
			readonly action: ActionFacts;
			readonly with: Templates;
			readonly retry: Retry;
			readonly timeoutMs: number;
			readonly proveWithinMs: number;
			readonly unguarded?: string;
			readonly guard?: Guard;
	  }
	| ({
			readonly kind: "approve";
			readonly by: readonly Who[];
			readonly need: number;
			readonly valid?: Duration /** static ids of the `do` and `tell` steps it guards, in order */;
			readonly guards: readonly string[];
			readonly destructive: boolean;
	  } & Remind)
	| ({ readonly kind: "ask"; readonly to: readonly Who[]; readonly form: readonly Field[] } & Remind)
	| ({
			readonly kind: "task";
			readonly to: readonly Who[];
			readonly checklist: readonly Template[];
			readonly due?: Duration;
			readonly before?: Expression;
			readonly evidence: boolean;
	  } & Remind)
	| {
			readonly kind: "tell";
			readonly to: readonly Who[];
			readonly card: string;
			readonly data: Templates;
			/** Each of them says that they have read it; `atMost`: then it goes on and says who has not. */
			readonly acknowledge: boolean;
			readonly atMost?: Duration /** the mail part, when `to` reaches someone outside (the subject): performed as an attempt of this action */;
			readonly mail?: {
				readonly action: ActionFacts;
				readonly with: Templates;
				readonly guard?: Guard;
				readonly timeoutMs: number;
			};
	  }
	| { readonly kind: "page"; readonly to: readonly Who[]; readonly words: Template }
	| { readonly kind: "wait"; readonly wait: WaitRule }
	| {
			readonly kind: "each";
			readonly list: Expression;
			readonly key?: Expression;
			readonly atOnce: number;
			readonly atMost: number;
			readonly steps: readonly Step[];
	  }
	| { readonly kind: "parallel"; readonly steps: readonly Step[] }
	| {
			readonly kind: "choose";
			readonly branches: readonly { readonly when?: Expression; readonly steps: readonly Step[] }[];
	  }
	| { readonly kind: "run"; readonly sop: SopId; readonly with: Templates };

/** The approve step that guards a write: its id and how many scopes (`each`, `run`) enclose it. */
export type Guard = { readonly id: string; readonly depth: number };

export type WaitRule =
	| { readonly kind: "after"; readonly after: Duration }
	| { readonly kind: "until"; readonly until: Expression; readonly at?: string }
	| {
			readonly kind: "for";
			readonly action: ActionFacts;
			readonly with: Templates;
			readonly atMost: Duration;
			readonly everyMs: number;
	  };
