/**
 * Decides what an account will be called and whether it may be made at all. Pure; must never choose another name, or take
 * over an account, unless a person or the procedure said so.
 */
import type { Change } from "../../engine/event.ts";
import { askRehire, comesBack, displayOf, nameless, stop } from "../account-plan.ts";
import { change } from "../changes.ts";
import { accountName } from "../names.ts";
import { below, type DirectoryUser, parentOf, sameDn } from "./entries.ts";
import type { AccountInput } from "./user.ts";
import { ownerChange, placeChange } from "./user-changes.ts";
import type { AccountFacts } from "./user-look.ts";
import { corrected, entryName, nameChanges } from "./user-name.ts";
import {
	addressOf,
	entryNameFor,
	holdersOf,
	isClosed,
	noPlace,
	outputOf,
	type Plan,
	personAt,
	taken,
	takenIn,
} from "./user-plan.ts";

export function chooseAccount(input: AccountInput, facts: AccountFacts): Plan {
	const { ours } = facts;
	if (ours !== undefined) {
		// Only what carries our mark follows the form; the same employee id alone makes it no account of this run.
		return ours.mark === facts.mark ? corrected(input, facts, ours) : { changes: [], promises: outputOf(ours) };
	}
	const [name] = facts.names;
	if (name === undefined) return nameless(input);
	const known = facts.all.find((user) => user.kind === "user" && isSame(input, user));
	if (known !== undefined)
		return input.ifTaken === "rehire"
			? rehire(input, facts, known)
			: stop({ ...askRehire(known, known.upn), detail: known.dn });
	const holders = holdersOf(facts, name);
	if (holders.length === 0) return make(input, facts, name);
	const free = facts.names.find((other) => holdersOf(facts, other).length === 0);
	if (input.ifTaken === "next-free-name" && free !== undefined) return make(input, facts, free);
	const person = personAt(facts, name, holders);
	const canReturn = person !== undefined && isClosed(person);
	if (input.ifTaken === "rehire" && canReturn) return rehire(input, facts, person);
	const more = canReturn ? [comesBack(person.displayName)] : [];
	return taken({ name, facts, free, holders, more });
}

function isSame(input: AccountInput, user: DirectoryUser): boolean {
	return input.employeeId !== undefined && user.employeeId === input.employeeId;
}

function make(input: AccountInput, facts: AccountFacts, name: string): Plan {
	if (!facts.ouThere) return noPlace(facts);
	const displayName = displayOf(input);
	const dn = below(entryNameFor(displayName, takenIn(facts, facts.ou) ? name : undefined), facts.ou);
	const upn = addressOf(facts, name);
	const account = { upn, samAccountName: accountName(name), displayName, dn };
	const made = change({
		kind: "create",
		target: upn,
		facet: "account",
		after: { ...account, mark: facts.mark, enabled: input.enabled },
		words: `Make the account ${upn}, ${input.enabled ? "open" : "closed"}`,
		detail: `LDAP add ${dn}; sAMAccountName ${account.samAccountName}; userAccountControl ${input.enabled ? 512 : 514}`,
	});
	return { changes: [made], promises: account };
}

/**
 * Takes over the account of someone who comes back: it gets our mark and the name of today, and moves to the profile's
 * place, still closed. Its address stays.
 */
function rehire(input: AccountInput, facts: AccountFacts, user: DirectoryUser): Plan {
	const changes: Change[] = [];
	const place = facts.ouThere ? facts.ou : parentOf(user.dn);
	const dn = below(entryName(input, facts, { ...user, dn: below(user.cn, place) }), place);
	if (!sameDn(user.dn, dn)) changes.push(placeChange(user, dn));
	const words = `Take up the account ${user.upn} again, closed`;
	changes.push(ownerChange(user.upn, { dn, mark: user.mark }, facts.mark, words));
	changes.push(...nameChanges(input, facts, user));
	return { changes, promises: { ...outputOf(user), displayName: displayOf(input), dn } };
}
