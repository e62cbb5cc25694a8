/**
 * The command line's process: hands arguments to the commands and their exit code to the shell. The only file that acts on
 * being loaded; must never hold a rule of its own.
 */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import type { Parts } from "./command/command.ts";

/**
 * What Node compiled is kept beside the packages, where only who installed them writes; a folder it cannot write is left.
 * Nothing of ours is imported before, since that would be compiled anew at every start.
 */
enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/sopwith/compiled", import.meta.url)));
/** What is written is its owner's alone: the database, its log, certificates, packages. */
process.umask(0o077);
const { openTerminal } = await import("./command/terminal.ts");
const { runCommandLine } = await import("./command/command-line.ts");
const terminal = openTerminal();

/** Loaded when a command needs them: `sopwith -h` should not wait for a database driver. */
const parts: Parts = {
	openApp: async (config, options) => (await import("./app.ts")).openApp(config, options),
	loadDefinitions: async (folder) => {
		const [{ loadDefinitions }, { registry }, { CORE }] = await Promise.all([
			import("./sop/folder.ts"),
			import("./actions/registry.ts"),
			import("./engine/decide.ts"),
		]);
		return loadDefinitions(folder, registry.known(), { clock: terminal.clock, core: CORE });
	},
	checkCards: async () => {
		const [{ checkCards }, { checkBlocks }] = await Promise.all([
			import("./cards/load.ts"),
			import("./cards/blocks-check.ts"),
		]);
		const found = [...checkCards(fileURLToPath(new URL("../cards", import.meta.url))), ...checkBlocks()];
		return found.map((problem) => ({ ...problem, file: problem.path, line: 1, column: 1 }));
	},
	checkForms: async (clients) => (await import("./cards/blocks-check.ts")).checkForms(clients),
	restore: async (file, folder) => {
		const { restore } = await import("./engine/embedded/backup.ts");
		return restore(file, folder, terminal.clock.now());
	},
	schemas: async () => {
		const [{ jsonSchemas }, { registry }] = await Promise.all([
			import("./sop/json-schema.ts"),
			import("./actions/registry.ts"),
		]);
		return jsonSchemas(registry.known());
	},
	examineTeams: async (config, around) => {
		const door = await import("./app-teams.ts");
		const found = [door.examineTeamsOf(config, terminal.clock), door.examineReachOf(config, around)];
		return (await Promise.all(found)).flat();
	},
	examineSlack: async (config, around) => {
		const { examineSlackOf } = await import("./app-examine-slack.ts");
		return examineSlackOf(config, { ...around, clock: terminal.clock });
	},
	teamsPackage: async (about) => (await import("./app-manifest.ts")).packTeams(about),
	slackManifest: async (about) => (await import("./app-manifest.ts")).writeSlackManifest(about),
};

process.exitCode = await runCommandLine(process.argv.slice(2), terminal, parts);
