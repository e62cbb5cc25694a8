/**
 * How an account of ours follows a form that was corrected after it was made: its name, its place, its address. Pure; must
 * never change the address of an account that is open, was used or came back, because others know it by then.
 */
import type { Change } from "../../engine/event.ts";
import { displayOf, keepAddress, localOf, nameless } from "../account-plan.ts";
import { accountName, isSameText } from "../names.ts";
import { below, type DirectoryUser, parentOf, sameDn } from "./entries.ts";
import type { AccountInput } from "./user.ts";
import { type AddressAfter, addressChange, addressOfAccount, nameChange, placeChange } from "./user-changes.ts";
import type { AccountFacts } from "./user-look.ts";
import {
	addressOf,
	entryNameFor,
	holdersOf,
	isClosed,
	noPlace,
	outputOf,
	type Plan,
	taken,
	takenIn,
	wasUsed,
} from "./user-plan.ts";

/**
 * What the account needs to be called and where it has to stand, as the form says now. The address comes last: the others
 * are named after it. Empty when it is so already.
 */
export function corrected(input: AccountInput, facts: AccountFacts, ours: DirectoryUser): Plan {
	const address = addressFor(input, facts, ours);
	if (address.kind === "stop") return address.plan;
	const after = address.kind === "new" ? renamed(ours, address.name, addressOf(facts, address.name)) : undefined;
	const upn = after?.upn ?? ours.upn;
	const place = isPlaced(input, facts, ours) ? parentOf(ours.dn) : facts.ou;
	if (place === facts.ou && !facts.ouThere) return noPlace(facts);
	const cn = entryName(input, facts, { ...ours, upn, dn: below(ours.cn, place) });
	const stays = cn === ours.cn && sameDn(place, parentOf(ours.dn));
	const dn = stays ? ours.dn : below(cn, place);
	const changes = [
		...(stays ? [] : [placeChange(ours, dn)]),
		...nameChanges(input, facts, ours),
		...(after === undefined ? [] : [addressChange(ours.upn, addressOfAccount(facts.mark, ours, after), after)]),
	];
	const samAccountName = after?.samAccountName ?? ours.samAccountName;
	const displayName = changes.length === 0 ? ours.displayName : displayOf(input);
	return { changes, promises: { ...outputOf(ours), displayName, dn, upn, samAccountName } };
}

/** Whether an account stands where the form wants it; where the form says no place, it stands well anywhere. */
function isPlaced({ ou, profile }: AccountInput, facts: AccountFacts, { dn }: DirectoryUser): boolean {
	const said = ou ?? profile?.ou;
	return typeof said !== "string" || sameDn(parentOf(dn), facts.ou);
}

/** The change that gives an account the name that was asked for; none when it has it. */
export function nameChanges(input: AccountInput, facts: AccountFacts, user: DirectoryUser): readonly Change[] {
	const { guid, displayName, firstName, lastName } = user;
	const before = { guid, mark: facts.mark, displayName, firstName, lastName };
	const wanted = { displayName: displayOf(input), firstName: input.firstName, lastName: input.lastName };
	const has = (["displayName", "firstName", "lastName"] as const).every((part) =>
		isSameText(before[part], wanted[part]),
	);
	return has ? [] : [nameChange(user.upn, before, { ...before, ...wanted })];
}

/** The entry's own name follows the display name, where it was that until now; nobody else may stand there under it. */
export function entryName(input: AccountInput, facts: AccountFacts, user: DirectoryUser): string {
	const display = displayOf(input);
	const plain = entryNameFor(display);
	const follows = user.cn === entryNameFor(user.displayName) || user.cn.startsWith(`${user.displayName} (`);
	if (!follows) return user.cn;
	const taken = takenIn(facts, parentOf(user.dn), user);
	if (isSameText(user.displayName, display) && !(taken && isSameText(user.cn, plain))) return user.cn;
	return taken ? entryNameFor(display, localOf(user.upn)) : plain;
}

/** Why an address that does not fit the name any more stays as it is; undefined where it fits. */
export function whyItStays(input: AccountInput, facts: AccountFacts, ours: DirectoryUser): string | undefined {
	const address = addressFor(input, facts, ours);
	return address.kind === "stays" ? address.why : undefined;
}

type Address =
	| { readonly kind: "fits" }
	| { readonly kind: "stays"; readonly why: string }
	| { readonly kind: "new"; readonly name: string }
	| { readonly kind: "stop"; readonly plan: Plan };

function addressFor(input: AccountInput, facts: AccountFacts, ours: DirectoryUser): Address {
	const local = localOf(ours.upn);
	if (facts.names.includes(local)) return { kind: "fits" };
	if (!isClosed(ours)) return { kind: "stays", why: "the account is open" };
	if (wasUsed(facts, ours)) return { kind: "stays", why: "it was signed in to" };
	if (input.ifTaken === "rehire") return { kind: "stays", why: "someone who comes back keeps it" };
	const more = keepAddress(local);
	const [name] = facts.names;
	if (name === undefined) return { kind: "stop", plan: nameless(input, more) };
	const holders = holdersOf(facts, name, ours);
	if (holders.length === 0) return { kind: "new", name };
	const free = facts.names.find((other) => holdersOf(facts, other, ours).length === 0);
	if (input.ifTaken === "next-free-name" && free !== undefined) return { kind: "new", name: free };
	return { kind: "stop", plan: taken({ name, facts, free, holders, more }) };
}

/** The address as it will be, in all the places where the old one stands. */
function renamed(ours: DirectoryUser, name: string, upn: string): AddressAfter {
	const old = ours.upn.toLowerCase();
	const proxy = (one: string) =>
		one.replace(/^(smtp:)(.*)$/i, (all, kind, at) => (at.toLowerCase() === old ? kind + upn : all));
	const proxies = ours.proxies.map(proxy);
	return {
		guid: ours.guid,
		mark: ours.mark,
		upn,
		samAccountName: accountName(name),
		...(ours.mail.toLowerCase() === old ? { mail: upn } : {}),
		...(ours.mailNickname.toLowerCase() === localOf(old) ? { mailNickname: name } : {}),
		...(proxies.join() === ours.proxies.join() ? {} : { proxyAddresses: proxies }),
	};
}
