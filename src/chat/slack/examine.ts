/**
 * Looks at what Slack needs of the world around: its Web API and clock, the way in, and whom the rosters know there. What
 * concerns one workspace is looked at beside it. Must never send a message, nor show a credential.
 */
import { clockFinding } from "../../base/clock-finding.ts";
import { beware, type Finding, unwell, well } from "../../base/finding.ts";
import { isLoopback } from "../../base/loopback.ts";
import type { Secret } from "../../base/secret.ts";
import { type Clock, toMs } from "../../base/time.ts";
import type { Person } from "../../people/roster.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { ownPeople } from "../../sop/everyone.ts";
import { knownFinding } from "../known-people.ts";
import { wayIn } from "../way-in.ts";
import { ROUTE } from "./asks.ts";
import { lookWith, type Seen } from "./examine-look.ts";
import { refusalOf } from "./refusals.ts";

type ExamineParts = {
	/** The signing secret itself is not looked at: only Slack can tell whose it is. */
	readonly way: { readonly kind: "socket"; readonly token: Secret } | { readonly kind: "http" };
	readonly base: string;
	/** What others reach the bot by. Absent: only this machine does. */
	readonly publicUrl?: string;
	readonly definitions: Pick<Definitions, "msp" | "clients">;
	/** The workspaces that a token was found for. */
	readonly teams: readonly string[];
	/** The MSP's own: that of the environment. */
	readonly home?: string;
	readonly clock: Clock;
};

const SLACK = { chat: "Slack", path: ROUTE, without: "Slack's signature" } as const;

/** Looks. Errors: none; what is not well is a finding. A second look is safe. */
export async function examineSlack(parts: ExamineParts): Promise<readonly Finding[]> {
	const found = [...(await apiFindings(parts)), ...(await wayFindings(parts)), ...rosterFindings(parts)];
	return found.map((each) => ({ about: "Slack", ...each }));
}

/** Needs no token, and every answer says what time it is there. */
async function apiFindings({ base, clock }: ExamineParts): Promise<readonly Finding[]> {
	const { host, hostname } = new URL(base);
	const seen = await lookWith({ base })("api.test");
	if (seen.kind === "silent") {
		const words = `${host} did not answer (${seen.why})`;
		return [unwell("Web API", words, `Let this machine reach ${host} on port 443; SLACK_API_URL names another.`)];
	}
	const time = seen.at === undefined ? [] : [clockFinding(hostname, toMs(seen.at), clock)];
	return [well("Web API", `${host} answers`), ...time];
}

async function wayFindings(parts: ExamineParts): Promise<readonly Finding[]> {
	const { way, base, publicUrl } = parts;
	if (way.kind === "socket")
		return [socketFinding(await lookWith({ base, token: way.token })("apps.connections.open"))];
	if (publicUrl !== undefined || !isLoopback(new URL(base).hostname)) return [await wayIn(SLACK, publicUrl)];
	const words = "from this machine alone, by what plays Slack here";
	return [beware("Way in", words, "For people: leave SLACK_API_URL out, and set PUBLIC_URL.")];
}

const APP_TOKEN =
	"Basic Information, App-Level Tokens: generate one with connections:write, and put it into SLACK_APP_TOKEN.";

/** It was offered a connection and did not take it. Source: https://docs.slack.dev/reference/methods/apps.connections.open */
function socketFinding(seen: Seen): Finding {
	const what = "Way in";
	if (seen.kind === "said") return well(what, "Socket Mode: Slack offers a connection");
	if (seen.kind === "silent") {
		return unwell(
			what,
			`Slack offered no connection (${seen.why})`,
			"Let this machine reach slack.com and *.slack.com on port 443.",
		);
	}
	const isPassing = refusalOf(seen.word).sort === "later";
	if (isPassing) return beware(what, "Slack is too busy to offer a connection just now", "Run this again later.");
	const words = `Slack offers no connection to SLACK_APP_TOKEN (${seen.word})`;
	return unwell(what, words, `${APP_TOKEN} Socket Mode has to be on, under Settings.`);
}

function rosterFindings({ definitions: { msp, clients }, teams, home: msps }: ExamineParts): readonly Finding[] {
	const own = known(msp.name, "msp.yaml", msp.people, msps);
	const rest = Object.values(clients).flatMap((client) => {
		const { id, name, roster } = client;
		const people = ownPeople(client);
		const home = msp.workspaces?.find((workspace) => workspace.client === id)?.team;
		return [
			known(name, "client.yaml", people, home),
			...strays(name, "client.yaml", places(people, roster.channels), teams),
		];
	});
	return [own, ...strays(msp.name, "msp.yaml", places(msp.people, {}), teams), ...rest];
}

function known(name: string, file: string, people: readonly Person[], home?: string): Finding {
	const remedy = `In ${file}, at each person who uses Slack: \`slack: "WORKSPACE/MEMBER"\`, from their profile, ⋮, Copy member ID.`;
	const found = knownFinding({ name, chat: "Slack", people, isKnown: ({ slack }) => slack !== undefined, remedy });
	if (found.remedy === undefined || home === undefined) return found;
	return well(name, `${found.words}, unless they have a confirmed address in ${home}`);
}

type Channels = Definitions["clients"][string]["roster"]["channels"];

/** Every place and account a file names: what it is called there, and its workspace. */
function places(people: readonly Person[], channels: Channels): readonly (readonly [string, string])[] {
	const all = [
		...people.map(({ name, slack }) => [name, slack] as const),
		...Object.entries(channels).map(([name, { slack }]) => [`the channel ${name}`, slack] as const),
	];
	return all.flatMap(([label, ref]) => (ref === undefined ? [] : [[label, ref.split("/")[0] ?? ""] as const]));
}

/** What stands in a workspace that nobody has a token for is never reached. */
function strays(
	name: string,
	file: string,
	named: readonly (readonly [string, string])[],
	teams: readonly string[],
): readonly Finding[] {
	const teamsNamed = [...new Set(named.map(([, team]) => team))].filter((team) => !teams.includes(team));
	return teamsNamed.map((team) => {
		const labels = named.filter(([, of]) => of === team).map(([label]) => label);
		const words = `${file} names ${labels.join(", ")} in ${team}, and no token for that workspace works`;
		return unwell(name, words, "Mend the id, or add the workspace and its token to msp.yaml, under surfaces.");
	});
}
