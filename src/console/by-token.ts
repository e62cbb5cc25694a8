/**
 * Lets a program in by its token, where people come in by their session. Must never let a request that shows a token fall
 * back on the session that came with it.
 */
import type { Request, RequestHandler, Response } from "express";
import type { Clock } from "../base/time.ts";
import { details, sendProblem } from "./problem.ts";
import { bearer, type Tokens } from "./token.ts";

/**
 * Sets `res.locals.actor`, and `res.locals.only` to the client a token was made for, from a token that is shown; hands a
 * request without one to `otherwise`. A token that is unknown or has expired gets 401 `no-token`.
 */
export function tokenOr(
	otherwise: RequestHandler,
	by: { readonly tokens: Tokens; readonly clock: Clock },
): RequestHandler {
	return async (request, response, next): Promise<void> => {
		const header = request.headers.authorization;
		if (header === undefined) {
			otherwise(request, response, next);
			return;
		}
		const token = await bearer(header, by);
		if (token === undefined) return refuseToken(request, response);
		response.locals.actor = token.actor;
		response.locals.only = token.client;
		next();
	};
}

/** Says that a token is needed. */
export function refuseToken(request: Request, response: Response): void {
	request.resume();
	response.set("www-authenticate", 'Bearer realm="sopwith"');
	sendProblem(response, details(401, "no-token", "Send a token that is known and has not expired, as a bearer."));
}
