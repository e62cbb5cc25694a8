/**
 * The web server's shape: headers, limits, static files, health, then what the composition root mounts, then the answers for
 * what is not there or went wrong. Must never know what a route does, nor tell a caller what an error says inside.
 */
import { fileURLToPath } from "node:url";
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from "express";
import helmet from "helmet";
import type { Registry } from "prom-client";
import type { Clock } from "../base/time.ts";
import { loopbackOnly, rateCap, requestId } from "./guard.ts";
import { createHealth } from "./health.ts";
import { plainErrorPage } from "./page-error.ts";
import { details, problemOf, sendProblem } from "./problem.ts";

const STATIC = fileURLToPath(new URL("./static", import.meta.url));
/** Requests of one person, or of all strangers of one address, in a minute: far above a person, far below a flood. */
const MOST_A_MINUTE = 6000;

export type WebParts = {
	readonly clock: Clock;
	readonly registry: Registry;
	readonly ready: () => boolean;
	/** `https:` turns on strict transport security. */
	readonly publicUrl: string;
	/** Local sign-in: only this machine may ask, and nothing that came through a proxy. */
	readonly loopback: boolean;
	/**
	 * Routes of services that prove each request, by a signature or a token, before anything is done. Not counted: through a
	 * proxy everybody comes from one address, and no stranger may keep these from coming.
	 */
	readonly signed?: Mounts;
	/** In order. Each reads its own body and says itself who may call. */
	readonly mounts: Mounts;
	/** Who is signed in, by any name of their own: counted by themselves, whatever strangers do. */
	readonly personOf?: (request: Request) => string | undefined;
	/** Told about errors that are ours, with the request's id. Nothing of it reaches the caller. */
	readonly complain: (error: unknown, about: { readonly requestId: string; readonly method: string }) => void;
	readonly requestsPerMinute?: number;
};

type Mounts = readonly { readonly at: string; readonly handler: RequestHandler }[];

/** Builds the web application. It does not listen: hand it to `http.createServer`. */
export function createWeb(parts: WebParts): Express {
	const web = express();
	web.set("query parser", "simple").set("trust proxy", false).set("etag", "strong").disable("x-powered-by");
	web.use(requestId(), headers(parts.publicUrl), createHealth(parts));
	if (parts.loopback) web.use(loopbackOnly());
	const most = parts.requestsPerMinute ?? MOST_A_MINUTE;
	const callerOf = (request: Request) => {
		const person = parts.personOf?.(request);
		return person === undefined ? (request.socket.remoteAddress ?? "") : `person ${person}`;
	};
	for (const { at, handler } of parts.signed ?? []) web.use(at, handler);
	web.use(rateCap({ clock: parts.clock, most, perMs: 60_000, callerOf }));
	const how = { etag: true, maxAge: 0, index: false, redirect: false, dotfiles: "ignore" } as const;
	web.use("/static", express.static(STATIC, how));
	for (const { at, handler } of parts.mounts) web.use(at, handler);
	web.use((request: Request, response: Response) => notThere(request, response));
	web.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
		wentWrong(parts, error, { request, response });
	});
	return web;
}

function headers(publicUrl: string): RequestHandler {
	const secure = new URL(publicUrl).protocol === "https:";
	return helmet({
		contentSecurityPolicy: {
			useDefaults: false,
			directives: {
				defaultSrc: ["'self'"],
				imgSrc: ["'self'", "data:"],
				objectSrc: ["'none'"],
				baseUri: ["'none'"],
				formAction: ["'self'"],
				frameAncestors: ["'none'"],
			},
		},
		xFrameOptions: { action: "deny" },
		referrerPolicy: { policy: "same-origin" },
		strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
	});
}

function notThere(request: Request, response: Response): void {
	if (prefersPage(request)) sendPage(response, 404);
	else sendProblem(response, details(404, "not-there", "There is nothing here."));
}

function wentWrong(
	parts: WebParts,
	error: unknown,
	{ request, response }: { readonly request: Request; readonly response: Response },
): void {
	const status = clientFault(error);
	const problem = status === undefined ? problemOf(error) : details(status, "bad-request", "This cannot be read.");
	if (problem.status >= 500) {
		parts.complain(error, { requestId: String(response.locals.requestId), method: request.method });
	}
	if (response.headersSent) {
		response.destroy();
		return;
	}
	if (prefersPage(request)) sendPage(response, problem.status);
	else sendProblem(response, problem);
}

/** What express itself refuses, such as an address that cannot be decoded. */
function clientFault(error: unknown): number | undefined {
	const status = error instanceof Error && "status" in error ? error.status : undefined;
	const ours = error instanceof Error && "code" in error;
	return !ours && typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}

function prefersPage(request: Request): boolean {
	const json = /^\/(api|hooks|slack)(\/|$)/.test(request.originalUrl);
	return !json && request.accepts(["json", "html"]) === "html";
}

function sendPage(response: Response, status: number): void {
	response.status(status).set("cache-control", "no-store").type("html");
	response.send(plainErrorPage(status, String(response.locals.requestId)));
}
