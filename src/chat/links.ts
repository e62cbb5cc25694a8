/**
 * Which accounts in chat belong to a person beside those the roster lists: shown from both sides by a code, or by the
 * confirmed address in a workspace of their own. Must never link an account to two people, nor outlive the person's place
 * in the roster.
 */
import type { Clock } from "../base/time.ts";
import type { SurfaceName } from "../engine/event.ts";
import type { Linked, LinkStore } from "../engine/kept.ts";
import type { Audit } from "../engine/ports.ts";
import { isSameActor } from "../people/actor.ts";
import { memberByEmail } from "../people/by-email.ts";
import type { Actor, Person } from "../people/roster.ts";
import type { Definitions } from "../sop/definitions.ts";
import { listedUnder } from "../sop/everyone.ts";
import type { ClientId } from "../sop/sop.ts";
import type { LinkCodes } from "./link-codes.ts";
import type { Address, Surface } from "./surface.ts";

/** What a surface vouches for about an account, looked up afresh or a short while ago. */
export type Account = {
	readonly surface: SurfaceName;
	readonly identity: string;
	/** Only a full member of the workspace's own team is `member`; `gone`: deactivated. */
	readonly standing: "member" | "outsider" | "gone";
	/** Given only where the vendor says that it is confirmed. */
	readonly email?: string;
	/** Whose workspace msp.yaml says it is: a client's, or the MSP's own (`{}`). Absent: nobody's, so an address says nothing. */
	readonly workspace?: { readonly client?: ClientId };
};

export type Links = {
	/** Whose account it is; undefined: not linked. The roster comes first and is the caller's to ask. */
	readonly find: (surface: SurfaceName, identity: string) => Actor | undefined;
	/** The account of a person on a surface that was linked last. */
	readonly of: (person: Actor, surface: SurfaceName) => string | undefined;
	/** Every account that is linked to a person now, the newest first. */
	readonly all: (person: Actor) => readonly Linked[];
	/** As `find`, for surfaces that look accounts up: outsiders are never linked, and an address has to hold still. */
	readonly recognise: (account: Account) => Actor | undefined;
	/** Links an account for good. `taken`: it is somebody else’s, or was and they are still there; nothing changed. Repeat: safe. */
	readonly link: (surface: SurfaceName, identity: string, person: Actor) => "linked" | "taken";
	/** Ends a link, as one of the two sides wishes. Repeat: safe. */
	readonly end: (link: Linked, via: SurfaceName) => void;
	/** Ends the links of those who left the roster, and of accounts it lists for someone else by now. */
	readonly sweep: () => void;
};

/** What the chat needs to link accounts. */
export type Linking = {
	readonly links: Links;
	readonly codes: LinkCodes;
	readonly surfaces: readonly Surface[];
	/** A person's own places. */
	readonly reach: (person: Actor) => Promise<readonly Address[]>;
	/** Resolves after a while. */
	readonly wait: (ms: number) => Promise<void>;
};

export type LinksParts = {
	readonly store: LinkStore;
	readonly definitions: () => Definitions;
	readonly clock: Clock;
	readonly audit: Audit;
};

/** Makes it. What it answers holds for the roster as it is now. */
export function createLinks(parts: LinksParts): Links {
	const { store } = parts;
	const find = (surface: SurfaceName, identity: string): Linked | undefined => {
		const link = store.find(surface, identity);
		return link !== undefined && isOpen(parts, link) && link.how !== "held" ? link : undefined;
	};
	const all = (person: Actor): readonly Linked[] =>
		store
			.ofPerson(person)
			.filter((link) => isOpen(parts, link) && link.how !== "held")
			.sort((one, other) => (one.at < other.at ? 1 : -1));
	return {
		find: (surface, identity) => find(surface, identity)?.person,
		of: (person, surface) => all(person).find((link) => link.surface === surface)?.identity,
		all,
		recognise: (account) => recognise(parts, account, find(account.surface, account.identity)),
		link: (surface, identity, person) => {
			const claim = { surface, identity, person };
			if (wasElsewhere(parts, claim) || isListedElsewhere(parts, claim)) return "taken";
			if (find(surface, identity)?.how !== "code") keep(parts, { surface, identity, person, how: "code" });
			return "linked";
		},
		end: (link, via) => {
			store.save({ ...link, ended: parts.clock.now() });
			tell(parts, link, { what: "link-ended", why: `${nameOf(link)}, by ${link.person.id} in ${via}` });
		},
		sweep: () => {
			for (const link of store.all()) {
				if (!stands(parts, link) || !isListedElsewhere(parts, link)) continue;
				drop(parts, link, "the roster lists it for someone else");
			}
		},
	};
}

