/**
 * Publishes the JSON Schemas of all definition files, for editors. Made from the schemas that compile checks with, plus
 * the inputs of the actions there are. Must never promise more than compile takes.
 */
import { z } from "zod";
import { asRecord, isRecord, type Json, type Values } from "../base/json.ts";
import { clientShape, mspShape } from "./client-schema.ts";
import type { KnownAction, KnownActions } from "./definitions.ts";
import { overlayShape, sopShape, stepShapes } from "./schema.ts";

type Schemas = { readonly sop: Values; readonly overlay: Values; readonly client: Values; readonly msp: Values };

/** Recursive: steps hold steps. Made once, because its id is known to the whole process. */
const STEP: z.ZodType = z
	.lazy(() => z.union(Object.values(stepShapes(z.array(STEP)))))
	.meta({ id: "step", description: "One step; the word for what it does says its kind" });
const CHANGE = z.looseObject({
	id: z.string().optional().describe("The step of the base that this changes"),
	after: z.string().optional().describe("Insert this step after that one"),
	replace: z.boolean().optional().describe("Replace the whole step"),
	remove: z.boolean().optional().describe("Take the step out"),
});

/** Makes the schemas, by kind of file. Shape: JSON Schema draft 2020-12. */
export function jsonSchemas(known: KnownActions): Schemas {
	return {
		sop: withActions(publish(sopShape(z.array(STEP))), known),
		overlay: publish(overlayShape(z.array(CHANGE))),
		client: publish(clientShape),
		msp: publish(mspShape),
	};
}

function publish(schema: z.ZodType): Values {
	const made = z.toJSONSchema(schema, { target: "draft-2020-12", io: "input", unrepresentable: "any" });
	return JSON.parse(JSON.stringify(made)) as Values;
}

/** Adds what each action takes beside `do:`, and the names there are. */
function withActions(schema: Values, known: KnownActions): Values {
	const defs = isRecord(schema.$defs) ? schema.$defs : {};
	const step = asRecord(defs.step);
	const all = Object.values(known);
	const names = { properties: { do: { anyOf: all.map((one) => ({ const: one.name, description: one.about })) } } };
	const rules = all.map((one) =>
		ifThen({ properties: { do: { const: one.name } }, required: ["do"] }, { properties: { with: written(one) } }),
	);
	const allOf = [ifThen({ required: ["do"] }, names), ...rules];
	return { ...schema, $defs: { ...defs, step: { ...step, allOf } } };
}

/** JSON Schema's conditional. */
function ifThen(condition: Json, schema: Json): Values {
	return Object.fromEntries([
		["if", condition],
		// biome-ignore lint/suspicious/noThenProperty: JSON Schema's own word
		["then", schema],
	]);
}

/** An input as an author writes it: nothing is required, for defaults fill in, and any value may be a template. */
function written(action: KnownAction): Json {
	const { required: _, $schema: __, ...schema } = action.inputSchema;
	const properties = asRecord(schema.properties);
	const template = { type: "string", pattern: "\\$\\{", description: "a template" };
	return {
		...schema,
		properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, { anyOf: [one, template] }])),
	};
}
