/**
 * Turning a run round: a run of its own, over the old one's ledger, newest change first, with its own plan and the original
 * approvers. Pure; must never undo what the ledger does not hold.
 */
import { sha256 } from "../base/json.ts";
import { lowerFirst } from "../sop/form-values.ts";
import type { ActionFacts, Sop, Step, Templates } from "../sop/sop.ts";
import { guardOf } from "./act.ts";
import type { Fold } from "./draft.ts";
import type { Effect } from "./effect.ts";
import type { LedgerEntry, StartRequest } from "./event.ts";
import { staysSo } from "./leave.ts";
import { placeOf, placesOf } from "./path.ts";
import type { Run } from "./run.ts";
import { nameRun } from "./run-id.ts";

const VALID_MS = 24 * 3_600_000;
/** For what a sub-SOP changed: its own steps are not in this SOP, so the longest settling there is. */
const SETTLE_MS = 30_000;

/** What can be turned round, newest first: all that was or may have been made, but for what stays. */
export function undoable(run: Run): readonly LedgerEntry[] {
	return run.ledger.filter((entry) => !staysSo(entry) && entry.undone !== true).toReversed();
}

type Guard = NonNullable<LedgerEntry["guard"]>;

/**
 * Who approves the undo: as many as had to approve any of what is undone; where nobody had to, whoever approves in the
 * SOP, or its owner.
 */
function guardOfUndo(sop: Sop, entries: readonly LedgerEntry[]): Guard {
	const guards = guarded(sop, entries).flatMap(({ guard }) => (guard === undefined ? [] : [guard]));
	const most = Math.max(0, ...guards.map(({ need }) => need));
	const strictest = guards.findLast(({ need }) => need === most);
	if (strictest !== undefined) return strictest;
	for (const { step } of placesOf(sop).values()) if (step.kind === "approve") return { by: step.by, need: 1 };
	return { by: ["owner"], need: 1 };
}

/** What was changed, each with who had to approve it, as far as this SOP says so: another SOP does not have its steps. */
export function guarded(sop: Sop, ledger: readonly LedgerEntry[]): readonly LedgerEntry[] {
	return ledger.map((entry) => {
		const found = entry.guard ?? guardOf({ sop }, entry.path);
		return found === undefined ? entry : { ...entry, guard: { by: found.by, need: found.need } };
	});
}

/** The SOP of an undo run. The same run and ledger give the same SOP. */
export function undoSop(sop: Sop, request: StartRequest): Sop {
	const undo: NonNullable<StartRequest["undo"]> = request.undo ?? { of: "", entries: [], approvers: [] };
	const steps = undo.entries.map((entry, i) => undoStep(sop, entry, i));
	const approve: Step = {
		...plain,
		id: "approve",
		name: "Approve the undo",
		kind: "approve",
		by: undo.approvers,
		need: undo.need ?? 1,
		valid: { clock: "wall", ms: VALID_MS },
		guards: steps.map((step) => step.id),
		destructive: true,
		remind: { clock: "working", ms: 2 * 3_600_000 },
	};
	return {
		...sop,
		title: `Undo of ${lowerFirst(sop.title)}`,
		definition: sha256(`undo\n${sop.definition}\n${undo.of}`),
		unique: [],
		starts: [],
		form: [],
		outputs: {},
		steps: [approve, ...steps],
		undoes: undo.of,
	};
}

const plain = { let: {}, blocking: true, onFailure: "ask" } as const;

function undoStep(sop: Sop, entry: LedgerEntry, i: number): Extract<Step, { kind: "do" }> {
	const step = placeOf(sop, entry.path)?.step;
	const action = step === undefined ? undefined : actionOf(step);
	return {
		...plain,
		id: `u${i}`,
		name: `Undo: \${undo[${i}].change.words}`,
		kind: "do",
		action: {
			...(action ?? { name: entry.action, repeat: { kind: "settle", ms: SETTLE_MS }, writes: true }),
			destructive: true,
		},
		with: templatesOf(i),
		retry: { attempts: 4, firstMs: 1000, mostMs: 60_000 },
		timeoutMs: 30_000,
		proveWithinMs: 30_000,
		guard: { id: "approve", depth: 0 },
	};
}

/** Holes, not values: what the ledger holds is data and is never parsed as a template. */
function templatesOf(i: number): Templates {
	return { $undo: `\${undo[${i}].change}`, $input: `\${undo[${i}].input}`, $at: `\${undo[${i}].at}` };
}

function actionOf(step: Step): ActionFacts | undefined {
	if (step.kind === "do") return step.action;
	return step.kind === "tell" ? step.mail?.action : undefined;
}

/** The request for the undo of a run. */
export function undoRequest(sop: Sop, run: Run, by: Pick<StartRequest, "by" | "via" | "from" | "key">): StartRequest {
	const entries = undoable(run);
	const { by: approvers, need } = guardOfUndo(sop, entries);
	const undo = { of: run.id, entries, approvers, ...(need === 1 ? {} : { need }) };
	return { ...by, client: run.client, sop: run.sop, form: run.form, undo };
}

/** Whether a run that ends by `onFailure: undo` still waits for that undo. Notes the undo when it is first wanted. */
export function undoOpen(fold: Fold): boolean {
	const { stopping } = fold.run;
	if (stopping?.cause !== "undo" || undoable(fold.run).length === 0) return false;
	if (stopping.undo === undefined) fold.run.stopping = { ...stopping, undo: { run: nameRun("undo", fold.run.id) } };
	return fold.run.stopping?.undo?.phase === undefined;
}

/** The start of that undo, while it is open. */
export function undoStart(sop: Sop, run: Run): Effect | undefined {
	const undo = run.stopping?.undo;
	if (undo === undefined || undo.phase !== undefined) return undefined;
	const { by, via, from } = run.request;
	const asked = { by, via, key: `undo:${run.id}`, ...(from === undefined ? {} : { from }) };
	const request = { ...undoRequest(sop, run, asked), parent: { run: run.id, path: "" } };
	return { kind: "start", child: undo.run, request };
}
