/**
 * Checks that an approval can be given by somebody: the subject never counts, the requester only in an emergency. Must
 * never let an SOP through that would wait for nobody for ever.
 */
import { peopleOf } from "../people/resolve.ts";
import type { Roster } from "../people/roster.ts";
import { humansAmong, sameAs } from "../people/same.ts";
import type { Context } from "./compile-context.ts";
import type { At } from "./report.ts";
import type { Scope } from "./scope.ts";
import type { PersonId, Who } from "./sop.ts";

/** Reports an approval that no reachable people can satisfy. Without a roster only its parties can be judged. */
export function checkApprovers(
	approval: { readonly by: readonly Who[]; readonly need: number; readonly at: At },
	scope: Scope,
	{ roster, report, emergency, roles }: Context,
): void {
	const { by, need, at } = approval;
	if (by.length === 0) return;
	const people = new Set<PersonId>();
	let others = 0;
	for (const one of by) {
		if (one === "subject") continue;
		if (one === "requester") others += emergency ? 1 : 0;
		else if (one === "manager") others += scope.subject.has("manager") ? 1 : 0;
		else if (roster === undefined || (!roles.has(one) && one !== "owner")) return;
		else {
			const found = peopleOf(one, roster);
			if (found === "group") return;
			for (const id of found) people.add(id);
		}
	}
	const humans = roster === undefined ? [] : humansAmong(roster, [...people]);
	const can = humans.length + others;
	if (can >= need) return;
	const asked = `${need} ${need === 1 ? "person" : "people"}`;
	const twice = roster === undefined ? "" : twiceWords(roster, humans, [...people]);
	const message = `This approval needs ${asked}, and only ${can} can give it${twice}.`;
	const none = "Nobody can give this approval: the subject never may, the requester only in an emergency.";
	report(at, "nobody-approves", can === 0 ? none : message, {
		remedy: "Name a role that people of this client hold.",
	});
}

/** ": mo and mo-msp are one person, by one address or account". */
function twiceWords(roster: Roster, humans: readonly PersonId[], people: readonly PersonId[]): string {
	const twice = humans.flatMap((id) => {
		const same = sameAs(roster, id).filter((other) => people.includes(other));
		return same.length === 0 ? [] : [`${[id, ...same].join(" and ")} are one person, by one address or account`];
	});
	return twice.length === 0 ? "" : `: ${twice.join("; ")}`;
}
