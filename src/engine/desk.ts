/**
 * What people may ask of runs, whatever the surface: chat, pages, API and command line all come through here. Every call
 * checks authority against the stored run and keeps refusals in the audit stream. Must never trust what a caller says
 * about a run, only its id.
 */
import type { Problem } from "../base/errors.ts";
import type { Values } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import type { WordsJson } from "../base/words.ts";
import type { Actor } from "../people/roster.ts";
import type { Definitions } from "../sop/definitions.ts";
import type { ClientId, DefinitionHash, Field, PersonId, Sop, SopId, Start, Who } from "../sop/sop.ts";
import type { Check, Path, Phase, Plan, PlanHash, RunId, StandingUse, SurfaceName, Verb, WaitId } from "./event.ts";
import type { Page, Receipt, Recorded, RunQuery, RunSummary } from "./ports.ts";
import type { Run } from "./run.ts";

/** A run as people and programs read it: `GET /api/v1/runs/:id`. Sentences still have holes. */
export type RunDescription = {
	readonly id: RunId;
	/** Short form for people: the first 6 characters of the id. */
	readonly ref: string;
	readonly client: ClientId;
	readonly clientName: string;
	readonly sop: SopId;
	readonly title: string;
	readonly definition: DefinitionHash;
	readonly phase: Phase;
	/** "Waiting for Mo Manager to approve, reminder at 14:00." */
	readonly waitingFor: WordsJson;
	readonly by: PersonId;
	readonly via: SurfaceName;
	readonly subject: string;
	readonly form: Values;
	readonly startedAt: Instant;
	readonly at: Instant;
	readonly endedAt?: Instant;
	readonly undoes?: RunId;
	readonly undoneBy?: RunId;
	readonly parent?: RunId;
	readonly sandbox: boolean;
	readonly steps: readonly StepDescription[];
	readonly plan?: Plan & {
		readonly wait: WaitId;
		readonly decidedBy?: readonly PersonId[];
		readonly decidedAt?: Instant;
		readonly standing?: StandingUse;
	};
	readonly notes: Run["notes"];
	/** What an undo would turn round, newest first, in words. */
	readonly undoable: readonly string[];
	/** What this reader may do with the run now, so that nothing else is offered. Asked for all the same, the desk decides. */
	readonly may: readonly RunVerb[];
};

/** What is done with a run as a whole. */
export type RunVerb = "note" | "pause" | "resume" | "cancel" | "amend" | "undo";

export type StepDescription = {
	readonly path: Path;
	readonly name: string;
	readonly kind: string;
	/** How deep it lies under each, parallel, choose: for indenting. */
	readonly depth: number;
	readonly state: "planned" | "running" | "waiting" | "asking" | "done" | "skipped" | "failed" | "stopped";
	readonly attempts: number;
	/** The sentence beside the state. */
	readonly words: WordsJson;
	readonly startedAt?: Instant;
	readonly since?: Instant;
	/** Only while open. `who` are roles; `by` the person ids who may answer now. */
	readonly wait?: {
		readonly id: WaitId;
		readonly kind: string;
		readonly verbs: readonly Verb[];
		readonly words: WordsJson;
		readonly who: readonly Who[];
		readonly by: readonly PersonId[];
		readonly due?: Instant;
		readonly choices: readonly { readonly id: string; readonly words: string }[];
		/** `question`: about a plan that was sent back. */
		readonly sentBack?: true;
		readonly plan?: PlanHash;
		/** `ask`: the form's fields. `task`: what shows that it is done, where that is asked for. */
		readonly fields?: readonly Field[];
		/** `task`: what is to be ticked, with what is ticked already. */
		readonly checklist?: readonly { readonly value: string; readonly title: string; readonly done: boolean }[];
	};
	readonly output?: Values;
	readonly proof?: readonly Check[];
	readonly detail?: string;
	/** A first credential waits here for its audience: link to `/handover/RUN/PATH`. */
	readonly handover?: { readonly to: readonly PersonId[] };
};

/** Something open that this person may answer. */
export type OpenWait = { readonly run: RunDescription; readonly step: StepDescription };

