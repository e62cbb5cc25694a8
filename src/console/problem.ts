/**
 * The one table from our errors to HTTP: status, stable code and words. Must never show a message of an error that is not
 * ours, nor a stack.
 */
import type { Response } from "express";
import { BodyError } from "../base/body.ts";
import { ConflictError, DeniedError, InputError, type SopwithError, UnavailableError } from "../base/errors.ts";
import { plural } from "../base/words.ts";

/** RFC 9457 problem details; what is so (`by`, `at`, `verb`, `run`) lies beside the standard members. */
export type ProblemDetails = {
	readonly type: string;
	readonly title: string;
	readonly status: number;
	readonly code: string;
	readonly problems?: readonly { readonly path: string; readonly code: string; readonly message: string }[];
	readonly [fact: string]: unknown;
};

/** Not ours to see and not there are the same, down to the byte. */
export const NO_SUCH_RUN = "There is no such run, or it is not yours to see.";
const STATUS_OF_CONFLICT: { readonly [code: string]: number } = {
	"not-taken": 422,
	"nothing-ticked": 422,
	"no-such-run": 404,
	"no-such-sop": 404,
	"no-such-client": 404,
};

/** What a caller is told about an error. Shape: RFC 9457. */
export function problemOf(error: unknown): ProblemDetails {
	if (error instanceof InputError)
		return {
			...details(422, error.code, `${plural(error.problems.length, "thing")} to put right`),
			problems: error.problems.map(({ path, code, message }) => ({ path, code, message })),
		};
	if (error instanceof BodyError) return details(error.status, error.code, error.message);
	if (error instanceof DeniedError) return details(403, error.code, words(error));
	if (error instanceof ConflictError) {
		const status = STATUS_OF_CONFLICT[error.code] ?? 409;
		if (status === 404) return details(404, "no-such-run", NO_SUCH_RUN);
		return { ...error.facts, ...details(status, error.code, words(error)) };
	}
	if (error instanceof UnavailableError) return details(503, error.code, words(error));
	return details(500, "internal", "This did not work here. What the journal shows is so; sending it again is safe.");
}

/** Builds problem details. */
export function details(status: number, code: string, title: string): ProblemDetails {
	return { type: `urn:sopwith:problem:${code}`, title, status, code };
}

/** Sends problem details, with `Retry-After` where trying again later is safe. */
export function sendProblem(response: Response, problem: ProblemDetails, retryAfterMs?: number): void {
	if (problem.status === 503 || problem.status === 429)
		response.set("retry-after", String(Math.max(1, Math.ceil((retryAfterMs ?? 2000) / 1000))));
	response.status(problem.status).set("cache-control", "no-store");
	response.type("application/problem+json").send(JSON.stringify(problem));
}

function words(error: SopwithError): string {
	return error.advice === undefined ? error.message : `${error.message} ${error.advice}`;
}
