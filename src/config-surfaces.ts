/**
 * Checks what the environment says about Teams and Slack. A surface that is half configured is a mistake, never a silent
 * "off". Must never repeat a credential in a problem's words.
 */
import { type Environment, variable } from "./base/environment.ts";
import type { Problem } from "./base/errors.ts";
import { isLoopback } from "./base/loopback.ts";
import { Secret } from "./base/secret.ts";
import { isUuid, UUID_EXAMPLE } from "./base/uuid.ts";

type Rule = {
	readonly name: string;
	readonly fits: (value: string, env: Environment) => boolean;
	readonly example: string;
};

const TEAMS: readonly Rule[] = [
	{ name: "TEAMS_APP_ID", fits: (value) => isUuid(value), example: UUID_EXAMPLE },
	{ name: "TEAMS_APP_PASSWORD", fits: (value) => value.length >= 8, example: "the app's client secret" },
	{ name: "TEAMS_APP_TENANT", fits: (value) => isUuid(value), example: UUID_EXAMPLE },
	{ name: "TEAMS_TENANTS", fits: (value) => value.split(",").every((id) => isUuid(id.trim())), example: UUID_EXAMPLE },
];
const TEAMS_CLOUDS = ["us-gov", "us-gov-dod"] as const;
/** May be left out: then it is the worldwide one. */
const CLOUD: Rule = {
	name: "TEAMS_CLOUD",
	fits: (value) => TEAMS_CLOUDS.some((cloud) => cloud === value),
	example: TEAMS_CLOUDS.join(" or "),
};
const SLACK: readonly Rule[] = [
	{ name: "SLACK_BOT_TOKEN", fits: (value) => value.startsWith("xoxb-"), example: "xoxb-…" },
	{ name: "SLACK_APP_TOKEN", fits: (value) => value.startsWith("xapp-"), example: "xapp-…" },
	{ name: "SLACK_SIGNING_SECRET", fits: isSigningSecret, example: "32 hexadecimal digits" },
	{ name: "SLACK_API_URL", fits: isApiBase, example: "http://127.0.0.1:9700/api/" },
];
const SLACK_API = "https://slack.com/api/";

/** How Teams is reached. */
export type TeamsConfig = {
	/** Absent: the Agents Playground, unauthenticated and on this machine only. */
	readonly app?: { readonly id: string; readonly password: Secret; readonly tenant: string };
	/** The allow-list, lower case. Empty beside the Playground: any. */
	readonly tenants: readonly string[];
	/** Microsoft's cloud that the bot is registered in. Absent: the worldwide one. */
	readonly cloud?: (typeof TEAMS_CLOUDS)[number];
};

/** Reads what is said about Teams, once `surfaceProblems` found nothing. Undefined: Teams is off. */
export function readTeams(env: Environment): TeamsConfig | undefined {
	const listed = (variable(env, "TEAMS_TENANTS") ?? "").split(",").map((id) => id.trim().toLowerCase());
	const tenants = listed.filter((id) => id !== "");
	if (variable(env, "TEAMS_PLAYGROUND") === "1") return { tenants };
	const id = variable(env, "TEAMS_APP_ID");
	if (id === undefined) return undefined;
	const password = new Secret(variable(env, "TEAMS_APP_PASSWORD") ?? "");
	const app = { id: id.toLowerCase(), password, tenant: variable(env, "TEAMS_APP_TENANT") ?? "" };
	const cloud = TEAMS_CLOUDS.find((each) => each === variable(env, CLOUD.name));
	return { app, tenants, ...(cloud === undefined ? {} : { cloud }) };
}

/** How Slack is reached. Further workspaces stand in `msp.yaml`. */
export type SlackConfig = {
	/** The bot's token (`xoxb-`) in the workspace it belongs to first. */
	readonly bot: Secret;
	/** Socket Mode needs no public address; over HTTP every request is signed. */
	readonly way:
		| { readonly kind: "socket"; readonly token: Secret }
		| { readonly kind: "http"; readonly signingSecret: Secret };
	/** The Web API's base, with a slash at its end: `https://slack.com/api/`. */
	readonly api: string;
};

