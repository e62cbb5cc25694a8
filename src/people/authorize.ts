/**
 * The one place that says who may do what. Pure, default deny: what no rule allows is refused, with the words the person
 * is told. Must never trust anything but the stored run and the roster.
 */
import { unreachable } from "../base/assert.ts";
import { capital } from "../base/words.ts";
import type { ClientId, PersonId, RoleId, Who } from "../sop/sop.ts";
import { namesOf } from "./names.ts";
import { findPerson, holds, resolveWho } from "./resolve.ts";
import type { Actor, Involved, Roster } from "./roster.ts";
import { sameAs } from "./same.ts";
import type { Verb } from "./verb.ts";

export type AskedVerb = Verb | "start" | "see" | "journal" | "amend" | "undo" | "pause" | "resume" | "cancel" | "note";

export type Question = {
	readonly actor: Actor;
	readonly verb: AskedVerb;
	readonly client: ClientId;
	readonly roster: Roster;
	/** `start`: the roles that may. */
	readonly starts?: readonly RoleId[];
	readonly run?: {
		readonly by: PersonId;
		readonly involved: Involved;
		readonly urgency: "routine" | "urgent" | "emergency";
		readonly visibility: "all" | "involved";
		/** Everyone any step of the run means. */
		readonly audiences: readonly Who[];
	};
	/** The wait that is answered: who is asked, with whom `overdue` brought in. */
	readonly wait?: { readonly who: readonly Who[]; readonly claimedBy?: PersonId };
};

/** `as`: the role in which they act. Codes of a refusal: `not-allowed`, `not-yours`, `subject`, `own-request`, `claimed`. */
export type Verdict =
	| { readonly ok: true; readonly as: RoleId }
	| { readonly ok: false; readonly code: string; readonly words: string };

/** Decides whether this person may do this. Relations beyond roles are `requester`, `subject`, `manager`, `owner`, `audience`. */
export function authorize(question: Question): Verdict {
	const { actor, client, roster, verb } = question;
	if (!belongs(actor, client, roster)) return refuse("not-allowed", "There is nothing here for you.");
	switch (verb) {
		case "start":
			return start(question);
		case "see":
		case "journal":
		case "note":
			return see(question);
		case "amend":
		case "undo":
			return steer(question, false);
		case "pause":
		case "resume":
		case "cancel":
			return steer(question, true);
		case "approve":
		case "send-back":
			return approve(question);
		case "submit":
		case "complete":
		case "acknowledge":
			return answer(question, false);
		case "retry":
		case "skip":
		case "done":
		case "stop":
		case "choose":
		case "claim":
			return answer(question, true);
		default:
			return unreachable(verb);
	}
}

/** A person of this client, or of the MSP; anybody else is as good as unknown. */
function belongs(actor: Actor, client: ClientId, roster: Roster): boolean {
	if (roster.client !== client || (actor.client !== undefined && actor.client !== client)) return false;
	const person = roster.people.find((one) => one.id === actor.id);
	return person !== undefined && person.of === (actor.client === undefined ? "msp" : "client");
}

function start({ actor, roster, starts }: Question): Verdict {
	const as = starts?.find((role) => holds(actor.id, role, roster));
	if (as !== undefined) return { ok: true, as };
	return refuse("not-allowed", `This is for ${whoWords(starts ?? [], roster)}. Nothing was started.`);
}

/** Its requester, its audiences, the client's owners, and the service desk unless only those involved may. */
function see(question: Question): Verdict {
	const { actor, roster, run } = question;
	if (run === undefined) return nothingHere();
	if (actor.id === run.by) return { ok: true, as: "requester" };
	const asked = resolveWho(run.audiences, roster, run.involved);
	if (asked.includes(actor.id)) return { ok: true, as: roleIn(actor, run.audiences, question) ?? "audience" };
	if (owns(question)) return { ok: true, as: "owner" };
	if (run.visibility === "all" && desk(question)) return { ok: true, as: "service-desk" };
	return nothingHere();
}

function steer(question: Question, deskMay: boolean): Verdict {
	const { actor, run } = question;
	if (run === undefined || !see(question).ok) return nothingHere();
	if (isSubject(question) && actor.id !== run.by && !owns(question)) return ofYou();
	if (actor.id === run.by) return { ok: true, as: "requester" };
	if (owns(question)) return { ok: true, as: "owner" };
	if (deskMay && run.visibility === "all" && desk(question)) return { ok: true, as: "service-desk" };
	return refuse("not-allowed", "This is for the one who asked for the run, or its owner. Nothing changed.");
}

