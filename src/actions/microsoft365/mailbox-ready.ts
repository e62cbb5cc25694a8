/**
 * Waits for the mailbox of an account, which appears some minutes after its licence. Only looks.
 */
import { z } from "zod";
import type { Action } from "../../engine/action.ts";
import { check, onlyLooks } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { sayUser, userRef } from "../user-ref.ts";
import { findAccount } from "./accounts.ts";
import { gotOrNone } from "./missing.ts";

const input = z.object({ user: userRef });
const output = z.object({ upn: z.string(), timeZone: z.string() });
type Facts = { readonly upn: string; readonly ready: boolean; readonly timeZone: string };

/** Tells whether the mailbox answers. Source: https://learn.microsoft.com/graph/api/user-get-mailboxsettings */
export const mailboxReady: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "microsoft365.mailboxReady",
	about: "Waits until an account's mailbox is there",
	input,
	output,
	repeat: { kind: "replace" },
	writes: false,
	defaults: { user: hole("subject.user") },
	async look({ user }, world): Promise<Facts> {
		const graph = graphOf(world);
		const account = await findAccount(graph, user);
		if (account === undefined) return { upn: sayUser(user), ready: false, timeZone: "" };
		const settings = gotOrNone(await graph.request({ method: "GET", path: ["users", account.id, "mailboxSettings"] }));
		const timeZone = typeof settings?.timeZone === "string" ? settings.timeZone : "";
		return { upn: account.upn, ready: settings !== undefined, timeZone };
	},
	plan(_wanted, { upn, ready }: Facts) {
		return { changes: [], promises: { upn }, ...(ready ? {} : { notYet: true as const }) };
	},
	prove(_wanted, { upn, ready, timeZone }: Facts) {
		return {
			output: { upn, timeZone },
			proof: [check(`The mailbox of ${upn} is there`, "mailboxSettings answered", ready)],
		};
	},
	apply: onlyLooks,
};
