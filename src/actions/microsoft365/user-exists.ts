/**
 * Waits for an account to be shown by Microsoft 365, as it is after a sync. Only looks.
 */
import { z } from "zod";
import type { Action } from "../../engine/action.ts";
import { check, onlyLooks } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { sayUser, userRef } from "../user-ref.ts";
import { type CloudUser, findAccount, listAccounts } from "./accounts.ts";
import { odata } from "./graph.ts";

const input = z.object({ user: userRef, immutableId: z.exactOptional(z.string().min(1)) });
const output = z.object({ userId: z.string(), upn: z.string() });
type Facts = { readonly user?: CloudUser };

/** Tells whether the account is there, by principal name or by the id it was synced with. */
export const userExists: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "microsoft365.userExists",
	about: "Waits until Microsoft 365 shows an account",
	input,
	output,
	repeat: { kind: "replace" },
	writes: false,
	defaults: { user: hole("subject.user") },
	async look(wanted, world): Promise<Facts> {
		const graph = graphOf(world);
		const anchor = wanted.immutableId;
		const synced = anchor === undefined ? [] : await listAccounts(graph, `onPremisesImmutableId eq ${odata(anchor)}`);
		const user = synced[0] ?? (await findAccount(graph, wanted.user));
		// The same name on an account that was never synced is somebody else's.
		const stranger = anchor !== undefined && synced.length === 0 && user?.synced !== true;
		return user === undefined || stranger ? {} : { user };
	},
	plan(wanted, { user }: Facts) {
		if (user === undefined) return { changes: [], promises: { upn: sayUser(wanted.user) }, notYet: true };
		return { changes: [], promises: { userId: user.id, upn: user.upn } };
	},
	prove(_wanted, { user }: Facts) {
		const there = check(`Microsoft 365 shows ${user?.upn}`, `user ${user?.id}`, user !== undefined);
		return { output: { userId: user?.id ?? "", upn: user?.upn ?? "" }, proof: [there] };
	},
	apply: onlyLooks,
};
