/**
 * Lets a person join a group of Microsoft 365, or leave it. Groups that follow a rule or are synced are left as they are,
 * with the reason. Only ever writes to `members/$ref`: without it the person's account would be deleted.
 */
import { z } from "zod";
import { asRecords, asText, type Values } from "../../base/json.ts";
import type { Action, World } from "../../engine/action.ts";
import type { Change, Outcome } from "../../engine/event.ts";
import { type Answer, type Graph, got } from "../../engine/remote.ts";
import { begunId, change, check, settled, turned } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { GUID, plainText, userRef } from "../user-ref.ts";
import { accountToWrite, type CloudSubject, cloudAbsence, cloudSubject } from "./accounts.ts";
import { odata } from "./graph.ts";
import { gotOf, gotOrNone, missingAccount } from "./missing.ts";

const input = z.object({ user: userRef, group: plainText, member: z.boolean().default(true) });
const output = z.object({ group: z.string(), member: z.boolean(), skipped: z.exactOptional(z.string()) });

/** `skuIds`: the licences that its members get. */
export type Group = {
	readonly id: string;
	readonly name: string;
	readonly skuIds: readonly string[];
	readonly why?: string;
};
type Facts = {
	readonly subject: CloudSubject;
	/** The group that was approved; before that, whoever bears the name. */
	readonly groups: readonly Group[];
	/** Ids of the groups that list the person. */
	readonly memberOf: readonly string[];
	/** Not listed by the group, and in it all the same: through another one. Asked where somebody is to leave. */
	readonly isThrough: boolean;
};

/** Joins (or with `member: false` leaves) the group. Asking again is safe. */
export const cloudGroupMember: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "microsoft365.groupMember",
	about: "Lets a person join a group of Microsoft 365, or leave it",
	input,
	output,
	repeat: { kind: "settle", ms: 30_000 },
	writes: true,
	defaults: { user: hole("subject.user") },
	async look(wanted, world): Promise<Facts> {
		const graph = graphOf(world);
		const [subject, groups] = await Promise.all([
			cloudSubject(graph, wanted.user, world),
			approvedOrNamed(graph, wanted.group, begunId(world, `group:${wanted.group}`)),
		]);
		const memberOf = await groupsAround(graph, subject, world);
		const [group] = groups;
		const leaves = !wanted.member && group !== undefined && !memberOf.includes(group.id);
		const isThrough = leaves && (await groupsAround(graph, subject, world, "transitiveMemberOf")).includes(group.id);
		return { subject, groups, memberOf, isThrough };
	},
	plan(wanted, { subject, groups, memberOf, isThrough }: Facts) {
		const nobody = cloudAbsence(subject);
		if (nobody !== undefined) return nobody;
		const [group, ...others] = groups;
		if (group === undefined || others.length > 0) return noGroup(wanted.group, groups.length);
		const promises = { group: wanted.group, member: wanted.member };
		if (isThrough) return { changes: [], promises, note: sayThrough(subject.name, group.name) };
		if (memberOf.includes(group.id) === wanted.member) return { changes: [], promises };
		if (group.why !== undefined)
			return { changes: [], promises, note: `The group ${group.name} ${group.why}, so it is left as it is` };
		const add = wanted.member;
		const made = change({
			kind: add ? "add" : "remove",
			target: subject.name,
			facet: `group:${wanted.group}`,
			...(add ? { after: group.id } : { before: group.id }),
			words: say(group.name, add),
			detail: `${add ? "POST" : "DELETE"} /groups/${group.id}/members${add ? "" : "/{id}"}/$ref`,
		});
		return { changes: [made], promises };
	},
	prove(wanted, { subject, groups, memberOf, isThrough }: Facts) {
		const [group] = groups;
		const isIn = memberOf.includes(group?.id ?? "");
		const name = group?.name ?? wanted.group;
		const skipped = isIn === wanted.member ? undefined : group?.why;
		const plain = `${subject.name} is ${wanted.member ? "" : "not "}in the group ${name}`;
		const left = `The group ${name} ${skipped}, so it was left as it is`;
		const words = isThrough ? sayThrough(subject.name, name) : skipped === undefined ? plain : left;
		return {
			output: { group: wanted.group, member: isIn, ...(skipped === undefined ? {} : { skipped }) },
			proof: [check(words, `group ${group?.id}, members asked again`)],
		};
	},
	async apply(made, wanted, world) {
		const graph = graphOf(world);
		const [user, group] = await Promise.all([
			accountToWrite(graph, wanted.user, world),
			plannedGroup(graph, made, wanted.group),
		]);
		if (group === undefined) return groupGone(made, wanted.group);
		return writeMember(world, made, { user: user.id, group });
	},
	undo(made, _wanted, { subject, groups, memberOf }: Facts) {
		const id = plannedId(made) ?? groups[0]?.id;
		const add = made.kind === "add";
		if (subject.user === undefined || id === undefined || memberOf.includes(id) !== add) return { changes: [] };
		const name = made.facet.slice("group:".length);
		return { changes: [turned(made, say(name, !add), `/groups/${id}/members/$ref`)] };
	},
};

