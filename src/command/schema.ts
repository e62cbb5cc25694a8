/**
 * `sopwith schema`: the JSON Schemas editors use while somebody writes a definition.
 */
import { type Command, EXIT, outJson, UsageError } from "./command.ts";

export const schema: Command = {
	name: "schema",
	about: "Print the JSON Schema of a kind of definition",
	usage: "[KIND]",
	options: [],
	words: [0, 1],
	async run(call) {
		const schemas = await call.parts.schemas();
		const [kind] = call.words;
		const kinds = Object.keys(schemas);
		if (kind !== undefined && !kinds.includes(kind)) {
			throw new UsageError(`There is no schema "${kind}". There are: ${kinds.join(", ")}.`);
		}
		const found = kind === undefined ? schemas : schemas[kind];
		if (call.json) outJson(call, found);
		else call.terminal.out(`${JSON.stringify(found, null, "\t")}\n`);
		return EXIT.done;
	},
};
