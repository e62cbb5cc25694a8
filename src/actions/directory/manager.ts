/**
 * Says in Active Directory who somebody's manager is. A manager who is not there is an obstacle; nobody is guessed.
 */
import { z } from "zod";
import type { Action } from "../../engine/action.ts";
import type { Change } from "../../engine/event.ts";
import { outcomeOf } from "../../engine/remote.ts";
import { change, check, turned } from "../changes.ts";
import { directoryOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { sayUser, userRef } from "../user-ref.ts";
import { gone } from "./enabled.ts";
import { type DirectoryUser, findUser, sameDn } from "./entries.ts";
import { absence, type Subject, subjectOf } from "./subject.ts";

const input = z.object({ user: userRef, manager: userRef });
const output = z.object({ manager: z.string() });
type Facts = { readonly subject: Subject; readonly manager?: DirectoryUser };

/** Sets the manager. Asking again is safe. */
export const directoryManager: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "directory.manager",
	about: "Says in Active Directory who somebody's manager is",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: { user: hole("subject.user"), manager: hole("subject.manager") },
	async look(wanted, world): Promise<Facts> {
		const directory = directoryOf(world);
		const [subject, manager] = await Promise.all([
			subjectOf(directory, wanted.user, world),
			findUser(directory, addressed(wanted.manager, world)),
		]);
		return { subject, ...(manager === undefined ? {} : { manager }) };
	},
	plan(wanted, { subject, manager }: Facts) {
		const nobody = absence(subject);
		if (nobody !== undefined) return nobody;
		if (manager === undefined) {
			const message = `There is no account of the manager ${sayUser(wanted.manager)} in the directory. Nothing changed.`;
			return { changes: [], promises: {}, obstacle: { code: "no-such-manager", message, choices: [] } };
		}
		const promises = { manager: manager.upn };
		const was = subject.user?.manager ?? "";
		if (sameDn(was, manager.dn)) return { changes: [], promises };
		const made = change({
			kind: "set",
			target: subject.name,
			facet: "manager",
			before: was,
			after: manager.dn,
			words: `Set the manager to ${manager.displayName}`,
			detail: `LDAP modify manager: ${manager.dn}`,
		});
		return { changes: [made], promises };
	},
	prove(_wanted, { subject, manager }: Facts) {
		const words = `The manager of ${subject.name} is ${manager?.displayName ?? ""}`;
		return { output: { manager: manager?.upn ?? "" }, proof: [check(words, `manager ${subject.user?.manager}`)] };
	},
	async apply(made, wanted, world) {
		const directory = directoryOf(world);
		const found = await findUser(directory, wanted.user);
		if (found === undefined) return { kind: "refused", applied: [], ...gone(made.target) };
		const values = typeof made.after === "string" && made.after !== "" ? [made.after] : [];
		const answer = await directory.modify(found.dn, [{ operation: "replace", attribute: "manager", values }]);
		const outcome = outcomeOf(answer, made.id);
		if (outcome.kind !== "refused" || outcome.code !== "no-such-object") return outcome;
		const isManager = answer.kind === "refused" && answer.status === 19;
		return { ...outcome, ...(isManager ? managerGone(made) : gone(made.target)) };
	},
	undo(made, _wanted, { subject }: Facts) {
		const isSo = typeof made.after === "string" && sameDn(subject.user?.manager ?? "", made.after);
		if (!isSo) return { changes: [] };
		const words = made.before === "" ? "Clear the manager" : "Set the manager back to who it was";
		return { changes: [turned(made, words, `LDAP modify manager: ${String(made.before ?? "")}`)] };
	},
};

/** The manager was there when looked at. */
function managerGone({ words }: Change) {
	const message = `${words}: that account is not in the directory any more. Nothing changed. Correct the manager in the form, or skip this step.`;
	return { code: "no-such-manager", message };
}

/** A person of the roster is found by their address; anybody else by the name given. */
function addressed(ref: z.infer<typeof userRef>, world: Parameters<typeof subjectOf>[2]) {
	return typeof ref === "string" ? (world.addressOf?.(ref) ?? ref) : ref;
}
