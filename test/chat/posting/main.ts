/**
 * `npm run simulate:chats`: thousands of scripts of lost answers and ended processes against the real poster and store.
 * Options: `--runs N`, `--seed N`, `--path P` (one that failed, as it is printed). Exits 1 on the first that goes wrong.
 */
import { parseArgs } from "node:util";
import { tryScripts } from "./try-scripts.ts";

const { values } = parseArgs({
	options: {
		runs: { type: "string", default: "3000" },
		seed: { type: "string", default: "1" },
		path: { type: "string" },
	},
});
const { counts, failure } = await tryScripts({
	seed: Number(values.seed),
	runs: Number(values.runs),
	...(values.path === undefined ? {} : { path: values.path }),
});
const said = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
process.stdout.write(`${said.join(", ")}\n`);
if (failure !== undefined) process.stderr.write(`${failure}\n`);
process.exitCode = failure === undefined ? 0 : 1;
