/**
 * `sopwith manifest`: writes what an admin makes the apps of Teams and Slack from. Works on files alone; must never need a
 * running bot, nor write a secret into what it makes.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { nearest } from "../base/nearest.ts";
import { readFolders } from "../config.ts";
import type { Definitions } from "../sop/definitions.ts";
import { type Call, type Command, EXIT, outJson, problemLines, UsageError } from "./command.ts";
import { PAGES, readAbout } from "./manifest-about.ts";
import { CLIENT } from "./options.ts";

export const manifest: Command = {
	name: "manifest",
	about: "Make the apps of Teams and Slack",
	usage: "[teams | slack]",
	options: [
		{ name: "app-id", value: "ID", about: "Teams: the bot's application id (default: TEAMS_APP_ID)" },
		{ name: "version", value: "X.Y.Z", about: "Teams: of the package; an update needs a higher one (default: ours)" },
		...PAGES.map((name) => ({ name, value: "URL", about: `Teams: your ${name} page (default: the bot's address)` })),
		{ name: "way", value: "socket|http", about: "Slack: how it reaches this bot (default: as it is set, else socket)" },
		{ name: "url", value: "URL", about: "where people reach this bot (default: PUBLIC_URL)" },
		{ ...CLIENT, about: "only what this client's people can type" },
		{ name: "out", value: "FOLDER", about: "where to write it (default: ./manifest)" },
	],
	words: [0, 1],
	async run(call) {
		const about = readAbout(call);
		const definitions = await call.parts.loadDefinitions(readFolders(call.terminal.env, call.terminal).definitions);
		if (definitions.problems.length > 0) {
			call.terminal.talk(problemLines(definitions.problems));
			call.terminal.talk("Nothing was written: what is broken would be missing.\n");
			return EXIT.misused;
		}
		const { client } = call.options;
		checkClient(definitions, client);
		const meant = { definitions, ...(client === undefined ? {} : { client }) };
		const folder = resolve(call.terminal.cwd, call.options.out ?? "manifest");
		mkdirSync(folder, { recursive: true });
		const teams = about.teams && (await writeTeams(call, folder, { ...about.teams, ...meant }));
		const slack = about.slack && (await writeSlack(call, folder, { ...about.slack, ...meant }));
		if (call.json) outJson(call, { ...teams?.found, ...(slack === undefined ? {} : { slack: slack.found }) });
		else for (const made of [teams, slack]) if (made !== undefined) call.terminal.out(`${made.found.file}\n`);
		for (const words of [teams?.words, slack?.words]) if (words !== undefined) call.terminal.talk(words);
		if (about.leftOut !== undefined) call.terminal.talk(about.leftOut);
		return EXIT.done;
	},
};

async function writeTeams(call: Call, folder: string, about: Parameters<Call["parts"]["teamsPackage"]>[0]) {
	const { text, zip, version, listed, leftOut } = await call.parts.teamsPackage(about);
	const file = join(folder, "teams.zip");
	writeFileSync(join(folder, "teams.json"), text);
	writeFileSync(file, zip);
	const room = `Teams' menu has room for 12 commands. Left out, and typed all the same: ${leftOut.join(", ")}.\n`;
	const words = [
		`Teams: version ${version}, with ${listed.join(", ")} in the menu.\n`,
		leftOut.length === 0 ? "" : room,
		"Upload it in the Teams admin centre: Teams apps, Manage apps, Actions, Upload new app.\n",
	].join("");
	return { found: { file, version, commands: listed, leftOut }, words };
}

async function writeSlack(call: Call, folder: string, about: Parameters<Call["parts"]["slackManifest"]>[0]) {
	const { text, listed, leftOut } = await call.parts.slackManifest(about);
	const file = join(folder, "slack.json");
	writeFileSync(file, text);
	const way = about.url === undefined ? "Socket Mode" : `HTTP at ${about.url}`;
	const room = "Slack has room for 50 commands and keeps some words for itself. Left out, and typed after /sopwith: ";
	const words = [
		`Slack: ${way}, with ${listed.map((word) => `/${word}`).join(", ")}.\n`,
		leftOut.length === 0 ? "" : `${room}${leftOut.join(", ")}.\n`,
		"At https://api.slack.com/apps: Create New App, From a manifest; for an app that is there, App Manifest.\n",
	].join("");
	return { found: { file, way: about.url === undefined ? "socket" : "http", commands: listed, leftOut }, words };
}

function checkClient({ clients }: Definitions, client: string | undefined): void {
	if (client === undefined || Object.hasOwn(clients, client)) return;
	const near = nearest(client, Object.keys(clients));
	throw new UsageError(`There is no client ${client}.${near === undefined ? "" : ` Did you mean ${near}?`}`);
}
