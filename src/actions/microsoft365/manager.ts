/**
 * Says in Microsoft 365 who somebody's manager is. A manager who is not there is an obstacle; nobody is guessed.
 */
import { z } from "zod";
import type { Action } from "../../engine/action.ts";
import type { Change } from "../../engine/event.ts";
import { change, check, turned } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { sayUser, userRef } from "../user-ref.ts";
import {
	accountToWrite,
	type CloudSubject,
	type CloudUser,
	cloudAbsence,
	cloudSubject,
	findAccount,
	readAccount,
} from "./accounts.ts";
import { gotOrNone, outcomeAt } from "./missing.ts";

const input = z.object({ user: userRef, manager: userRef });
const output = z.object({ manager: z.string() });
type Facts = { readonly subject: CloudSubject; readonly wanted?: CloudUser; readonly now?: CloudUser };

/** Sets the manager. Asking again is safe. */
export const cloudManager: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "microsoft365.manager",
	about: "Says in Microsoft 365 who somebody's manager is",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: { user: hole("subject.user"), manager: hole("subject.manager") },
	async look({ user, manager }, world): Promise<Facts> {
		const graph = graphOf(world);
		const ref = typeof manager === "string" ? (world.addressOf?.(manager) ?? manager) : manager;
		const [subject, wanted] = await Promise.all([cloudSubject(graph, user, world), findAccount(graph, ref)]);
		if (subject.user === undefined) return { subject, ...(wanted === undefined ? {} : { wanted }) };
		const path = ["users", subject.user.id, "manager"];
		const row = gotOrNone(await graph.request({ method: "GET", path, query: { $select: "id,userPrincipalName" } }));
		const now = row === undefined || row.id === undefined ? undefined : readAccount(row);
		return { subject, ...(wanted === undefined ? {} : { wanted }), ...(now === undefined ? {} : { now }) };
	},
	plan({ manager }, { subject, wanted, now }: Facts) {
		const nobody = cloudAbsence(subject);
		if (nobody !== undefined) return nobody;
		if (wanted === undefined) {
			const message = `There is no account of the manager ${sayUser(manager)} in Microsoft 365. Nothing changed.`;
			return { changes: [], promises: {}, obstacle: { code: "no-such-manager", message, choices: [] } };
		}
		const promises = { manager: wanted.upn };
		if (now?.id === wanted.id) return { changes: [], promises };
		const made = change({
			kind: "set",
			target: subject.name,
			facet: "manager",
			before: now?.id ?? "",
			after: wanted.id,
			words: `Set the manager to ${wanted.displayName}`,
			detail: `PUT /users/{id}/manager/$ref ${wanted.id}`,
		});
		return { changes: [made], promises };
	},
	prove(_input, { subject, wanted, now }: Facts) {
		const words = `The manager of ${subject.name} is ${wanted?.displayName ?? ""}`;
		return { output: { manager: wanted?.upn ?? "" }, proof: [check(words, `manager ${now?.id}`)] };
	},
	async apply(made, { user }, world) {
		const graph = graphOf(world);
		const account = await accountToWrite(graph, user, world);
		const path = ["users", account.id, "manager", "$ref"];
		const id = typeof made.after === "string" ? made.after : "";
		if (id === "") return outcomeAt(world, made, await graph.request({ method: "DELETE", path }));
		const body = { "@odata.id": `${graph.endpoint}/users/${id}` };
		const answer = await graph.request({ method: "PUT", path, body });
		const isGone = answer.kind === "refused" && answer.status === 404 && (await findAccount(graph, id)) === undefined;
		return isGone
			? { kind: "refused", applied: [], retryable: false, ...managerGone(made) }
			: outcomeAt(world, made, answer);
	},
	undo(made, _input, { subject, now }: Facts) {
		if (subject.user === undefined || now?.id !== made.after) return { changes: [] };
		const words = made.before === "" ? "Clear the manager" : "Set the manager back to who it was";
		return { changes: [turned(made, words, "/users/{id}/manager/$ref")] };
	},
};

/** The manager was there when looked at. */
function managerGone({ words, after }: Change) {
	const message = `${words}: that account is not in Microsoft 365 any more. Nothing changed. Correct the manager in the form, or skip this step.`;
	return { code: "no-such-manager", message, detail: `no user ${String(after)}` };
}
