/**
 * Answers to a wait, as the desk takes them: the stored wait decides who may and which verbs there are. Must never take an
 * answer for a wait that has moved on.
 */
import { ConflictError } from "../base/errors.ts";
import { resolveWho } from "../people/resolve.ts";
import { sameAs } from "../people/same.ts";
import type { PersonId } from "../sop/sop.ts";
import { involvedOf } from "./describe.ts";
import type { Desk } from "./desk.ts";
import { type DeskParts, deliver, denied, may, mayApprove, rosterOf, type Stored, seen } from "./desk-parts.ts";
import { typedIn } from "./desk-typed.ts";
import { pathOfWait, placeOf } from "./path.ts";
import type { Receipt } from "./ports.ts";
import type { Wait } from "./run.ts";

export async function answer(parts: DeskParts, request: Parameters<Desk["answer"]>[0]): Promise<Receipt> {
	const { actor, verb, via, values, from = actor.id } = request;
	const stored = await seen(parts, actor, request.run);
	const path = pathOfWait(request.wait);
	const wait = stored.run.steps[path]?.wait;
	const key = `answer:${request.wait}:${request.plan ?? ""}:${verb}:${actor.id}`;
	if (wait === undefined || wait.id !== request.wait) return moved(parts, stored, { request, key });
	const verdict = may(parts, { actor, verb, stored, wait });
	if (!verdict.ok) throw denied(parts, { actor, client: stored.run.client, run: stored.run.id, via }, verdict);
	if (!wait.verbs.includes(verb))
		throw new ConflictError("not-taken", "This question cannot be answered that way. Nothing happened.");
	if (isUnseen(request, wait)) throw new ConflictError("stale", "The plan has changed since. Nothing happened.");
	const typed = typedIn(parts, stored, { path, verb, values });
	const event = {
		kind: "answered",
		wait: request.wait,
		verb,
		by: actor.id,
		as: verdict.as,
		values: typed,
		via,
		from,
		...(verb === "approve" ? votersNow(parts, stored, { by: actor.id, wait }) : {}),
		...(request.plan === undefined ? {} : { plan: request.plan }),
		...(verb === "acknowledge" ? audience(parts, stored, path) : {}),
	} as const;
	try {
		const receipt = await deliver(parts, stored, { event, key: repeatable(verb) ? `${key}:${stored.run.seq}` : key });
		if (receipt.outcome === "accepted" || !(await isUncounted(parts, request))) return receipt;
		return await deliver(parts, stored, { event, key: `${key}:${stored.run.seq}` });
	} catch (error) {
		if (!(error instanceof ConflictError) || error.code !== "stale") throw error;
		// Somebody else answered between our look and our answer, or the plan changed while it is still asked.
		const now = await seen(parts, actor, request.run);
		if (now.run.steps[path]?.wait?.id === request.wait) throw error;
		return moved(parts, now, { request, key });
	}
}

/** Who approves on a card or a page approves the plan it shows; one that shows none lets nobody approve. */
function isUnseen({ verb, plan, via }: Parameters<Desk["answer"]>[0], wait: Wait): boolean {
	const shows = via === "web" || via === "teams" || via === "slack";
	return shows && verb === "approve" && wait.plan !== undefined && plan === undefined;
}

/** Whether a vote said once is not there any more: whoever was away while another voted may say it again. */
async function isUncounted(parts: DeskParts, request: Parameters<Desk["answer"]>[0]): Promise<boolean> {
	const wait = (await parts.host.read(request.run))?.run.steps[pathOfWait(request.wait)]?.wait;
	if (request.verb !== "approve" || wait?.id !== request.wait) return false;
	return wait.votes?.every(({ by }) => by !== request.actor.id) === true;
}

type Voters = { readonly same?: readonly PersonId[]; readonly gone?: readonly PersonId[] };

/** Who else of the roster they are, as one human has one vote; and who voted but is not asked any more. */
function votersNow(parts: DeskParts, stored: Stored, vote: { readonly by: PersonId; readonly wait: Wait }): Voters {
	const roster = rosterOf(parts, stored.run.client);
	const same = roster === undefined ? [] : sameAs(roster, vote.by);
	const voted = (vote.wait.votes ?? []).map(({ by }) => by);
	const gone = voted.filter((id) => !mayApprove(parts, stored, vote.wait, id));
	return { ...(same.length === 0 ? {} : { same }), ...(gone.length === 0 ? {} : { gone }) };
}

/** Everybody a broadcast means, as the roster is now. Whoever it reaches by mail alone gives no receipt here. */
function audience(parts: DeskParts, { sop, run }: Stored, path: string): { readonly audience?: readonly PersonId[] } {
	const step = placeOf(sop, path)?.step;
	const roster = rosterOf(parts, run.client);
	if (step?.kind !== "tell" || roster === undefined) return {};
	const who = step.to.filter((one) => one !== "subject");
	return { audience: resolveWho(who, roster, involvedOf(sop, run)) };
}

/** Ticking and claiming may be done again while a wait is open; a vote may not. */
function repeatable(verb: string): boolean {
	return verb === "complete" || verb === "claim";
}

/** The wait is not open any more: their own earlier answer again, or what was decided by whom. */
async function moved(
	parts: DeskParts,
	stored: Stored,
	asked: { readonly request: Parameters<Desk["answer"]>[0]; readonly key: string },
): Promise<Receipt> {
	const { run } = stored;
	const { request } = asked;
	const state = run.steps[pathOfWait(request.wait)];
	const votes = run.approvals.findLast((a) => a.path === pathOfWait(request.wait));
	const { actor, verb, via, values } = request;
	// Without a role it is never taken; all it can find is the receipt of an earlier delivery.
	const event = { kind: "answered", wait: request.wait, verb, by: actor.id, as: "", values, via } as const;
	const receipt = await parts.host.deliver(run.id, event, asked.key);
	if (receipt.outcome === "duplicate" && receipt.verdict !== "no") return receipt;
	const by = votes?.by.at(-1) ?? state?.by;
	if (by !== undefined && state?.wait === undefined) {
		const where = votes?.votes?.at(-1)?.via ?? state?.via;
		throw new ConflictError("decided", "This was decided already. Nothing more is needed.", {
			facts: {
				by,
				at: votes?.at ?? state?.since ?? run.at,
				verb: votes === undefined ? verb : "approve",
				...(where === undefined ? {} : { via: where }),
			},
		});
	}
	throw new ConflictError("stale", "This is from before; the question has moved on. Nothing happened.");
}
