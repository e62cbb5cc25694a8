#!/usr/bin/env node
/**
 * Starts the command line on the Node that Sopwith brings, whatever Node calls this. Must run on Node 18: nothing newer
 * may be used in this file.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const NODE_MIN = 26;
const main = fileURLToPath(new URL("./main.ts", import.meta.url));

if (Number(process.versions.node.split(".")[0]) >= NODE_MIN) {
	process.argv[1] = main;
	await import("./main.ts");
} else {
	reExecute(ownNode());
}

/** The `node` that npm installed beside us. */
function ownNode() {
	try {
		const found = createRequire(import.meta.url).resolve("node/package.json");
		return join(dirname(found), "bin", "node");
	} catch {
		process.stderr.write("Sopwith's own Node is not installed. Run `npm install` in its folder first.\n");
		process.exit(1);
	}
}

/** Runs the same command line there; signals go in, the exit code or the signal comes out. */
function reExecute(node) {
	const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
	for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
	child.on("error", () => {
		process.stderr.write(`${node} cannot be run. Run \`npm install\` again in Sopwith's folder.\n`);
		process.exit(1);
	});
	child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
