/** What the environment may say, and the sentence for each thing it may not. */
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Environment } from "../src/base/environment.ts";
import { ConfigError } from "../src/base/errors.ts";
import { isLoopback } from "../src/base/loopback.ts";
import { diskFiles } from "../src/command/disk-files.ts";
import { type Config, readConfig } from "../src/config.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const UUID = "11111111-2222-3333-4444-555555555555";
const HEX = "0123456789abcdef0123456789abcdef";
const SOCKET = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1" };
const SIGNED = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: HEX, SOPWITH_SIGNIN: "oidc" };
const TEAMS = {
	TEAMS_APP_ID: UUID,
	TEAMS_APP_PASSWORD: "a-long-secret",
	TEAMS_APP_TENANT: UUID,
	TEAMS_TENANTS: UUID,
	SOPWITH_SIGNIN: "oidc",
};
const OPEN = { HOST: "0.0.0.0", SOPWITH_KEY: KEY, SOPWITH_SIGNIN: "oidc" };

type Home = { readonly folder: string; [Symbol.dispose](): void };

function openHome(): Home {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-config-"));
	mkdirSync(join(folder, "sop-definitions"));
	return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

function read(env: Environment, home: Home): Config {
	return readConfig(env, diskFiles({ cwd: home.folder, home: home.folder, makesKey: true }));
}

/** The problems of an environment as `VARIABLE code`. */
function problemsOf(env: Environment): readonly string[] {
	using home = openHome();
	try {
		read(env, home);
		return [];
	} catch (error) {
		assert(error instanceof ConfigError);
		for (const problem of error.problems) {
			assert(problem.message.length > 0);
			assert((problem.remedy ?? "").length > 0, `${problem.code} gives no example`);
		}
		return error.problems.map((problem) => `${problem.path} ${problem.code}`).sort();
	}
}

describe("what the environment may say", () => {
	const table: readonly (readonly [string, Environment, readonly string[]])[] = [
		["nothing at all is a good start", {}, []],
		["an empty variable is one that is not set", { PORT: "", PUBLIC_URL: " " }, []],
		["any free port", { PORT: "0" }, []],
		["a port is a number", { PORT: "http" }, ["PORT bad-port"]],
		["a port fits in 16 bits", { PORT: "65536" }, ["PORT bad-port"]],
		["a port is not negative", { PORT: "-1" }, ["PORT bad-port"]],
		["an address is one", { PUBLIC_URL: "sopwith" }, ["PUBLIC_URL bad-url"]],
		["http is for loopback", { PUBLIC_URL: "http://sopwith.example" }, ["PUBLIC_URL bad-url"]],
		["an address carries no password", { PUBLIC_URL: "https://a:b@localhost" }, ["PUBLIC_URL bad-url"]],
		["http on loopback", { PUBLIC_URL: "http://localhost:3978/" }, []],
		["definitions must be there", { SOPWITH_DEFINITIONS: "./nowhere" }, ["SOPWITH_DEFINITIONS no-such-folder"]],
		["a key in base64", { SOPWITH_KEY: KEY }, []],
		["quotes of a file of variables are no part of a folder", { SOPWITH_DATA: '"./data"' }, ["SOPWITH_DATA quoted"]],
		["a line's end and spaces around", { PORT: " 0\n", HOST: " 127.0.0.1 ", SOPWITH_KEY: `${KEY}\n` }, []],
		["a key of 31 bytes", { SOPWITH_KEY: Buffer.alloc(31).toString("base64") }, ["SOPWITH_KEY bad-key"]],
		["a key file that is not there", { SOPWITH_KEY: "file:./nowhere" }, ["SOPWITH_KEY no-key"]],
		["a key inside the data folder", { SOPWITH_KEY: "file:./data/key" }, ["SOPWITH_KEY key-in-data"]],
		["a data folder around the default key", { SOPWITH_DATA: "./.config" }, ["SOPWITH_KEY key-in-data"]],
		["local sign-in on loopback", { SOPWITH_SIGNIN: "local", HOST: "::1" }, []],
		["a word that is no sign-in", { SOPWITH_SIGNIN: "none" }, ["SOPWITH_SIGNIN bad-sign-in"]],
		["sign-in at their own providers, on this machine", { SOPWITH_SIGNIN: "oidc" }, []],
		["sign-in at their own providers", { ...OPEN, PUBLIC_URL: "https://sopwith.example" }, []],
		["sign-in at their own providers, without an address to come back to", OPEN, ["PUBLIC_URL bad-url"]],
		[
			"local sign-in is refused on a network, and so is making a key",
			{ HOST: "0.0.0.0", SOPWITH_SIGNIN: "local" },
			["SOPWITH_KEY no-key", "SOPWITH_SIGNIN local-sign-in-refused"],
		],
		[
			"local sign-in is refused behind a public address",
			{ PUBLIC_URL: "https://sopwith.example", SOPWITH_KEY: KEY },
			["SOPWITH_SIGNIN local-sign-in-refused"],
		],
		[
			"local sign-in is refused beside Teams",
			{ ...TEAMS, SOPWITH_SIGNIN: "local" },
			["SOPWITH_SIGNIN local-sign-in-refused"],
		],
		["a level pino knows", { LOG_LEVEL: "DEBUG" }, []],
		["a level pino does not know", { LOG_LEVEL: "verbose" }, ["LOG_LEVEL bad-log-level"]],
		["Teams in full", TEAMS, []],
		["Teams without a word on sign-in", { ...TEAMS, SOPWITH_SIGNIN: "" }, ["SOPWITH_SIGNIN local-sign-in-refused"]],
		["Teams behind a public address", { ...TEAMS, PUBLIC_URL: "https://sopwith.example", SOPWITH_KEY: KEY }, []],
		["an app id that is empty", { ...TEAMS, TEAMS_APP_ID: "" }, ["TEAMS_APP_ID half-configured"]],
		["a tenant that is none", { ...TEAMS, TEAMS_TENANTS: `${UUID},contoso` }, ["TEAMS_TENANTS bad-surface-value"]],
		["Teams and its playground", { ...TEAMS, TEAMS_PLAYGROUND: "1" }, ["TEAMS_PLAYGROUND two-ways"]],
		[
			"the playground on a network",
			{ TEAMS_PLAYGROUND: "1", HOST: "0.0.0.0", SOPWITH_KEY: KEY },
			["SOPWITH_SIGNIN local-sign-in-refused"],
		],
		[
			"Teams by half",
			{ TEAMS_APP_ID: UUID, TEAMS_TENANTS: UUID, SOPWITH_SIGNIN: "oidc" },
			["TEAMS_APP_PASSWORD half-configured", "TEAMS_APP_TENANT half-configured"],
		],
		["Teams with an id that is none", { ...TEAMS, TEAMS_APP_ID: "sopwith" }, ["TEAMS_APP_ID bad-surface-value"]],
		["Teams of the US Government", { ...TEAMS, TEAMS_CLOUD: "us-gov" }, []],
		["Teams of a cloud that is none", { ...TEAMS, TEAMS_CLOUD: "gov" }, ["TEAMS_CLOUD bad-surface-value"]],
		[
			"a cloud without a bot",
			{ TEAMS_CLOUD: "us-gov-dod" },
			[...Object.keys(TEAMS)].filter((name) => name.startsWith("TEAMS_")).map((name) => `${name} half-configured`),
		],
		["a cloud beside the playground", { TEAMS_PLAYGROUND: "1", TEAMS_CLOUD: "us-gov" }, ["TEAMS_PLAYGROUND two-ways"]],
		["the playground", { TEAMS_PLAYGROUND: "1" }, []],
		["the playground beside its tenants", { TEAMS_PLAYGROUND: "1", TEAMS_TENANTS: UUID }, []],
		["the playground is 1 or nothing", { TEAMS_PLAYGROUND: "yes" }, ["TEAMS_PLAYGROUND bad-surface-value"]],
		["Slack by Socket Mode", SOCKET, []],
		["Slack by Socket Mode beside local sign-in", { ...SOCKET, SOPWITH_SIGNIN: "local" }, []],
		["Slack by Socket Mode on a network", { ...SOCKET, ...OPEN, PUBLIC_URL: "https://s.example" }, []],
		[
			"Slack by Socket Mode on a network beside local sign-in",
			{ ...SOCKET, HOST: "0.0.0.0", SOPWITH_KEY: KEY, SOPWITH_SIGNIN: "local" },
			["SOPWITH_SIGNIN local-sign-in-refused"],
		],
		["Slack over HTTP", SIGNED, []],
		["Slack over HTTP behind a public address", { ...SIGNED, PUBLIC_URL: "https://s.example", SOPWITH_KEY: KEY }, []],
		[
			"Slack over HTTP beside local sign-in",
			{ ...SIGNED, SOPWITH_SIGNIN: "local" },
			["SOPWITH_SIGNIN local-sign-in-refused"],
		],
		["Slack beside Teams", { ...SIGNED, ...TEAMS }, []],
		[
			"a bot's token that is a person's",
			{ ...SOCKET, SLACK_BOT_TOKEN: "xoxp-1" },
			["SLACK_BOT_TOKEN bad-surface-value"],
		],
		["an app's token that is a bot's", { ...SOCKET, SLACK_APP_TOKEN: "xoxb-1" }, ["SLACK_APP_TOKEN bad-surface-value"]],
		[
			"a signing secret that is not Slack's",
			{ ...SIGNED, SLACK_SIGNING_SECRET: "local-secret" },
			["SLACK_SIGNING_SECRET bad-surface-value"],
		],
		[
			"a signing secret of one that plays Slack",
			{ ...SIGNED, SLACK_SIGNING_SECRET: "local-secret", SLACK_API_URL: "http://127.0.0.1:3100/api/" },
			[],
		],
		[
			"a Slack base alone",
			{ SLACK_API_URL: "https://x.example/api/" },
			["SLACK_APP_TOKEN half-configured", "SLACK_BOT_TOKEN half-configured"],
		],
		[
			"a Slack base where tokens would travel in the open",
			{ ...SOCKET, SLACK_API_URL: "http://slack.example/api/" },
			["SLACK_API_URL bad-surface-value"],
		],
		["Slack without a way in", { SLACK_BOT_TOKEN: "xoxb-1" }, ["SLACK_APP_TOKEN half-configured"]],
		["Slack without a bot", { SLACK_APP_TOKEN: "xapp-1" }, ["SLACK_BOT_TOKEN half-configured"]],
		["Slack by two ways at once", { ...SOCKET, ...SIGNED }, ["SLACK_APP_TOKEN two-ways"]],
		[
			"a Slack base that is no API",
			{ ...SOCKET, SLACK_API_URL: "http://127.0.0.1:1" },
			["SLACK_API_URL bad-surface-value"],
		],
		["a variable that is nearly ours", { SOPWITH_DEFINITON: "./x" }, ["SOPWITH_DEFINITON unknown-variable"]],
		["a variable of someone else", { SOPWITH_CONTOSO_AD_PASSWORD: "x", SLACKWARE: "y" }, []],
		[
			"every problem at once",
			{ PORT: "x", LOG_LEVEL: "loud", SOPWITH_KEY: "short", SLACK_BOT_TOKEN: "nope" },
			[
				"LOG_LEVEL bad-log-level",
				"PORT bad-port",
				"SLACK_APP_TOKEN half-configured",
				"SLACK_BOT_TOKEN bad-surface-value",
				"SOPWITH_KEY bad-key",
			],
		],
	];
	for (const [name, env, expected] of table) test(name, () => assert.deepEqual(problemsOf(env), [...expected].sort()));
});

test("what is missing of a chat is named, and no more is asked for than one way needs", () => {
	using home = openHome();
	assert.throws(
		() => read({ SLACK_APP_TOKEN: "xapp-1" }, home),
		(error) => {
			assert(error instanceof ConfigError);
			const words = "SLACK_APP_TOKEN is set, but not SLACK_BOT_TOKEN, which Slack needs beside it.";
			assert.deepEqual(
				error.problems.map(({ message }) => message),
				[words],
			);
			return true;
		},
	);
});

test("the defaults are those of the contract, with absolute folders", () => {
	using home = openHome();
	const { key, ...rest } = read({}, home);
	assert.equal(Buffer.from(key.open(), "base64").length, 32);
	assert.deepEqual(rest, {
		host: "127.0.0.1",
		port: 3978,
		definitions: join(home.folder, "sop-definitions"),
		data: join(home.folder, "data"),
		signIn: "local",
		logLevel: "info",
	});
});

test("the first start on loopback makes a key only its owner can read, and the second start uses it", () => {
	using home = openHome();
	const first = read({}, home);
	const file = join(home.folder, ".config/sopwith/key");
	assert.equal(statSync(file).mode & 0o777, 0o600);
	assert.equal(statSync(join(home.folder, ".config/sopwith")).mode & 0o777, 0o700);
	const text = readFileSync(file, "utf8");
	assert.equal(read({}, home).key.open(), first.key.open());
	assert.equal(readFileSync(file, "utf8"), text);
});

test("a database whose key is gone gets no new key", () => {
	using home = openHome();
	read({}, home);
	rmSync(join(home.folder, ".config"), { recursive: true });
	mkdirSync(join(home.folder, "data"));
	writeFileSync(join(home.folder, "data/sopwith.db"), "");
	assert.throws(() => read({}, home), /the key it was made with, is gone/);
	assert.throws(() => statSync(join(home.folder, ".config")), { code: "ENOENT" });
});

test("a key that is there and cannot be read is not said to be gone, and none is made in its place", () => {
	using home = openHome();
	const file = join(home.folder, ".config/sopwith/key");
	mkdirSync(file, { recursive: true });
	assert.throws(() => read({}, home), /key is there, and this account cannot read it/);
	assert.ok(statSync(file).isDirectory());
});

test("a start that is refused for another reason makes no key", () => {
	using home = openHome();
	assert.throws(() => read({ PORT: "x" }, home), ConfigError);
	assert.throws(() => statSync(join(home.folder, ".config")), { code: "ENOENT" });
});

test("a key file that others can read is refused", () => {
	using home = openHome();
	const file = join(home.folder, "key");
	writeFileSync(file, KEY);
	chmodSync(file, 0o644);
	assert.throws(
		() => read({ SOPWITH_KEY: `file:${file}`, PORT: "x" }, home),
		/PORT: .*\nSOPWITH_KEY: .*read by others/,
	);
	chmodSync(file, 0o600);
	assert.equal(read({ SOPWITH_KEY: `file:${file}` }, home).key.open(), KEY);
});

test("a link does not hide a key inside the data folder", () => {
	using home = openHome();
	mkdirSync(join(home.folder, "data"));
	writeFileSync(join(home.folder, "data/key"), KEY, { mode: 0o600 });
	symlinkSync(join(home.folder, "data/key"), join(home.folder, "elsewhere"));
	assert.throws(() => read({ SOPWITH_KEY: "file:./elsewhere" }, home), /inside the data folder/);
});

test("Teams is off, or is the app with its allow-list, or is the playground", () => {
	using home = openHome();
	assert.equal(read({}, home).teams, undefined);
	const { teams, signIn } = read({ ...TEAMS, TEAMS_TENANTS: `${UUID.toUpperCase()}, ${UUID}` }, home);
	assert.deepEqual([teams?.app?.id, teams?.app?.tenant, teams?.tenants, signIn], [UUID, UUID, [UUID, UUID], "oidc"]);
	assert.equal(teams?.cloud, undefined);
	assert.equal(read({ ...TEAMS, TEAMS_CLOUD: "us-gov-dod" }, home).teams?.cloud, "us-gov-dod");
	const playground = read({ TEAMS_PLAYGROUND: "1" }, home);
	assert.deepEqual([playground.teams, playground.signIn], [{ tenants: [] }, "local"]);
});

test("Slack is off, or is a bot with its one way in, at Slack's own address or another", () => {
	using home = openHome();
	assert.equal(read({}, home).slack, undefined);
	const { slack, signIn } = read(SOCKET, home);
	assert(slack?.way.kind === "socket");
	assert.deepEqual(
		[slack.bot.open(), slack.way.token.open(), slack.api],
		["xoxb-1", "xapp-1", "https://slack.com/api/"],
	);
	assert.equal(signIn, "local");
	const api = "http://127.0.0.1:3100/api/";
	const signed = read({ ...SIGNED, SLACK_API_URL: api }, home);
	assert(signed.slack?.way.kind === "http");
	assert.deepEqual([signed.slack.way.signingSecret.open(), signed.slack.api], [HEX, api]);
	assert.equal(signed.signIn, "oidc");
});

test("a problem never repeats a credential", () => {
	using home = openHome();
	try {
		read({ SLACK_BOT_TOKEN: "canary-token", SOPWITH_KEY: "canary-key", TEAMS_APP_PASSWORD: "canary" }, home);
		assert.fail("was accepted");
	} catch (error) {
		assert(error instanceof ConfigError);
		assert(!JSON.stringify(error.problems).includes("canary"));
	}
});

test("loopback is this machine and nothing that only looks like it", () => {
	for (const host of ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "LOCALHOST"])
		assert(isLoopback(host), host);
	for (const host of ["0.0.0.0", "127.0.0.1.example", "localhost.example", "10.0.0.1", "::"])
		assert(!isLoopback(host), host);
});
