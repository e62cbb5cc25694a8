/**
 * The core as one value, for whoever hosts it. Names, never logic.
 */
import { canonical, type Json, sha256, type Values } from "../base/json.ts";
import { evaluate } from "../sop/expression.ts";
import type { Sop } from "../sop/sop.ts";
import { itemSop } from "./child.ts";
import { CORE, decide } from "./decide.ts";
import type { StartRequest } from "./event.ts";
import { pending } from "./pending.ts";
import { phase } from "./phase.ts";
import type { Run } from "./run.ts";
import { waitingFor } from "./sentences.ts";
import { undoSop } from "./undo.ts";

export const core = {
	CORE,
	decide,
	pending,
	phase: (_sop: Sop, run: Run) => phase(run),
	summary: (sop: Sop, run: Run) => ({
		subject: run.subject.name ?? "",
		title: sop.title,
		waitingFor: waitingFor(sop, run) as Json,
		visibility: sop.visibility,
	}),
	uniqueKey,
};

/** Names equal requests of one client and SOP; undefined when no two are the same. */
function uniqueKey(sop: Sop, form: Values): string | undefined {
	if (sop.unique.length === 0) return undefined;
	const parts = sop.unique.map((expression) => evaluate(expression, { form }) ?? null);
	return sha256(canonical(parts.map((part) => (typeof part === "string" ? part.trim().toLowerCase() : part))));
}

/** The SOP that a child run follows: one item of its parent's list, its parent's undo, or one of the client's own. */
export function childSop(request: StartRequest, parent: Sop, named: (sop: string) => Sop | undefined): Sop {
	if (request.undo !== undefined) return undoSop(parent, request);
	if (request.parent?.item !== undefined) return itemSop(parent, request.parent.path);
	const sop = named(request.sop);
	if (sop === undefined) throw new Error(`${request.client} has no SOP ${request.sop}`);
	return sop;
}
