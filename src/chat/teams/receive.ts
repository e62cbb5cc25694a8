/**
 * `POST /api/messages`: verify, read, find the person, let the bot handle it, answer. Must never let anything in that the
 * guard did not admit, and never keep Teams waiting for longer than two seconds.
 */
import { type Request, type RequestHandler, type Response, Router } from "express";
import { BodyError, readJson } from "../../base/body.ts";
import { InputError, UnavailableError } from "../../base/errors.ts";
import type { Clock } from "../../base/time.ts";
import type { Audit } from "../../engine/ports.ts";
import { createRefusals } from "../../engine/refusals.ts";
import type { Activity } from "./activity.ts";
import type { Guard, Refused } from "./guard.ts";
import type { References } from "./references.ts";

type ReceiveParts = {
	readonly guard: Guard;
	readonly references: Pick<References, "learn">;
	/** Does what is asked, and gives the body of the answer to an invoke. */
	readonly act: (activity: Activity) => Promise<Answer>;
	readonly audit: Audit;
	readonly clock: Clock;
};

/** What Teams is answered. */
export type Answer = { readonly status: number; readonly body?: unknown };

const BYTES = 256 * 1024;

/** Makes the route. Refusals are recorded; nothing of why reaches the caller. */
export function createReceive(parts: ReceiveParts): RequestHandler {
	const router = Router();
	const record = recorder(parts);
	router.post("/api/messages", (request, response, next) => {
		receive(parts, { request, response, record }).catch((error: unknown) => {
			record(request, refusalIn(error));
			next(error);
		});
	});
	return router;
}

type Record = (request: Request, why: string | undefined) => void;
type Knock = { readonly request: Request; readonly response: Response; readonly record: Record };

async function receive(parts: ReceiveParts, knock: Knock): Promise<void> {
	const { request, response } = knock;
	const token = await parts.guard.token(request.headersDistinct.authorization ?? []);
	if ("kind" in token) return refuse(knock, token);
	const admitted = parts.guard.activity(await readJson(request, BYTES), token);
	if (admitted.kind === "refused") return refuse(knock, admitted);
	parts.references.learn(admitted.activity);
	const { status, body } = await parts.act(admitted.activity);
	response.status(status).set("cache-control", "no-store");
	if (body === undefined) response.end();
	else response.json(body);
}

function refuse({ request, response, record }: Knock, { status, why }: Refused): void {
	record(request, why);
	request.resume();
	response.status(status).set("cache-control", "no-store").end();
}

function recorder({ audit, clock }: ReceiveParts): Record {
	const refused = createRefusals({ audit, clock, entry: { via: "teams", what: "activity-refused" } });
	return (request, why) => {
		if (why !== undefined) refused(`${why} from ${request.socket.remoteAddress ?? ""}`);
	};
}

/** What was wrong with a request that could not be read; a mistake of ours is no refusal. */
function refusalIn(error: unknown): string | undefined {
	const known = error instanceof BodyError || error instanceof InputError || error instanceof UnavailableError;
	return known ? error.code : undefined;
}
