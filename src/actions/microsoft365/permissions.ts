/**
 * Which application permissions of Microsoft Graph each action needs, and which of them an application has. Must never ask
 * for more than the actions a client's procedures use.
 */
import { isRecord } from "../../base/json.ts";
import type { ActionName } from "../../sop/sop.ts";

/** Any one of these is enough; the first is the least. */
export type Need = readonly [least: string, ...more: string[]];

const READ_PEOPLE: Need = ["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE_PEOPLE: Need = ["User.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_DOMAINS: Need = ["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_CONTACTS: Need = ["OrgContact.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const OPEN_ACCOUNTS: Need = ["User.EnableDisableAccount.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_LICENCES: Need = [
	...(["LicenseAssignment.Read.All", "Organization.Read.All", "Organization.ReadWrite.All"] as const),
	...(["Directory.Read.All", "Directory.ReadWrite.All"] as const),
];
const GIVE_LICENCES: Need = ["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const CHANGE_GROUPS: Need = ["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"];
const MAKE_PASSES: Need = ["UserAuthenticationMethod.ReadWrite.All", "UserAuthMethod-TAP.ReadWrite.All"];
const SET_PASSWORDS: Need = ["User-PasswordProfile.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_SIGN_INS: Need = ["AuditLog.Read.All"];
const READ_SENT: Need = ["Mail.ReadBasic", "Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"];
const READ_MAILBOXES: Need = ["MailboxSettings.Read", "MailboxSettings.ReadWrite"];

/** Source: the tables of permissions at https://learn.microsoft.com/graph/api, one per call. */
const NEEDS: { readonly [action: ActionName]: readonly Need[] } = {
	"microsoft365.userExists": [READ_PEOPLE],
	"microsoft365.user": [READ_PEOPLE, WRITE_PEOPLE, READ_DOMAINS, READ_CONTACTS],
	"microsoft365.enabled": [READ_PEOPLE, OPEN_ACCOUNTS],
	"microsoft365.licence": [READ_PEOPLE, WRITE_PEOPLE, READ_LICENCES, GIVE_LICENCES],
	"microsoft365.groupMember": [READ_PEOPLE, CHANGE_GROUPS],
	"microsoft365.manager": [READ_PEOPLE, WRITE_PEOPLE],
	"microsoft365.mailboxReady": [READ_MAILBOXES],
};

/** What a client's use of Microsoft 365 depends on. */
export type Use = {
	readonly actions: ReadonlySet<ActionName>;
	/** Somebody signs in first with a pass, or with a password that is set here. */
	readonly passes: boolean;
	readonly passwords: boolean;
	/** Some licences come with a group. */
	readonly licenceGroups: boolean;
	/** Mail goes out through Graph. */
	readonly sends: boolean;
	/** Nothing is ever written: a permission to write is not missed. */
	readonly lookOnly: boolean;
};

/** The permissions that are needed, each once. */
export function neededFor(use: Use): readonly Need[] {
	const first = use.actions.has("microsoft365.firstCredential");
	const needs: readonly Need[] = [
		...[...use.actions].flatMap((action) => NEEDS[action] ?? []),
		...(use.licenceGroups ? [CHANGE_GROUPS] : []),
		...(first ? [READ_PEOPLE] : []),
		...(first && use.passes ? [MAKE_PASSES] : []),
		...(first && use.passwords ? [SET_PASSWORDS] : []),
		...(use.sends ? [["Mail.Send"] as const] : []),
	];
	return [...new Set(needs)];
}

/** Permissions the procedures do without, and what they then cannot tell. */
export function worthHaving(use: Use): readonly { readonly need: Need; readonly why: string }[] {
	const makes = ["microsoft365.user", "microsoft365.firstCredential"].some((action) => use.actions.has(action));
	return [
		...(makes ? [{ need: READ_SIGN_INS, why: "whether an account was ever used, before it is undone" }] : []),
		...(use.sends ? [{ need: READ_SENT, why: "whether a mail went out whose answer was lost" }] : []),
	];
}

/**
 * The permissions an admin has consented to, as a token says; undefined when this token does not say.
 * Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference, `roles`.
 */
export function grantedBy(token: string): readonly string[] | undefined {
	try {
		const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
		if (!isRecord(claims)) return undefined;
		return [claims.roles ?? []].flat().filter((role) => typeof role === "string");
	} catch {
		return undefined;
	}
}
