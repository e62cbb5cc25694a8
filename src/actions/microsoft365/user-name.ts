/**
 * Corrects the name of an account in Microsoft 365 that stands already. Pure; must never touch the sign-in name, which
 * others have been told by now.
 */
import type { Values } from "../../base/json.ts";
import type { Change } from "../../engine/event.ts";
import { change } from "../changes.ts";
import type { CloudUser } from "./accounts.ts";

/** The change that gives an account the name that was asked for; none when it has it. */
export function nameChanges(
	wanted: { readonly firstName: string; readonly lastName: string },
	user: CloudUser,
	mark: string,
): readonly Change[] {
	const { firstName, lastName } = wanted;
	const displayName = `${firstName} ${lastName}`;
	const has = user.firstName === firstName && user.lastName === lastName && user.displayName === displayName;
	const before = { displayName: user.displayName, givenName: user.firstName, surname: user.lastName };
	const after = { displayName, givenName: firstName, surname: lastName };
	return has ? [] : [nameChange(user.upn, { id: user.id, mark, ...before }, { id: user.id, mark, ...after })];
}

/** Turns a correction round, as long as the account still has the corrected name. */
export function nameBack(made: Change, there: CloudUser): readonly Change[] {
	const was = made.after as Values;
	return there.displayName === was.displayName ? [nameChange(there.upn, was, made.before as Values)] : [];
}

function nameChange(upn: string, before: Values, after: Values): Change {
	return change({
		kind: "set",
		target: upn,
		facet: "name",
		before,
		after,
		words: `Correct the name of ${upn} to ${String(after.displayName)}; the sign-in name stays`,
		detail: `PATCH /users/${String(after.id)} displayName, givenName, surname`,
	});
}