/** Reads what is said about Slack, once `surfaceProblems` found nothing. Undefined: Slack is off. */
export function readSlack(env: Environment): SlackConfig | undefined {
	const [bot, token] = [variable(env, "SLACK_BOT_TOKEN"), variable(env, "SLACK_APP_TOKEN")];
	if (bot === undefined) return undefined;
	const way =
		token === undefined
			? ({ kind: "http", signingSecret: new Secret(variable(env, "SLACK_SIGNING_SECRET") ?? "") } as const)
			: ({ kind: "socket", token: new Secret(token) } as const);
	return { bot: new Secret(bot), way, api: variable(env, "SLACK_API_URL") ?? SLACK_API };
}

/** Returns every problem with the variables of Teams and Slack; empty when neither is asked for. */
export function surfaceProblems(env: Environment): readonly Problem[] {
	return [...misshapen(env, [...TEAMS, CLOUD, ...SLACK]), ...teamsProblems(env), ...slackProblems(env)];
}

function teamsProblems(env: Environment): readonly Problem[] {
	const playground = variable(env, "TEAMS_PLAYGROUND");
	if (playground !== undefined && playground !== "1") {
		const message = `"${playground}" was found; 1 was expected, or nothing.`;
		return [{ path: "TEAMS_PLAYGROUND", code: "bad-surface-value", message, remedy: "TEAMS_PLAYGROUND=1" }];
	}
	const set = [...TEAMS, CLOUD].filter((rule) => variable(env, rule.name) !== undefined);
	if (playground === "1") return playgroundProblems(set);
	if (set.length === 0) return [];
	const missing = TEAMS.filter((rule) => variable(env, rule.name) === undefined);
	return missing.map((rule) => half(rule, "Teams", set));
}

/** The playground speaks unauthenticated: never beside credentials that make this machine reachable for all. */
function playgroundProblems(set: readonly Rule[]): readonly Problem[] {
	const credentials = set.filter((rule) => rule.name !== "TEAMS_TENANTS");
	if (credentials.length === 0) return [];
	const message = `${names(credentials)} is set beside TEAMS_PLAYGROUND; one of the two ways was expected.`;
	return [{ path: "TEAMS_PLAYGROUND", code: "two-ways", message, remedy: "Leave one of the two out" }];
}

function slackProblems(env: Environment): readonly Problem[] {
	const set = SLACK.filter((rule) => variable(env, rule.name) !== undefined);
	if (set.length === 0) return [];
	const [bot, app, signing] = SLACK;
	const problems: Problem[] = [];
	const isSet = (rule: Rule | undefined) => rule !== undefined && set.includes(rule);
	if (bot !== undefined && !isSet(bot)) problems.push(half(bot, "Slack", set));
	if (isSet(app) && isSet(signing)) {
		const message = "SLACK_APP_TOKEN (Socket Mode) and SLACK_SIGNING_SECRET (HTTP) are both set; one was expected.";
		problems.push({ path: "SLACK_APP_TOKEN", code: "two-ways", message, remedy: "Leave one of the two out" });
	}
	if (app !== undefined && !isSet(app) && !isSet(signing)) {
		const message = `${names(set)} is set, but neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET.`;
		problems.push({ path: app.name, code: "half-configured", message, remedy: `SLACK_APP_TOKEN=${app.example}` });
	}
	return problems;
}

function misshapen(env: Environment, rules: readonly Rule[]): readonly Problem[] {
	return rules.flatMap((rule) => {
		const found = variable(env, rule.name);
		if (found === undefined || rule.fits(found, env)) return [];
		const message = `What is set does not look like one; expected: ${rule.example}`;
		return [{ path: rule.name, code: "bad-surface-value", message, remedy: `${rule.name}=${rule.example}` }];
	});
}

function half(missing: Rule, surface: string, set: readonly Rule[]): Problem {
	const message = `${names(set)} is set, but not ${missing.name}, which ${surface} needs beside it.`;
	return { path: missing.name, code: "half-configured", message, remedy: `${missing.name}=${missing.example}` };
}

function names(rules: readonly Rule[]): string {
	return rules.map((rule) => rule.name).join(", ");
}

/** Tokens travel to it, so without TLS it must be on this machine. */
function isApiBase(found: string): boolean {
	if (!URL.canParse(found) || !found.endsWith("/api/")) return false;
	const { protocol, hostname } = new URL(found);
	return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

/** Slack's own have 32 hexadecimal digits; who plays Slack may have others. */
function isSigningSecret(found: string, env: Environment): boolean {
	return /^[0-9a-f]{32}$/i.test(found) || (variable(env, "SLACK_API_URL") !== undefined && found.length >= 8);
}