function recognise(parts: LinksParts, account: Account, link: Linked | undefined): Actor | undefined {
	if (account.standing === "gone" && link !== undefined) hold(parts, link, "the account was closed");
	if (account.standing !== "member") return undefined;
	if (link?.how === "code") return link.person;
	const person = byEmail(parts, account);
	if (link !== undefined && person !== undefined && isSameActor(link.person, person)) return person;
	if (link !== undefined) hold(parts, link, "the address is another one now");
	if (person === undefined || wasElsewhere(parts, { ...account, person })) return undefined;
	// What they ended themselves is no more theirs by an address.
	if (parts.store.find(account.surface, account.identity)?.ended !== undefined) return undefined;
	keep(parts, { ...account, person, how: "email" });
	return person;
}

/**
 * Nobody who is known by another account in that very workspace: by the roster, by a code, or by that address from before.
 * Whoever runs the workspace can give the address to any account.
 */
function byEmail(parts: LinksParts, { surface, identity, email, workspace }: Account): Actor | undefined {
	if (email === undefined || workspace === undefined) return undefined;
	const { client } = workspace;
	const people = householdOf(parts.definitions(), client);
	const actor = memberByEmail({ people, ...(client === undefined ? {} : { client }) }, email);
	if (actor === undefined) return undefined;
	const listed = people.find(({ id }) => id === actor.id)?.[surface === "slack" ? "slack" : "teams"] ?? "";
	const linked = parts.store.ofPerson(actor).filter((link) => link.surface === surface && isOpen(parts, link));
	const team = identity.slice(0, identity.indexOf("/") + 1);
	const other = [listed, ...linked.map((link) => link.identity)].find(
		(known) => known.startsWith(team) && known !== identity,
	);
	if (other === undefined) return actor;
	const why = `${surface} ${identity}: it has the address of ${actor.id}, who is known there by ${other}`;
	tell(parts, { person: actor, surface }, { what: "link-refused", why });
	return undefined;
}

function isOpen(parts: LinksParts, link: Linked): boolean {
	return link.ended === undefined && stands(parts, link);
}

/** Whether the person is still who they were then; if not it is ended for good. A client on hold decides nothing. */
function stands(parts: LinksParts, link: Linked): boolean {
	const definitions = parts.definitions();
	const people = householdOf(definitions, link.person.client);
	if (people.length === 0) return false;
	const of = link.person.client === undefined ? "msp" : "client";
	const person = people.find((each) => each.id === link.person.id && each.of === of);
	if (person?.email.toLowerCase() === link.email) return true;
	drop(parts, link, person === undefined ? "they left the roster" : "the roster has another address for them");
	return false;
}

type Claim = Pick<Linked, "surface" | "identity" | "person">;

/**
 * An account that was shown to be one person’s is nobody else’s while that person is there, ended or not: by two names in
 * turn one human would have two votes. Only the roster can give it to another.
 */
function wasElsewhere(parts: LinksParts, { surface, identity, person }: Claim): boolean {
	const before = parts.store.find(surface, identity);
	if (before === undefined || isSameActor(before.person, person)) return false;
	stands(parts, before);
	return parts.store.find(surface, identity) !== undefined;
}

/** The roster says that this account is another person's. */
function isListedElsewhere(parts: LinksParts, claim: Claim): boolean {
	const { surface, identity, person } = claim;
	return listedUnder(parts.definitions(), surface, identity).some(({ actor }) => !isSameActor(person, actor));
}

function householdOf(definitions: Definitions, client: ClientId | undefined): readonly Person[] {
	if (client === undefined) return definitions.msp.people;
	return Object.hasOwn(definitions.clients, client) ? (definitions.clients[client]?.roster.people ?? []) : [];
}

function keep(parts: LinksParts, { surface, identity, person, how }: Omit<Linked, "email" | "at" | "ended">): void {
	const email = householdOf(parts.definitions(), person.client).find(({ id }) => id === person.id)?.email ?? "";
	const link: Linked = { surface, identity, person, how, email: email.toLowerCase(), at: parts.clock.now() };
	parts.store.save(link);
	tell(parts, link, { what: "linked", why: `${nameOf(link)}, by ${how === "code" ? "a code" : "its address"}` });
}

function drop(parts: LinksParts, link: Linked, why: string): void {
	parts.store.forget(link.surface, link.identity);
	tell(parts, link, { what: "link-ended", why: `${nameOf(link)}: ${why}` });
}

/** It is not used any more, and comes back to them alone: by the same address, or by a code. */
function hold(parts: LinksParts, link: Linked, why: string): void {
	parts.store.save({ ...link, how: "held" });
	tell(parts, link, { what: "link-ended", why: `${nameOf(link)}: ${why}` });
}

type About = Pick<Linked, "person" | "surface">;

function tell({ audit }: LinksParts, link: About, entry: { readonly what: string; readonly why: string }): void {
	const { id, client } = link.person;
	audit.record({ person: id, via: link.surface, ...entry, ...(client === undefined ? {} : { client }) });
}

function nameOf({ surface, identity }: Linked): string {
	return `${surface} ${identity}`;
}