/** The subject never; the requester only in an emergency; else who is asked. */
function approve(question: Question): Verdict {
	const { actor, run, wait, roster } = question;
	if (run === undefined || wait === undefined || !see(question).ok) return nothingHere();
	const who = wait.who.filter((one) => one !== "subject");
	const others = askedIds(question, who).filter((id) => id !== actor.id);
	if (isSubject(question)) return refuse("subject", `${OF_YOU}${canWords(others, question)}`);
	const as = roleIn(actor, who, question);
	if (isRequester(question) && run.urgency !== "emergency") {
		const asked =
			others.length > 0 ? ` ${capital(namesOf(others, roster))} ${others.length > 1 ? "are" : "is"} asked.` : "";
		return refuse("own-request", `You asked for this one, so someone else approves it. Nothing changed.${asked}`);
	}
	return as === undefined ? notYours(question) : { ok: true, as };
}

/** Who is asked; for a failed step the owner too. A claim keeps others out, but never an owner. */
function answer(question: Question, ownerMay: boolean): Verdict {
	const { actor, run, wait, roster, verb } = question;
	if (run === undefined || wait === undefined || !see(question).ok) return nothingHere();
	const claimed = wait.claimedBy !== undefined && wait.claimedBy !== actor.id;
	const as = roleIn(actor, wait.who, question) ?? (ownerMay && owns(question) ? "owner" : undefined);
	if (as === undefined) return notYours(question);
	if (isSubject(question) && ownerMay) return ofYou();
	if (claimed && verb !== "claim" && !owns(question)) {
		return refuse("claimed", `${capital(namesOf([wait.claimedBy], roster))} took this on. Nothing changed.`);
	}
	return { ok: true, as };
}

/** In which of the roles that are asked this person is, the plainest first. */
function roleIn(actor: Actor, who: readonly Who[], { roster, run }: Question): RoleId | undefined {
	if (run === undefined) return undefined;
	return who.find((one) => resolveWho([one], roster, run.involved).includes(actor.id));
}

function askedIds({ roster, run }: Question, who: readonly Who[]): readonly PersonId[] {
	if (run === undefined) return [];
	const subject = findPerson(roster, run.involved.subject)?.id;
	return resolveWho(who, roster, run.involved).filter(
		(id) => id !== subject && (id !== run.by || run.urgency === "emergency"),
	);
}

function owns({ actor, roster, run }: Question): boolean {
	return holds(actor.id, "owner", roster) || (run !== undefined && holds(actor.id, run.involved.owner, roster));
}

/** Whoever asked for the run, by whichever entry of the roster. */
function isRequester({ actor, roster, run }: Question): boolean {
	return run !== undefined && [actor.id, ...sameAs(roster, actor.id)].includes(run.by);
}

/** The MSP's own staff in its service desk. */
function desk({ actor, roster }: Question): boolean {
	return actor.client === undefined && holds(actor.id, "service-desk", roster);
}

function isSubject({ actor, roster, run }: Question): boolean {
	const subject = run && findPerson(roster, run.involved.subject)?.id;
	return subject !== undefined && [actor.id, ...sameAs(roster, actor.id)].includes(subject);
}

const OF_YOU = "This run is about you, so you cannot decide it. Nothing changed.";

function ofYou(): Verdict {
	return refuse("subject", OF_YOU);
}

function nothingHere(): Verdict {
	return refuse("not-allowed", "There is no such run for you to see.");
}

function notYours(question: Question): Verdict {
	const { wait } = question;
	return refuse(
		"not-yours",
		`This was not asked of you. Nothing changed.${canWords(askedIds(question, wait?.who ?? []), question)}`,
	);
}

function canWords(people: readonly PersonId[], { roster }: Question): string {
	return people.length === 0 ? "" : ` ${capital(namesOf(people, roster))} can.`;
}

function whoWords(roles: readonly RoleId[], roster: Roster): string {
	const people = roles.flatMap((role) =>
		Array.isArray(roster.roles[role]) ? (roster.roles[role] as readonly string[]) : [],
	);
	return people.length === 0 ? "someone else" : namesOf(people, roster);
}

function refuse(code: string, words: string): Verdict {
	return { ok: false, code, words };
}
