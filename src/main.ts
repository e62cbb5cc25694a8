/**
 * The command line's process: hands arguments to the commands and their exit code to the shell. The only file that acts on
 * being loaded; must never hold a rule of its own.
 */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import type { Parts } from "./command/command.ts";
import { runCommandLine } from "./command/command-line.ts";
import { openTerminal } from "./command/terminal.ts";

/** What Node compiled is kept beside the packages, where only who installed them writes; a folder it cannot write is left. */
enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/sopwith/compiled", import.meta.url)));
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
};

process.exitCode = await runCommandLine(process.argv.slice(2), terminal, parts);
