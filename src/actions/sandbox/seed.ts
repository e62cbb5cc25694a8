/**
 * What a simulated tenant starts with, taken from what the client's file says. Must never invent people: who is there at
 * the start is who the file names.
 */
import { asList, type Json, type Values } from "../../base/json.ts";
import type { GraphSettings } from "../../sop/connector-schema.ts";
import type { Client } from "../../sop/definitions.ts";
import { ownPeople } from "../../sop/everyone.ts";

export type Seed = {
	readonly client: string;
	readonly name: string;
	/** The verified domain and UPN suffix: `contoso.example`. */
	readonly domain: string;
	/** `DC=contoso,DC=example`. */
	readonly base: string;
	readonly zone: string;
	/** `hybrid`: the people are in the directory and synced. `cloud`: they are in Microsoft 365 only. */
	readonly identity: "hybrid" | "cloud";
	/** Organisational units, as DNs below the base; their parents are made as well. */
	readonly units: readonly string[];
	readonly groups: readonly SeedGroup[];
	readonly licences: readonly SeedLicence[];
	readonly people: readonly SeedPerson[];
	/** Addresses that can send mail besides the people's. */
	readonly mailboxes: readonly string[];
};

export type SeedGroup = {
	readonly name: string;
	readonly where: "directory" | "cloud";
	/** `skuPartNumber`s of the licences that its members get. */
	readonly licences?: readonly string[];
	/** Set: members follow the rule, as `user.department -eq "Sales"`, and nobody may edit them. */
	readonly rule?: string;
};

type SeedLicence = {
	readonly sku: string;
	readonly total: number;
	/** In use before anything happens here. */
	readonly used: number;
	/** Whether it brings a mailbox. Default yes. */
	readonly mailbox?: boolean;
};

export type SeedPerson = {
	readonly id: string;
	readonly name: string;
	readonly email: string;
	readonly title?: string;
	readonly phone?: string;
	readonly manager?: string;
};

/**
 * Derives the seed of a client. `connectors.microsoft365` may say
 * `{ licences: { SPB: { total: 25, used: 22 } } }`; a licence that a profile names and nothing counts starts with 50, of
 * which 22 are in use.
 */
export function seedOf(client: Client): Seed {
	const profiles = Object.values(client.values.profiles);
	const { directory, microsoft365, mail } = client.connectors;
	const counted = microsoft365?.use === "sandbox" ? microsoft365.licences : undefined;
	const people = ownPeople(client);
	const base =
		directory?.base ??
		baseOf(
			domainOfPeople(
				people.map((p) => p.email),
				client.id,
			),
		);
	const domain = directory?.upnSuffix ?? domainOf(base);
	const from = mail === undefined || mail.use === "never" ? undefined : mail.from;
	return {
		client: client.id,
		name: client.name,
		domain,
		base,
		zone: client.values.timezone,
		identity: client.values.identity,
		units: distinct(profiles.flatMap((profile) => text(profile.ou) ?? [])),
		groups: [
			...distinct(profiles.flatMap((p) => texts(p.groups))).map((name) => ({ name, where: "directory" as const })),
			...distinct(profiles.flatMap((p) => texts(p.cloudGroups))).map((name) => ({ name, where: "cloud" as const })),
			...licenceGroupsOf(profiles),
		],
		licences: licencesOf(counted ?? {}, distinct(profiles.flatMap((profile) => texts(profile.licences)))),
		people: people.map(({ id, name, email, title, phone, manager }) => ({
			id,
			name,
			email,
			...(title === undefined ? {} : { title }),
			...(phone === undefined ? {} : { phone }),
			...(manager === undefined ? {} : { manager }),
		})),
		mailboxes: from?.endsWith(`@${domain}`) ? [from] : [`it@${domain}`],
	};
}

/** In a simulated tenant a profile's licence groups carry the licences that the profile names. */
function licenceGroupsOf(profiles: readonly Values[]): readonly SeedGroup[] {
	const names = distinct(profiles.flatMap((profile) => texts(profile.licenceGroups)));
	return names.map((name) => {
		const own = profiles.filter((profile) => texts(profile.licenceGroups).includes(name));
		return { name, where: "cloud", licences: distinct(own.flatMap((profile) => texts(profile.licences))) };
	});
}

type Counted = NonNullable<Extract<GraphSettings, { use: "sandbox" }>["licences"]>;

function licencesOf(counted: Counted, named: readonly string[]): readonly SeedLicence[] {
	return distinct([...named, ...Object.keys(counted)]).map((sku) => {
		const count = Object.hasOwn(counted, sku) ? counted[sku] : undefined;
		if (count === undefined) return { sku, total: 50, used: 22 };
		if (typeof count === "number") return { sku, total: count, used: 0 };
		const { total = 25, used = 0, mailbox } = count;
		return { sku, total, used, ...(mailbox === false ? { mailbox } : {}) };
	});
}

function domainOfPeople(emails: readonly string[], client: string): string {
	return emails[0]?.split("@")[1] ?? `${client}.example`;
}

function baseOf(domain: string): string {
	return domain
		.split(".")
		.map((label) => `DC=${label}`)
		.join(",");
}

function domainOf(base: string): string {
	return [...base.matchAll(/DC=([^,]+)/gi)].map((match) => match[1]).join(".");
}

function text(value: Json | undefined): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}

function texts(value: Json | undefined): readonly string[] {
	return asList(value).filter((item): item is string => typeof item === "string");
}

function distinct(items: readonly string[]): readonly string[] {
	return [...new Set(items)];
}
