/**
 * `sopwith schema`: the JSON Schemas editors use while somebody writes a definition.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Json } from "../base/json.ts";
import { machineFault } from "../base/machine-fault.ts";
import { type Command, EXIT, outJson, type Parts, UsageError } from "./command.ts";

/** Where the first line of every definition points an editor. */
const FOR_EDITORS = fileURLToPath(new URL("../../node_modules/.cache/sopwith", import.meta.url));

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
			writeAll(folder, Object.fromEntries(wanted.map((one) => [one, schemas[one] ?? null])));
			call.terminal.talk(`${wanted.length} written to ${folder}.\n`);
			return EXIT.done;
		}
		const found = kind === undefined ? schemas : schemas[kind];
		if (call.json) outJson(call, found);
		else call.terminal.out(`${pretty(found)}\n`);
		return EXIT.done;
	},
};

/**
 * Writes the schemas where the first line of every definition points. `unlessThere`: only when nobody has yet.
 * An installation that cannot be written to goes without: only an editor would have read them. Repeat: safe.
 */
export async function offerSchemas({ schemas }: Pick<Parts, "schemas">, unlessThere = false): Promise<void> {
	if (unlessThere && existsSync(join(FOR_EDITORS, "sop.schema.json"))) return;
	const made = await schemas();
	try {
		writeAll(FOR_EDITORS, made);
	} catch (error) {
		if (machineFault(error) === undefined) throw error;
	}
}

function writeAll(folder: string, schemas: { readonly [kind: string]: Json }): void {
	mkdirSync(folder, { recursive: true });
	for (const [kind, one] of Object.entries(schemas))
		writeFileSync(join(folder, `${kind}.schema.json`), `${pretty(one)}\n`);
}

function pretty(value: unknown): string {
	return JSON.stringify(value, null, "\t");
}