/** The id of the group that was planned: it is the same group whatever it is called by now. */
export function plannedId(made: Change): string | undefined {
	const planned = made.after ?? made.before;
	return typeof planned === "string" ? planned : undefined;
}

async function plannedGroup(graph: Graph, made: Change, name: string): Promise<string | undefined> {
	return plannedId(made) ?? (await findCloudGroups(graph, name))[0]?.id;
}

/**
 * Adds or removes the link, by ids. Some refusals say that it is so already; that is read back. What was not found is either
 * the group, which nobody here has made, or the person.
 */
export async function writeMember(
	world: World,
	made: Change,
	{ user, group }: { readonly user: string; readonly group: string },
): Promise<Outcome> {
	const graph = graphOf(world);
	const add = made.kind === "add";
	const path = ["groups", group, "members", ...(add ? [] : [user]), "$ref"];
	const body = { "@odata.id": `${graph.endpoint}/directoryObjects/${user}` };
	const answer = await graph.request(add ? { method: "POST", path, body } : { method: "DELETE", path });
	const isSo = async () => (gotOrNone(await groupsOf(graph, user)) ?? []).includes(group) === add;
	const outcome = await settled(answer, made.id, ["bad-request", "already-exists", "not-found", "conflict"], isSo);
	if (outcome.kind !== "refused" || outcome.code !== "not-found") return outcome;
	const isThere = (await findCloudGroups(graph, group)).length > 0;
	return isThere ? { ...outcome, ...missingAccount(world, made.target) } : groupGone(made, group);
}

/** The group was there when it was looked at. */
function groupGone(made: Change, group: string): Outcome {
	const [, called = group] = /^\w+:(.+)$/s.exec(made.facet) ?? [];
	const message = `There is no group ${called} in Microsoft 365 any more. Nothing changed. Have it restored (Entra admin centre, Groups, Deleted groups) and try again, or skip this step and take it out of the profile.`;
	return { kind: "refused", applied: [], code: "no-such-group", message, retryable: false, detail: `group ${group}` };
}

/** Groups with that name or id; with `why`, nobody can be put into it from here. */
export async function findCloudGroups(graph: Graph, group: string): Promise<readonly Group[]> {
	const $select = "id,displayName,groupTypes,onPremisesSyncEnabled,mailEnabled,securityEnabled,assignedLicenses";
	if (GUID.test(group)) {
		const found = gotOrNone(await graph.request({ method: "GET", path: ["groups", group], query: { $select } }));
		return found === undefined ? [] : [readGroup(found)];
	}
	const $filter = `displayName eq ${odata(group)}`;
	return got(await graph.list({ path: ["groups"], query: { $filter, $select } })).map(readGroup);
}

/** The group of that id, whatever it is called by now; without one, or when it is gone, whoever bears the name. */
export async function approvedOrNamed(graph: Graph, name: string, id: string | undefined): Promise<readonly Group[]> {
	const approved = id === undefined ? [] : await findCloudGroups(graph, id);
	return approved.length > 0 ? approved : findCloudGroups(graph, name);
}

/** The groups a person is in, by id. Asked from their side: they are in few, while a group may have thousands of members. */
async function groupsOf(
	graph: Graph,
	user: string,
	by: "memberOf" | "transitiveMemberOf" = "memberOf",
): Promise<Answer<readonly string[]>> {
	const answer = await graph.list({ path: ["users", user, by], query: { $select: "id" } });
	return answer.kind === "ok" ? { ...answer, value: answer.value.map((row) => asText(row.id)) } : answer;
}

/** The same for whom a look is about. Errors: `RemoteError`. */
export async function groupsAround(
	graph: Graph,
	{ name, user }: CloudSubject,
	world: World,
	by?: "transitiveMemberOf",
): Promise<readonly string[]> {
	return user === undefined ? [] : gotOf(world, name, await groupsOf(graph, user.id, by));
}

function readGroup(row: Values): Group {
	const rule = Array.isArray(row.groupTypes) && row.groupTypes.includes("DynamicMembership");
	const unified = Array.isArray(row.groupTypes) && row.groupTypes.includes("Unified");
	const why = rule
		? "follows a rule of its own"
		: row.onPremisesSyncEnabled === true
			? "is synced from the directory"
			: row.mailEnabled === true && !unified
				? "is a mail group that only Exchange can change"
				: undefined;
	const skuIds = asRecords(row.assignedLicenses).map((licence) => asText(licence.skuId));
	return { id: asText(row.id), name: asText(row.displayName), skuIds, ...(why === undefined ? {} : { why }) };
}

function sayThrough(name: string, group: string): string {
	return `${name} is not listed in the group ${group}, but still in it through another group, which is left as it is`;
}

function say(group: string, join: boolean): string {
	return `${join ? "Join" : "Leave"} the group ${group}`;
}

export function noGroup(group: string, found: number) {
	const several = found > 1;
	const message = several
		? `${found} groups of Microsoft 365 are called ${group}. Nothing changed.`
		: `There is no group ${group} in Microsoft 365. Nothing changed.`;
	return {
		changes: [],
		promises: {},
		obstacle: { code: several ? "ambiguous-group" : "no-such-group", message, choices: [] },
	};
}
