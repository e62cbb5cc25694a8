/**
 * Reads the environment into a `Config`, or refuses with every problem at once. Must never guess at a half-configured
 * surface, and never put the key beside the data it opens.
 */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { type Environment, variable } from "./base/environment.ts";
import { ConfigError, type Problem } from "./base/errors.ts";
import { isLoopback } from "./base/loopback.ts";
import { nearest } from "./base/nearest.ts";
import { Secret } from "./base/secret.ts";
import { readSlack, readTeams, type SlackConfig, surfaceProblems, type TeamsConfig } from "./config-surfaces.ts";

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

export type Config = {
	readonly host: string;
	/** 0: any free one. */
	readonly port: number;
	/** What links in cards start with, without a slash at the end. Absent: `http://HOST:PORT` as bound. */
	readonly publicUrl?: string;
	/** Absolute folders. */
	readonly definitions: string;
	readonly data: string;
	/** The key-encryption key: base64 of 32 bytes. */
	readonly key: Secret;
	/** `local`: choose a person of the roster, on loopback only. `oidc`: at each organisation's own provider. */
	readonly signIn: "local" | "oidc";
	/** Absent: Teams is off. */
	readonly teams?: TeamsConfig;
	/** Absent: Slack is off. */
	readonly slack?: SlackConfig;
	readonly logLevel: LogLevel;
};

/** What reading needs of the disk. */
export type Files = {
	readonly cwd: string;
	readonly home: string;
	/** The text of a file, or undefined when it is not there or cannot be read. */
	read(path: string): string | undefined;
	exists(path: string): boolean;
	/** Whether nobody but its owner can read or write it. */
	isPrivate(path: string): boolean;
	/** The path with links followed, as far as it exists. */
	real(path: string): string;
	/** Writes a file only its owner can read, with its folders. Absent: this command makes no key. */
	makePrivate?(path: string, text: string): void;
};

const VARIABLES: readonly string[] = [
	"HOST",
	"PORT",
	"PUBLIC_URL",
	"SOPWITH_DEFINITIONS",
	"SOPWITH_DATA",
	"SOPWITH_KEY",
	"SOPWITH_SIGNIN",
	"TEAMS_APP_ID",
	"TEAMS_APP_PASSWORD",
	"TEAMS_APP_TENANT",
	"TEAMS_TENANTS",
	"TEAMS_CLOUD",
	"TEAMS_PLAYGROUND",
	"SLACK_BOT_TOKEN",
	"SLACK_APP_TOKEN",
	"SLACK_SIGNING_SECRET",
	"SLACK_API_URL",
	"LOG_LEVEL",
];

const KEY_BYTES = 32;
/** What the embedded host calls its file; a new key could not open the secrets in it. */
const DATABASE = "sopwith.db";
const KEY_EXAMPLE = "`openssl rand -base64 32`, or file:/etc/sopwith/key";

/**
 * Reads and checks every variable of the environment.
 * Errors: `ConfigError` with one problem per mistake; `path` is the variable, `message` what was found and expected,
 * `remedy` an example. Repeat: safe; the key file is made once, and only when nothing else is wrong.
 */
export function readConfig(env: Environment, files: Files): Config {
	const problems: Problem[] = [...surfaceProblems(env), ...misspelt(env), ...quoted(env)];
	const report = (problem: Problem) => problems.push(problem);
	const host = variable(env, "HOST") ?? "127.0.0.1";
	const port = readPort(env, report);
	const publicUrl = readPublicUrl(env, report);
	const folders = readFolders(env, files);
	if (variable(env, "SOPWITH_DEFINITIONS") !== undefined && !files.exists(folders.definitions)) {
		const message = `${folders.definitions} is not there; a folder of SOPs and clients was expected.`;
		report({ path: "SOPWITH_DEFINITIONS", code: "no-such-folder", message, remedy: "./sop-definitions" });
	}
	const local = isLoopback(host) && (publicUrl === undefined || isLoopback(new URL(publicUrl).hostname));
	const signIn = checkSignIn(env, { host, publicUrl, local }, report);
	const logLevel = readLogLevel(env, report);
	const key = readKey(env, { files, data: folders.data, local, clean: () => problems.length === 0 }, report);
	if (problems.length > 0 || key === undefined) throw new ConfigError(problems);
	const [teams, slack] = [readTeams(env), readSlack(env)];
	const surfaces = { ...(teams === undefined ? {} : { teams }), ...(slack === undefined ? {} : { slack }) };
	const address = publicUrl === undefined ? {} : { publicUrl };
	return { host, port, ...address, ...surfaces, ...folders, key, signIn, logLevel };
}

