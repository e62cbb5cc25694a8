/**
 * Lets a person join a group of Active Directory, or leave it. A group that is not there is an obstacle; none is made.
 */
import { z } from "zod";
import type { Action } from "../../engine/action.ts";
import type { Change } from "../../engine/event.ts";
import { change, check, settled, turned } from "../changes.ts";
import { directoryOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { plainText, userRef } from "../user-ref.ts";
import { gone } from "./enabled.ts";
import { byGuid, type DirectoryGroup, findGroups, findUser, isMember } from "./entries.ts";
import { absence, type Subject, subjectOf } from "./subject.ts";

const input = z.object({ user: userRef, group: plainText, member: z.boolean().default(true) });
const output = z.object({ group: z.string(), member: z.boolean() });
type Facts = { readonly subject: Subject; readonly groups: readonly DirectoryGroup[]; readonly isIn: boolean };

/** Joins (or with `member: false` leaves) the group. Asking again is safe. */
export const directoryGroupMember: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "directory.groupMember",
	about: "Lets a person join a group of Active Directory, or leave it",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: { user: hole("subject.user") },
	async look(wanted, world): Promise<Facts> {
		const directory = directoryOf(world);
		const [subject, groups] = await Promise.all([
			subjectOf(directory, wanted.user, world),
			findGroups(directory, wanted.group),
		]);
		const [group] = groups;
		const asked = group !== undefined && subject.user !== undefined;
		return { subject, groups, isIn: asked && (await isMember(directory, group.dn, subject.user.dn)) };
	},
	plan(wanted, { subject, groups, isIn }: Facts) {
		const nobody = absence(subject);
		if (nobody !== undefined) return nobody;
		const [group, ...others] = groups;
		if (group === undefined || others.length > 0) return noGroup(wanted.group, groups.length);
		const promises = { group: wanted.group, member: wanted.member };
		if (isIn === wanted.member) return { changes: [], promises };
		const add = wanted.member;
		const made = change({
			kind: add ? "add" : "remove",
			target: subject.name,
			facet: `group:${wanted.group}`,
			...(add ? { after: group.guid } : { before: group.guid }),
			words: say(group.name, add),
			detail: `LDAP modify ${group.dn}: ${add ? "add" : "delete"} member`,
		});
		return { changes: [made], promises };
	},
	prove(wanted, { subject, groups }: Facts) {
		const [group] = groups;
		const words = `${subject.name} is ${wanted.member ? "" : "not "}in the group ${group?.name ?? wanted.group}`;
		return {
			output: { group: wanted.group, member: wanted.member },
			proof: [check(words, `member of ${group?.dn ?? wanted.group}, asked of the server`)],
		};
	},
	async apply(made, wanted, world) {
		const directory = directoryOf(world);
		const user = await findUser(directory, wanted.user);
		if (user === undefined) return { kind: "refused", applied: [], ...gone(made.target) };
		const group = byGuid(idOf(made));
		const add = made.kind === "add";
		const operation = add ? "add" : "delete";
		const answer = await directory.modify(group, [{ operation, attribute: "member", values: [user.dn] }]);
		const isSo = async () => (await isMember(directory, group, user.dn)) === add;
		const outcome = await settled(answer, made.id, SO_ALREADY, isSo);
		if (outcome.kind !== "refused" || outcome.code !== "no-such-object") return outcome;
		const isThere = (await findGroups(directory, group)).length > 0;
		return { ...outcome, ...(isThere ? gone(made.target) : groupGone(made)) };
	},
	undo(made, wanted, { subject, groups, isIn }: Facts) {
		if (subject.user === undefined) return { changes: [] };
		const group = groups.find(({ guid }) => guid === idOf(made));
		// It may have another name by now: then only a person can say.
		if (group === undefined) return noGroup(wanted.group, 0);
		if (isIn !== (made.kind === "add")) return { changes: [] };
		const back = made.kind === "remove";
		return {
			changes: [turned(made, say(group.name, back), `LDAP modify ${group.dn}: ${back ? "add" : "delete"} member`)],
		};
	},
};

/** Which group was approved, whatever it is called by now. */
function idOf(made: Change): string {
	return String(made.after ?? made.before);
}

/** The group was there when it was looked at. */
function groupGone(made: Change) {
	const called = made.facet.slice("group:".length);
	const message = `There is no group ${called} in the directory any more. Nothing changed. Have it restored there and try again, or skip this step and take it out of the profile.`;
	return { code: "no-such-group", message, retryable: false };
}

/** Refusals that may mean "it is so already": LDAP 68 and 20 on add, 53 and 16 on remove. */
const SO_ALREADY = ["already-member", "not-member", "name-taken", "already-so", "no-such-value", "unwilling"];

function say(group: string, join: boolean): string {
	return `${join ? "Join" : "Leave"} the group ${group}`;
}

function noGroup(group: string, found: number) {
	const several = found > 1;
	const message = several
		? `${found} groups of the directory are called ${group}. Nothing changed.`
		: `There is no group ${group} in the directory. Nothing changed.`;
	const code = several ? "ambiguous-group" : "no-such-group";
	return { changes: [], promises: {}, obstacle: { code, message, choices: [] } };
}
