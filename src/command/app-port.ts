/**
 * What the command line needs of a running Sopwith. `app.ts` offers it; the control socket carries it. Must never hold
 * anything that only a person of a roster may do without naming that person.
 */

import type { Problem } from "../base/errors.ts";
import type { Finding } from "../base/finding.ts";
import type { Values } from "../base/json.ts";
import type { Log } from "../base/log.ts";
import type { Redactor } from "../base/redact.ts";
import type { Secret } from "../base/secret.ts";
import type { Instant } from "../base/time.ts";
import type { Config } from "../config.ts";
import type { Desk } from "../engine/desk.ts";
import type { Plan } from "../engine/event.ts";
import type { Page } from "../engine/ports.ts";
import type { Definitions } from "../sop/definitions.ts";
import type { ClientId, PersonId, SopId } from "../sop/sop.ts";

export interface App {
	/** Where the web chat is; empty when not serving. */
	readonly url: string;
	readonly desk: Desk;
	definitions(): Definitions;
	/** Reads the definitions again, keeps the last good version of what is broken, and says what changed. */
	reload(): Promise<Reloaded>;
	/** Writes a copy of the database to a file that is not there yet. It starts paused when it is opened. */
	backup(file: string): Promise<{ readonly file: string; readonly bytes: number }>;
	/** Makes an API token. The token is shown once; only its hash is kept. Errors: `InputError`. */
	createToken(request: TokenRequest): Promise<MadeToken>;
	/** Puts a secret into a client's vault under `name`, replacing what was there. */
	setSecret(request: { readonly client: ClientId; readonly name: string; readonly value: Secret }): Promise<void>;
	/** Lets a restored copy act again. Repeat: safe. */
	resumeRestored(): Promise<{ readonly resumed: boolean }>;
	status(): Promise<Status>;
	/**
	 * Proves every connection of a client, or without one where the MSP's own people sign in; reads only. Takes some
	 * seconds. Errors: `InputError` `no-such-client`.
	 */
	examine(client?: ClientId): Promise<readonly Finding[]>;
	/** Proves a Slack workspace of msp.yaml, as it is in use; reads only. Errors: `InputError` `no-such-workspace`. */
	examineWorkspace(team: string): Promise<ExaminedWorkspace>;
	/** Reads the audit stream, newest row first; `cursor` as an earlier page gave it. At most 50 rows. A second call is safe. */
	auditRows(query: { readonly cursor?: string }): Promise<Page<AuditRow>>;
	/** Walks every chain: journals and audit stream. */
	auditVerify(): Promise<Verified>;
	/** The plan an approval would show; writes nothing anywhere. Errors: `InputError` for the form. */
	planOnly(request: { readonly sop: SopId; readonly client: ClientId; readonly form: Values }): Promise<Plan>;
	close(): Promise<void>;
}

/**
 * Opens Sopwith. `serve: false`: no pages, no timers, nothing is performed. `redactor`: shown each secret the vault opens.
 * Errors: `ConfigError` `held` when another process holds the data folder, naming pid and host; `ConfigError` when no
 * definition at all compiles.
 */
export type OpenApp = (config: Config, options: OpenOptions) => Promise<App>;
export type OpenOptions = { readonly log: Log; readonly redactor: Redactor; readonly serve: boolean };

/** `team`: which workspace its token turned out to be for; absent: none. */
export type ExaminedWorkspace = { readonly team?: string; readonly findings: readonly Finding[] };

type Reloaded = {
	readonly problems: readonly Problem[];
	/** One sentence per change: "contoso/newhire: new version". */
	readonly diff: readonly string[];
	readonly quarantined: Definitions["quarantined"];
};

export type TokenRequest = { readonly person: PersonId; readonly client?: ClientId; readonly expiresMs: number };
export type MadeToken = {
	readonly token: string;
	readonly person: PersonId;
	readonly client?: ClientId;
	readonly expires: Instant;
};

export type Status = {
	readonly url: string;
	readonly since: Instant;
	/** How many runs stand in each phase; phases without runs may be left out. */
	readonly runs: { readonly [phase: string]: number };
	/** A copy from a backup, which does nothing until it is resumed. */
	readonly restored: boolean;
	/** Why nothing is done, in words for people: a copy, or damage. Absent: the database is as it should be. */
	readonly unwell?: string;
	readonly problems: number;
	readonly quarantined: number;
};

/** `entry`: who, where, what and why, as it was recorded. `hash` chains it to the row before. */
type AuditRow = { readonly n: number; readonly at: Instant; readonly entry: Values; readonly hash: string };

export type Verified = {
	readonly ok: boolean;
	readonly runs: number;
	readonly events: number;
	/** Each broken link: which chain, which row, what is so. */
	readonly broken: readonly { readonly chain: string; readonly seq: number; readonly words: string }[];
};