/** Whether Slack is set up there. */
export function usesSlack(env: Environment): boolean {
	return readSlack(env) !== undefined;
}

/** The two folders, absolute. Needs no other variable, so that `check` works on a machine that has no key. */
export function readFolders(env: Environment, files: Pick<Files, "cwd">): { definitions: string; data: string } {
	const definitions = resolve(files.cwd, variable(env, "SOPWITH_DEFINITIONS") ?? "./sop-definitions");
	return { definitions, data: resolve(files.cwd, variable(env, "SOPWITH_DATA") ?? "./data") };
}

type Report = (problem: Problem) => void;

function readPort(env: Environment, report: Report): number {
	const found = variable(env, "PORT") ?? "3978";
	const port = /^\d{1,5}$/.test(found) ? Number(found) : Number.NaN;
	if (port >= 0 && port <= 65_535) return port;
	report({ path: "PORT", code: "bad-port", message: `"${found}" was found; a port was expected.`, remedy: "3978" });
	return 0;
}

function readPublicUrl(env: Environment, report: Report): string | undefined {
	const found = variable(env, "PUBLIC_URL");
	if (found === undefined) return undefined;
	const url = URL.canParse(found) ? new URL(found) : undefined;
	const web = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
	const bare = url !== undefined && url.search === "" && url.hash === "" && url.username === "" && url.password === "";
	if (url !== undefined && web && bare) return url.href.replace(/\/+$/, "");
	const message = `"${found}" was found; an https address without query was expected (http on loopback only).`;
	report({ path: "PUBLIC_URL", code: "bad-url", message, remedy: "https://sopwith.example.com" });
	return undefined;
}

function readLogLevel(env: Environment, report: Report): LogLevel {
	const found = variable(env, "LOG_LEVEL") ?? "info";
	const level = LOG_LEVELS.find((one) => one === found.toLowerCase());
	if (level !== undefined) return level;
	const message = `"${found}" was found; one of ${LOG_LEVELS.join(", ")} was expected.`;
	report({ path: "LOG_LEVEL", code: "bad-log-level", message, remedy: nearest(found, LOG_LEVELS) ?? "info" });
	return "info";
}

/**
 * Local sign-in lets anybody be anybody: fit for one machine, never for a network, so never beside Teams itself or Slack
 * over HTTP. Socket Mode comes from nowhere outside, so it may have it.
 */
function checkSignIn(
	env: Environment,
	where: { readonly host: string; readonly publicUrl: string | undefined; readonly local: boolean },
	report: Report,
): Config["signIn"] {
	const found = variable(env, "SOPWITH_SIGNIN");
	const path = "SOPWITH_SIGNIN";
	const reached = ["TEAMS_APP_ID", "SLACK_SIGNING_SECRET"].filter((name) => variable(env, name) !== undefined);
	if (found === "oidc") {
		if (!where.local && !where.publicUrl?.startsWith("https:")) {
			const message = `PUBLIC_URL is ${where.publicUrl ?? "not set"}; where others sign in it has to be https.`;
			report({ path: "PUBLIC_URL", code: "bad-url", message, remedy: "https://sopwith.example.com" });
		}
		return "oidc";
	}
	if (found !== undefined && found !== "local") {
		const message = `"${found}" was found; local or oidc was expected.`;
		report({ path, code: "bad-sign-in", message, remedy: "oidc" });
	} else if (!where.local || reached.length > 0) {
		const near = isLoopback(where.host) ? `PUBLIC_URL is ${where.publicUrl}` : `HOST is ${where.host}`;
		const why = where.local
			? `${reached.join(" and ")} makes this machine reachable`
			: `${near}, which others can reach`;
		const message = `${why}, and local sign-in lets anybody be anybody. Say that people sign in at their own provider.`;
		report({ path, code: "local-sign-in-refused", message, remedy: "oidc" });
	}
	return "local";
}

