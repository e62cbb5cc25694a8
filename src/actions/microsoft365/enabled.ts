/**
 * Opens or closes an account in Microsoft 365. An account that is synced is the directory's to open: it is refused here.
 */
import { z } from "zod";
import type { Action } from "../../engine/action.ts";
import { change, check, turned } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { userRef } from "../user-ref.ts";
import { accountToWrite, type CloudSubject, cloudAbsence, cloudSubject } from "./accounts.ts";
import { outcomeAt } from "./missing.ts";

const input = z.object({ user: userRef, enabled: z.boolean().default(true) });
const output = z.object({ enabled: z.boolean() });
type Facts = { readonly subject: CloudSubject };

/** Opens (or with `enabled: false` closes) the account. Asking again is safe. */
export const cloudEnabled: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "microsoft365.enabled",
	about: "Opens an account in Microsoft 365, or closes it",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: { user: hole("subject.user") },
	async look({ user }, world): Promise<Facts> {
		return { subject: await cloudSubject(graphOf(world), user, world) };
	},
	plan(wanted, { subject }: Facts) {
		const nobody = cloudAbsence(subject);
		if (nobody !== undefined) return nobody;
		const promises = { enabled: wanted.enabled };
		if (subject.user?.enabled === wanted.enabled) return { changes: [], promises };
		if (subject.user?.synced === true) {
			const message = `${subject.name} is synced from the directory and is opened and closed there. Nothing changed.`;
			return { changes: [], promises: {}, obstacle: { code: "synced-account", message, choices: [] } };
		}
		const made = change({
			kind: "set",
			target: subject.name,
			facet: "enabled",
			before: !wanted.enabled,
			after: wanted.enabled,
			words: say(subject.name, wanted.enabled),
			detail: `PATCH /users/{id} accountEnabled ${wanted.enabled}`,
		});
		return { changes: [made], promises };
	},
	prove(wanted, { subject }: Facts) {
		const words = `The account ${subject.name} is ${wanted.enabled ? "open" : "closed"}`;
		return { output: { enabled: wanted.enabled }, proof: [check(words, `accountEnabled ${subject.user?.enabled}`)] };
	},
	async apply(made, { user }, world) {
		const graph = graphOf(world);
		const { id } = await accountToWrite(graph, user, world);
		const body = { accountEnabled: made.after === true };
		return outcomeAt(world, made, await graph.request({ method: "PATCH", path: ["users", id], body }));
	},
	undo(made, _wanted, { subject }: Facts) {
		if (subject.user === undefined || subject.user.enabled !== made.after) return { changes: [] };
		return { changes: [turned(made, say(made.target, made.before === true), "PATCH /users/{id} accountEnabled")] };
	},
};

function say(name: string, open: boolean): string {
	return `${open ? "Open" : "Close"} the account ${name}`;
}
