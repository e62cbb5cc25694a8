/**
 * What an expression may read at a place in an SOP, and the check that it reads nothing else. A name that is not there
 * would be silently missing in every run, so it is a problem here.
 */
import { isList, isRecord, type Json } from "../base/json.ts";
import { holesOf, parseExpression } from "./expression.ts";
import { type At, type Report, suggest } from "./report.ts";

/** What a step gives: the names of its outputs, a list (`each`), or something not known here. */
export type Gives = readonly string[] | "list" | "unknown";

/** Names in reach. `steps` grows as steps are compiled; a scope inside `each` reads its parent's too. */
export type Scope = {
	readonly fields: ReadonlySet<string>;
	readonly subject: ReadonlySet<string>;
	readonly steps: Map<string, Gives>;
	readonly parent?: Scope;
	/** `item`, `key` and the step's `let` names. */
	readonly locals: ReadonlySet<string>;
	/** Ids of steps that come later, to say so. */
	readonly later: ReadonlySet<string>;
};

const CLIENT = ["id", "name", "timezone", "identity", "profiles"];
const ALWAYS = ["form", "steps", "client", "subject", "today", "now", "run", "requester"];
const SIMPLE: ReadonlySet<string> = new Set(["today", "now", "requester"]);

/** Checks one bare expression. Returns what it reads; undefined when it cannot be used. */
export function checkExpression(source: string, at: At, scope: Scope, report: Report): readonly string[] | undefined {
	const parsed = parseExpression(source);
	if (!parsed.ok) {
		report(at, "bad-expression", parsed.message, {
			remedy: "Write it like form.startDate or steps.account.user == 'x'.",
		});
		return undefined;
	}
	for (const name of parsed.names) checkName(name, at, scope, report);
	return parsed.names;
}

/** Checks every template in a value, however deep. */
export function checkTemplates(value: Json, at: At, scope: Scope, report: Report): void {
	if (typeof value === "string") {
		const holes = holesOf(value);
		if (holes === undefined) {
			report(at, "bad-template", "A hole in this text is not closed.", { remedy: "Close it with }." });
			return;
		}
		for (const hole of holes) checkExpression(hole, at, scope, report);
	} else if (isList(value)) {
		for (const [index, item] of value.entries()) checkTemplates(item, [...at, index], scope, report);
	} else if (isRecord(value)) {
		for (const [key, item] of Object.entries(value)) checkTemplates(item, [...at, key], scope, report);
	}
}

/** The names that the holes of a value read; `[]` for what cannot be parsed. */
export function namesIn(value: Json): readonly string[] {
	if (typeof value === "string") {
		return (holesOf(value) ?? []).flatMap((hole) => {
			const parsed = parseExpression(hole);
			return parsed.ok ? parsed.names : [];
		});
	}
	if (isList(value)) return value.flatMap(namesIn);
	return isRecord(value) ? Object.values(value).flatMap(namesIn) : [];
}

/** Whether `form.x` or `subject.x` in these names is missing; the first that is. */
export function missingName(names: readonly string[], scope: Scope): string | undefined {
	return names.find((name) => {
		const [root, key] = name.split(".");
		if (key === undefined) return false;
		return (root === "form" && !scope.fields.has(key)) || (root === "subject" && !scope.subject.has(key));
	});
}

function checkName(name: string, at: At, scope: Scope, report: Report): void {
	const [root, key, inner] = name.split(".") as [string, string?, string?];
	const no = (code: string, message: string, remedy: string) => report(at, code, message, { remedy });
	if (localIn(root, scope)) return;
	if (root === "form") {
		if (key !== undefined && !scope.fields.has(key))
			no("no-such-field", `The form has no field “${key}”.`, suggest(key, [...scope.fields]));
	} else if (root === "subject") {
		if (key !== undefined && !scope.subject.has(key)) {
			no("no-such-subject", `The SOP’s subject has no “${key}”.`, `Write subject: { ${key}: … } at the top.`);
		}
	} else if (root === "client") {
		if (key !== undefined && !CLIENT.includes(key))
			no("no-such-name", `A client has no “${key}” to read.`, suggest(key, CLIENT));
	} else if (root === "steps") {
		if (key !== undefined) checkStep(key, inner, no, scope);
	} else if (root === "run") {
		if (key !== undefined && key !== "id") no("no-such-name", `A run has no “${key}” to read.`, "Write run.id.");
	} else if (!SIMPLE.has(root)) {
		no("no-such-name", `“${root}” is not known here.`, suggest(root, [...ALWAYS, ...locals(scope)]));
	}
}

function checkStep(
	key: string,
	inner: string | undefined,
	no: (code: string, message: string, remedy: string) => void,
	scope: Scope,
): void {
	const gives = stepIn(key, scope);
	if (gives === undefined) {
		if (isLater(key, scope)) no("later-step", `The step “${key}” comes later.`, "Move it up, or read another step.");
		else no("no-such-step", `There is no step “${key}” before this.`, suggest(key, stepIds(scope)));
		return;
	}
	if (inner === undefined || typeof gives === "string" || gives.includes(inner)) return;
	no("no-such-output", `The step “${key}” gives no “${inner}”.`, suggest(inner, gives));
}

function stepIn(id: string, scope: Scope | undefined): Gives | undefined {
	return scope === undefined ? undefined : (scope.steps.get(id) ?? stepIn(id, scope.parent));
}

function isLater(id: string, scope: Scope | undefined): boolean {
	return scope !== undefined && (scope.later.has(id) || isLater(id, scope.parent));
}

function stepIds(scope: Scope | undefined): string[] {
	return scope === undefined ? [] : [...scope.steps.keys(), ...stepIds(scope.parent)];
}

function localIn(name: string, scope: Scope | undefined): boolean {
	return scope !== undefined && (scope.locals.has(name) || localIn(name, scope.parent));
}

function locals(scope: Scope | undefined): string[] {
	return scope === undefined ? [] : [...scope.locals, ...locals(scope.parent)];
}
