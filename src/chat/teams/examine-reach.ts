/**
 * Looks at who can reach the bot in Teams and whom it knows there: our address as Teams would call it, the tenants on the
 * list, the ids on the roster. Must never show a credential, nor send one.
 */
import { beware, type Finding, unwell, well } from "../../base/finding.ts";
import type { Person } from "../../people/roster.ts";
import type { Client, Definitions } from "../../sop/definitions.ts";

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

const PATIENCE_MS = 5_000;

/** Looks once. Never throws: what is not well is a finding. A second look is safe. */
export async function examineReach(parts: ReachParts): Promise<readonly Finding[]> {
	const [way, tenants] = await Promise.all([wayIn(parts.publicUrl), tenantsThere(parts)]);
	return [way, ...tenants, ...rosterFindings(parts)].map((each) => ({ about: "Teams", ...each }));
}

/** As Teams calls, but without a token: there is one right answer to that. */
async function wayIn(publicUrl: string | undefined): Promise<Finding> {
	const what = "Way in";
	if (publicUrl?.startsWith("https:") !== true) {
		const words = "PUBLIC_URL names no https address, so Teams has none to call, and links lead to this machine";
		return unwell(what, words, "PUBLIC_URL=https://HOST, with TLS taken by a proxy before Sopwith.");
	}
	const address = `${publicUrl}/api/messages`;
	const headers = { "content-type": "application/json" };
	const answer = await asked(address, { method: "POST", headers, body: "{}" });
	if (typeof answer !== "number") return notReached(address, answer);
	if (answer === 401) return well(what, `${address} answers, and lets in nobody without a token`);
	if (BEHIND.has(answer)) {
		const words = `${address} answers ${answer}: something stands there, and reaches no Sopwith behind it`;
		return beware(what, words, "Start the bot, and let the proxy pass requests on to HOST and PORT.");
	}
	const words = `${address} answers ${answer}, where 401 was expected`;
	return unwell(what, words, "Let the proxy pass POST /api/messages on to Sopwith as it came, its headers too.");
}

/** What a proxy says when nobody answers it. */
const BEHIND: ReadonlySet<number> = new Set([502, 503, 504]);

/** A certificate that we do not trust, Teams does not either; all else may be so from this machine alone. */
function notReached(address: string, { code }: { readonly code: string }): Finding {
	const what = "Way in";
	const isTls = /CERT|SELF_SIGNED|VERIFY|TLS|SSL/.test(code);
	if (isTls) {
		const words = `the certificate of ${address} is not one that Teams would take (${code})`;
		return unwell(what, words, "Take one from a public authority, for that name, with the whole chain.");
	}
	const words = `${address} cannot be reached from this machine (${code})`;
	return beware(what, words, `From outside, \`curl -X POST ${address}\` has to answer 401.`);
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
	const people = roster.people.filter((person) => person.of === "client");
	const shapeless = Object.entries(roster.channels).filter(([, { teams }]) => teams?.startsWith("19:") === false);
	return [
		known(name, "client.yaml", people),
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
	const lacking = people.filter(({ teams }) => teams === undefined).map((person) => person.name);
	if (lacking.length === 0) return well(name, `all ${people.length} people of the roster are known in Teams`);
	const words = `${people.length - lacking.length} of ${people.length} people of the roster are known in Teams; not ${listed(lacking)}`;
	return beware(name, words, `In ${file}, at each person who uses Teams: \`teams: "OBJECT-ID"\`, from Entra, Users.`);
}

const MOST_NAMED = 5;

function listed(names: readonly string[]): string {
	const more = names.length - MOST_NAMED;
	return more > 0 ? `${names.slice(0, MOST_NAMED).join(", ")} and ${more} more` : names.join(", ");
}

/** The status, or why there is none. */
async function asked(address: string, request: RequestInit): Promise<number | { readonly code: string }> {
	const limit = { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) } as const;
	try {
		const answer = await fetch(address, { ...request, ...limit });
		await answer.body?.cancel();
		return answer.status;
	} catch (error) {
		const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
		if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return { code: cause.code };
		return { code: cause instanceof Error ? cause.name : "no answer" };
	}
}
