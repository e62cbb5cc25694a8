/**
 * `sopwith manifest`: writes the app package that an admin uploads to Teams. Works on files alone; must never need a
 * running bot, nor write a secret into the package.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError, type Problem } from "../base/errors.ts";
import { isLoopback } from "../base/loopback.ts";
import { nearest } from "../base/nearest.ts";
import { readFolders } from "../config.ts";
import type { Definitions } from "../sop/definitions.ts";
import { type Call, type Command, EXIT, outJson, problemLines, UsageError } from "./command.ts";
import { CLIENT } from "./options.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const VERSION = /^(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}$/;
const PAGES = ["website", "privacy", "terms"] as const;

export const manifest: Command = {
	name: "manifest",
	about: "Make the app package of Teams",
	usage: "",
	options: [
		{ name: "app-id", value: "ID", about: "the bot's application id (default: TEAMS_APP_ID)" },
		{ name: "url", value: "URL", about: "where people reach this bot (default: PUBLIC_URL)" },
		{ ...CLIENT, about: "only what this client's people can type" },
		{ name: "version", value: "X.Y.Z", about: "of the package; an update needs a higher one (default: ours)" },
		{ name: "out", value: "FOLDER", about: "where to write it (default: ./manifest)" },
		...PAGES.map((name) => ({ name, value: "URL", about: `your ${name} page (default: the bot's address)` })),
	],
	words: [0, 0],
	async run(call) {
		const about = readAbout(call);
		const definitions = await call.parts.loadDefinitions(readFolders(call.terminal.env, call.terminal).definitions);
		if (definitions.problems.length > 0) {
			call.terminal.talk(problemLines(definitions.problems));
			call.terminal.talk("Nothing was written: the package would lack what is broken.\n");
			return EXIT.misused;
		}
		checkClient(definitions, about.client);
		const made = await call.parts.teamsPackage({ ...about, definitions });
		const { version, listed, leftOut } = made;
		const folder = resolve(call.terminal.cwd, call.options.out ?? "manifest");
		const file = join(folder, "teams.zip");
		mkdirSync(folder, { recursive: true });
		writeFileSync(join(folder, "teams.json"), made.text);
		writeFileSync(file, made.zip);
		if (call.json) outJson(call, { file, version, commands: listed, leftOut });
		else call.terminal.out(`${file}\n`);
		call.terminal.talk(wordsOf({ version, listed, leftOut }));
		return EXIT.done;
	},
};

function wordsOf({
	version,
	listed,
	leftOut,
}: {
	version: string;
	listed: readonly string[];
	leftOut: readonly string[];
}) {
	const room = `Teams' menu has room for 12 commands. Left out, and typed all the same: ${leftOut.join(", ")}.\n`;
	return [
		`Version ${version}, with ${listed.join(", ")} in Teams' menu.\n`,
		leftOut.length === 0 ? "" : room,
		"Upload it in the Teams admin centre: Teams apps, Manage apps, Actions, Upload new app.\n",
	].join("");
}

/** Whose package it is. Errors: `ConfigError` with everything that is missing or misshapen. */
function readAbout({ options, terminal }: Call) {
	const problems: Problem[] = [];
	const app = options["app-id"] ?? terminal.env.TEAMS_APP_ID ?? "";
	if (!UUID.test(app)) {
		const message = app === "" ? "The bot's application id is not known." : `"${app}" is no application id.`;
		const remedy = "--app-id 11111111-2222-3333-4444-555555555555, from the bot's page in Azure";
		problems.push({ path: "TEAMS_APP_ID", code: "bad-surface-value", message, remedy });
	}
	const url = webUrl(options.url ?? terminal.env.PUBLIC_URL);
	if (url === undefined) {
		const message = "Teams reaches this bot over the internet: an https address was expected.";
		problems.push({ path: "PUBLIC_URL", code: "bad-url", message, remedy: "--url https://sopwith.example.com" });
	}
	const links: { [page in (typeof PAGES)[number]]?: string } = {};
	for (const page of PAGES) {
		const found = options[page];
		const link = webUrl(found);
		if (link !== undefined) links[page] = link;
		else if (found !== undefined) {
			const remedy = `--${page} https://www.example.com/${page}`;
			problems.push({ path: `--${page}`, code: "bad-url", message: `"${found}" is no https address.`, remedy });
		}
	}
	if (url === undefined || problems.length > 0) throw new ConfigError(problems);
	const { client, version } = options;
	if (version !== undefined && !VERSION.test(version)) {
		throw new UsageError(`"${version}" is no version; three numbers were expected, like 1.2.3.`);
	}
	const optional = { ...(client === undefined ? {} : { client }), ...(version === undefined ? {} : { version }) };
	return { app: app.toLowerCase(), url, links, ...optional };
}

/** An address that others can reach, without a slash at the end. */
function webUrl(found: string | undefined): string | undefined {
	if (found === undefined || !URL.canParse(found)) return undefined;
	const { protocol, hostname, username, search, hash, href } = new URL(found);
	const plain = username === "" && search === "" && hash === "";
	return protocol === "https:" && plain && !isLoopback(hostname) ? href.replace(/\/+$/, "") : undefined;
}

function checkClient({ clients }: Definitions, client: string | undefined): void {
	if (client === undefined || Object.hasOwn(clients, client)) return;
	const near = nearest(client, Object.keys(clients));
	throw new UsageError(`There is no client ${client}.${near === undefined ? "" : ` Did you mean ${near}?`}`);
}
