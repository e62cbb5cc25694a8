/**
 * Where Teams' connector may be: our token goes to these hosts and to no others. Pure. Must never take a host because a
 * request named it.
 */
import type { CloudName } from "./cloud.ts";

/** Tells whether a service URL is one we may speak to. Shape: an absolute address as an activity carries it. */
export type MaySpeakTo = (serviceUrl: string) => boolean;

/**
 * Hosts of the connector, as named in Microsoft's documents; `*.` stands for any name before it.
 * Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
 */
const HOSTS: { readonly [name in CloudName]: readonly string[] } = {
	global: ["smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com", "*.botframework.com"],
	"us-gov": ["smba.infra.gov.teams.microsoft.us", "*.botframework.us"],
	"us-gov-dod": ["smba.infra.dod.teams.microsoft.us", "*.botframework.us"],
};

/**
 * Only Teams' own hosts of that cloud, by TLS on its usual port. `more`: hosts with a port, for a connector of one's own.
 */
export function teamsHosts(cloud: CloudName, more: readonly string[] = []): MaySpeakTo {
	return (serviceUrl) => {
		const url = plainUrl(serviceUrl);
		if (url?.protocol !== "https:") return false;
		return more.includes(url.host) || (url.port === "" && HOSTS[cloud].some((host) => isOf(url.hostname, host)));
	};
}

/** Only this machine, as the Agents Playground needs it. */
export function loopbackHosts(): MaySpeakTo {
	return (serviceUrl) => {
		const url = plainUrl(serviceUrl);
		return url !== undefined && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
	};
}

/** An address without a name, a password or a question in it. */
function plainUrl(text: string): URL | undefined {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	const plain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
	return plain ? url : undefined;
}

function isOf(hostname: string, host: string): boolean {
	return host.startsWith("*.") ? hostname.endsWith(host.slice(1)) : hostname === host;
}
