/**
 * What the command line may ask of Sopwith, the same over the control socket and on a database opened here. Input is
 * checked; output is plain JSON. Must never act for a person who is not named and on the roster.
 */
import { existsSync } from "node:fs";
import { z } from "zod";
import { InputError, type Problem } from "../base/errors.ts";
import type { Json, Values } from "../base/json.ts";
import { Secret } from "../base/secret.ts";
import { receiptShape } from "../console/api-shapes.ts";
import { actorOf, type Office } from "./office.ts";
import { listRuns, readEvents, showRun } from "./operation-read.ts";

const name = z.string().min(1).max(200);
const person = { as: name, client: name.optional() };
const values = z.record(z.string(), z.json());
const word = z.string().max(2_000);

const steerShape = z.object({
	...person,
	run: name,
	verb: z.enum(["cancel", "pause", "resume"]),
	words: word,
	key: name,
});
const verb = z.enum(["approve", "send-back", "submit", "complete", "retry", "skip", "done", "stop", "choose", "claim"]);

const operations = {
	status: operation(z.object({}), async ({ app }) => asJson(await app.status())),
	runs: operation(
		z.object({ ...person, phase: name.optional(), sop: name.optional(), cursor: name.optional() }),
		listRuns,
	),
	show: operation(z.object({ ...person, run: name }), showRun),
	events: operation(z.object({ ...person, run: name, from: z.number().int().min(0).optional() }), readEvents),
	start: operation(z.object({ as: name, client: name, sop: name, form: values, key: name }), async (office, input) => {
		const { client, sop, form, key } = input;
		const actor = actorOf(office.app, input);
		return receiptShape(await office.app.desk.start({ actor, client, sop, form: plain(form), key, via: "cli" }));
	}),
	answer: operation(
		z.object({ ...person, run: name, wait: name, verb, plan: name.optional(), values }),
		async (office, input) => {
			const { run, wait, plan } = input;
			const actor = actorOf(office.app, input);
			const answer = { actor, run, wait, verb: input.verb, values: plain(input.values), via: "cli" } as const;
			return receiptShape(await office.app.desk.answer(plan === undefined ? answer : { ...answer, plan }));
		},
	),
	steer: operation(steerShape, async (office, input) => {
		const actor = actorOf(office.app, input);
		const { run, words, key } = input;
		return receiptShape(await office.app.desk.steer({ actor, run, verb: input.verb, words, key, via: "cli" }));
	}),
	reload: operation(z.object({}), async ({ app }) => asJson(await app.reload())),
	backup: operation(z.object({ file: z.string().startsWith("/") }), async ({ app }, { file }) => {
		if (existsSync(file)) {
			const message = `${file} is there already. Nothing was written.`;
			throw new InputError([{ path: "file", code: "file-exists", message, remedy: "Name a new file." }]);
		}
		return asJson(await app.backup(file));
	}),
	token: operation(
		z.object({ person: name, client: name.optional(), expiresMs: z.number().int().positive() }),
		async ({ app }, { person: id, client, expiresMs }) =>
			asJson(await app.createToken({ person: id, expiresMs, ...(client === undefined ? {} : { client }) })),
	),
	secret: operation(z.object({ client: name, name, value: z.string().min(1).max(65_536) }), async ({ app }, input) => {
		await app.setSecret({ client: input.client, name: input.name, value: new Secret(input.value) });
		return { kept: `${input.client}/${input.name}` };
	}),
	resume: operation(z.object({}), async ({ app }) => asJson(await app.resumeRestored())),
	examine: operation(z.object({ client: name.optional() }), async ({ app }, { client }) =>
		asJson(await app.examine(client)),
	),
	workspace: operation(z.object({ team: name }), async ({ app }, { team }) => asJson(await app.examineWorkspace(team))),
	trail: operation(
		z.object({
			cursor: z
				.string()
				.regex(/^\d{1,15}$/)
				.optional(),
		}),
		async ({ app }, { cursor }) => asJson(await app.auditRows(cursor === undefined ? {} : { cursor })),
	),
	audit: operation(z.object({}), async ({ app }) => asJson(await app.auditVerify())),
	plan: operation(z.object({ sop: name, client: name, form: values }), async ({ app }, { sop, client, form }) =>
		asJson(await app.planOnly({ sop, client, form: plain(form) })),
	),
};

export type OperationName = keyof typeof operations;

/** Asks for one operation by name. Errors: `InputError` `bad-operation`; what the operation throws. */
export async function operate(office: Office, wanted: string, input: Json): Promise<Json> {
	if (!Object.hasOwn(operations, wanted)) {
		const message = `There is no operation ${wanted}.`;
		const remedy = "Use the command line of the same version as the bot.";
		throw new InputError([{ path: "operation", code: "bad-operation", message, remedy }]);
	}
	return operations[wanted as OperationName](office, input);
}

type Operation = (office: Office, input: Json) => Promise<Json>;

function operation<Input>(shape: z.ZodType<Input>, act: (office: Office, input: Input) => Promise<Json>): Operation {
	return async (office, input) => {
		const parsed = shape.safeParse(input);
		if (!parsed.success) throw new InputError(parsed.error.issues.map(problemOf));
		return act(office, parsed.data);
	};
}

function problemOf(issue: z.core.$ZodIssue): Problem {
	return { path: issue.path.join("."), code: "bad-operation", message: issue.message };
}

/** What came through JSON is JSON; `undefined` members are left out. */
function asJson(value: unknown): Json {
	return JSON.parse(JSON.stringify(value));
}

function plain(found: { readonly [name: string]: unknown }): Values {
	return found as Values;
}
