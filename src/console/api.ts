/**
 * The JSON API: runs, answers, steering, the journal. A token acts as its person and as nobody else.
 * Must never decide anything: every call goes to the desk, every error through the one table.
 */
import { randomUUID } from "node:crypto";
import { type NextFunction, type Request, type Response, Router } from "express";
import { readJson } from "../base/body.ts";
import { ConflictError, DeniedError, InputError, UnavailableError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import type { Desk, RunDescription } from "../engine/desk.ts";
import type { Verb } from "../engine/event.ts";
import type { Page, Receipt, Recorded } from "../engine/ports.ts";
import type { Actor } from "../people/roster.ts";
import { VERBS } from "../people/verb.ts";
import type { ClientId } from "../sop/sop.ts";
import { queryOf, TOP_OF_JOURNAL } from "./api-query.ts";
import { receiptShape, runShape, summaryShape } from "./api-shapes.ts";
import { shaped } from "./body-shape.ts";
import { refuseToken } from "./by-token.ts";
import { details, NO_SUCH_RUN, problemOf, sendProblem } from "./problem.ts";
import { readerOf, sentence } from "./reader.ts";
import { involvedIn, involvedInRow, knowing } from "./run-words.ts";
import { bearer, type Tokens } from "./token.ts";

const JOURNAL_PAGE = 100;

type ApiParts = { readonly desk: Desk; readonly tokens: Tokens; readonly clock: Clock };
type Caller = { readonly actor: Actor; readonly client?: ClientId };

/**
 * Builds the routes under `/api/v1`. Mount it after whatever sets `res.locals.actor` from a session: reads take either, every
 * change needs a token.
 */
export function createApi(parts: ApiParts): Router {
	const api = Router({ caseSensitive: true });
	api.use((request, response, next) => identify(parts, { request, response, next }));
	api.post("/runs", (request, response) => start(parts, request, response));
	api.get("/runs", (request, response) => list(parts, request, response));
	api.get("/runs/:id", (request, response) => read(parts, request, response));
	api.get("/runs/:id/events", (request, response) => events(parts, request, response));
	api.post("/runs/:id/answers", (request, response) => answer(parts, request, response));
	api.post("/runs/:id/steer", (request, response) => steer(parts, request, response));
	api.post("/runs/:id/amend", (request, response) => amend(parts, request, response));
	api.post("/runs/:id/notes", (request, response) => note(parts, request, response));
	api.use((_request, response) => sendProblem(response, details(404, "no-such-route", "There is nothing here.")));
	api.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
		const problem = problemOf(error);
		if (problem.status === 500 || response.headersSent) return next(error);
		sendProblem(response, problem, error instanceof UnavailableError ? error.retryAfterMs : undefined);
	});
	return api;
}

async function identify(
	parts: ApiParts,
	{ request, response, next }: { readonly request: Request; readonly response: Response; readonly next: NextFunction },
): Promise<void> {
	const header = request.headers.authorization;
	const token = await bearer(header, parts);
	const session: Actor | undefined = response.locals.actor;
	const reads = request.method === "GET" || request.method === "HEAD";
	if (token !== undefined) {
		const { actor, client } = token;
		response.locals.caller = client === undefined ? { actor } : { actor, client };
		return next();
	}
	if (header === undefined && session !== undefined && reads) {
		response.locals.caller = { actor: session };
		return next();
	}
	refuseToken(request, response);
}

async function start(parts: ApiParts, request: Request, response: Response): Promise<void> {
	const { actor, client: only } = callerOf(response);
	const body = await readJson(request);
	const key = keyOf(request);
	const owned = `api:${actor.client ?? "msp"}/${actor.id}:${key}`;
	const undo = typeof body === "object" && body !== null && Object.hasOwn(body, "undo");
	let receipt: Receipt;
	if (undo) {
		const run = await seen(parts, response, shaped(body, { undo: { kind: "text" } }).undo);
		receipt = await parts.desk.undo({ actor, run: run.id, via: "api", key: owned });
	} else {
		const wanted = shaped(body, { client: { kind: "text" }, sop: { kind: "text" }, form: { kind: "record" } });
		if (only !== undefined && only !== wanted.client)
			throw new DeniedError("other-client", `This token is for ${only} only. Nothing was started.`);
		receipt = await parts.desk.start({ actor, ...wanted, key: owned, via: "api" });
	}
	if (receipt.verdict === "no") throw refused(receipt);
	response.set("location", `/api/v1/runs/${receipt.run}`);
	response.status(202).json({ id: receipt.run, outcome: receipt.outcome });
}

async function list(parts: ApiParts, request: Request, response: Response): Promise<void> {
	const { actor, client } = callerOf(response);
	const query = queryOf(request.query, client);
	const asked = request.query.client;
	if (client !== undefined && asked !== undefined && asked !== client) return send(response, { items: [] });
	const page = await parts.desk.list(actor, query);
	const definitions = parts.desk.definitions();
	const items = page.items.map((run) =>
		summaryShape(
			run,
			sentence(
				readerOf(definitions, actor, {
					client: run.client,
					clock: parts.clock,
					involved: involvedInRow(run, definitions),
				}),
			),
		),
	);
	send(response, { items, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) });
}

