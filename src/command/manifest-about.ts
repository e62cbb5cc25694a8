/**
 * Reads what `sopwith manifest` is to make, and for whom. Everything that is missing or misshapen is said at once. Must
 * never read a credential, only whether there is one.
 */
import { ConfigError, type Problem } from "../base/errors.ts";
import { isLoopback } from "../base/loopback.ts";
import { isUuid, UUID_EXAMPLE } from "../base/uuid.ts";
import { type Call, type SlackApp, type TeamsApp, UsageError } from "./command.ts";

/** Pages of the MSP's own that Teams shows with the app. */
export const PAGES = ["website", "privacy", "terms"] as const;

const VERSION = /^(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}$/;
const WAYS = ["socket", "http"] as const;

type About = {
	readonly teams?: Omit<TeamsApp, "definitions">;
	readonly slack?: Omit<SlackApp, "definitions">;
	/** What was not asked for by name and cannot be made, in words. */
	readonly leftOut?: string;
};
type Read = Pick<Call, "options" | "terminal"> & { readonly report: (problem: Problem) => void };

/** Errors: `ConfigError` with every problem; `UsageError` for a word or option that is none. */
export function readAbout({ words: [meant], options, terminal }: Call): About {
	if (meant !== undefined && meant !== "teams" && meant !== "slack") {
		throw new UsageError(`There is no app for “${meant}”; teams or slack was expected, or nothing for both.`);
	}
	const problems: Problem[] = [];
	const read: Read = { options, terminal, report: (problem) => problems.push(problem) };
	const isNamed = (options["app-id"] ?? terminal.env.TEAMS_APP_ID ?? "") !== "";
	const teams = meant === "teams" || (meant === undefined && isNamed) ? teamsAbout(read) : undefined;
	const slack = meant === "teams" ? undefined : slackAbout(read);
	if (problems.length > 0) throw new ConfigError(problems);
	const leftOut = "Teams is left out: the bot's application id is not known (--app-id, or TEAMS_APP_ID).\n";
	return {
		...(teams === undefined ? {} : { teams }),
		...(slack === undefined ? {} : { slack }),
		...(meant === undefined && teams === undefined ? { leftOut } : {}),
	};
}

function teamsAbout({ options, terminal, report }: Read): NonNullable<About["teams"]> {
	const app = options["app-id"] ?? terminal.env.TEAMS_APP_ID ?? "";
	if (!isUuid(app)) {
		const message = app === "" ? "The bot's application id is not known." : `"${app}" is no application id.`;
		const remedy = `--app-id ${UUID_EXAMPLE}, from the bot's page in Azure`;
		report({ path: "TEAMS_APP_ID", code: "bad-surface-value", message, remedy });
	}
	const url = publicUrl({ options, terminal, report }, "Teams");
	const links: { [page in (typeof PAGES)[number]]?: string } = {};
	for (const page of PAGES) {
		const found = options[page];
		const link = webUrl(found);
		if (link !== undefined) links[page] = link;
		else if (found !== undefined) {
			const remedy = `--${page} https://www.example.com/${page}`;
			report({ path: `--${page}`, code: "bad-url", message: `"${found}" is no https address.`, remedy });
		}
	}
	const { version } = options;
	if (version !== undefined && !VERSION.test(version)) {
		throw new UsageError(`"${version}" is no version; three numbers were expected, like 1.2.3.`);
	}
	return { app: app.toLowerCase(), url, links, ...(version === undefined ? {} : { version }) };
}

/** By the way that is asked for, or that is set; Socket Mode where neither says anything. */
function slackAbout(read: Read): NonNullable<About["slack"]> {
	const { options, terminal } = read;
	const { SLACK_SIGNING_SECRET: signing = "", SLACK_APP_TOKEN: token = "" } = terminal.env;
	const way = options.way ?? (signing !== "" && token === "" ? "http" : "socket");
	if (!WAYS.some((one) => one === way)) {
		throw new UsageError(`There is no way “${way}”; socket or http was expected.`);
	}
	return way === "socket" ? {} : { url: publicUrl(read, "Slack over HTTP") };
}

function publicUrl({ options, terminal, report }: Read, who: string): string {
	const url = webUrl(options.url ?? terminal.env.PUBLIC_URL);
	if (url !== undefined) return url;
	const message = `${who} reaches this bot over the internet: an https address was expected.`;
	report({ path: "PUBLIC_URL", code: "bad-url", message, remedy: "--url https://sopwith.example.com" });
	return "";
}

/** An address that others can reach, without a slash at the end. */
function webUrl(found: string | undefined): string | undefined {
	if (found === undefined || !URL.canParse(found)) return undefined;
	const { protocol, hostname, username, search, hash, href } = new URL(found);
	const plain = username === "" && search === "" && hash === "";
	return protocol === "https:" && plain && !isLoopback(hostname) ? href.replace(/\/+$/, "") : undefined;
}
