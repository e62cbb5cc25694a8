/**
 * Groups of the simulated Graph and who is in them. Dynamic groups follow their rule and synced ones the directory; both
 * refuse to be edited.
 */
import { asRecord, type Values } from "../../base/json.ts";
import { shownUser, USUAL, userAt, visible } from "./cloud-user.ts";
import { type Call, many, NO_CONTENT, one, type Reply, type Route, referenced } from "./graph-call.ts";
import { givenByGroup } from "./graph-licences.ts";
import { badRequest, GraphRefusal, mastered, notFound } from "./graph-refusal.ts";
import { typed } from "./graph-users.ts";
import type { CloudGroup, CloudUser, Tenant } from "./tenant.ts";

export const groupRoutes: readonly Route[] = [
	{ method: "GET", template: "groups", handle: (call) => many(call, call.tenant.groups.all().map(shownGroup)) },
	{
		method: "GET",
		template: "groups/:id",
		handle: (call, id = "") => one(call, shownGroup(groupAt(call.tenant, id))),
	},
	{ method: "GET", template: "groups/:id/members", handle: members },
	{ method: "GET", template: "groups/:id/transitiveMembers", handle: transitiveMembers },
	{ method: "POST", template: "groups/:id/members/$ref", handle: join },
	{ method: "DELETE", template: "groups/:id/members/:member/$ref", handle: leave },
	{ method: "GET", template: "users/:id/memberOf", handle: memberOf },
	{ method: "GET", template: "users/:id/transitiveMemberOf", handle: transitiveMemberOf },
];

function shownGroup(group: CloudGroup): Values {
	return { ...group.properties, id: group.id };
}

/** Who is in a group now: by its rule when it has one, else by its list. */
function membersOf(tenant: Tenant, group: CloudGroup): readonly CloudUser[] {
	const listed = new Set(group.members);
	return visible(tenant).filter((user) => (followsRule(group) ? isIn(group, user) : listed.has(user.id)));
}

/** Whether a user is in a group now. */
export function isIn(group: CloudGroup, user: CloudUser): boolean {
	const rule = group.properties.membershipRule;
	if (typeof rule !== "string") return group.members.includes(user.id);
	const read = /^user\.([A-Za-z]+) -eq "([^"]*)"$/.exec(rule);
	const value = user.properties[read?.[1] ?? ""];
	return typeof value === "string" && value.toLowerCase() === read?.[2]?.toLowerCase();
}

function followsRule(group: CloudGroup): boolean {
	return typeof group.properties.membershipRule === "string";
}

function groupAt(tenant: Tenant, id: string): CloudGroup {
	const group = tenant.groups.get(id.toLowerCase());
	if (group === undefined) throw notFound(id);
	return group;
}

function members(call: Call, id = ""): Reply {
	const group = groupAt(call.tenant, id);
	return listed(call, membersOf(call.tenant, group), nestedIn(call.tenant, group));
}

function transitiveMembers(call: Call, id = ""): Reply {
	const [first, ...inner] = within(call.tenant, groupAt(call.tenant, id));
	const users = new Set(
		[first, ...inner].flatMap((group) => (group === undefined ? [] : membersOf(call.tenant, group))),
	);
	return listed(call, [...users], inner);
}

function listed(call: Call, users: readonly CloudUser[], groups: readonly CloudGroup[]): Reply {
	const people = users.map((user) => typed(shownUser(call.tenant, user)));
	return many(call, [...people, ...groups.map(typedGroup)], USUAL);
}

function typedGroup(group: CloudGroup): Values {
	return { "@odata.type": "#microsoft.graph.group", ...shownGroup(group) };
}

/** The groups that a group lists. */
function nestedIn(tenant: Tenant, group: CloudGroup): readonly CloudGroup[] {
	return group.members.flatMap((id) => tenant.groups.get(id) ?? []);
}

/** A group and all groups in it, however deep; each once, round in circles too. */
function within(tenant: Tenant, group: CloudGroup): readonly CloudGroup[] {
	const found = new Map([[group.id, group]]);
	for (const one of found.values()) for (const inner of nestedIn(tenant, one)) found.set(inner.id, inner);
	return [...found.values()];
}

function memberOf(call: Call, id = ""): Reply {
	const user = userAt(call.tenant, id);
	const groups = call.tenant.groups.all().filter((group) => isIn(group, user));
	return many(call, groups.map(typedGroup));
}

function transitiveMemberOf(call: Call, id = ""): Reply {
	const user = userAt(call.tenant, id);
	const { tenant } = call;
	const groups = tenant.groups.all().filter((group) => within(tenant, group).some((inner) => isIn(inner, user)));
	return many(call, groups.map(typedGroup));
}

/** A user, or a group: nested in it, which gives its members no licence of the outer one. */
function join(call: Call, id = ""): Reply {
	const { tenant } = call;
	const group = editable(tenant, id);
	const nested = tenant.groups.get(referenced(call).toLowerCase());
	const user = nested === undefined ? userAt(tenant, referenced(call)) : undefined;
	const member = nested?.id ?? user?.id ?? "";
	if (member === group.id) throw badRequest("A group cannot be added as a member of itself.");
	if (group.members.includes(member)) {
		throw badRequest(
			"One or more added object references already exist for the following modified properties: 'members'.",
		);
	}
	tenant.groups.put(group.id, { ...group, members: [...group.members, member] });
	if (user !== undefined) tenant.users.put(user.id, givenByGroup(tenant, group, user));
	return NO_CONTENT;
}

function leave(call: Call, id = "", member = ""): Reply {
	const group = editable(call.tenant, id);
	if (!group.members.includes(member.toLowerCase())) throw notFound(member);
	call.tenant.groups.put(group.id, { ...group, members: group.members.filter((m) => m !== member.toLowerCase()) });
	const user = call.tenant.users.get(member.toLowerCase());
	if (user !== undefined) {
		const licences = user.licences.filter((licence) => licence.group !== group.id);
		call.tenant.users.put(user.id, { ...user, licences });
	}
	return NO_CONTENT;
}

/** Errors: throws 404, 400 for a synced group, 403 for a dynamic one. */
function editable(tenant: Tenant, id: string): CloudGroup {
	const group = groupAt(tenant, id);
	if (group.properties.onPremisesSyncEnabled === true) throw mastered();
	const types = group.properties.groupTypes;
	if (Array.isArray(types) && types.includes("DynamicMembership")) {
		const message = "Insufficient privileges to complete the operation.";
		throw new GraphRefusal(403, "Authorization_RequestDenied", message);
	}
	return group;
}

/** The properties of a new group. */
export function groupProperties(name: string, more: Values = {}): Values {
	return {
		displayName: name,
		description: null,
		groupTypes: [],
		mail: null,
		mailEnabled: false,
		mailNickname: name.replaceAll(/[^A-Za-z0-9._-]/g, ""),
		membershipRule: null,
		onPremisesSyncEnabled: null,
		securityEnabled: true,
		...asRecord(more),
	};
}
