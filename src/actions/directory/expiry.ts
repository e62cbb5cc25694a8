/**
 * Lets an account in Active Directory run out by itself after its last day. Microsoft 365 does not follow it: whoever is
 * signed in there stays so, and the words must never promise more.
 */
import { z } from "zod";
import { fromMs, type Instant, instantOf, toMs } from "../../base/time.ts";
import type { Action } from "../../engine/action.ts";
import { outcomeOf } from "../../engine/remote.ts";
import { change, check, turned } from "../changes.ts";
import { directoryOf, refusal } from "../doors.ts";
import { hole } from "../holes.ts";
import { userRef } from "../user-ref.ts";
import { gone } from "./enabled.ts";
import { findUser } from "./entries.ts";
import { absence, type Subject, subjectOf } from "./subject.ts";

const input = z.object({
	user: userRef,
	/** `2027-05-31`: the last day on which it is open. */
	lastDay: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
	/** Where that day ends. */
	zone: z.string(),
});
const output = z.object({ lastDay: z.string() });
type Facts = { readonly subject: Subject; readonly wanted: Instant };

const NEVER = "never";

/** Sets when the account runs out. Asking again is safe. Errors: `bad-input` when there is no such day. */
export const directoryExpiry: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "directory.expiry",
	about: "Lets an account in Active Directory run out after its last day",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: { user: hole("subject.user"), zone: hole("client.timezone") },
	async look({ user, lastDay, zone }, world): Promise<Facts> {
		return { subject: await subjectOf(directoryOf(world), user, world), wanted: endOf(lastDay, zone) };
	},
	plan({ lastDay }, { subject, wanted }: Facts) {
		const nobody = absence(subject);
		if (nobody !== undefined) return nobody;
		const before = readExpiry(subject.user?.expires ?? "");
		if (before === wanted) return { changes: [], promises: { lastDay } };
		const made = change({
			kind: "set",
			target: subject.name,
			facet: "expiry",
			before,
			after: wanted,
			words: `Let the account run out in Active Directory at the end of ${spoken(lastDay)}`,
			detail: `LDAP modify accountExpires: ${wanted}; Microsoft 365 does not follow it`,
		});
		return { changes: [made], promises: { lastDay } };
	},
	prove({ lastDay }, { subject }: Facts) {
		const words = `The account ${subject.name} runs out at the end of ${spoken(lastDay)}`;
		return { output: { lastDay }, proof: [check(words, `accountExpires ${subject.user?.expires}`)] };
	},
	async apply(made, { user }, world) {
		const directory = directoryOf(world);
		const found = await findUser(directory, user);
		if (found === undefined) return { kind: "refused", applied: [], ...gone(made.target) };
		const values = [writeExpiry(String(made.after))];
		return outcomeOf(
			await directory.modify(found.dn, [{ operation: "replace", attribute: "accountExpires", values }]),
			made.id,
		);
	},
	undo(made, _wanted, { subject }: Facts) {
		if (subject.user === undefined || readExpiry(subject.user.expires) !== made.after) return { changes: [] };
		const words = made.before === NEVER ? "Let the account run out no more" : "Set back when the account runs out";
		return { changes: [turned(made, words, `LDAP modify accountExpires: ${String(made.before)}`)] };
	},
};

function endOf(lastDay: string, zone: string): Instant {
	try {
		return instantOf(Temporal.PlainDate.from(lastDay).add({ days: 1 }).toString(), "00:00", zone);
	} catch {
		throw refusal("bad-input", `There is no day ${lastDay}. Nothing changed.`, `lastDay ${lastDay} in ${zone}`);
	}
}

function spoken(day: string): string {
	return Temporal.PlainDate.from(day).toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric" });
}

/** 100 ns since 1601. Source: [MS-ADTS] 2.2.16 and [MS-ADA1] accountExpires: 0 and the highest number stand for never. */
const TICKS_PER_MS = 10_000n;
const FROM_1601_MS = 11_644_473_600_000n;
const FOREVER = "9223372036854775807";

function readExpiry(ticks: string): string {
	if (ticks === "" || ticks === "0" || ticks === FOREVER) return NEVER;
	return fromMs(Number(BigInt(ticks) / TICKS_PER_MS - FROM_1601_MS));
}

function writeExpiry(at: string): string {
	return at === NEVER ? FOREVER : String((BigInt(toMs(at)) + FROM_1601_MS) * TICKS_PER_MS);
}
