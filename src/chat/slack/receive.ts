/**
 * `POST /slack/events`: verify, hand over, answer. Must never let anything in that the guard did not admit, never tell a
 * caller why, and never keep Slack waiting for longer than two seconds.
 */
import { type Request, type RequestHandler, type Response, Router } from "express";
import { BodyError, parseJson, readBytes } from "../../base/body.ts";
import { InputError, UnavailableError } from "../../base/errors.ts";
import { asText, isRecord, type Json, type Values } from "../../base/json.ts";
import { ROUTE } from "./asks.ts";
import type { Bolt } from "./bolt.ts";
import type { Delivery } from "./delivery.ts";
import { type Admitted, type Refused, refuse, type SignatureGuard } from "./guard.ts";

type ReceiveParts = {
	readonly guard: SignatureGuard;
	/** Errors: `UnavailableError` while nobody can say whose workspace it is. */
	readonly judge: (body: Values) => Promise<Admitted | Refused>;
	readonly hand: Bolt["hand"];
	readonly refused: (why: string) => void;
	/** Slack hands over no more for a while: too many deliveries in an hour. */
	readonly limited: (team: string) => void;
};

const BYTES = 1024 * 1024;
/** What Slack's look at our certificate fits into; it is not signed. */
const CHECK_BYTES = 4 * 1024;
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/** Makes the route. Refusals are recorded; nothing of why reaches the caller. */
export function createReceive(parts: ReceiveParts): RequestHandler {
	const router = Router();
	router.post(ROUTE, (request, response, next) => {
		receive(parts, request, response).catch((error: unknown) => {
			const no = refusalFor(error);
			if (no === undefined) return next(error);
			refuseTo(parts, { request, response }, no);
		});
	});
	return router;
}

async function receive(parts: ReceiveParts, request: Request, response: Response): Promise<void> {
	const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
	const knock = { request, response };
	if (type !== FORM && type !== JSON_TYPE) return refuseTo(parts, knock, { status: 415, why: "other-content" });
	const stamp = parts.guard.stamp(request.headersDistinct);
	if (stamp.kind === "refused") {
		if (type === FORM && stamp.why === "no-signature" && (await isCheck(request))) return end(response);
		return refuseTo(parts, knock, stamp);
	}
	const bytes = await readBytes(request, BYTES);
	if (!parts.guard.isSigned(stamp, bytes)) return refuseTo(parts, knock, refuse(401, "bad-signature"));
	const body = type === FORM ? payloadIn(bytes) : parseJson(bytes);
	if (!isRecord(body)) return refuseTo(parts, knock, refuse(400, "no-payload"));
	if (body.type === "url_verification") return end(response, { challenge: asText(body.challenge) });
	if (body.ssl_check === "1") return end(response);
	const admitted = await parts.judge(body);
	if (admitted.kind === "refused") return refuseTo(parts, knock, admitted);
	if (body.type === "app_rate_limited") {
		parts.limited(admitted.workspace.team);
		return end(response);
	}
	const delivery: Delivery = { body, workspace: admitted.workspace, request: stamp.signature.toString("hex") };
	const answer = await parts.hand(delivery);
	if (answer === "not-understood") return refuseTo(parts, knock, refuse(400, "not-understood"));
	end(response, answer);
}

/** A command's fields, or the JSON within a form. */
function payloadIn(bytes: Buffer): Json {
	const fields = Object.fromEntries(new URLSearchParams(bytes.toString("utf8")));
	return fields.payload === undefined ? fields : parseJson(Buffer.from(fields.payload));
}

/** Source: https://docs.slack.dev/interactivity/implementing-slash-commands, "ssl_check". */
async function isCheck(request: Request): Promise<boolean> {
	const bytes = await readBytes(request, CHECK_BYTES);
	return new URLSearchParams(bytes.toString("utf8")).get("ssl_check") === "1";
}

function end(response: Response, body?: Values): void {
	response.status(200).set("cache-control", "no-store");
	if (body === undefined) response.end();
	else response.json(body);
}

type Knock = { readonly request: Request; readonly response: Response };

type No = { readonly status: number; readonly why: string };

function refuseTo(parts: ReceiveParts, { request, response }: Knock, no: No): void {
	parts.refused(`${no.why} from ${request.socket.remoteAddress ?? ""}`);
	request.resume();
	response.status(no.status).set("cache-control", "no-store").end();
}

/** A request that could not be read, or a workspace nobody can look up now; a mistake of ours is neither. */
function refusalFor(error: unknown): No | undefined {
	if (error instanceof BodyError) return { status: error.status, why: error.code };
	if (error instanceof InputError) return { status: 400, why: error.code };
	return error instanceof UnavailableError ? { status: 503, why: error.code } : undefined;
}
