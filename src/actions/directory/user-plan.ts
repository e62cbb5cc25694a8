/**
 * What the plans of an account share: its outputs, who holds a name already, and the words that say so. Pure; must never
 * count an account as a holder of its own name.
 */
import type { Planned } from "../../engine/action.ts";
import type { Choice } from "../../engine/event.ts";
import { otherNames, sinceWords, stop } from "../account-plan.ts";
import { accountName } from "../names.ts";
import { CLOSED, type DirectoryUser, parentOf, sameDn } from "./entries.ts";
import type { AccountFacts } from "./user-look.ts";

type Output = {
	readonly upn: string;
	readonly samAccountName: string;
	readonly displayName: string;
	readonly dn: string;
	readonly objectGuid: string;
};
export type Plan = Planned<Output>;

export function outputOf(user: DirectoryUser): Output {
	const { upn, samAccountName, displayName, dn, guid } = user;
	return { upn, samAccountName, displayName, dn, objectGuid: guid };
}

/** What an entry is called in its place: the display name, with the account's beside it where `local` is given. */
export function entryNameFor(display: string, local?: string): string {
	const note = local === undefined ? "" : ` (${accountName(local)})`;
	const room = display.slice(0, ENTRY_NAME_MAX - note.length);
	return room.replace(/[\uD800-\uDBFF]$/, "") + note;
}

/** Source: https://learn.microsoft.com/windows/win32/adschema/a-cn, range upper. */
const ENTRY_NAME_MAX = 64;

export function isClosed(user: DirectoryUser): boolean {
	return (user.control & CLOSED) !== 0;
}

/** Whether it was ever signed in to, as far as the directory and Microsoft 365 can tell. */
export function wasUsed(facts: AccountFacts, user: DirectoryUser): boolean {
	return user.signedIn || facts.inCloud.used.includes(user.guid);
}

export function addressOf(facts: AccountFacts, name: string): string {
	return `${name}@${facts.suffix}`.toLowerCase();
}

/** Everybody else who holds the address, the account name or the mail of a name. */
export function holdersOf(facts: AccountFacts, name: string, own?: DirectoryUser): readonly DirectoryUser[] {
	const address = addressOf(facts, name);
	const account = accountName(name).toLowerCase();
	return facts.all.filter(
		(user) =>
			(own === undefined || user.guid !== own.guid) &&
			(user.upn.toLowerCase() === address ||
				user.samAccountName.toLowerCase() === account ||
				user.addresses.includes(address)),
	);
}

/** Whether somebody else stands in that place under the display name that is asked for. */
export function takenIn(facts: AccountFacts, place: string, own?: DirectoryUser): boolean {
	return facts.namesakes.some(
		(other) => sameDn(parentOf(other.dn), place) && (own === undefined || other.guid !== own.guid),
	);
}

/** The place that is asked for does not exist. */
export function noPlace({ ou }: Pick<AccountFacts, "ou">): Plan {
	return stop({
		code: "no-such-ou",
		message: `The place for this account, ${ou}, does not exist. Nothing changed.`,
		choices: [],
	});
}

type Taken = {
	readonly name: string;
	readonly facts: AccountFacts;
	readonly free: string | undefined;
	readonly holders: readonly DirectoryUser[];
	/** Ways on besides another name. */
	readonly more: readonly Choice[];
};

/** The name is somebody else's: the next free one, another one, or one of `more`. */
export function taken({ name, facts, free, holders, more }: Taken): Plan {
	const holder = personAt(facts, name, holders) ?? (holders[0] as DirectoryUser);
	const choices = otherNames(free, more);
	const untouched = "It was not touched; nothing changed.";
	if (personAt(facts, name, holders) !== undefined) {
		const message = `${name} belongs to someone else${sinceWords(holder)}. ${untouched}`;
		return stop({ code: "name-taken", message, choices, detail: holder.dn });
	}
	const what = holder.kind === "other" ? "entry" : holder.kind;
	const message = `${addressOf(facts, name)} is in use by the ${what} ${holder.displayName}. ${untouched}`;
	const code = holder.addresses.includes(addressOf(facts, name)) ? "address-taken" : "name-taken";
	return stop({ code, message, choices, detail: holder.dn });
}

/** The person among the holders whose own address it is. */
export function personAt(
	facts: AccountFacts,
	name: string,
	holders: readonly DirectoryUser[],
): DirectoryUser | undefined {
	return holders.find((user) => user.kind === "user" && user.upn.toLowerCase() === addressOf(facts, name));
}
