/**
 * What stands before every route: a name for each request, who may knock, how often. Must never trust a header that says
 * where a request came from.
 */
import { randomUUID } from "node:crypto";
import { isIP } from "node:net";
import type { Request, RequestHandler } from "express";
import { setBounded } from "../base/bounded.ts";
import { DeniedError } from "../base/errors.ts";
import { type Clock, toMs } from "../base/time.ts";
import { details, sendProblem } from "./problem.ts";

/** How many callers are counted at once; the one seen longest ago is forgotten first. */
const MOST_CALLERS = 10_000;

/** Gives each request an id, told back as `X-Request-Id`, so that a person can name what went wrong. */
export function requestId(): RequestHandler {
	return (_request, response, next) => {
		response.locals.requestId = randomUUID();
		response.set("x-request-id", response.locals.requestId);
		next();
	};
}

/**
 * Refuses what came through a proxy or under another name: with local sign-in anyone who gets this far is whoever they say.
 * The connection's own peer must be this machine too.
 */
export function loopbackOnly(): RequestHandler {
	return (request, response, next) => {
		const passed = Object.keys(request.headers).some((name) => /^(forwarded|via|x-forwarded-.*|x-real-ip)$/.test(name));
		const near = isLoopback(hostName(request.headers.host ?? "")) && isLoopback(request.socket.remoteAddress ?? "");
		if (!passed && near) return next();
		request.resume();
		const words = "People sign in here without a password, so only this machine may ask. Nothing was done.";
		sendProblem(response, details(403, "not-loopback", words));
	};
}

/** Lets a caller through `most` times in any `perMs`, refilled evenly. Beyond that: 429 with `Retry-After`. */
export function rateCap(rule: {
	readonly clock: Clock;
	readonly most: number;
	readonly perMs: number;
	readonly callerOf: (request: Request) => string;
}): RequestHandler {
	const left = new Map<string, { readonly tokens: number; readonly atMs: number }>();
	return (request, response, next) => {
		const caller = rule.callerOf(request);
		const nowMs = toMs(rule.clock.now());
		const before = left.get(caller) ?? { tokens: rule.most, atMs: nowMs };
		const refilled = Math.max(0, nowMs - before.atMs) * (rule.most / rule.perMs);
		const tokens = Math.min(rule.most, before.tokens + refilled);
		setBounded(left, [caller, { tokens: Math.max(0, tokens - 1), atMs: nowMs }], MOST_CALLERS);
		if (tokens >= 1) return next();
		request.resume();
		const words = "This is more than a person can ask for. Nothing was done; wait a moment and ask again.";
		sendProblem(response, details(429, "too-many", words), rule.perMs / rule.most);
	};
}

/** Lets a form through only when it was sent from one of our own pages. Errors: `DeniedError` `other-origin`. */
export function sameOrigin(publicUrl: string): RequestHandler {
	const ours = new URL(publicUrl).origin;
	const tls = ours.startsWith("https:");
	return (request, _response, next) => {
		if (request.method === "GET" || request.method === "HEAD") return next();
		const { origin, referer } = request.headers;
		const site = request.headers["sec-fetch-site"];
		const from = origin ?? (referer === undefined || !URL.canParse(referer) ? undefined : new URL(referer).origin);
		// Without TLS the pages may be open under another name of this machine.
		const here = tls ? ours : `${request.protocol}://${request.headers.host}`;
		if ((from === ours || from === here) && (site === undefined || site === "same-origin")) return next();
		request.resume();
		next(new DeniedError("other-origin", "This form was not sent from here. Nothing was done."));
	};
}

function hostName(host: string): string {
	return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, "") : "";
}

function isLoopback(name: string): boolean {
	const plain = name.replace(/^::ffff:/i, "");
	if (isIP(plain) === 4) return plain.startsWith("127.");
	return plain === "::1" || plain === "localhost" || plain.endsWith(".localhost");
}
