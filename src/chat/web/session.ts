/**
 * Who is signed in at the pages: a random cookie, kept as its hash, 8 h at most, 30 min unused. However somebody proved
 * who they are, from then on it is this. Must never let a session outlive its person on the roster.
 */
import type { Request, RequestHandler, Response } from "express";
import { html } from "../../base/html.ts";
import { sha256 } from "../../base/json.ts";
import { type Clock, plusMs } from "../../base/time.ts";
import { frame } from "../../console/frame.ts";
import { details, sendProblem } from "../../console/problem.ts";
import type { KeptSession, SessionStore } from "../../engine/kept.ts";
import type { Audit } from "../../engine/ports.ts";
import type { Actor } from "../../people/roster.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { personOf } from "../../sop/everyone.ts";
import { type TokenCookie, tokenCookie } from "./token-cookie.ts";

const MOST_MS = 8 * 3_600_000;
const IDLE_MS = 30 * 60_000;
const TOUCH_MS = 60_000;

export type SignInParts = {
	readonly sessions: SessionStore;
	readonly definitions: () => Definitions;
	readonly clock: Clock;
	readonly audit: Audit;
	readonly publicUrl: string;
};

/** `proof`: what sessions rest on, a choice on this machine alone or a provider's word; one never stands for the other. */
export type SessionParts = SignInParts & { readonly proof: "chosen" | "vouched" };

export type SignIn = {
	/** Serves `/sign-in` and `/sign-out`; mount at `/`. */
	readonly router: RequestHandler;
	/** Sets `res.locals.actor`, or sends to sign in (401 for programs). */
	readonly requireActor: RequestHandler;
	/** Who this request's session belongs to; undefined when it ended. Does not lengthen it. */
	readonly actorOf: (request: Request) => Actor | undefined;
};

/** Puts a way to sign in before the sessions it begins. */
export function signInBy(router: RequestHandler, parts: SessionParts): SignIn {
	const read = (request: Request) => readSession(parts, request);
	return {
		router,
		actorOf: (request) => read(request)?.actor,
		requireActor: (request, response, next) => {
			const session = read(request);
			if (session === undefined) return askToSignIn(request, response);
			const now = parts.clock.now();
			if (plusMs(session.seen, TOUCH_MS) <= now) parts.sessions.touchSession(session.hash, now);
			response.locals.actor = session.actor;
			next();
		},
	};
}

type Exchange = { readonly request: Request; readonly response: Response };

/** Signs somebody in, in place of whoever was. */
export function beginSession(parts: SessionParts, actor: Actor, { request, response }: Exchange): void {
	const cookie = cookieOf(parts);
	const before = cookie.read(request);
	if (before !== undefined) parts.sessions.endSession(hashOf(parts, before));
	const token = cookie.give(response, MOST_MS / 1000);
	const now = parts.clock.now();
	const times = { expires: plusMs(now, MOST_MS), seen: now, created: now };
	parts.sessions.saveSession({ hash: hashOf(parts, token), actor, ...times });
	const client = actor.client === undefined ? {} : { client: actor.client };
	parts.audit.record({ person: actor.id, via: "web", what: "signed-in", ...client });
}

/** Signs whoever it is out. Repeat: safe. */
export function endSession(parts: SessionParts, { request, response }: Exchange): void {
	const cookie = cookieOf(parts);
	const token = cookie.read(request);
	if (token !== undefined) parts.sessions.endSession(hashOf(parts, token));
	cookie.drop(response);
}

function cookieOf({ publicUrl }: SignInParts): TokenCookie {
	return tokenCookie(publicUrl, { name: "sopwith_session", sameSite: "Strict" });
}

function hashOf({ proof }: SessionParts, token: string): string {
	return sha256(`${proof} ${token}`);
}

function readSession(parts: SessionParts, request: Request): KeptSession | undefined {
	const token = cookieOf(parts).read(request);
	const session = token === undefined ? undefined : parts.sessions.session(hashOf(parts, token));
	if (session === undefined) return undefined;
	const now = parts.clock.now();
	const over = session.expires <= now || plusMs(session.seen, IDLE_MS) <= now;
	return over || personOf(parts.definitions(), session.actor) === undefined ? undefined : session;
}

function askToSignIn(request: Request, response: Response): void {
	const page = request.accepts(["json", "html"]) === "html";
	request.resume();
	if (!page) return sendProblem(response, details(401, "not-signed-in", "Say who you are first. Nothing was done."));
	// Whoever follows a link out of a chat has left the cookie behind, because it is strict. Asked by ourselves, it comes.
	const fromElsewhere = request.method === "GET" && request.headers["sec-fetch-site"] === "cross-site";
	if (fromElsewhere) sendOn(response, { to: nextOf(request.originalUrl), words: "Opening what you asked for." });
	else response.redirect(303, `/sign-in?next=${encodeURIComponent(wayBack(request))}`);
}

/** A page that goes on by itself to an address: as its own request, not as a redirect of the one before. */
export function sendOn(response: Response, { to, words }: { readonly to: string; readonly words: string }): void {
	const body = html`<div class="head"><h1>One moment</h1><p class="lede">${words}</p>
<p><a class="btn" href="${to}">Go on</a></p></div>`;
	response.status(200).set("cache-control", "no-store").type("html");
	response.send(frame({ title: "One moment", narrow: true, onwards: to, body }));
}

/** What was to be seen; for a form, the page it was sent from. */
function wayBack(request: Request): string {
	if (request.method === "GET") return request.originalUrl;
	const { referer } = request.headers;
	return referer !== undefined && URL.canParse(referer) ? new URL(referer).pathname : "/";
}

/** A path of our own, or the chat. */
export function nextOf(next: unknown): string {
	return typeof next === "string" && /^\/(?![/\\])[\w\-./?=&%~:[\]#]*$/u.test(next) ? next : "/";
}
