/**
 * `sopwith schema`: the JSON Schemas editors use while somebody writes a definition.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Command, EXIT, outJson, UsageError } from "./command.ts";

export const schema: Command = {
	name: "schema",
	about: "Print the JSON Schemas for editors",
	usage: "[KIND]",
	options: [{ name: "out", value: "FOLDER", about: "write KIND.schema.json there, one for each kind" }],
	words: [0, 1],
	async run(call) {
		const schemas = await call.parts.schemas();
		const [kind] = call.words;
		const kinds = Object.keys(schemas);
		if (kind !== undefined && !kinds.includes(kind)) {
			throw new UsageError(`There is no schema "${kind}". There are: ${kinds.join(", ")}.`);
		}
		const wanted = kind === undefined ? kinds : [kind];
		const { out } = call.options;
		if (out !== undefined) {
			const folder = resolve(call.terminal.cwd, out);
			mkdirSync(folder, { recursive: true });
			for (const one of wanted) writeFileSync(join(folder, `${one}.schema.json`), `${pretty(schemas[one])}\n`);
			call.terminal.talk(`${wanted.length} written to ${folder}.\n`);
			return EXIT.done;
		}
		const found = kind === undefined ? schemas : schemas[kind];
		if (call.json) outJson(call, found);
		else call.terminal.out(`${pretty(found)}\n`);
		return EXIT.done;
	},
};

function pretty(value: unknown): string {
	return JSON.stringify(value, null, "\t");
}
