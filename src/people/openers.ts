/**
 * Who may open a first credential. Settled when a plan is made, so that what is approved says who it is; must never let
 * somebody in for want of somebody else.
 */
import type { PersonId, Who } from "../sop/sop.ts";
import { findPerson, resolveWho } from "./resolve.ts";
import type { Involved, Roster } from "./roster.ts";

/**
 * Whom `who` means, so that it can be kept: manager and subject as `person:ID`, roles as they are. The requester where no
 * manager was ever said. Empty: somebody was said who is not on the roster. Repeat: what is settled stays as it is.
 */
export function settleOpeners(who: readonly Who[], roster: Roster, involved: Involved): readonly Who[] {
	const said = who.filter((one) => one !== "manager" || saysManager(roster, involved));
	if (said.length === 0) return ["requester"];
	return said.flatMap((one) =>
		one === "manager" || one === "subject" ? resolveWho([one], roster, involved).map(asWho) : [one],
	);
}

function saysManager(roster: Roster, { manager, subject }: Involved): boolean {
	return (manager ?? findPerson(roster, subject)?.manager) !== undefined;
}

function asWho(id: PersonId): Who {
	return `person:${id}`;
}
