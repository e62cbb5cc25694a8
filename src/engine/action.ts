/**
 * What a connector can do, as desired states: look, plan, apply one change, undo it. Must never retry, wait or remember:
 * the performer does that once for all of them.
 */
import type { z } from "zod";
import type { Values } from "../base/json.ts";
import type { Secret } from "../base/secret.ts";
import type { ActionFacts, ActionName, ClientId, Templates, Who } from "../sop/sop.ts";
import type { Change, Check, Choice, Code, Outcome, RunId, SecretRef } from "./event.ts";
import type { Directory, Graph, Http, Mail } from "./remote.ts";

/** What a look found. Plain data of the action's own shape. */
export type Facts = { readonly [name: string]: unknown };

/** A reason why a plan cannot be carried out, with the ways on a person may choose. */
export type Obstacle = {
	readonly code: Code;
	readonly message: string;
	readonly choices: readonly Choice[];
	readonly detail?: string;
};

export type Planned<Output> = {
	/** Empty: it is already so. */
	readonly changes: readonly Change[];
	/** What later steps may count on before it is done. */
	readonly promises: Partial<Output>;
	readonly obstacle?: Obstacle;
	/** Why there is nothing to change, where a reader of the plan should know: "No mail is sent: Contoso wants none". */
	readonly note?: string;
	/** Waiting may make it so (a wait that is not true yet). Only for actions that never write. */
	readonly notYet?: true;
};

export interface Action<Input extends Values = Values, Output extends Values = Values> {
	readonly name: ActionName;
	/** One line for `sops` and the authoring guide. */
	readonly about: string;
	readonly input: z.ZodType<Input>;
	readonly output: z.ZodType<Output>;
	readonly repeat: ActionFacts["repeat"];
	readonly writes: boolean;
	/** Takes access or data away: approvals hold 24 h and standing ones never cover it. */
	readonly destructive?: boolean;
	/** Where inputs come from unless `with` says otherwise, e.g. `{ user: "${subject.user}" }`. */
	readonly defaults: Templates;
	/** How long a read-back may take to show what was written, ms. Default 30 s. */
	readonly proveWithinMs?: number;
	/** Reads only. Throws `RemoteError` when the remote does not answer or refuses the read. */
	look(input: Input, world: World): Promise<Facts>;
	/** Pure. `hasWritten`: this run made or may have made what is there. */
	plan(input: Input, facts: Facts): Planned<Output>;
	/** Pure: what is now so, for the proof and the output of a finished step. Called when `plan` finds no change left. */
	prove(input: Input, facts: Facts): { readonly output: Output; readonly proof: readonly Check[] };
	/** One remote write. Returns what is known; throws bugs only. */
	apply(change: Change, input: Input, world: World): Promise<Outcome>;
	/** Pure: what would turn this change round, given a fresh look; nothing when it is already gone. */
	undo?(change: Change, input: Input, facts: Facts): Pick<Planned<Output>, "changes" | "obstacle">;
}

/** All that an action may reach: one client, this run, until the signal says stop. */
export interface World {
	readonly client: ClientId;
	readonly run: RunId;
	/** `run/path`, the same for every attempt: stamped into what we create, so that it is known again. */
	readonly mark: string;
	readonly signal: AbortSignal;
	/** Also true for a plan: `apply` is never called. */
	readonly lookOnly: boolean;
	/**
	 * True while planning on the promises of earlier steps: ids that only exist later were left out of the input, so what
	 * it names may not be there yet. `look` then copies this into its facts, and `plan` answers with the changes that will
	 * be needed once it is there ("Open the account", "Give 1 licence") instead of an obstacle. Targets of changes are names
	 * known beforehand (the user principal name), never ids, so that the change planned and the change made are the same.
	 */
	readonly promised: boolean;
	readonly directory?: Directory;
	readonly graph?: Graph;
	readonly mail?: Mail;
	readonly http?: Http;
	/** Why a change of this action may not be made here, though it can be planned; undefined where it may. */
	heldBack?(action: ActionName, input: Values): Obstacle | undefined;
	/**
	 * Whether this run made the account of that name, and lately: then "not there" may be a replica that does not know it
	 * yet. What anybody else made, or this run long ago, is gone when it is not there.
	 */
	isNew?(name: string): boolean;
	/**
	 * The changes that this step has begun, or the one that is turned round: what was approved goes by its id, whatever it
	 * is called by now.
	 */
	readonly begun?: readonly Change[];
	/**
	 * Who may open what this step keeps for `who` (`manager`, `subject`, a role), settled so that an approval can name them:
	 * `words` are their names as of now. Undefined: nobody on the roster.
	 */
	openers?(who: readonly Who[]): { readonly to: readonly Who[]; readonly words: string } | undefined;
	/** The e-mail address of a person of the client's roster, by id; undefined for anybody else. */
	addressOf?(person: string): string | undefined;
	reveal(ref: SecretRef): Promise<Secret>;
	/** Keeps a secret under a name that is the same for every attempt of this step: a second `keep` returns the first. */
	keep(name: string, value: Secret): Promise<SecretRef>;
	/** Replaces what is kept under that name. */
	replace(name: string, value: Secret): Promise<SecretRef>;
	holds(name: string): Promise<boolean>;
	/** Whether somebody opened what was kept under that name: it is held no more. */
	wasOpened?(name: string): Promise<boolean>;
	/** Said when the try is over: what was kept open for it may go. Safe to call twice. */
	leave?(): void;
}
