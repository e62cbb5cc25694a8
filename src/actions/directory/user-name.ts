/**
 * Corrects the name of an account that stands already, as when HR spelt it wrong. Pure; must never touch the sign-in name,
 * which others have been told by now.
 */
import type { Change } from "../../engine/event.ts";
import { change } from "../changes.ts";
import type { DirectoryUser } from "./entries.ts";

/** What a correction says of the account. Plain data: it is stored in the run's ledger. */
export type NameAfter = {
	readonly dn: string;
	readonly mark: string;
	readonly firstName: string;
	readonly lastName: string;
	readonly displayName: string;
};

/** The change that gives an account the name that was asked for; none when it has it. */
export function nameChanges(
	wanted: { readonly firstName: string; readonly lastName: string },
	user: DirectoryUser,
	mark: string,
): readonly Change[] {
	const { firstName, lastName } = wanted;
	const after = { dn: user.dn, mark, firstName, lastName, displayName: `${firstName} ${lastName}` };
	const before = {
		dn: user.dn,
		mark,
		firstName: user.firstName,
		lastName: user.lastName,
		displayName: user.displayName,
	};
	return isSame(before, after) ? [] : [nameChange(user.upn, before, after)];
}

/** Turns a correction round, as long as the account still has the corrected name. */
export function nameBack(made: Change, all: readonly DirectoryUser[]): readonly Change[] {
	const was = made.after as NameAfter;
	const before = made.before as NameAfter;
	const there = all.find((user) => user.mark === was.mark && user.upn.toLowerCase() === made.target);
	if (there === undefined || there.displayName !== was.displayName) return [];
	return [nameChange(there.upn, { ...was, dn: there.dn }, { ...before, dn: there.dn })];
}

function isSame(one: NameAfter, other: NameAfter): boolean {
	return one.firstName === other.firstName && one.lastName === other.lastName && one.displayName === other.displayName;
}

function nameChange(upn: string, before: NameAfter, after: NameAfter): Change {
	return change({
		kind: "set",
		target: upn,
		facet: "name",
		before,
		after,
		words: `Correct the name of ${upn} to ${after.displayName}; the sign-in name stays`,
		detail: `LDAP modify ${after.dn}: replace givenName, sn, displayName`,
	});
}
