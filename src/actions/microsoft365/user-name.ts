/**
 * How an account of ours in Microsoft 365 follows a form that was corrected after it was made: its name, its address. Pure;
 * must never change the address of an account that is open, was used or came back, because others know it by then.
 */
import type { Values } from "../../base/json.ts";
import type { Change } from "../../engine/event.ts";
import { displayOf, keepAddress, localOf, nameless } from "../account-plan.ts";
import { change } from "../changes.ts";
import { isSameText } from "../names.ts";
import type { CloudUser } from "./accounts.ts";
import type { CloudAccountInput } from "./user.ts";
import type { CloudAccountFacts } from "./user-look.ts";
import { outputOf, type Plan, taken } from "./user-plan.ts";

/** What the account needs to be called as the form says now, the address last. Empty when it is so already. */
export function corrected(input: CloudAccountInput, facts: CloudAccountFacts, ours: CloudUser): Plan {
	const address = addressFor(input, facts, ours);
	if (address.kind === "stop") return address.plan;
	const upn = address.kind === "new" ? address.upn : ours.upn;
	const changes = [
		...nameChanges(input, facts.mark, ours),
		...(address.kind === "new" ? [newAddress(facts.mark, ours, upn)] : []),
	];
	const displayName = changes.length === 0 ? ours.displayName : displayOf(input);
	return { changes, promises: { ...outputOf(ours), displayName, upn } };
}

/** The change that gives an account the name that was asked for; none when it has it. */
export function nameChanges(input: CloudAccountInput, mark: string, user: CloudUser): readonly Change[] {
	const now = namesOf(user);
	const wanted = { displayName: displayOf(input), givenName: input.firstName, surname: input.lastName };
	const has = (["displayName", "givenName", "surname"] as const).every((part) => isSameText(now[part], wanted[part]));
	const { id } = user;
	return has ? [] : [nameChange(user.upn, { id, mark, ...now }, { id, mark, ...wanted })];
}

/** Why an address that does not fit the name any more stays as it is; undefined where it fits. */
export function whyItStays(input: CloudAccountInput, facts: CloudAccountFacts, ours: CloudUser): string | undefined {
	const address = addressFor(input, facts, ours);
	return address.kind === "stays" ? address.why : undefined;
}

/**
 * Turns a corrected name or address round, as long as the account still has it. `promised`: newer corrections of the same
 * account will have been turned round before.
 */
export function turnedBack(made: Change, user: CloudUser, promised: boolean): readonly Change[] {
	const was = made.after as Values;
	const before = made.before as Values;
	const now = { ...namesOf(user), ...addressOf(user) };
	const { id: _id, mark, ...parts } = was;
	const newer = promised && user.mark === mark;
	const isSo = newer || Object.entries(parts).every(([name, value]) => now[name as keyof typeof now] === value);
	if (!isSo) return [];
	return [made.facet === "name" ? nameChange(made.target, was, before) : addressChange(made.target, was, before)];
}

type Address =
	| { readonly kind: "fits" }
	| { readonly kind: "stays"; readonly why: string }
	| { readonly kind: "new"; readonly upn: string }
	| { readonly kind: "stop"; readonly plan: Plan };

function addressFor(input: CloudAccountInput, facts: CloudAccountFacts, ours: CloudUser): Address {
	const local = localOf(ours.upn);
	if (facts.addresses.some((address) => localOf(address) === local)) return { kind: "fits" };
	if (ours.enabled) return { kind: "stays", why: "the account is open" };
	if (facts.used.includes(ours.id)) return { kind: "stays", why: "it was signed in to" };
	if (input.ifTaken === "rehire") return { kind: "stays", why: "someone who comes back keeps it" };
	const more = keepAddress(local);
	const [first] = facts.addresses;
	if (first === undefined) return { kind: "stop", plan: nameless(input, more) };
	const others = facts.holders.filter((holder) => holder.user?.id !== ours.id);
	const holder = others.find((h) => h.address === first);
	if (holder === undefined) return { kind: "new", upn: first.toLowerCase() };
	const free = facts.addresses.find((address) => others.every((h) => h.address !== address));
	if (input.ifTaken === "next-free-name" && free !== undefined) return { kind: "new", upn: free.toLowerCase() };
	return { kind: "stop", plan: taken({ address: first, holder, free, more }) };
}

function newAddress(mark: string, ours: CloudUser, upn: string): Change {
	const now = addressOf(ours);
	const hasMail = now.mail.toLowerCase() === now.userPrincipalName.toLowerCase();
	const { mail, ...rest } = now;
	const before = { id: ours.id, mark, ...rest, ...(hasMail ? { mail } : {}) };
	const after = { id: ours.id, mark, userPrincipalName: upn, mailNickname: localOf(upn) };
	return addressChange(ours.upn, before, { ...after, ...(hasMail ? { mail: upn } : {}) });
}

function namesOf(user: CloudUser) {
	return { displayName: user.displayName, givenName: user.firstName, surname: user.lastName };
}

function addressOf(user: CloudUser) {
	return { userPrincipalName: user.upn, mailNickname: user.mailNickname, mail: user.mail };
}

function nameChange(upn: string, before: Values, after: Values): Change {
	const parts = `first name ${String(after.givenName)}, last name ${String(after.surname)}`;
	const isPart = before.displayName === after.displayName;
	return change({
		kind: "set",
		target: upn,
		facet: "name",
		before,
		after,
		words: `Change the name ${String(before.displayName)} to ${isPart ? parts : String(after.displayName)}`,
		detail: `PATCH /users/${String(after.id)} displayName, givenName, surname; ${parts}`,
	});
}

function addressChange(upn: string, before: Values, after: Values): Change {
	const { id, mark: _mark, ...parts } = after;
	return change({
		kind: "set",
		target: upn,
		facet: "address",
		before,
		after,
		words: `Change the address ${String(before.userPrincipalName)} to ${String(after.userPrincipalName)}`,
		detail: `PATCH /users/${String(id)} ${Object.keys(parts).join(", ")}`,
	});
}
