/**
 * What the parts of the compiler share, and how they read what an author wrote without trusting its type.
 */
import { asList, isRecord, type Json, type Values } from "../base/json.ts";
import type { Roster } from "../people/roster.ts";
import type { KnownAction, KnownActions } from "./definitions.ts";
import { parseDuration } from "./duration.ts";
import { type At, type Report, suggest } from "./report.ts";
import { checkExpression, type Scope } from "./scope.ts";
import type { ActionFacts, ClientValues, Remind, SopId, Step, Who } from "./sop.ts";

export type Context = {
	readonly report: Report;
	readonly known: KnownActions;
	readonly roles: ReadonlySet<string>;
	readonly client: ClientValues;
	readonly sop: SopId;
	readonly sops: readonly SopId[];
	readonly emergency: boolean;
	readonly roster?: Roster;
	/** Where each compiled step was written. */
	readonly places: WeakMap<Step, At>;
};

export const PARTIES = ["requester", "subject", "manager", "owner"] as const;

/** Reads who a step means: one word or a list. Unknown words are reported. */
export function readWho(value: Json | undefined, at: At, context: Context): readonly Who[] {
	const list = typeof value === "string" ? [value] : asList(value);
	for (const [index, one] of list.entries()) {
		if (typeof one !== "string" || context.roles.has(one) || (PARTIES as readonly string[]).includes(one)) continue;
		const where = typeof value === "string" ? at : [...at, index];
		context.report(where, "no-such-role", `There is no role “${one}”.`, {
			remedy: suggest(one, [...PARTIES, ...context.roles]),
		});
	}
	return [...new Set(list.filter((one) => typeof one === "string"))];
}

/** A wall-clock length in ms; `fallback` when absent, a problem when it is working time. */
export function readMs(value: Json | undefined, fallback: number, at: At, report: Report): number {
	const length = parseDuration(value);
	if (length === undefined) return fallback;
	if (length.clock === "wall") return length.ms;
	report(at, "wall-clock", "This runs on the wall clock.", { remedy: "Write it like 45m or 2h." });
	return fallback;
}

/** Reads a bare expression as text, checked in its scope. Undefined when there is none. */
export function readExpression(value: Json | undefined, at: At, scope: Scope, report: Report): string | undefined {
	if (value === undefined || value === null || typeof value === "object") return undefined;
	const source = String(value);
	const bare = /^\s*\$\{([\s\S]*)\}\s*$/.exec(source)?.[1];
	if (bare !== undefined) {
		report(at, "bare-expression", "An expression is written bare here.", { remedy: `Write ${bare.trim()}.` });
		return source;
	}
	checkExpression(source, at, scope, report);
	return source;
}

export function readRemind(value: Values, at: At, context: Context): Remind {
	const remind = parseDuration(value.remind);
	const overdue = isRecord(value.overdue) ? value.overdue : undefined;
	const after = parseDuration(overdue?.after);
	return {
		...(remind === undefined ? {} : { remind }),
		...(overdue === undefined || after === undefined
			? {}
			: { overdue: { after, ask: readWho(overdue.ask, [...at, "overdue", "ask"], context) } }),
	};
}

/** What is pinned of an action. */
export function factsOf(known: KnownAction): ActionFacts {
	const { name, repeat, writes, destructive } = known;
	return { name, repeat, writes, destructive };
}

/** An action by name; reported when it is not there. */
export function readAction(name: Json | undefined, at: At, { known, report }: Context): KnownAction | undefined {
	if (typeof name !== "string") return undefined;
	const found = Object.hasOwn(known, name) ? known[name] : undefined;
	if (found === undefined)
		report(at, "no-such-action", `There is no action “${name}”.`, { remedy: suggest(name, Object.keys(known)) });
	return found;
}
