/**
 * Lets a person join a group of Microsoft 365, or leave it. Groups that follow a rule or are synced are left as they are,
 * with the reason. Only ever writes to `members/$ref`: without it the person's account would be deleted.
 */
import { z } from "zod";
import type { Values } from "../../base/json.ts";
import type { Action } from "../../engine/action.ts";
import type { Graph } from "../../engine/remote.ts";
import { got } from "../../engine/remote.ts";
import { change, check, settled, turned } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { GUID, plainText, userRef } from "../user-ref.ts";
import { type CloudSubject, cloudAbsence, cloudSubject, gotOrNone, text } from "./accounts.ts";
import { odata } from "./graph.ts";
import { notShown } from "./licence.ts";

const input = z.object({ user: userRef, group: plainText, member: z.boolean().default(true) });
const output = z.object({ group: z.string(), member: z.boolean(), skipped: z.exactOptional(z.string()) });

type Group = { readonly id: string; readonly name: string; readonly why?: string };
type Facts = { readonly subject: CloudSubject; readonly groups: readonly Group[]; readonly isIn: boolean };

/** Joins (or with `member: false` leaves) the group. Asking again is safe. */
export const cloudGroupMember: Action<z.infer<typeof input>, z.infer<typeof output>> = {
	name: "microsoft365.groupMember",
	about: "Lets a person join a group of Microsoft 365, or leave it",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: { user: hole("subject.user") },
	async look(wanted, world): Promise<Facts> {
		const graph = graphOf(world);
		const [subject, groups] = await Promise.all([
			cloudSubject(graph, wanted.user, world),
			findCloudGroups(graph, wanted.group),
		]);
		const [group] = groups;
		const asked = group !== undefined && subject.user !== undefined;
		return { subject, groups, isIn: asked && (await isCloudMember(graph, subject.user.id, group.id)) };
	},
	plan(wanted, { subject, groups, isIn }: Facts) {
		const nobody = cloudAbsence(subject);
		if (nobody !== undefined) return nobody;
		const [group, ...others] = groups;
		if (group === undefined || others.length > 0) return noGroup(wanted.group, groups.length);
		const promises = { group: wanted.group, member: wanted.member };
		if (isIn === wanted.member || group.why !== undefined) return { changes: [], promises };
		const add = wanted.member;
		const made = change({
			kind: add ? "add" : "remove",
			target: subject.name,
			facet: `group:${wanted.group}`,
			...(add ? { after: true } : { before: true }),
			words: say(group.name, add),
			detail: `${add ? "POST" : "DELETE"} /groups/${group.id}/members${add ? "" : "/{id}"}/$ref`,
		});
		return { changes: [made], promises };
	},
	prove(wanted, { subject, groups, isIn }: Facts) {
		const [group] = groups;
		const name = group?.name ?? wanted.group;
		const skipped = isIn === wanted.member ? undefined : group?.why;
		const words =
			skipped === undefined
				? `${subject.name} is ${wanted.member ? "" : "not "}in the group ${name}`
				: `The group ${name} ${skipped}, so it was left as it is`;
		return {
			output: { group: wanted.group, member: isIn, ...(skipped === undefined ? {} : { skipped }) },
			proof: [check(words, `group ${group?.id}, members asked again`)],
		};
	},
	async apply(made, wanted, world) {
		const graph = graphOf(world);
		const [subject, groups] = await Promise.all([
			cloudSubject(graph, wanted.user, world),
			findCloudGroups(graph, wanted.group),
		]);
		const [group] = groups;
		const { user } = subject;
		if (user === undefined || group === undefined) return { kind: "refused", applied: [], ...notShown(made.target) };
		const add = made.kind === "add";
		const body = { "@odata.id": `${graph.endpoint}/directoryObjects/${user.id}` };
		const answer = await graph.request(
			add
				? { method: "POST", path: ["groups", group.id, "members", "$ref"], body }
				: { method: "DELETE", path: ["groups", group.id, "members", user.id, "$ref"] },
		);
		const isSo = async () => (await isCloudMember(graph, user.id, group.id)) === add;
		return settled(answer, made.id, ["bad-request", "already-exists", "not-found", "conflict"], isSo);
	},
	undo(made, _wanted, { subject, groups, isIn }: Facts) {
		const [group] = groups;
		if (subject.user === undefined || group === undefined || isIn !== (made.kind === "add")) return { changes: [] };
		const back = made.kind === "remove";
		return { changes: [turned(made, say(group.name, back), `/groups/${group.id}/members/$ref`)] };
	},
};

/** Groups with that name or id; with `why`, nobody can be put into it from here. */
export async function findCloudGroups(graph: Graph, group: string): Promise<readonly Group[]> {
	const $select = "id,displayName,groupTypes,onPremisesSyncEnabled,mailEnabled,securityEnabled";
	if (GUID.test(group)) {
		const found = gotOrNone(await graph.request({ method: "GET", path: ["groups", group], query: { $select } }));
		return found === undefined ? [] : [readGroup(found)];
	}
	const $filter = `displayName eq ${odata(group)}`;
	return got(await graph.list({ path: ["groups"], query: { $filter, $select } })).map(readGroup);
}

/** Asked from the person's side: they are in few groups, while a group may have thousands of members. */
async function isCloudMember(graph: Graph, user: string, group: string): Promise<boolean> {
	const answer = await graph.list({ path: ["users", user, "memberOf"], query: { $select: "id" } });
	return got(answer).some((row) => row.id === group);
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
	return { id: text(row.id), name: text(row.displayName), ...(why === undefined ? {} : { why }) };
}

function say(group: string, join: boolean): string {
	return `${join ? "Join" : "Leave"} the group ${group}`;
}

function noGroup(group: string, found: number) {
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
