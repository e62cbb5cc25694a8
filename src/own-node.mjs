/**
 * Runs a file on the Node that Sopwith brings, whatever Node calls this: `node src/own-node.mjs FILE ARGUMENTS…`. Must
 * run on Node 18: nothing newer may be used in this file.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const NODE_MIN = 26;

/** Runs the file here when this Node is new enough, else in a process of its own. */
export async function runOnOwnNode(file, args) {
	if (Number(process.versions.node.split(".")[0]) >= NODE_MIN) {
		process.argv = [process.argv[0] ?? "node", file, ...args];
		await import(pathToFileURL(file).href);
	} else {
		reExecute(ownNode(), file, args);
	}
}

/** The `node` that npm installed beside us. */
function ownNode() {
	const require = createRequire(import.meta.url);
	for (const name of [`node-${process.platform}-${process.arch}`, "node"]) {
		try {
			return join(dirname(require.resolve(`${name}/package.json`)), "bin", "node");
		} catch {
			// Not this one.
		}
	}
	process.stderr.write("Sopwith's own Node is not installed. Run `npm install` in its folder first.\n");
	process.exit(1);
}

/** Signals go in, the exit code or the signal comes out. Its folder comes first on the path, for what it starts. */
function reExecute(node, file, args) {
	const env = { ...process.env, PATH: `${dirname(node)}:${process.env.PATH ?? ""}` };
	const child = spawn(node, [file, ...args], { stdio: "inherit", env });
	for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
	child.on("error", () => {
		process.stderr.write(`${node} cannot be run. Run \`npm install\` again in Sopwith's folder.\n`);
		process.exit(1);
	});
	child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.argv[2] !== undefined) {
	await runOnOwnNode(resolve(process.argv[2]), process.argv.slice(3));
}
