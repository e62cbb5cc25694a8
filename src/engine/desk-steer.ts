/**
 * Hands on the wheel of a run, as the desk takes them: pause, resume, cancel, correct, undo. Must never touch a run that
 * has ended, but to start its undo.
 */
import { ConflictError, InputError, UnavailableError } from "../base/errors.ts";
import { asRecord, type Json, sameJson, type Values } from "../base/json.ts";
import { peopleOf, resolveWho } from "../people/resolve.ts";
import { humansAmong } from "../people/same.ts";
import { checkForm } from "../sop/form.ts";
import { involvedOf } from "./describe.ts";
import type { Desk } from "./desk.ts";
import {
	allowed,
	clientOf,
	contextOf,
	type DeskParts,
	mayApprove,
	NO_RUN,
	type Order,
	order,
	orderKey,
	rosterOf,
	type Stored,
	taken,
} from "./desk-parts.ts";
import { wordsIn } from "./desk-typed.ts";
import type { RunId } from "./event.ts";
import type { Receipt } from "./ports.ts";
import { undoable, undoRequest, undoSop } from "./undo.ts";

export async function steer(parts: DeskParts, request: Parameters<Desk["steer"]>[0]): Promise<Receipt> {
	const { actor, run, verb, via, key } = request;
	const stored = await allowed(parts, { actor, run, verb, via });
	const words = wordsIn(parts, stored, { kind: "why", words: request.words });
	const said = { event: { kind: "steered", verb, by: actor.id, words }, key } as const;
	const receipt = await order(parts, actor, run, said);
	// Pausing once more reaches whatever part was not reached the first time.
	const again = verb === "pause" && (await parts.host.read(run))?.run.paused !== undefined;
	if (receipt.verdict !== "no" || again) await steerParts(parts, run, { ...said, key: orderKey(actor, said) });
	return taken(receipt);
}

/**
 * The same order to every open run under this one. A run hears it before its parts are looked up: a paused run starts no
 * part, so none is missed. One that cannot hear it keeps nobody else from it. Errors: that one's, once all were told.
 */
async function steerParts(parts: DeskParts, parent: RunId, { event, key }: Order): Promise<void> {
	const lost: unknown[] = [];
	let cursor: string | undefined;
	do {
		const query = { parent, phase: "open", ...(cursor === undefined ? {} : { cursor }) } as const;
		const page = await parts.archive.list(query);
		const told = await Promise.allSettled(
			page.items.map(async ({ id }) => {
				await tell(parts, id, { event, key });
				await steerParts(parts, id, { event, key });
			}),
		);
		lost.push(...told.flatMap((one) => (one.status === "rejected" ? [one.reason] : [])));
		cursor = page.cursor;
	} while (cursor !== undefined);
	if (lost.length > 0) throw lost[0];
}

/** A minute of what is confirmed within two seconds or not. */
const MOST_TRIES = 30;

/** Said again where it was not confirmed in time, for the parts of a part hear it only after that. One key is heard once. */
async function tell(parts: DeskParts, run: RunId, { event, key }: Order, left = MOST_TRIES): Promise<void> {
	try {
		await parts.host.deliver(run, event, key);
	} catch (error) {
		if (left === 0 || !(error instanceof UnavailableError) || error.code !== "unconfirmed") throw error;
		await tell(parts, run, { event, key }, left - 1);
	}
}

export async function amend(parts: DeskParts, request: Parameters<Desk["amend"]>[0]): Promise<Receipt> {
	const { actor, run, via, key } = request;
	const stored = await allowed(parts, { actor, run, verb: "amend", via });
	if (stored.run.ended !== undefined || stored.run.stopping !== undefined)
		throw new ConflictError("ended", "This run is over, so it cannot be changed any more. Nothing happened.");
	const client = clientOf(parts, stored.run.client);
	if (client === undefined) throw new ConflictError("no-such-run", NO_RUN);
	const result = checkForm(stored.sop.form, { ...stored.run.form, ...request.values }, contextOf(parts, client));
	if ("problems" in result) throw new InputError(result.problems);
	const changed = Object.fromEntries(
		Object.entries(result.values).filter(
			([name, value]) => !sameJson(value, stored.run.form[name] as Json | undefined),
		),
	);
	const asked = Object.fromEntries(
		Object.entries(result.values).filter(([name]) => Object.hasOwn(request.values, name)),
	);
	const event = { kind: "amended", values: changed, by: actor.id } as const;
	const isSame = (first: Values) => isSaidAgain(asRecord(first.values), asked, changed);
	return taken(await order(parts, actor, run, { event, key, isSame }));
}

/** The form has what was changed the first time by now, so what changes now is not what changed then. */
function isSaidAgain(made: Values, asked: Values, changed: Values): boolean {
	const isAsked = Object.entries(made).every(([name, value]) => sameJson(value, asked[name]));
	return isAsked && Object.keys(changed).every((name) => Object.hasOwn(made, name));
}

export async function undo(parts: DeskParts, request: Parameters<Desk["undo"]>[0]): Promise<Receipt> {
	const { actor, run, via, from = actor.id, key } = request;
	const stored = await allowed(parts, { actor, run, verb: "undo", via });
	const first = await parts.archive.undoOf(run);
	if (first !== undefined)
		throw new ConflictError("undone-already", "The undo of this run was started already.", { facts: { run: first } });
	if (stored.run.ended === undefined)
		throw new ConflictError("still-running", "This run is still under way. Cancel it first; then it can be undone.");
	if (stored.run.request.undo !== undefined || undoable(stored.run).length === 0)
		throw new ConflictError("nothing-to-undo", "This run changed nothing that can be undone.");
	const wanted = undoRequest(stored.sop, stored.run, { by: actor.id, via, from, key });
	const sop = undoSop(stored.sop, wanted);
	checkApprovers(parts, { run: { ...stored.run, request: wanted }, sop });
	return parts.host.start(wanted, sop);
}

/** There is one undo of a run, so it is not begun where it would wait for people who are not there. */
function checkApprovers(parts: DeskParts, undo: Stored): void {
	const { run, sop } = undo;
	const [approve] = sop.steps;
	const roster = rosterOf(parts, run.client);
	if (approve?.kind !== "approve" || roster === undefined) return;
	const { by: who, need } = approve;
	if (who.some((one) => peopleOf(one, roster) === "group")) return;
	const asked = resolveWho(who, roster, involvedOf(sop, run));
	const able = asked.filter((id) => mayApprove(parts, undo, { who }, id));
	const can = humansAmong(roster, able).length;
	if (can >= need) return;
	const needs = `This undo needs ${need} ${need === 1 ? "person" : "people"} to approve it`;
	throw new ConflictError(
		"nobody-approves",
		`${needs}, and ${can === 0 ? "nobody" : `only ${can}`} can. Nothing was started.`,
		{
			advice: "Whoever asks for it cannot approve it: let somebody else ask, or add to the client’s roles.",
		},
	);
}
