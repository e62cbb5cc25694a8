/**
 * `sopwith answer`: answers what a run waits for, for a named person. An approval names the plan that was read.
 */
import { asRecord, asRecords, isRecord, type Json } from "../base/json.ts";
import { type Call, type Command, EXIT, outJson, UsageError } from "./command.ts";
import { type Door, throughDoor } from "./door.ts";
import { readValues } from "./files.ts";
import { AS, asWhom, CLIENT } from "./options.ts";
import { textOf } from "./rows.ts";

export const answer: Command = {
	name: "answer",
	about: "Answer what a run waits for",
	usage: "RUN VERB",
	options: [
		{ name: "wait", value: "WAIT", about: "which wait, when several take that verb" },
		{ name: "plan", value: "HASH", about: "the plan you read; needed to approve" },
		{ name: "values", value: "FILE", about: "what is answered, as JSON, - for standard input" },
		AS,
		CLIENT,
	],
	words: [2, 2],
	async run(call) {
		const [run = "", verb = ""] = call.words;
		const { plan, values } = call.options;
		if (verb === "approve" && plan === undefined) {
			throw new UsageError(
				"--plan HASH is needed: an approval covers the plan that was read (`sopwith status RUN --json`).",
			);
		}
		const given = values === undefined ? {} : await readValues(call.terminal, values);
		const receipt = await throughDoor(call, async (door) => {
			const wait = call.options.wait ?? (await waitOf(call, door, { run, verb }));
			const hash = plan === undefined ? {} : { plan };
			return door("answer", { ...asWhom(call), run, wait, verb, values: given, ...hash });
		});
		if (call.json) outJson(call, receipt);
		else call.terminal.talk(`Taken: ${verb}, run ${run}.\n`);
		return EXIT.done;
	},
};

/** The one open wait that takes this verb. */
async function waitOf(call: Call, door: Door, asked: { readonly run: string; readonly verb: string }): Promise<string> {
	const found: Json = await door("show", { ...asWhom(call), run: asked.run });
	const steps = asRecords(asRecord(found).steps);
	const waits = steps.flatMap((step) => {
		const verbs = isRecord(step.wait) ? step.wait.verbs : undefined;
		return Array.isArray(verbs) && verbs.includes(asked.verb) ? [textOf(step.wait, "id")] : [];
	});
	const [only, second] = waits;
	if (only === undefined) throw new UsageError(`Run ${asked.run} waits for nothing that takes "${asked.verb}".`);
	if (second !== undefined)
		throw new UsageError(`Several waits take "${asked.verb}". Name one: --wait ${waits.join(" or ")}`);
	return only;
}
