/**
 * Decides what an account will be called and whether it may be made at all. Pure; must never choose another name, or take
 * over an account, unless a person or the procedure said so.
 */
import type { Planned } from "../../engine/action.ts";
import type { Change, Choice } from "../../engine/event.ts";
import { change } from "../changes.ts";
import { accountName } from "../names.ts";
import { below, CLOSED, type DirectoryUser, parentOf, sameDn } from "./entries.ts";
import type { AccountInput } from "./user.ts";
import { ownerChange, placeChange } from "./user-changes.ts";
import type { AccountFacts } from "./user-look.ts";
import { nameChanges } from "./user-name.ts";

type Output = {
	readonly upn: string;
	readonly samAccountName: string;
	readonly displayName: string;
	readonly dn: string;
	readonly objectGuid: string;
};
type Plan = Planned<Output>;

export function chooseAccount(input: AccountInput, facts: AccountFacts): Plan {
	if (facts.ours !== undefined) return keep(input, facts, facts.ours);
	const [name] = facts.names;
	if (name === undefined) {
		const who = `${input.firstName} ${input.lastName}`;
		return stop("no-name", `No account name can be made from ${who}. Nothing changed.`, [typeAnother]);
	}
	const known = facts.all.find((user) => user.kind === "user" && isSame(input, user));
	if (known !== undefined) return input.ifTaken === "rehire" ? rehire(input, facts, known) : askRehire(known);
	const holders = holdersOf(facts, name);
	if (holders.length === 0) return make(input, facts, name);
	const free = facts.names.find((other) => holdersOf(facts, other).length === 0);
	if (input.ifTaken === "next-free-name" && free !== undefined) return make(input, facts, free);
	const person = holders.find((user) => user.kind === "user" && user.upn.toLowerCase() === addressOf(facts, name));
	if (input.ifTaken === "rehire" && person !== undefined && isClosed(person)) return rehire(input, facts, person);
	return taken({ name, facts, free, holder: person ?? (holders[0] as DirectoryUser) });
}

/** Ours stands already. Made by this run, it gets the name that is asked for now. */
function keep(input: AccountInput, facts: AccountFacts, ours: DirectoryUser): Plan {
	const changes = ours.mark === facts.mark ? nameChanges(input, ours, facts.mark) : [];
	const named = changes.length === 0 ? {} : { displayName: `${input.firstName} ${input.lastName}` };
	return { changes, promises: { ...outputOf(ours), ...named } };
}

function isSame(input: AccountInput, user: DirectoryUser): boolean {
	return input.employeeId !== undefined && user.employeeId === input.employeeId;
}

function isClosed(user: DirectoryUser): boolean {
	return (user.control & CLOSED) !== 0;
}

function addressOf(facts: AccountFacts, name: string): string {
	return `${name}@${facts.suffix}`.toLowerCase();
}

/** Everybody who holds the address, the account name or the mail of a name. */
function holdersOf(facts: AccountFacts, name: string): readonly DirectoryUser[] {
	const address = addressOf(facts, name);
	const account = accountName(name).toLowerCase();
	return facts.all.filter(
		(user) =>
			user.upn.toLowerCase() === address ||
			user.samAccountName.toLowerCase() === account ||
			user.addresses.includes(address),
	);
}

function make(input: AccountInput, facts: AccountFacts, name: string): Plan {
	if (!facts.ouThere) {
		return stop("no-such-ou", `The place for this account, ${facts.ou}, does not exist. Nothing changed.`, []);
	}
	const displayName = `${input.firstName} ${input.lastName}`;
	const plain = below(displayName, facts.ou);
	const dn = facts.takenHere.some((taken) => sameDn(taken, plain))
		? below(`${displayName} (${name})`, facts.ou)
		: plain;
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

/** Takes over the account of someone who comes back: it gets our mark and moves to the profile's place, still closed. */
function rehire(input: AccountInput, facts: AccountFacts, user: DirectoryUser): Plan {
	const changes: Change[] = [];
	let { dn } = user;
	if (facts.ouThere && !sameDn(parentOf(user.dn), facts.ou)) {
		dn = below(user.displayName, facts.ou);
		changes.push(placeChange(user.upn, user.dn, dn));
	}
	const words = `Take up the account ${user.upn} again, closed`;
	changes.push(ownerChange(user.upn, { dn, mark: user.mark }, facts.mark, words));
	changes.push(...nameChanges(input, { ...user, dn }, facts.mark));
	return { changes, promises: { ...outputOf(user), dn, displayName: `${input.firstName} ${input.lastName}` } };
}

const typeAnother: Choice = { id: "another-name", words: "Type another name", with: { name: "" } };

function askRehire(user: DirectoryUser): Plan {
	return stop(
		"rehire",
		`${user.displayName} has an account already, ${user.upn}${since(user)}, closed, with the same employee id. It was not touched; nothing changed.`,
		[{ id: "rehire", words: `Take up ${user.upn} again`, with: { ifTaken: "rehire" } }],
		user.dn,
	);
}

type Taken = {
	readonly name: string;
	readonly facts: AccountFacts;
	readonly free: string | undefined;
	readonly holder: DirectoryUser;
};

function taken({ name, facts, free, holder }: Taken): Plan {
	const choices: Choice[] = [];
	if (free !== undefined)
		choices.push({ id: "next-free-name", words: `Use ${free}`, with: { ifTaken: "next-free-name" } });
	choices.push(typeAnother);
	const isPerson = holder.kind === "user" && holder.upn.toLowerCase() === addressOf(facts, name);
	if (isPerson && isClosed(holder)) {
		const words = `It is ${holder.displayName}, who comes back`;
		choices.push({ id: "rehire", words, with: { ifTaken: "rehire" } });
	}
	if (isPerson) {
		const message = `${name} belongs to someone else${since(holder)}. It was not touched; nothing changed.`;
		return stop("name-taken", message, choices, holder.dn);
	}
	const what = holder.kind === "other" ? "entry" : holder.kind;
	const message = `${addressOf(facts, name)} is in use by the ${what} ${holder.displayName}. It was not touched; nothing changed.`;
	const code = holder.addresses.includes(addressOf(facts, name)) ? "address-taken" : "name-taken";
	return stop(code, message, choices, holder.dn);
}

function since(user: DirectoryUser): string {
	return user.since === "" ? "" : ` since ${user.since}`;
}

function outputOf(user: DirectoryUser): Output {
	const { upn, samAccountName, displayName, dn, guid } = user;
	return { upn, samAccountName, displayName, dn, objectGuid: guid };
}

function stop(code: string, message: string, choices: readonly Choice[], detail?: string): Plan {
	return {
		changes: [],
		promises: {},
		obstacle: { code, message, choices, ...(detail === undefined ? {} : { detail }) },
	};
}
