/**
 * Lets a person join a group of Active Directory, or leave it. A group that is not there is an obstacle; none is made.
 */
import { z } from "zod";
import type { Action } from "../../engine/action.ts";
import type { Change } from "../../engine/event.ts";
import { begunId, change, check, settled, turned } from "../changes.ts";
import { directoryOf } from "../doors.ts";
import { hole } from "../holes.ts";
import type { SearchedTogether } from "../one-search.ts";
import { namesOf, plainText, type UserRef, userRef } from "../user-ref.ts";
import { gone } from "./enabled.ts";
import { byGuid, type DirectoryGroup, findGroups, findUser, isInThrough } from "./entries.ts";
import { absence, type Subject, subjectOf } from "./subject.ts";

const input = z.object({ user: userRef, group: plainText, member: z.boolean().default(true) });
const output = z.object({ group: z.string(), member: z.boolean() });
type Facts = {
	readonly subject: Subject;
	readonly groups: readonly DirectoryGroup[];
	/** The group lists the person. */
	readonly isIn: boolean;
	/** It does not, and they are in it all the same: as their primary group, or through another one that it lists. */
	readonly otherwise?: "primary" | "through";
};

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
		const asked = subjectOf(directory, wanted.user, world);
		const id = begunId(world, `group:${wanted.group}`);
		const approved = id === undefined ? undefined : await groupOf(directory, id, asked);
		const facts = approved ?? (await groupsNamed(directory, wanted.group, asked));
		const otherwise = await otherwiseIn(directory, wanted.member, facts);
		return { ...facts, ...(otherwise === undefined ? {} : { otherwise }) };
	},
	plan(wanted, { subject, groups, isIn, otherwise }: Facts) {
		const nobody = absence(subject);
		if (nobody !== undefined) return nobody;
		const [group, ...others] = groups;
		if (group === undefined || others.length > 0) return noGroup(wanted.group, groups.length);
		const promises = { group: wanted.group, member: wanted.member };
		if (otherwise === "primary" && !wanted.member) return cannotLeave(subject.name, group.name);
		if (otherwise !== undefined)
			return { changes: [], promises, note: sayOtherwise(subject.name, group.name, otherwise) };
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
	prove(wanted, { subject, groups, otherwise }: Facts) {
		const [group] = groups;
		const name = group?.name ?? wanted.group;
		const plain = `${subject.name} is ${wanted.member ? "" : "not "}in the group ${name}`;
		const words = otherwise === undefined ? plain : sayOtherwise(subject.name, name, otherwise);
		return {
			output: { group: wanted.group, member: wanted.member },
			proof: [check(words, `member of ${group?.dn ?? wanted.group}, asked of the server`)],
		};
	},
	async apply(made, wanted, world) {
		const directory = directoryOf(world);
		const { guid } = namesOf(wanted.user);
		const found = guid === undefined ? await findUser(directory, wanted.user) : undefined;
		const person = guid === undefined ? found?.dn : byGuid(guid);
		if (person === undefined) return { kind: "refused", applied: [], ...gone(made.target) };
		const group = byGuid(idOf(made));
		const operation = made.kind === "add" ? "add" : "delete";
		const answer = await directory.modify(group, [{ operation, attribute: "member", values: [person] }]);
		const isSo = async () => (await isIn(directory, group, wanted.user)) === (made.kind === "add");
		const outcome = await settled(answer, made.id, SO_ALREADY, isSo);
		if (outcome.kind !== "refused" || outcome.code !== "no-such-object") return outcome;
		const isThere = (await findGroups(directory, group)).length > 0;
		return { ...outcome, ...(isThere ? gone(made.target) : groupGone(made)) };
	},
	undo(made, _wanted, { subject, groups, isIn }: Facts) {
		if (subject.user === undefined) return { changes: [] };
		const group = groups.find(({ guid }) => guid === idOf(made));
		if (group === undefined) return { changes: [] };
		if (isIn !== (made.kind === "add")) return { changes: [] };
		const back = made.kind === "remove";
		return {
			changes: [turned(made, say(group.name, back), `LDAP modify ${group.dn}: ${back ? "add" : "delete"} member`)],
		};
	},
};

async function isIn(directory: SearchedTogether, group: string, ref: UserRef): Promise<boolean> {
	const user = await findUser(directory, ref);
	return user !== undefined && (await findGroups(directory, group, user.dn)).length > 0;
}

/** The group that was approved, whatever it is called by now; undefined when it is gone. */
async function groupOf(directory: SearchedTogether, id: string, asked: Promise<Subject>): Promise<Facts | undefined> {
	const subject = await asked;
	const joined = subject.user === undefined ? [] : await findGroups(directory, byGuid(id), subject.user.dn);
	if (joined.length > 0) return { subject, groups: joined, isIn: true };
	const groups = await findGroups(directory, byGuid(id));
	return groups.length === 0 ? undefined : { subject, groups, isIn: false };
}

/** Whoever bears the name now. */
async function groupsNamed(directory: SearchedTogether, name: string, asked: Promise<Subject>): Promise<Facts> {
	const [subject, groups] = await Promise.all([asked, findGroups(directory, name)]);
	const [group] = groups;
	if (group === undefined || subject.user === undefined) return { subject, groups, isIn: false };
	const joined = await findGroups(directory, name, subject.user.dn);
	return { subject, groups, isIn: joined.some(({ guid }) => guid === group.guid) };
}

/** Which group was approved. */
function idOf(made: Change): string {
	return String(made.after ?? made.before);
}

/** Asked only where it matters: whoever is to join a group is listed by it, and does not hang on another one. */
async function otherwiseIn(directory: SearchedTogether, member: boolean, { subject, groups, isIn }: Facts) {
	const [group, ...others] = groups;
	const { user } = subject;
	if (isIn || group === undefined || others.length > 0 || user === undefined) return undefined;
	if (group.token !== "" && user.primaryGroup === group.token) return "primary";
	return !member && (await isInThrough(directory, group.dn, user.dn)) ? "through" : undefined;
}

function sayOtherwise(name: string, group: string, how: "primary" | "through"): string {
	return how === "primary"
		? `${group} is the primary group of ${name}, who is in it without being listed`
		: `${name} is not listed in the group ${group}, but still in it through another group, which is left as it is`;
}

function cannotLeave(name: string, group: string) {
	const message = `${group} is the primary group of ${name}, which nobody can leave. Nothing changed. Set another primary group (Active Directory Users and Computers, Member Of), then try again.`;
	return { changes: [], promises: {}, obstacle: { code: "primary-group", message, choices: [] } };
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
