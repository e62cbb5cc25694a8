/**
 * The changes an account can see besides being made: whose it is, and where it stands. Pure.
 */
import type { Change } from "../../engine/event.ts";
import { change } from "../changes.ts";
import { parentOf } from "./entries.ts";

/** What an account change says of the account. Plain data: it is stored in the run's ledger. */
export type AccountAfter = {
	readonly upn?: string;
	readonly samAccountName?: string;
	readonly displayName?: string;
	readonly dn: string;
	readonly mark: string;
};

export function ownerChange(
	upn: string,
	was: { readonly dn: string; readonly mark: string },
	mark: string,
	words: string,
): Change {
	return change({
		kind: "set",
		target: upn,
		facet: "owner",
		before: { dn: was.dn, mark: was.mark },
		after: { dn: was.dn, mark },
		words,
		detail: `LDAP modify ${was.dn}: replace the mark`,
	});
}

export function placeChange(upn: string, from: string, to: string): Change {
	return change({
		kind: "set",
		target: upn,
		facet: "place",
		before: { dn: from, mark: "" },
		after: { dn: to, mark: "" },
		words: `Move the account ${upn} to ${parentOf(to)}`,
		detail: `LDAP modifyDN ${from} to ${to}`,
	});
}