export interface Desk {
	definitions(): Definitions;
	/** What this person may start, most used first. `client` narrows it. */
	startable(
		actor: Actor,
		kind: Start["kind"],
		client?: ClientId,
	): readonly { readonly client: ClientId; readonly sop: Sop; readonly start: Start }[];
	/**
	 * Starts a run. `form` is as typed (strings, or already typed values); `key` names the request on its channel.
	 * Errors: `InputError` with every problem at `form.field`; `DeniedError`; `ConflictError` `key-reused`,
	 * `asked-already` (a `unique` hit on a run they may not see); `UnavailableError`. Repeat: the same key is the same run.
	 */
	start(request: {
		readonly actor: Actor;
		readonly client: ClientId;
		readonly sop: SopId;
		readonly form: Values;
		readonly key: string;
		readonly via: SurfaceName;
		/** The account they use there, where they have several. */
		readonly from?: string;
	}): Promise<Receipt>;
	/** Checks a form without starting anything. Empty: it would start. */
	check(request: {
		readonly actor: Actor;
		readonly client: ClientId;
		readonly sop: SopId;
		readonly form: Values;
	}): readonly Problem[];
	/**
	 * Answers a wait. Errors: `ConflictError` `stale` (the wait or plan moved on), `decided` (`reason` says who, when,
	 * verb), `not-taken` (422: the wait does not take that verb), `nothing-ticked` (422: `complete` with `checked` empty); `InputError` for a bad `submit`, for words that are too long, and for a task without what shows that it is done; `DeniedError` with the
	 * words for the person; `no-such-run` as `ConflictError` for a run they may not see. Repeat: a second vote of the same person is the first receipt.
	 */
	answer(request: {
		readonly actor: Actor;
		readonly run: RunId;
		readonly wait: WaitId;
		readonly verb: Verb;
		readonly plan?: PlanHash;
		readonly values: Values;
		readonly via: SurfaceName;
		/** The account they use there, where they have several. */
		readonly from?: string;
	}): Promise<Receipt>;
	/** Errors: `DeniedError`; `ConflictError` `paused`, `not-paused`, `stopping`, `ended`; `key-reused`. Repeat: the first receipt. A key is its person's own, for one verb. */
	steer(request: {
		readonly actor: Actor;
		readonly run: RunId;
		readonly verb: "cancel" | "pause" | "resume";
		readonly words: string;
		readonly via: SurfaceName;
		readonly key: string;
	}): Promise<Receipt>;
	/** Corrects the form of an open run. Errors: `InputError`; `DeniedError`; `ConflictError` `ended`, `key-reused`. */
	amend(request: {
		readonly actor: Actor;
		readonly run: RunId;
		readonly values: Values;
		readonly via: SurfaceName;
		readonly key: string;
	}): Promise<Receipt>;
	/** Errors: `InputError` for an empty note, and for more than 2,000 characters; `ConflictError` `key-reused`. */
	note(request: {
		readonly actor: Actor;
		readonly run: RunId;
		readonly words: string;
		readonly key: string;
	}): Promise<Receipt>;
	/** Starts the undo of a run. Errors: `ConflictError` `undone-already` with the first one's id in `reason.words`; `nothing-to-undo`; `still-running`; `nobody-approves`. */
	undo(request: {
		readonly actor: Actor;
		readonly run: RunId;
		readonly via: SurfaceName;
		readonly from?: string;
		readonly key: string;
	}): Promise<Receipt>;
	/** `prefix` of at least 4 characters will do. Undefined: there is none, or they may not see it. */
	read(actor: Actor, prefix: string): Promise<RunDescription | undefined>;
	list(actor: Actor, query: RunQuery): Promise<Page<RunSummary>>;
	/** The journal, when they may read it. */
	journal(actor: Actor, run: RunId, from?: number): Promise<AsyncIterable<Recorded> | undefined>;
	/** Everything open that waits for this person, oldest first. */
	waiting(actor: Actor): Promise<readonly OpenWait[]>;
}
