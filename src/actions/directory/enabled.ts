/**
 * Opens or closes an account in Active Directory. Changes one bit of userAccountControl and no other, and only if nobody
 * else changed it meanwhile.
 */
import { z } from "zod";
import type { Action } from "../../engine/action.ts";
import { outcomeOf } from "../../engine/remote.ts";
import { already, change, check, turned } from "../changes.ts";
import { directoryOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { userRef } from "../user-ref.ts";
import { CLOSED, findUser } from "./entries.ts";
import { absence, type Subject, subjectOf } from "./subject.ts";

const input = z.object({ user: userRef, enabled: z.boolean().default(true) });
const output = z.object({ enabled: z.boolean() });
type Facts = { readonly subject: Subject };

/** Opens (or with `enabled: false` closes) the account. Asking again is safe. */
export const directoryEnabled: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "directory.enabled",
	about: "Opens an account in Active Directory, or closes it",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: { user: hole("subject.user") },
	async look({ user }, world): Promise<Facts> {
		return { subject: await subjectOf(directoryOf(world), user, world) };
	},
	plan(wanted, { subject }: Facts) {
		const nobody = absence(subject);
		if (nobody !== undefined) return nobody;
		const promises = { enabled: wanted.enabled };
		const open = subject.user !== undefined && isOpen(subject.user.control);
		if (subject.user !== undefined && open === wanted.enabled) return { changes: [], promises };
		return { changes: [setEnabled(subject.name, wanted.enabled)], promises };
	},
	prove(wanted, { subject }: Facts) {
		const words = `The account ${subject.name} is ${wanted.enabled ? "open" : "closed"}`;
		return {
			output: { enabled: wanted.enabled },
			proof: [check(words, `userAccountControl ${subject.user?.control}`)],
		};
	},
	async apply(made, { user }, world) {
		const directory = directoryOf(world);
		const found = await findUser(directory, user);
		const open = made.after === true;
		if (found === undefined) return { kind: "refused", applied: [], ...gone(made.target) };
		if (isOpen(found.control) === open) return already(made.id);
		const control = open ? found.control & ~CLOSED : found.control | CLOSED;
		const answer = await directory.modify(found.dn, [
			{ operation: "delete", attribute: "userAccountControl", values: [String(found.control)] },
			{ operation: "add", attribute: "userAccountControl", values: [String(control)] },
		]);
		return outcomeOf(answer, made.id);
	},
	undo(made, _wanted, { subject }: Facts) {
		if (subject.user === undefined || isOpen(subject.user.control) !== made.after) return { changes: [] };
		const back = made.before === true;
		return { changes: [turned(made, say(made.target, back), "LDAP modify userAccountControl")] };
	},
};

function isOpen(control: number): boolean {
	return (control & CLOSED) === 0;
}

function setEnabled(name: string, enabled: boolean) {
	return change({
		kind: "set",
		target: name,
		facet: "enabled",
		before: !enabled,
		after: enabled,
		words: say(name, enabled),
		detail: `LDAP modify userAccountControl: ${enabled ? "clear" : "set"} ACCOUNTDISABLE (0x2)`,
	});
}

function say(name: string, open: boolean): string {
	return `${open ? "Open" : "Close"} the account ${name}`;
}

/** The account was there when looked at and is not any more. */
export function gone(name: string) {
	return {
		code: "no-such-user",
		message: `There is no account ${name} in the directory any more. Nothing changed.`,
		retryable: false,
	};
}
