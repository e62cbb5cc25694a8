/**
 * Hands on the wheel of a run, as the desk takes them: pause, resume, cancel, correct, undo. Must never touch a run that
 * has ended, but to start its undo.
 */
import { ConflictError, InputError } from "../base/errors.ts";
import { type Json, sameJson } from "../base/json.ts";
import { checkForm } from "../sop/form.ts";
import type { Desk } from "./desk.ts";
import { allowed, clientOf, contextOf, type DeskParts, deliver, NO_RUN } from "./desk-parts.ts";
import type { Receipt } from "./ports.ts";
import { undoable, undoRequest, undoSop } from "./undo.ts";

export async function steer(parts: DeskParts, request: Parameters<Desk["steer"]>[0]): Promise<Receipt> {
	const { actor, run, verb, words, via, key } = request;
	const stored = await allowed(parts, { actor, run, verb, via });
	const receipt = await deliver(parts, stored, {
		event: { kind: "steered", verb, by: actor.id, words },
		key: `steer:${key}`,
	});
	const children = await parts.archive.list({ parent: run, phase: "open", most: 500 });
	for (const child of children.items)
		await parts.host.deliver(child.id, { kind: "steered", verb, by: actor.id, words }, `steer:${key}`);
	return receipt;
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
	return deliver(parts, stored, { event: { kind: "amended", values: changed, by: actor.id }, key: `amend:${key}` });
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
	return parts.host.start(wanted, undoSop(stored.sop, wanted));
}
