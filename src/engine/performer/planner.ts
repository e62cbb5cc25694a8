/**
 * The plan of an approval: answers the looks that `planning` asks for, and delivers the plan. Read only from end to end;
 * the same function serves a run and `sopwith plan`.
 */
import type { Json, Values } from "../../base/json.ts";
import { isRecord } from "../../base/json.ts";
import type { Sop } from "../../sop/sop.ts";
import type { Effect } from "../effect.ts";
import type { NewEvent, Plan, PlanProblem } from "../event.ts";
import { type PlanAnswer, type PlanRequest, planning } from "../plan.ts";
import type { Host } from "../ports.ts";
import { RemoteError } from "../remote.ts";
import type { Run } from "../run.ts";
import { deliver } from "./deliver.ts";
import { isRefusal, lookAndPlan, obstacleOf, readDesired } from "./desired.ts";
import { mapAtMost, Stopped, TimeUp, within } from "./limit.ts";
import type { Parts } from "./performer.ts";

const AT_ONCE = 8;
const LOOK_MS = 30_000;

type PlanOrder = {
	readonly run: Run;
	readonly sop: Sop;
	readonly effect: Extract<Effect, { kind: "plan" }>;
	readonly signal: AbortSignal;
};

/** A look that failed, with the step it was for. */
class LookFailed extends Error {
	readonly path: string;
	readonly why: unknown;
	constructor(path: string, why: unknown) {
		super("a look failed");
		this.path = path;
		this.why = why;
	}
}

/** Plans, asks for a standing approval and delivers `planned` or `plan-failed`. Errors: throws only what `deliver` throws. */
export async function performPlan(
	parts: Parts,
	order: PlanOrder & { readonly host: Pick<Host, "deliver"> },
): Promise<void> {
	const { run, sop, effect, host } = order;
	const { wait } = effect;
	let event: NewEvent;
	let key = `plan-failed:${wait}`;
	try {
		const plan = await planOf(parts, order);
		const standing = plan.problems.length > 0 ? undefined : await parts.standing(run, sop, wait, plan);
		event = { kind: "planned", wait, plan, ...(standing === undefined ? {} : { standing }) };
		key = `planned:${wait}:${plan.hash}`;
	} catch (error) {
		if (order.signal.aborted) return;
		event = failed(parts, order, error);
	}
	await deliver(parts, { host, run: run.id, event, key, signal: order.signal });
}

/** The plan this approval would show. Errors: throws what a look throws (`RemoteError`), wrapped with its step. */
export async function planOf(parts: Parts, order: PlanOrder): Promise<Plan> {
	const pass = planning(order.sop, order.run, order.effect.wait, parts.clock.now());
	let turn = pass.next();
	while (turn.done !== true) {
		turn = pass.next(await mapAtMost(turn.value, AT_ONCE, (request) => answer(parts, order, request)));
	}
	const { problems } = turn.value;
	// What holds back the whole client is said once, not at every step.
	const said = (one: PlanProblem, at: number) =>
		problems.findIndex(({ code, message }) => code === one.code && message === one.message) < at;
	return { ...turn.value, problems: problems.filter((one, at) => one.choices.length > 0 || !said(one, at)) };
}

async function answer(parts: Parts, order: PlanOrder, request: PlanRequest): Promise<PlanAnswer> {
	const outputs = parts.actions.known()[request.action]?.outputs ?? [];
	const empty = { changes: [], promises: {}, outputs };
	const input = request.deferred ? (withoutMarkers(request.input) as Values) : request.input;
	const desired = readDesired(parts.actions.get(request.action), request.action, input);
	if (isRefusal(desired)) {
		if (request.deferred && desired.code === "bad-input") return { ...empty, unknown: true };
		return { ...empty, unknown: false, obstacle: { ...desired, choices: [] } };
	}
	try {
		const world = await parts.worldOf(order.run, order.sop, request.path);
		// What an undo turns round, it meets as the turning round of everything newer has left it.
		const promised = request.deferred || desired.undo !== undefined;
		const { planned } = await within(LOOK_MS, order.signal, (signal) =>
			lookAndPlan(desired, { ...world, signal, lookOnly: true, promised }),
		);
		const { changes, promises, note } = planned;
		const obstacle = obstacleOf(desired, world, planned);
		const more = { ...(obstacle === undefined ? {} : { obstacle }), ...(note === undefined ? {} : { note }) };
		return { changes, promises: known(promises), outputs, unknown: false, ...more };
	} catch (error) {
		throw new LookFailed(request.path, error);
	}
}

function known(promises: Partial<Values>): Values {
	const kept: { [name: string]: Json } = {};
	for (const [name, value] of Object.entries(promises)) if (value !== undefined) kept[name] = value;
	return kept;
}

/** Leaves out what is only known later, at any depth. */
function withoutMarkers(value: Json): Json {
	if (Array.isArray(value)) return value.filter((item) => !isMarker(item)).map(withoutMarkers);
	if (!isRecord(value)) return value;
	const kept = Object.entries(value).filter(([, inner]) => !isMarker(inner));
	return Object.fromEntries(kept.map(([name, inner]) => [name, withoutMarkers(inner)]));
}

function isMarker(value: Json): boolean {
	return isRecord(value) && typeof value.$after === "string";
}

function failed(parts: Parts, order: PlanOrder, error: unknown): NewEvent {
	const { wait } = order.effect;
	const why = error instanceof LookFailed ? error.why : error;
	const path = error instanceof LookFailed ? error.path : wait.slice(0, wait.lastIndexOf("#"));
	const problem = (code: string, message: string): PlanProblem => ({ path, code, message, choices: [] });
	if (why instanceof TimeUp || why instanceof Stopped) {
		const late = problem("timeout", "No answer came in time while the plan was made. Nothing changed.");
		return { kind: "plan-failed", wait, problems: [late], retryable: true };
	}
	if (why instanceof RemoteError) {
		const { answer: said } = why;
		const retryable = said.kind !== "refused" || said.retryable;
		const words = said.kind === "unknown" ? undefined : said.message;
		const message = words ?? "The other side did not answer. Nothing changed.";
		const later = said.kind === "unknown" || said.retryAfterMs === undefined ? {} : { retryAfterMs: said.retryAfterMs };
		return { kind: "plan-failed", wait, problems: [problem(said.code, message)], retryable, ...later };
	}
	parts.log?.({ what: "bug while planning", run: order.run.id, where: path, error: why });
	const bug = problem("bug", "A fault in Sopwith stopped this while the plan was made. Nothing changed.");
	return { kind: "plan-failed", wait, problems: [bug], retryable: false };
}
