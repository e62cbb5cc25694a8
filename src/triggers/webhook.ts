/**
 * Starts a run when another system says something happened. The sender is `hook:NAME`, known by its signature; it can start
 * the SOPs that name that hook and do nothing else. Must never read a body before its signature held.
 */
import { type NextFunction, type Request, type Response, Router } from "express";
import { BodyError, parseJson, readBytes } from "../base/body.ts";
import { ConflictError, DeniedError, InputError, UnavailableError } from "../base/errors.ts";
import { asText, isRecord, type Values } from "../base/json.ts";
import type { Clock } from "../base/time.ts";
import type { Desk } from "../engine/desk.ts";
import type { Audit } from "../engine/ports.ts";
import { createRefusals, type Refusals } from "../engine/refusals.ts";
import { hookActor } from "../people/actor.ts";
import { fillAll } from "../sop/expression.ts";
import type { ClientId, Sop, Start } from "../sop/sop.ts";
import { type HookKey, readKeys, remedyFor } from "./hook-keys.ts";
import { checkSignature } from "./signature.ts";

type WebhookParts = {
	readonly desk: Desk;
	readonly clock: Clock;
	readonly audit: Audit;
	readonly key: HookKey;
	readonly log: (what: string, facts: { readonly [name: string]: string }) => void;
};
type Hooked = { readonly sop: Sop; readonly start: Extract<Start, { kind: "webhook" }> };

/**
 * Builds `POST /hooks/:client/:hook`. Mount at `/`. 202 `{ id, outcome }` as the API's start; 401 for a client, hook, key or
 * signature that does not hold, all alike; 422 with every problem. Repeat: the same `webhook-id` is the same run.
 */
export function createWebhooks(parts: WebhookParts): Router {
	const hooks = Router({ caseSensitive: true });
	const refused = createRefusals({ ...parts, entry: { via: "hook", what: "hook-refused" } });
	const unusable = new Set<string>();
	const all = { ...parts, refused, unusable };
	hooks.post("/hooks/:client/:hook", (request, response) => receive(all, request, response));
	hooks.use("/hooks", (error: unknown, _request: Request, response: Response, next: NextFunction) => {
		const refusal = refusalOf(error);
		if (refusal === undefined || response.headersSent) return next(error);
		if (error instanceof UnavailableError)
			response.set("retry-after", String(Math.max(1, Math.ceil((error.retryAfterMs ?? 2000) / 1000))));
		problem(response, refusal);
	});
	return hooks;
}

type Parts = WebhookParts & {
	readonly refused: Refusals;
	/** Hooks whose key cannot be used, as the log was told. */
	readonly unusable: Set<string>;
};

async function receive(parts: Parts, request: Request, response: Response): Promise<void> {
	const client = String(request.params.client);
	const hook = String(request.params.hook);
	const bytes = await readBytes(request);
	const id = header(request, "webhook-id");
	const why = await refusedWhy(parts, { client, hook, id, request, bytes });
	if (why !== undefined) {
		const known = Object.hasOwn(parts.desk.definitions().clients, client);
		parts.refused(`${why} from ${request.socket.remoteAddress ?? ""}`, known ? { client } : {});
		return problem(response, { status: 401, code: "bad-signature", title: "This is not signed with this hook’s key." });
	}
	const body = parseJson(bytes);
	const hooked = hookedBy(parts, client, hook);
	if (hooked === undefined || !isRecord(body))
		throw new InputError([{ path: "", code: "not-an-object", message: "Send a JSON object." }]);
	const actor = hookActor(hook, client);
	const receipt = await parts.desk.start({
		actor,
		client,
		sop: hooked.sop.id,
		form: formOf(hooked, body),
		key: `${actor.id}:${id}`,
		via: "hook",
	});
	response.status(202).set("cache-control", "no-store").json({ id: receipt.run, outcome: receipt.outcome });
}

async function refusedWhy(
	parts: Parts,
	sent: {
		readonly client: ClientId;
		readonly hook: string;
		readonly id: string;
		readonly request: Request;
		readonly bytes: Buffer;
	},
): Promise<string | undefined> {
	if (hookedBy(parts, sent.client, sent.hook) === undefined) return "no-such-hook";
	const key = await parts.key(sent.client, sent.hook);
	if (key === undefined) return "no-key";
	const { usable, unusable } = readKeys(key.open());
	tellUnusable(parts, sent, unusable > 0);
	const checked = checkSignature(
		{
			id: sent.id,
			timestamp: header(sent.request, "webhook-timestamp"),
			signature: header(sent.request, "webhook-signature"),
			body: sent.bytes,
		},
		usable,
		parts.clock.now(),
	);
	return checked.ok ? undefined : checked.code;
}

/** Says once of each hook that its key cannot be used, and again when it was mended in between. */
function tellUnusable(
	{ unusable, log }: Parts,
	{ client, hook }: { client: ClientId; hook: string },
	is: boolean,
): void {
	const name = `${client}/${hook}`;
	if (!is) unusable.delete(name);
	if (!is || unusable.has(name)) return;
	unusable.add(name);
	log("a webhook's key cannot be used", { client, hook, remedy: remedyFor(client, hook) });
}

/** The SOP that a hook of a client starts. Two that name the same hook: the first by id, as `check` says. */
function hookedBy({ desk }: WebhookParts, client: ClientId, hook: string): Hooked | undefined {
	const clients = desk.definitions().clients;
	const sops = Object.hasOwn(clients, client) ? Object.values(clients[client]?.sops ?? {}) : [];
	return sops
		.toSorted((a, b) => (a.id < b.id ? -1 : 1))
		.flatMap((sop) =>
			sop.starts.flatMap((start) => (start.kind === "webhook" && start.hook === hook ? [{ sop, start }] : [])),
		)
		.at(0);
}

/** The form as the hook's `map:` makes it, over `body` (and the body's own names); without one, the body is the form. */
function formOf({ start }: Hooked, body: Values): Values {
	if (Object.keys(start.map).length === 0) return body;
	return fillAll(start.map, { ...body, body });
}

function header(request: Request, name: string): string {
	const value = request.headers[name];
	return asText(value);
}

type Refusal = {
	readonly status: number;
	readonly code: string;
	readonly title: string;
	readonly problems?: readonly { readonly path: string; readonly code: string; readonly message: string }[];
};

function refusalOf(error: unknown): Refusal | undefined {
	if (error instanceof InputError) {
		const problems = error.problems.map(({ path, code, message }) => ({ path, code, message }));
		return { status: 422, code: error.code, title: "Some of it cannot be used; nothing was started.", problems };
	}
	if (error instanceof BodyError) return { status: error.status, code: error.code, title: error.message };
	if (error instanceof DeniedError) return { status: 403, code: error.code, title: error.message };
	if (error instanceof ConflictError) return { status: 409, code: error.code, title: error.message };
	if (error instanceof UnavailableError) return { status: 503, code: error.code, title: error.message };
	return undefined;
}

function problem(response: Response, refusal: Refusal): void {
	response.status(refusal.status).set("cache-control", "no-store").type("application/problem+json");
	response.send(JSON.stringify({ type: `urn:sopwith:problem:${refusal.code}`, ...refusal }));
}