/** Names a variable that is nearly one of ours: a slip there would silently mean the default. */
function misspelt(env: Environment): readonly Problem[] {
	return Object.keys(env).flatMap((name) => {
		if (!/^(SOPWITH|TEAMS|SLACK)_/.test(name) || VARIABLES.includes(name)) return [];
		const meant = nearest(name, VARIABLES);
		if (meant === undefined) return [];
		const message = `${name} is not read; did you mean ${meant}?`;
		return [{ path: name, code: "unknown-variable", message, remedy: `${meant}=…` }];
	});
}

/** A file of variables keeps quotes that a shell takes off; a folder would be made in the wrong place. */
function quoted(env: Environment): readonly Problem[] {
	return VARIABLES.flatMap((name) => {
		const bare = /^(["'])(.*)\1$/s.exec(variable(env, name) ?? "")?.[2];
		if (bare === undefined) return [];
		const message = `${name} stands in quotes, which would be a part of it.`;
		return [{ path: name, code: "quoted", message, remedy: `${name}=… without them` }];
	});
}

type KeyPlace = {
	readonly files: Files;
	readonly data: string;
	readonly local: boolean;
	/** Whether all else is well: only then is a key made. */
	clean(): boolean;
};

function readKey(env: Environment, place: KeyPlace, report: Report): Secret | undefined {
	const { files } = place;
	const found = variable(env, "SOPWITH_KEY");
	const path = "SOPWITH_KEY";
	if (found !== undefined && !found.startsWith("file:")) {
		return parseKey(found, () =>
			report({ path, code: "bad-key", message: "32 bytes in base64 were expected.", remedy: KEY_EXAMPLE }),
		);
	}
	const file =
		found === undefined ? resolve(files.home, ".config/sopwith/key") : resolve(files.cwd, found.slice(5).trim());
	if (isInside(files.real(file), files.real(place.data))) {
		const message = `${file} lies inside the data folder; whoever takes the one would have the other.`;
		report({ path, code: "key-in-data", message, remedy: KEY_EXAMPLE });
		return undefined;
	}
	const kept = files.read(file);
	if (kept !== undefined && !files.isPrivate(file)) {
		const message = `${file} can be read by others on this machine; mode 0600 was expected.`;
		report({ path, code: "key-readable", message, remedy: `chmod 600 ${file}` });
		return undefined;
	}
	if (kept !== undefined) {
		const message = `${file} does not hold 32 bytes in base64.`;
		return parseKey(kept, () => report({ path, code: "bad-key", message, remedy: KEY_EXAMPLE }));
	}
	if (found !== undefined) {
		const message = `${file} is not there or cannot be read.`;
		report({ path, code: "no-key", message, remedy: KEY_EXAMPLE });
		return undefined;
	}
	if (files.exists(file)) {
		const message = `${file} is there, and this account cannot read it. Nothing was made in its place.`;
		report({ path, code: "no-key", message, remedy: `Make ${file} readable for the account that Sopwith runs as` });
		return undefined;
	}
	if (files.exists(resolve(place.data, DATABASE))) {
		const message = `${place.data} holds a database, but ${file}, the key it was made with, is gone or cannot be reached.`;
		report({
			path,
			code: "key-lost",
			message,
			remedy: "SOPWITH_KEY=file:PATH of the first key, or an empty data folder",
		});
		return undefined;
	}
	if (!place.local || files.makePrivate === undefined) {
		const message = `No key is set, and ${file} is not there. Only a start on loopback makes one.`;
		report({ path, code: "no-key", message, remedy: KEY_EXAMPLE });
		return undefined;
	}
	if (!place.clean()) return undefined;
	const made = randomBytes(KEY_BYTES).toString("base64");
	files.makePrivate(file, `${made}\n`);
	return new Secret(made);
}

function parseKey(found: string, refuse: () => void): Secret | undefined {
	const trimmed = found.trim();
	if (/^[A-Za-z0-9+/]{43}=$/.test(trimmed)) return new Secret(trimmed);
	refuse();
	return undefined;
}

function isInside(file: string, folder: string): boolean {
	return file === folder || file.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
