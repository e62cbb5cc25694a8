/**
 * Looks at what the procedures will touch in a directory: base, mark attribute, the profiles' OUs and groups, and our rights
 * on them as the directory itself computes them. Must never try a right by using it.
 */
import { AndFilter, NotFilter, PresenceFilter } from "ldapts";
import { beware, type Finding, unwell, well } from "../../base/finding.ts";
import { asList, type Values } from "../../base/json.ts";
import { type Directory, type Entry, got } from "../../engine/remote.ts";
import { oneSearch } from "../one-search.ts";
import { equal, findGroups } from "./entries.ts";
import type { Domain } from "./examine-sign-in.ts";

type Tree = {
	readonly directory: Directory;
	readonly profiles: readonly Values[];
	/** Who signs in, as remedies name it. */
	readonly bind: string;
	readonly domain: Domain;
	/** Nothing is ever written: a right to write is not missed. */
	readonly lookOnly: boolean;
};

/** What the directory's actions write on a person, besides the mark. Source: the actions beside this file. */
const WRITTEN = [
	...["userAccountControl", "displayName", "givenName", "sn", "userPrincipalName", "pwdLastSet", "manager"],
	"accountExpires",
];
const ANYTHING = new PresenceFilter({ attribute: "objectClass" });

/** Looks; changes nothing. Errors: `RemoteError` when the directory stops answering. */
export async function examineTree(tree: Tree): Promise<readonly Finding[]> {
	const { directory, profiles } = tree;
	const base = await entryAt(directory, directory.base, ["distinguishedName"]);
	if (base === undefined) {
		const { namingContext } = tree.domain;
		const hint = namingContext === undefined ? "" : ` This domain's is "${namingContext}".`;
		return [unwell(`Base ${directory.base}`, "is not there", `Write \`base\` in client.yaml.${hint}`)];
	}
	const findings = [well(`Base ${directory.base}`, "is there"), await markFinding(tree)];
	for (const ou of unitsOf(profiles)) {
		findings.push(...(await unitFindings(tree, ou)));
	}
	for (const group of distinct(profiles.flatMap(({ groups }) => asList(groups)))) {
		findings.push(await groupFinding(tree, String(group)));
	}
	return findings;
}

/** The OUs that profiles name, each once. */
export function unitsOf(profiles: readonly Values[]): readonly string[] {
	return distinct(profiles.flatMap(({ ou }) => (typeof ou === "string" ? [ou] : [])));
}

async function markFinding({ directory, domain }: Tree): Promise<Finding> {
	const { markAttribute } = directory;
	const what = `Mark attribute ${markAttribute}`;
	if (domain.schema === undefined) return well(what, "the schema is not shown to us, so it was not looked up");
	const filter = equal("lDAPDisplayName", markAttribute);
	const found = got(await directory.search({ base: domain.schema, filter, attributes: ["cn"] }));
	if (found.length > 0) return well(what, "is in the schema");
	const remedy =
		"Write `markAttribute: info` under connectors.directory in client.yaml, or another text attribute of users that " +
		"nobody else uses. extensionAttribute1 to 15 come with Exchange's schema.";
	return unwell(what, "is not in this domain's schema, so no account could be made", remedy);
}

async function unitFindings({ directory, bind, lookOnly, domain }: Tree, ou: string): Promise<readonly Finding[]> {
	const what = ou;
	const unit = await entryAt(directory, ou, ["allowedChildClassesEffective"]);
	if (unit === undefined) {
		const remedy = `Active Directory Users and Computers → New → Organizational Unit, or mend \`ou\` in client.yaml.`;
		return [unwell(what, "is not there", remedy)];
	}
	const delegate = `Active Directory Users and Computers → right-click ${ou} → Delegate Control → add ${bind} →`;
	const lacks = lookOnly ? beware : unwell;
	const rights = domain.rights.get(ou);
	const lacking = [
		...(has(unit, "allowedChildClassesEffective", "user") ? [] : ["make accounts in it"]),
		...(rights?.deletes === false ? ["delete accounts from it"] : []),
		...(rights?.setsPasswords === false ? ["set their passwords"] : []),
	];
	const may = rights === undefined ? "we may make accounts in it" : "we may make and delete accounts and set passwords";
	const first =
		lacking.length === 0
			? well(what, `is there, and ${may}`)
			: lacks(what, `${bind} may not ${lacking.join(", ")}`, `${delegate} Create, delete, and manage user accounts.`);
	const person = await somebodyIn(directory, ou);
	if (person === undefined) return [first];
	const missing = [...WRITTEN, directory.markAttribute].filter(
		(name) => !has(person, "allowedAttributesEffective", name),
	);
	const about = `Accounts in ${ou}`;
	if (missing.length === 0) return [first, well(about, "we may write what the procedures write")];
	const remedy = `${delegate} a custom task → User objects → Write all properties, and Reset password.`;
	return [first, lacks(about, `${bind} may not write ${missing.join(", ")}`, remedy)];
}

/** Anybody who has an account right there, with what we may write on them. */
async function somebodyIn(directory: Directory, ou: string): Promise<Entry | undefined> {
	const people = new AndFilter({
		filters: [equal("objectClass", "user"), new NotFilter({ filter: equal("objectClass", "computer") })],
	});
	const [first] = got(await directory.search({ base: ou, scope: "one", filter: people, attributes: ["cn"] }));
	return first === undefined ? undefined : entryAt(directory, first.dn, ["allowedAttributesEffective"]);
}

async function groupFinding({ directory, bind, lookOnly }: Tree, name: string): Promise<Finding> {
	const what = `Group ${name}`;
	const [group, ...others] = await findGroups(oneSearch(directory), name);
	if (group === undefined) {
		const remedy = `Active Directory Users and Computers → New → Group, or mend \`groups\` in client.yaml.`;
		return unwell(what, `is not below ${directory.groupBase}`, remedy);
	}
	if (others.length > 0) {
		const remedy = "Write the group's whole DN in client.yaml, or narrow `groupBase`.";
		return unwell(what, `is there ${others.length + 1} times`, remedy);
	}
	const entry = await entryAt(directory, group.dn, ["allowedAttributesEffective"]);
	if (entry !== undefined && has(entry, "allowedAttributesEffective", "member")) {
		return well(what, "is there, and we may change who is in it");
	}
	const delegate = `Active Directory Users and Computers → right-click the OU of ${group.dn} → Delegate Control → add ${bind}`;
	const lacks = lookOnly ? beware : unwell;
	return lacks(what, `${bind} may not change who is in it`, `${delegate} → Modify the membership of a group.`);
}

/** One entry, by its DN; undefined when it is not there or not shown to us. */
async function entryAt(directory: Directory, dn: string, attributes: readonly string[]): Promise<Entry | undefined> {
	const answer = await directory.search({ base: dn, scope: "base", filter: ANYTHING, attributes });
	if (answer.kind === "refused" && ["no-such-object", "bad-name"].includes(answer.code)) return undefined;
	return got(answer)[0];
}

function has(entry: Entry, attribute: string, wanted: string): boolean {
	return [entry[attribute] ?? []].flat().some((name) => name.toLowerCase() === wanted.toLowerCase());
}

function distinct<Item>(items: readonly Item[]): readonly Item[] {
	return [...new Set(items)];
}
