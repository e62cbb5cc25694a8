/**
 * `POST /api/messages`: verify, read, find the person, let the bot handle it, answer. Must never let anything in that the
 * guard did not admit, and never keep Teams waiting for longer than two seconds.
 */
import { type Request, type RequestHandler, type Response, Router } from "express";
import { BodyError, readJson } from "../../base/body.ts";
import { InputError, UnavailableError } from "../../base/errors.ts";
import type { Audit } from "../../engine/ports.ts";
import type { Activity } from "./activity.ts";
import type { Guard, Refused } from "./guard.ts";
import type { References } from "./references.ts";

export type ReceiveParts = {
	readonly guard: Guard;
	readonly references: Pick<References, "learn">;
	/** Does what is asked, and gives the body of the answer to an invoke. */
	readonly act: (activity: Activity) => Promise<Answer>;
	readonly audit: Audit;
};

/** What Teams is answered. */
export type Answer = { readonly status: number; readonly body?: unknown };

const BYTES = 256 * 1024;

/** Makes the route. Every refusal is recorded; nothing of why reaches the caller. */
export function createReceive(parts: ReceiveParts): RequestHandler {
	const router = Router();
	router.post("/api/messages", (request, response, next) => {
		receive(parts, request, response).catch((error: unknown) => {
			record(parts, request, refusalIn(error));
			next(error);
		});
	});
	return router;
}

async function receive(parts: ReceiveParts, request: Request, response: Response): Promise<void> {
	const token = await parts.guard.token(request.headersDistinct.authorization ?? []);
	if ("kind" in token) return refuse(parts, token, { request, response });
	const admitted = parts.guard.activity(await readJson(request, BYTES), token);
	if (admitted.kind === "refused") return refuse(parts, admitted, { request, response });
	parts.references.learn(admitted.activity);
	const { status, body } = await parts.act(admitted.activity);
	response.status(status).set("cache-control", "no-store");
	if (body === undefined) response.end();
	else response.json(body);
}

function refuse(parts: ReceiveParts, refused: Refused, by: { request: Request; response: Response }): void {
	record(parts, by.request, refused.why);
	by.request.resume();
	by.response.status(refused.status).set("cache-control", "no-store").end();
}

function record({ audit }: ReceiveParts, request: Request, why: string | undefined): void {
	if (why === undefined) return;
	audit.record({ via: "teams", what: "activity-refused", why: `${why} from ${request.socket.remoteAddress ?? ""}` });
}

/** What was wrong with a request that could not be read; a mistake of ours is no refusal. */
function refusalIn(error: unknown): string | undefined {
	const known = error instanceof BodyError || error instanceof InputError || error instanceof UnavailableError;
	return known ? error.code : undefined;
}
