/**
 * What the embedded host needs of the core, as a parameter: the host stores and schedules, the core decides. Must never
 * hold a rule of its own.
 */
import type { Json, Values } from "../../base/json.ts";
import type { Sop } from "../../sop/sop.ts";
import type { Effect } from "../effect.ts";
import type { Phase, RunEvent } from "../event.ts";
import type { Reason } from "../ports.ts";
import type { Run } from "../run.ts";

/** What one event did to a run. `run` is the same object when nothing changed: then nothing is recorded. */
export type Decision = {
	readonly run: Run;
	readonly effects: readonly Effect[];
	readonly verdict: "accepted" | "go" | "no";
	readonly reason?: Reason;
};

/** What lists show of a run. */
export type Summary = {
	readonly subject: string;
	readonly title: string;
	readonly waitingFor: Json;
	readonly visibility: "all" | "involved";
};

/** The core, all of it pure. `run` is undefined for the first event, `started`. */
export type Core = {
	readonly CORE: number;
	decide(sop: Sop, run: Run | undefined, event: RunEvent): Decision;
	pending(sop: Sop, run: Run): readonly Effect[];
	phase(sop: Sop, run: Run): Phase;
	summary(sop: Sop, run: Run): Summary;
	/** Names equal requests of one client and SOP; undefined: no two requests are the same. */
	uniqueKey(sop: Sop, form: Values): string | undefined;
};

/** The part of a logger that is used here (pino's shape: fields first, then a sentence). */
export type Log = {
	info(fields: { readonly [name: string]: unknown }, words: string): void;
	warn(fields: { readonly [name: string]: unknown }, words: string): void;
	error(fields: { readonly [name: string]: unknown }, words: string): void;
};

export const quietLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
