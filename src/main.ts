/**
 * The command line's process: hands arguments to the commands and their exit code to the shell. The only file that acts on
 * being loaded; must never hold a rule of its own.
 */
import type { Parts } from "./command/command.ts";
import { runCommandLine } from "./command/command-line.ts";
import { openTerminal } from "./command/terminal.ts";

/** Loaded when a command needs them: `sopwith -h` should not wait for a database driver. */
const parts: Parts = {
	openApp: async (config, options) => (await import("./app.ts")).openApp(config, options),
	loadDefinitions: async (folder) => (await import("./app.ts")).loadDefinitions(folder),
	schemas: async () => (await import("./app.ts")).schemas(),
};

process.exitCode = await runCommandLine(process.argv.slice(2), openTerminal(), parts);
