/**
 * Gives an account in Active Directory a new password that nobody chose. It is kept before it is written and the same one
 * is written by every try; it must never be in a change, a check or an output.
 */
import { z } from "zod";
import { Secret } from "../../base/secret.ts";
import type { Action, World } from "../../engine/action.ts";
import { outcomeOf } from "../../engine/remote.ts";
import { change, check } from "../changes.ts";
import { directoryOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { isKept, nobodyOpens, type Opening, openingOf, toOpen } from "../openers.ts";
import { newPassword } from "../password.ts";
import { shownBefore, tryToSet } from "../password-try.ts";
import { userRef } from "../user-ref.ts";
import { gone } from "./enabled.ts";
import { findUser } from "./entries.ts";
import { absence, type Subject, subjectOf } from "./subject.ts";

const secretRef = z.object({ $secret: z.string() });
const input = z.object({
	user: userRef,
	/** Whether the person must choose their own at the first sign-in. */
	mustChange: z.boolean().default(true),
	to: toOpen,
	/** A password that is in the vault already. Default: a new one. */
	password: z.exactOptional(secretRef),
});
const output = z.object({ secret: secretRef, kind: z.literal("password"), upn: z.string(), to: z.array(z.string()) });
type Facts = {
	readonly subject: Subject;
	readonly opening: Opening;
	/** By this step, for those who may open it now. */
	readonly written: boolean;
	readonly secret?: { readonly $secret: string };
};

const VALUE = "password";
const WRITTEN = "password-written";

/** Sets a new password. A second try writes the same one again, which is safe. */
export const directoryPassword: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "directory.password",
	about: "Gives an account in Active Directory a new password, kept for its audience",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: { user: hole("subject.user") },
	async look(wanted, world): Promise<Facts> {
		const subject = await subjectOf(directoryOf(world), wanted.user, world);
		const opening = openingOf(wanted.to, world);
		const written = (await isWritten(subject, world)) && (await isFor(wanted, opening, world));
		if (!written) return { subject, opening, written };
		// `keep` returns what is held already; the value given here is only used if nothing is.
		return { subject, opening, written, secret: wanted.password ?? (await world.keep(VALUE, newPassword())) };
	},
	plan(wanted, { subject, opening: { openers }, written }: Facts) {
		const nobody = absence(subject);
		if (nobody !== undefined) return nobody;
		if (openers === undefined) return { changes: [], promises: {}, obstacle: nobodyOpens(subject.name) };
		const to = [...openers.to];
		const promises = { kind: "password" as const, upn: subject.name, to };
		if (written) return { changes: [], promises };
		const made = change({
			kind: "set",
			target: subject.name,
			facet: "password",
			after: { password: wanted.mustChange ? "new, to be changed at the first sign-in" : "new", to },
			words: `Replace the password of ${subject.name}, to be opened by ${openers.words}`,
			detail: "LDAP modify unicodePwd; the value is kept in the vault first",
		});
		return { changes: [made], promises };
	},
	prove(_wanted, { subject, opening, secret }: Facts) {
		const words = `The password of ${subject.name} was replaced`;
		return {
			output: {
				secret: secret ?? { $secret: "" },
				kind: "password",
				upn: subject.name,
				to: [...(opening.openers?.to ?? [])],
			},
			proof: [check(words, `pwdLastSet ${subject.user?.passwordSet}`, secret !== undefined)],
		};
	},
	async apply(made, wanted, world) {
		const directory = directoryOf(world);
		const found = await findUser(directory, wanted.user);
		if (found === undefined) return { kind: "refused", applied: [], ...gone(made.target) };
		const ref = wanted.password ?? (await world.keep(VALUE, newPassword()));
		const again = (await shownBefore(world)) !== undefined;
		const must = { operation: "replace", attribute: "pwdLastSet", values: ["0"] } as const;
		const set = { operation: "replace", attribute: "unicodePwd", values: [await world.reveal(ref)] } as const;
		const changes = wanted.mustChange ? [set, must] : [set];
		const answer = await tryToSet(world, found.passwordSet, () => directory.modify(found.dn, changes, { again }));
		if (answer.kind === "ok") await world.keep(WRITTEN, new Secret("yes"));
		return outcomeOf(answer, made.id);
	},
};

/** One that was given is not kept by this step, so nothing but who may open it counts. */
async function isFor(wanted: z.infer<typeof input>, opening: Opening, world: World): Promise<boolean> {
	return wanted.password === undefined ? isKept(VALUE, opening, world) : opening.isSame;
}

/** Written when the server said so, or when it shows another time of the last change than before our first try. */
async function isWritten(subject: Subject, world: World): Promise<boolean> {
	if (await world.holds(WRITTEN)) return true;
	const before = await shownBefore(world);
	return subject.user !== undefined && before !== undefined && before !== subject.user.passwordSet;
}
