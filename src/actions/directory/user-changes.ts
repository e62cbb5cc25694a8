/**
 * The changes an account can see besides being made: whose it is, where it stands, and what it and its owner are called.
 * Pure.
 */
import { type Json, sameJson } from "../../base/json.ts";
import type { Change } from "../../engine/event.ts";
import { change } from "../changes.ts";
import { type DirectoryUser, parentOf, sameDn } from "./entries.ts";

/** What an account change says of the account. Plain data: it is stored in the run's ledger. */
export type AccountAfter = {
	readonly upn?: string;
	readonly samAccountName?: string;
	readonly displayName?: string;
	readonly dn: string;
	readonly mark: string;
};

/** What a corrected name says of the account. Plain data, as above. */
export type NameAfter = {
	readonly guid: string;
	readonly mark: string;
	readonly displayName: string;
	readonly firstName: string;
	readonly lastName: string;
};

/** What a corrected address says of the account: mail and its like only where they held the old address. */
export type AddressAfter = {
	readonly guid: string;
	readonly mark: string;
	readonly upn: string;
	readonly samAccountName: string;
	readonly mail?: string;
	readonly mailNickname?: string;
	readonly proxyAddresses?: readonly string[];
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

/** Moves the entry to another place, or gives it another name where it stands. */
export function placeChange(user: Pick<DirectoryUser, "upn" | "dn" | "mark">, to: string): Change {
	const stays = sameDn(parentOf(user.dn), parentOf(to));
	return change({
		kind: "set",
		target: user.upn,
		facet: "place",
		before: { dn: user.dn, mark: user.mark },
		after: { dn: to, mark: user.mark },
		words: stays
			? `Change the entry in the directory from ${nameIn(user.dn)} to ${nameIn(to)}`
			: `Move the account ${user.upn} to ${parentOf(to)}`,
		detail: `LDAP modifyDN ${user.dn} to ${to}`,
	});
}

/** The entry's own name, as people write it. */
function nameIn(dn: string): string {
	const own = dn.slice(dn.indexOf("=") + 1, dn.length - parentOf(dn).length - 1);
	return own.replaceAll(/\\([^0-9a-fA-F])/g, "$1");
}

export function nameChange(upn: string, before: NameAfter, after: NameAfter): Change {
	const parts = `first name ${after.firstName}, last name ${after.lastName}`;
	return change({
		kind: "set",
		target: upn,
		facet: "name",
		before,
		after,
		words:
			before.displayName === after.displayName
				? `Change the name ${before.displayName} to ${parts}`
				: `Change the name ${before.displayName} to ${after.displayName}`,
		detail: `LDAP modify: replace displayName, givenName, sn; ${parts}`,
	});
}

export function addressChange(upn: string, before: AddressAfter, after: AddressAfter): Change {
	const { guid: _guid, mark: _mark, ...parts } = after;
	return change({
		kind: "set",
		target: upn,
		facet: "address",
		before,
		after,
		words: `Change the address ${before.upn} to ${after.upn}`,
		detail: `LDAP modify: replace ${Object.keys(parts).join(", ")}; sAMAccountName ${after.samAccountName}`,
	});
}

/** The same parts of the address as they are now. */
export function addressOfAccount(mark: string, user: DirectoryUser, parts: AddressAfter): AddressAfter {
	const { guid, upn, samAccountName, mail, mailNickname, proxies } = user;
	return {
		...{ guid, mark, upn, samAccountName },
		...(parts.mail === undefined ? {} : { mail }),
		...(parts.mailNickname === undefined ? {} : { mailNickname }),
		...(parts.proxyAddresses === undefined ? {} : { proxyAddresses: proxies }),
	};
}

/**
 * Turns a corrected name, address or entry round, as long as the account still has it. `promised`: newer corrections of the
 * same account will have been turned round before.
 */
export function turnedBack(made: Change, all: readonly DirectoryUser[], promised: boolean): readonly Change[] {
	if (made.facet === "place") {
		const [was, before] = [made.after as AccountAfter, made.before as AccountAfter];
		const newer = promised && all.some((user) => was.mark !== "" && user.mark === was.mark);
		const isSo = newer || all.some((user) => sameDn(user.dn, was.dn));
		return isSo ? [placeChange({ upn: made.target, dn: was.dn, mark: was.mark }, before.dn)] : [];
	}
	const { guid, mark } = made.after as NameAfter | AddressAfter;
	const user = all.find((one) => one.guid === guid);
	if (user === undefined) return [];
	const newer = promised && user.mark === mark;
	if (made.facet === "name") {
		const [was, before] = [made.after as NameAfter, made.before as NameAfter];
		const { displayName, firstName, lastName } = user;
		const isSo = newer || sameJson({ guid, mark, displayName, firstName, lastName }, was);
		return isSo ? [nameChange(made.target, was, before)] : [];
	}
	const [was, before] = [made.after as AddressAfter, made.before as AddressAfter];
	const isSo = newer || sameJson(addressOfAccount(mark, user, was) as Json, was as Json);
	return isSo ? [addressChange(made.target, was, before)] : [];
}