async function read(parts: ApiParts, request: Request, response: Response): Promise<void> {
	const run = await seen(parts, response, String(request.params.id));
	const { actor } = callerOf(response);
	const definitions = parts.desk.definitions();
	const about = { client: run.client, clock: parts.clock, involved: involvedIn(run, definitions) };
	send(response, runShape(run, sentence(knowing(readerOf(definitions, actor, about), run))));
}

async function events(parts: ApiParts, request: Request, response: Response): Promise<void> {
	const run = await seen(parts, response, String(request.params.id));
	const from = queryOf({ from: request.query.cursor }, undefined).from ?? TOP_OF_JOURNAL;
	const rows = await parts.desk.journal(callerOf(response).actor, run.id, from);
	if (rows === undefined) throw new ConflictError("no-such-run", NO_SUCH_RUN);
	const items: Recorded[] = [];
	let cursor: string | undefined;
	for await (const row of rows) {
		if (items.length === JOURNAL_PAGE) {
			cursor = String(row.seq);
			break;
		}
		items.push(row);
	}
	const page: Page<Recorded> = cursor === undefined ? { items } : { items, cursor };
	send(response, page);
}

async function answer(parts: ApiParts, request: Request, response: Response): Promise<void> {
	const given = shaped(await readJson(request), {
		wait: { kind: "text" },
		verb: { kind: "text", oneOf: VERBS },
		plan: { kind: "text", optional: true },
		values: { kind: "record", optional: true },
	});
	const run = await meant(parts, response, String(request.params.id));
	const { wait, verb, plan, values } = given;
	told(
		response,
		await parts.desk.answer({
			actor: callerOf(response).actor,
			run,
			wait,
			verb: verb as Verb,
			...(plan === undefined ? {} : { plan }),
			values: values ?? {},
			via: "api",
		}),
	);
}

async function steer(parts: ApiParts, request: Request, response: Response): Promise<void> {
	const given = shaped(await readJson(request), {
		verb: { kind: "text", oneOf: ["cancel", "pause", "resume"] },
		words: { kind: "text", optional: true },
	});
	const run = await meant(parts, response, String(request.params.id));
	const verb = given.verb as "cancel" | "pause" | "resume";
	const { actor } = callerOf(response);
	const words = given.words ?? "";
	told(response, await parts.desk.steer({ actor, run, verb, words, via: "api", key: keyOf(request) }));
}

async function amend(parts: ApiParts, request: Request, response: Response): Promise<void> {
	const { values } = shaped(await readJson(request), { values: { kind: "record" } });
	const run = await meant(parts, response, String(request.params.id));
	const { actor } = callerOf(response);
	told(response, await parts.desk.amend({ actor, run, values, via: "api", key: keyOf(request) }));
}

async function note(parts: ApiParts, request: Request, response: Response): Promise<void> {
	const { words } = shaped(await readJson(request), { words: { kind: "text" } });
	const run = await meant(parts, response, String(request.params.id));
	told(response, await parts.desk.note({ actor: callerOf(response).actor, run, words, key: keyOf(request) }));
}

/**
 * The id of the run that somebody wants to change. One they may not see goes to the desk as it was sent: it refuses with
 * the same words and keeps the refusal in the audit stream.
 */
async function meant(parts: ApiParts, response: Response, id: string): Promise<string> {
	const { actor, client } = callerOf(response);
	const run = await parts.desk.read(actor, id);
	if (run === undefined) return id;
	if (client !== undefined && run.client !== client) throw new ConflictError("no-such-run", NO_SUCH_RUN);
	return run.id;
}

/** The run, when this caller may see it. Errors: `ConflictError` `no-such-run`, the same as for one that is not there. */
async function seen(parts: ApiParts, response: Response, id: string): Promise<RunDescription> {
	const { actor, client } = callerOf(response);
	const run = await parts.desk.read(actor, id);
	if (run === undefined || (client !== undefined && run.client !== client))
		throw new ConflictError("no-such-run", NO_SUCH_RUN);
	return run;
}

function told(response: Response, receipt: Receipt): void {
	if (receipt.verdict === "no") throw refused(receipt);
	send(response, receiptShape(receipt));
}

function refused({ reason }: Receipt): ConflictError {
	const { code = "refused", words = "This is not possible any more.", ...facts } = reason ?? {};
	return new ConflictError(code, words, { facts });
}

/** The caller's own name for this request. Without one, every request is a new one. */
function keyOf(request: Request): string {
	const given = request.headers["idempotency-key"];
	if (given === undefined) return randomUUID();
	if (typeof given === "string" && /^[\x21-\x7e]{1,255}$/.test(given)) return given;
	const message = "An Idempotency-Key has 1 to 255 printable characters and no spaces.";
	throw new InputError([{ path: "Idempotency-Key", code: "bad-key", message }]);
}

function callerOf(response: Response): Caller {
	return response.locals.caller;
}

function send(response: Response, value: unknown): void {
	response.set("cache-control", "no-store").json(value);
}
