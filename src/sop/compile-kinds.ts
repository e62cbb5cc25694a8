/**
 * Makes the part of a step that its kind brings. One function per kind; none of them knows about guards, which are filled
 * in when all steps are there.
 */
import { unreachable } from "../base/assert.ts";
import { asList, asRecord, isRecord, type Json, type Values } from "../base/json.ts";
import { checkApprovers } from "./approvers.ts";
import { compileCall } from "./compile-action.ts";
import type { Context } from "./compile-context.ts";
import { readExpression, readMs, readRemind, readWho } from "./compile-context.ts";
import { compileForm } from "./compile-form.ts";
import { compileChoose, compileEach, compileParallel } from "./compile-nested.ts";
import { compileTell } from "./compile-tell.ts";
import { compileWait } from "./compile-wait.ts";
import { parseDuration } from "./duration.ts";
import { type At, suggest } from "./report.ts";
import type { KindWord } from "./schema.ts";
import { checkTemplates, type Gives, type Scope } from "./scope.ts";
import type { Retry, Step, StepBase } from "./sop.ts";

/** Where a step stands: what it may read, and which ids are taken in its scope. */
export type Place = { readonly scope: Scope; readonly taken: Set<string> };
export type Draft = { readonly written: Values; readonly base: StepBase; readonly at: At };
export type Made = { readonly step: Step; readonly gives: Gives };

/** Compiles a step of a kind. Undefined when it cannot be used; the problems are reported. */
export function compileKind(kind: KindWord, draft: Draft, place: Place, context: Context): Made | undefined {
	switch (kind) {
		case "do":
			return compileDo(draft, place, context);
		case "approve":
			return compileApprove(draft, place, context);
		case "ask":
			return compileAsk(draft, context);
		case "task":
			return compileTask(draft, place, context);
		case "tell":
			return compileTell(draft, place, context);
		case "page":
			return compilePage(draft, place, context);
		case "wait":
			return compileWait(draft, place, context);
		case "each":
			return compileEach(draft, place, context);
		case "parallel":
			return compileParallel(draft, place, context);
		case "choose":
			return compileChoose(draft, place, context);
		case "run":
			return compileRun(draft, place, context);
		default:
			return unreachable(kind);
	}
}

function compileDo({ written, base, at }: Draft, { scope }: Place, context: Context): Made | undefined {
	const call = { name: written.do, nameAt: [...at, "do"], written: written.with, withAt: [...at, "with"] };
	const called = compileCall(call, scope, context);
	const timeoutMs = readMs(written.timeout, 30_000, [...at, "timeout"], context.report);
	const retry = readRetry(written.retry, [...at, "retry"], context);
	if (called === undefined) return undefined;
	const unguarded = typeof written.unguarded === "string" ? { unguarded: written.unguarded } : {};
	const { action, known } = called;
	const more = { retry, timeoutMs, proveWithinMs: known.proveWithinMs, ...unguarded };
	return { step: { ...base, kind: "do", action, with: called.with, ...more }, gives: known.outputs };
}

function readRetry(value: Json | undefined, at: At, { report }: Context): Retry {
	const written = asRecord(value);
	return {
		attempts: typeof written.attempts === "number" ? written.attempts : 4,
		firstMs: readMs(written.first, 1000, [...at, "first"], report),
		mostMs: readMs(written.most, 60_000, [...at, "most"], report),
	};
}

function compileApprove({ written, base, at }: Draft, { scope }: Place, context: Context): Made {
	const approve = asRecord(written.approve);
	const own = [...at, "approve"];
	const by = readWho(approve.by, [...own, "by"], context);
	const need = typeof approve.need === "number" ? approve.need : 1;
	const valid = parseDuration(approve.valid);
	checkApprovers({ by, need, at: [...own, "by"] }, scope, context);
	return {
		step: {
			...base,
			kind: "approve",
			by,
			need,
			guards: [],
			destructive: false,
			...(valid === undefined ? {} : { valid }),
			...readRemind(approve, own, context),
		},
		gives: "unknown",
	};
}

function compileAsk({ written, base, at }: Draft, context: Context): Made {
	const ask = asRecord(written.ask);
	const own = [...at, "ask"];
	const form = compileForm(ask.form, [...own, "form"], context.client, context.report);
	const to = readWho(ask.to, [...own, "to"], context);
	return {
		step: { ...base, kind: "ask", to, form, ...readRemind(ask, own, context) },
		gives: form.map((one) => one.name),
	};
}

function compileTask({ written, base, at }: Draft, { scope }: Place, context: Context): Made {
	const task = asRecord(written.task);
	const own = [...at, "task"];
	const due = parseDuration(task.due);
	const before = readExpression(task.before, [...own, "before"], scope, context.report);
	const checklist = asList(task.checklist);
	checkTemplates(checklist, [...own, "checklist"], scope, context.report);
	return {
		step: {
			...base,
			kind: "task",
			to: readWho(task.to, [...own, "to"], context),
			checklist: checklist.filter((one) => typeof one === "string"),
			evidence: task.evidence === true,
			...(due === undefined ? {} : { due }),
			...(before === undefined ? {} : { before }),
			...readRemind(task, own, context),
		},
		gives: "unknown",
	};
}

function compilePage({ written, base, at }: Draft, { scope }: Place, context: Context): Made {
	const page = asRecord(written.page);
	const words = typeof page.words === "string" ? page.words : base.name;
	checkTemplates(words, [...at, "page", "words"], scope, context.report);
	return {
		step: { ...base, kind: "page", to: readWho(page.to, [...at, "page", "to"], context), words },
		gives: "unknown",
	};
}

function compileRun({ written, base, at }: Draft, { scope }: Place, context: Context): Made {
	const sop = typeof written.run === "string" ? written.run : "";
	const { report } = context;
	if (sop === context.sop) {
		report([...at, "run"], "recursion", "An SOP cannot run itself.", { remedy: "Run another one." });
	} else if (!context.sops.includes(sop)) {
		report([...at, "run"], "no-such-sop", `There is no SOP “${sop}”.`, { remedy: suggest(sop, context.sops) });
	}
	if (isRecord(written.with)) checkTemplates(written.with, [...at, "with"], scope, report);
	return { step: { ...base, kind: "run", sop, with: asRecord(written.with) }, gives: "unknown" };
}
