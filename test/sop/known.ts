/**
 * What the language is told of actions in its tests: the shapes the registry gives, written out so that a change of a
 * connector does not change what these tests say about the language.
 */
import type { Values } from "../../src/base/json.ts";
import type { KnownAction, KnownActions } from "../../src/sop/definitions.ts";

const user = {
	description: "an address or the output of an account step",
	anyOf: [{ type: "string" }, { type: "object" }],
};
const USER = "$" + "{subject.user}";
const form = (name: string) => `$${`{form.${name}}`}`;

function action(
	name: string,
	input: Values,
	more: Partial<KnownAction> & { readonly required?: readonly string[] } = {},
): [string, KnownAction] {
	const { required = [], ...rest } = more;
	return [
		name,
		{
			name,
			about: `Does ${name}`,
			inputSchema: { type: "object", properties: input, required: [...required], additionalProperties: false },
			outputs: [],
			defaults: {},
			proveWithinMs: 30_000,
			repeat: { kind: "settle", ms: 5000 },
			writes: true,
			destructive: false,
			...rest,
		},
	];
}

const account = {
	firstName: { type: "string" },
	lastName: { type: "string" },
	ifTaken: { type: "string", enum: ["ask", "next-free-name", "rehire"] },
};
const named = { firstName: form("firstName"), lastName: form("lastName") };

export const known: KnownActions = Object.fromEntries([
	action(
		"directory.user",
		{ ...account, profile: { type: "object" }, employeeId: { type: "string" }, enabled: { type: "boolean" } },
		{
			required: ["firstName", "lastName"],
			outputs: ["upn", "samAccountName", "displayName", "dn", "objectGuid"],
			defaults: { ...named, profile: form("profile"), employeeId: form("employeeId") },
		},
	),
	action(
		"directory.enabled",
		{ user, enabled: { type: "boolean" } },
		{ required: ["user"], outputs: ["enabled"], defaults: { user: USER } },
	),
	action(
		"directory.groupMember",
		{ user, group: { type: "string" }, member: { type: "boolean" } },
		{ required: ["user", "group"], outputs: ["group", "member"], defaults: { user: USER } },
	),
	action(
		"directory.manager",
		{ user, manager: user },
		{
			required: ["user", "manager"],
			outputs: ["manager"],
			defaults: { user: USER, manager: "$" + "{subject.manager}" },
		},
	),
	action(
		"directory.expiry",
		{ user, lastDay: { type: "string" }, zone: { type: "string" } },
		{
			required: ["user", "lastDay", "zone"],
			outputs: ["lastDay"],
			defaults: { user: USER, zone: "$" + "{client.timezone}" },
		},
	),
	action(
		"directory.password",
		{ user, mustChange: { type: "boolean" }, to: { type: "array", items: { type: "string" } } },
		{
			required: ["user"],
			repeat: { kind: "replace" },
			outputs: ["secret", "kind", "upn", "to"],
			defaults: { user: USER },
		},
	),
	action("directory.remove", { user }, { required: ["user"], destructive: true, defaults: { user: USER } }),
	action(
		"microsoft365.userExists",
		{ user },
		{ required: ["user"], writes: false, outputs: ["userId", "upn"], defaults: { user: USER } },
	),
	action(
		"microsoft365.mailboxReady",
		{ user },
		{ required: ["user"], writes: false, outputs: ["upn", "timeZone"], defaults: { user: USER } },
	),
	action(
		"microsoft365.user",
		{ ...account, usageLocation: { type: "string" } },
		{
			required: ["firstName", "lastName"],
			outputs: ["upn", "displayName", "userId"],
			defaults: { ...named, usageLocation: form("profile.usageLocation") },
		},
	),
	action(
		"microsoft365.enabled",
		{ user, enabled: { type: "boolean" } },
		{ required: ["user"], outputs: ["enabled"], defaults: { user: USER } },
	),
	action(
		"microsoft365.licence",
		{ user, licences: { type: "array", items: { type: "string" } }, usageLocation: { type: "string" } },
		{
			required: ["user", "licences"],
			outputs: ["licences"],
			defaults: { user: USER, licences: form("profile.licences"), usageLocation: form("profile.usageLocation") },
		},
	),
	action(
		"microsoft365.groupMember",
		{ user, group: { type: "string" }, member: { type: "boolean" } },
		{ required: ["user", "group"], outputs: ["group", "member"], defaults: { user: USER } },
	),
	action(
		"microsoft365.manager",
		{ user, manager: user },
		{
			required: ["user", "manager"],
			outputs: ["manager"],
			defaults: { user: USER, manager: "$" + "{subject.manager}" },
		},
	),
	action(
		"microsoft365.firstCredential",
		{ user, kind: { type: "string", enum: ["pass", "password"] }, lifetime: { type: "string" } },
		{
			required: ["user"],
			repeat: { kind: "replace" },
			outputs: ["secret", "kind"],
			defaults: { user: USER, kind: form("profile.firstSignIn") },
		},
	),
	action(
		"mail.send",
		{ to: { type: "string" }, subject: { type: "string" }, card: { type: "string" }, data: { type: "object" } },
		{ required: ["to"], repeat: { kind: "never" }, outputs: ["id"] },
	),
]);

/** The functions that are written as signs: `1 + 2`, `a == b`. */
export const OPERATORS = "add sub mul div mod equals greater greaterOrEquals less lessOrEquals".split(" ");
