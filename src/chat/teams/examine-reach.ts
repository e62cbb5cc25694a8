/**
 * Looks at who can reach the bot in Teams and whom it knows there: our address as Teams would call it, the tenants on the
 * list, the ids on the roster. Must never show a credential, nor send one.
 */
import { beware, type Finding, unwell, well } from "../../base/finding.ts";
import type { Person } from "../../people/roster.ts";
import type { Client, Definitions } from "../../sop/definitions.ts";
import { ownPeople } from "../../sop/everyone.ts";
import { knownFinding } from "../known-people.ts";
import { asked, wayIn } from "../way-in.ts";

export type ReachParts = {
	/** What others reach the bot by. Absent: only this machine does. */
	readonly publicUrl?: string;
	/** The tenant the bot was registered in. */
	readonly home: string;
	/** The allow-list, lower case. */
	readonly tenants: readonly string[];
	/** `https://login.microsoftonline.com`. */
	readonly login: string;
	readonly definitions: Pick<Definitions, "msp" | "clients">;
};

const TEAMS = { chat: "Teams", path: "/api/messages", without: "a token" } as const;

/** Looks once. Never throws: what is not well is a finding. A second look is safe. */
export async function examineReach(parts: ReachParts): Promise<readonly Finding[]> {
	const [way, tenants] = await Promise.all([wayIn(TEAMS, parts.publicUrl), tenantsThere(parts)]);
	return [way, ...tenants, ...rosterFindings(parts)].map((each) => ({ about: "Teams", ...each }));
}

/** Source: https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc, "Find your app's OpenID configuration document URI". */
async function tenantsThere({ tenants, login, home }: ReachParts): Promise<readonly Finding[]> {
	const what = "Tenants on the list";
	const seen = await Promise.all(
		tenants.map(async (tenant) => ({
			tenant,
			answer: await asked(`${login}/${tenant}/v2.0/.well-known/openid-configuration`, {}),
		})),
	);
	const missing = seen.filter(({ answer }) => answer === 400 || answer === 404);
	const unseen = seen.filter(({ answer }) => answer !== 200 && answer !== 400 && answer !== 404);
	const all = missing.length + unseen.length === 0 ? [well(what, `all ${tenants.length} exist`)] : [];
	const own = tenants.includes(home.toLowerCase()) ? [] : [ownLeftOut(home)];
	const retry = `Let this machine reach ${new URL(login).host}, and run this again.`;
	return [
		...all,
		...missing.map(({ tenant }) => unwell(what, `there is no tenant ${tenant}`, "Mend it in TEAMS_TENANTS.")),
		...unseen.map(({ tenant }) => beware(what, `whether ${tenant} exists could not be asked`, retry)),
		...own,
	];
}

function ownLeftOut(home: string): Finding {
	const words = `${home}, where the bot is registered, is not on it, so nobody of that tenant is answered`;
	return beware("Tenants on the list", words, "Add it to TEAMS_TENANTS, unless it is meant so.");
}

function rosterFindings({ definitions: { msp, clients }, tenants }: ReachParts): readonly Finding[] {
	const own = known(msp.name, "msp.yaml", msp.people);
	return [own, ...Object.values(clients).flatMap((client) => clientFindings(client, tenants))];
}

function clientFindings(client: Client, tenants: readonly string[]): readonly Finding[] {
	const { name, roster, connectors } = client;
	const graph = connectors.microsoft365;
	const tenant = graph !== undefined && "tenant" in graph ? String(graph.tenant ?? "").toLowerCase() : "";
	const isLeftOut = /^[0-9a-f-]{36}$/.test(tenant) && !tenants.includes(tenant);
	const shapeless = Object.entries(roster.channels).filter(([, { teams }]) => teams?.startsWith("19:") === false);
	return [
		known(name, "client.yaml", ownPeople(client)),
		...(isLeftOut
			? [beware(name, `its tenant ${tenant} is not on the list, so its people are refused`, "Add it to TEAMS_TENANTS.")]
			: []),
		...shapeless.map(([channel]) => {
			const words = `the channel ${channel} has an id that is none of Teams'`;
			return unwell(name, words, "Get link to channel: its id begins with 19: and stands after /channel/.");
		}),
	];
}

function known(name: string, file: string, people: readonly Person[]): Finding {
	const remedy = `In ${file}, at each person who uses Teams: \`teams: "OBJECT-ID"\`, from Entra, Users.`;
	return knownFinding({ name, chat: "Teams", people, isKnown: ({ teams }) => teams !== undefined, remedy });
}
