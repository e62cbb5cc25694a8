/**
 * What the core's surroundings offer: host, archive, performer, vault. Interfaces only; `app.ts` names who fills them.
 */

import type { Json } from "../base/json.ts";
import type { Secret } from "../base/secret.ts";
import type { Instant } from "../base/time.ts";
import type { ClientId, PersonId, Sop, SopId } from "../sop/sop.ts";
import type { Effect } from "./effect.ts";
import type {
	EventKind,
	NewEvent,
	Path,
	Phase,
	Plan,
	RunEvent,
	RunId,
	SecretRef,
	StandingUse,
	StartRequest,
	WaitId,
} from "./event.ts";
import type { Run } from "./run.ts";

/** Why something was refused or not accepted. `words` are for the person; nothing in it is matched on but `code`. */
export type Reason = {
	readonly code: string;
	readonly words: string;
	readonly by?: PersonId;
	readonly at?: Instant;
	readonly verb?: string;
};

/**
 * What a caller is told once the event is durable.
 * `go`/`no` answer an `attempt-began`. `duplicate`: this key was delivered before; the rest is the first receipt.
 */
export type Receipt = {
	readonly run: RunId;
	readonly seq: number;
	readonly outcome: "accepted" | "duplicate";
	readonly verdict: "accepted" | "go" | "no";
	readonly reason?: Reason;
};

/** De-duplicates a delivery within its run: `click:WAIT:PERSON`, `timer:…`, `attempt:…`. */
export type DeliveryKey = string;

export interface Host {
	/** Starts a run of this SOP. The same key, or an equal `unique` of an open or finished run, is the first run again (`duplicate`). Errors: `UnavailableError` (`disk-full`, `unconfirmed` after 2 s, `stopping`, `paused`). */
	start(request: StartRequest, sop: Sop): Promise<Receipt>;
	/** Delivers one event. Resolves when it is durable. Errors: `ConflictError` `no-such-run`; `UnavailableError`. */
	deliver(run: RunId, event: NewEvent, key: DeliveryKey): Promise<Receipt>;
	read(run: RunId): Promise<{ readonly run: Run; readonly sop: Sop } | undefined>;
	/** Told after each durable change of a run, in order per run; must not throw. Returns how to stop listening. */
	onChange(listener: (change: { readonly run: Run; readonly sop: Sop; readonly event: RunEvent }) => void): () => void;
}

export interface Performer {
	/** Performs one `plan` or `attempt` and delivers what came of it. Never throws; a bug is delivered as `unknown` or `plan-failed`. */
	perform(
		order: { readonly run: Run; readonly sop: Sop; readonly effect: Effect },
		host: Pick<Host, "deliver" | "read">,
		signal: AbortSignal,
	): Promise<void>;
	/** The plan an approval would show, without a run: `sopwith plan`. */
	plan(run: Run, sop: Sop, effect: Extract<Effect, { kind: "plan" }>, signal: AbortSignal): Promise<Plan>;
}

/** One row of a run's journal. */
export type Recorded = {
	readonly run: RunId;
	readonly seq: number;
	readonly at: Instant;
	readonly kind: EventKind;
	readonly payload: Json;
	readonly payloadHash: string;
	readonly prev: string;
	readonly hash: string;
};

export type RunSummary = {
	readonly id: RunId;
	readonly client: ClientId;
	readonly sop: SopId;
	readonly title: string;
	readonly phase: Phase;
	readonly subject: string;
	readonly by: PersonId;
	readonly startedAt: Instant;
	readonly at: Instant;
	readonly visibility: "all" | "involved";
	readonly waitingFor: Json;
	readonly parent?: RunId;
};
export type RunQuery = {
	readonly client?: ClientId;
	readonly clients?: readonly ClientId[];
	readonly sop?: SopId;
	readonly phase?: Phase | "open";
	readonly subject?: string;
	readonly by?: PersonId;
	readonly parent?: RunId;
	readonly cursor?: string;
	readonly most?: number;
};
export type Page<T> = { readonly items: readonly T[]; readonly cursor?: string };

export interface Archive {
	list(query: RunQuery): Promise<Page<RunSummary>>;
	/** The run whose id begins so; undefined when none or several do. */
	find(prefix: string): Promise<RunId | undefined>;
	journal(run: RunId, from?: number): AsyncIterable<Recorded>;
	/** The undo of a run, when one was started. */
	undoOf(run: RunId): Promise<RunId | undefined>;
}

/** Secrets at rest: envelope encryption, a data key per client; names are `client/…`. There is no list-values. */
export interface Vault {
	/** Keeps under a name once: a second call returns the first and does not change it. */
	keep(client: ClientId, name: string, value: Secret): Promise<SecretRef>;
	replace(client: ClientId, name: string, value: Secret): Promise<SecretRef>;
	holds(client: ClientId, name: string): Promise<boolean>;
	/** Errors: `ConflictError` `no-such-secret`. A ref of another client is refused as if it did not exist. */
	reveal(client: ClientId, ref: SecretRef): Promise<Secret>;
	/** Reveals and destroys in one transaction; undefined when it was taken before. For the handover page. */
	take(client: ClientId, ref: SecretRef, by: PersonId): Promise<Secret | undefined>;
	/** Who took it and when, if anybody did. */
	taken(client: ClientId, ref: SecretRef): Promise<{ readonly by: PersonId; readonly at: Instant } | undefined>;
}

/** Counts uses of standing approvals, once per run and wait, in one transaction. */
export interface StandingLedger {
	/**
	 * Reserves a use of that standing approval on that day; undefined when the day's count is used up. Repeat: the same wait
	 * gets its first answer again.
	 */
	reserve(
		id: string,
		day: string,
		atMost: number,
		run: RunId,
		wait: WaitId,
	): Promise<{ readonly used: number } | undefined>;
}

/** Refused clicks, sign-ins, handovers: capped, chained, never in a run. */
export interface Audit {
	record(entry: {
		readonly client?: ClientId;
		readonly person?: PersonId;
		readonly via: string;
		readonly what: string;
		readonly run?: RunId;
		readonly path?: Path;
		readonly why?: string;
	}): void;
}

/** Small things kept over a restart, by name within a scope of its own: durable on return. Never a secret. */
export interface Memory {
	get(name: string): Json | undefined;
	set(name: string, value: Json): void;
	/** Remembers a name; true only the first time. For deliveries that may come twice. */
	first(name: string): boolean;
	all(): readonly { readonly name: string; readonly value: Json }[];
	forget(name: string): void;
	forgetBefore(at: Instant): void;
}

/** Which standing approval covers a plan, asked while planning. */
export type Standing = (run: Run, sop: Sop, wait: WaitId, plan: Plan) => Promise<StandingUse | undefined>;
