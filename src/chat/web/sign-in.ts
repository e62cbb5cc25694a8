/**
 * Local sign-in: choose a person of the roster. For a machine's own browser only. Sessions are kept as hashes, 8 h at most,
 * 30 min unused. Must never be reachable from another machine.
 */
import { randomBytes } from "node:crypto";
import { type Request, type RequestHandler, type Response, Router, urlencoded } from "express";
import { html } from "../../base/html.ts";
import { sha256 } from "../../base/json.ts";
import { type Clock, type Instant, plusMs } from "../../base/time.ts";
import { frame } from "../../console/frame.ts";
import { loopbackOnly, rateCap, sameOrigin } from "../../console/guard.ts";
import { details, sendProblem } from "../../console/problem.ts";
import type { Audit } from "../../engine/ports.ts";
import { sayRole } from "../../people/names.ts";
import type { Actor, Person } from "../../people/roster.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { personOf } from "../fill.ts";
import { keyOf } from "./surface.ts";

const COOKIE = "sopwith_session";
const MOST_MS = 8 * 3_600_000;
const IDLE_MS = 30 * 60_000;
const TOUCH_MS = 60_000;

export type Session = {
	readonly hash: string;
	readonly actor: Actor;
	readonly expires: Instant;
	readonly seen: Instant;
	readonly created: Instant;
};
export interface Sessions {
	saveSession(session: Session): void;
	session(hash: string): Session | undefined;
	touchSession(hash: string, seen: Instant): void;
	endSession(hash: string): void;
}

export type SignInParts = {
	readonly sessions: Sessions;
	readonly definitions: () => Definitions;
	readonly clock: Clock;
	readonly audit: Audit;
	readonly publicUrl: string;
};

export type SignIn = {
	/** Serves `/sign-in` and `/sign-out`; mount at `/`. */
	readonly router: RequestHandler;
	/** Sets `res.locals.actor`, or sends to sign in (401 for programs). */
	readonly requireActor: RequestHandler;
	/** Refuses what is not from this machine's own browser. */
	readonly localOnly: RequestHandler;
	/** Who this request's session belongs to; undefined when it ended. Does not lengthen it. */
	readonly actorOf: (request: Request) => Actor | undefined;
};

/** Makes local sign-in. */
export function createSignIn(parts: SignInParts): SignIn {
	const local = loopbackOnly();
	const read = (request: Request) => readSession(parts, request);
	return {
		localOnly: local,
		router: routes(parts, local),
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

function routes(parts: SignInParts, local: RequestHandler): RequestHandler {
	const router = Router();
	const body = urlencoded({ extended: false, limit: "4kb", parameterLimit: 4 });
	const callerOf = (request: Request) => request.socket.remoteAddress ?? "";
	const cap = rateCap({ clock: parts.clock, most: 60, perMs: 60_000, callerOf });
	const own = sameOrigin(parts.publicUrl);
	router.get("/sign-in", local, (request, response) => {
		sendPage(response, parts.definitions(), nextOf(request.query.next));
	});
	router.post("/sign-in", local, own, cap, body, (request, response) => {
		const { person, next } = (request.body ?? {}) as { readonly person?: unknown; readonly next?: unknown };
		const actor = everybody(parts.definitions()).find((each) => keyOf(each) === person);
		if (actor === undefined) {
			sendProblem(
				response,
				details(422, "no-such-person", "The roster does not name that person. Nobody is signed in."),
			);
			return;
		}
		end(parts, request);
		response.set("set-cookie", begin(parts, actor));
		response.redirect(303, nextOf(next));
	});
	router.post("/sign-out", local, own, (request, response) => {
		end(parts, request);
		response.set("set-cookie", cookie("", 0, parts.publicUrl));
		response.redirect(303, "/sign-in");
	});
	return router;
}

function begin(parts: SignInParts, actor: Actor): string {
	const token = randomBytes(32).toString("base64url");
	const now = parts.clock.now();
	parts.sessions.saveSession({ hash: sha256(token), actor, expires: plusMs(now, MOST_MS), seen: now, created: now });
	const client = actor.client === undefined ? {} : { client: actor.client };
	parts.audit.record({ person: actor.id, via: "web", what: "signed-in", ...client });
	return cookie(token, MOST_MS / 1000, parts.publicUrl);
}

function end(parts: SignInParts, request: Request): void {
	const token = tokenOf(request);
	if (token !== undefined) parts.sessions.endSession(sha256(token));
}

function cookie(value: string, seconds: number, publicUrl: string): string {
	const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
	return `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`;
}

function readSession(parts: SignInParts, request: Request): Session | undefined {
	const token = tokenOf(request);
	const session = token === undefined ? undefined : parts.sessions.session(sha256(token));
	if (session === undefined) return undefined;
	const now = parts.clock.now();
	const over = session.expires <= now || plusMs(session.seen, IDLE_MS) <= now;
	return over || personOf(parts.definitions(), session.actor) === undefined ? undefined : session;
}

function tokenOf(request: Request): string | undefined {
	const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
	const value = pairs.find(([name]) => name === COOKIE)?.[1];
	return value === undefined || !/^[\w-]{43}$/u.test(value) ? undefined : value;
}

function askToSignIn(request: Request, response: Response): void {
	const page = request.accepts(["json", "html"]) === "html";
	request.resume();
	if (page) response.redirect(303, `/sign-in?next=${encodeURIComponent(wayBack(request))}`);
	else sendProblem(response, details(401, "not-signed-in", "Say who you are first. Nothing was done."));
}

/** What was to be seen; for a form, the page it was sent from. */
function wayBack(request: Request): string {
	if (request.method === "GET") return request.originalUrl;
	const { referer } = request.headers;
	return referer !== undefined && URL.canParse(referer) ? new URL(referer).pathname : "/";
}

/** A path of our own, or the chat. */
function nextOf(next: unknown): string {
	return typeof next === "string" && /^\/(?![/\\])[\w\-./?=&%~:[\]#]*$/u.test(next) ? next : "/";
}

function everybody(definitions: Definitions): readonly Actor[] {
	const staff = definitions.msp.people.map(({ id }) => ({ id }));
	return [
		...staff,
		...Object.values(definitions.clients).flatMap((client) =>
			ownPeople(client).map(({ id }) => ({ id, client: client.id })),
		),
	];
}

function ownPeople(client: Definitions["clients"][string]): readonly Person[] {
	return client.roster.people.filter((person) => person.of === "client");
}

function sendPage(response: Response, definitions: Definitions, next: string): void {
	const { msp, clients } = definitions;
	const groups = [
		...Object.values(clients).map((client) =>
			group(client.name, ownPeople(client), { client: client.id, next, roles: client.roster.roles }),
		),
		group(msp.name, msp.people, { next, roles: msp.roles }),
	];
	const body = html`<div class="head"><h1>Who are you?</h1>
<p class="lede">On this machine nobody needs a password: choose a person of the roster. Nothing leaves it.</p></div>
${groups}`;
	response.status(200).set("cache-control", "no-store").type("html");
	response.send(frame({ title: "Sign in", narrow: true, body }));
}

type About = {
	readonly client?: string;
	readonly next: string;
	readonly roles: Definitions["clients"][string]["roster"]["roles"];
};

function group(name: string, people: readonly Person[], about: About) {
	const rows = people.map((person) => {
		const key = keyOf(about.client === undefined ? { id: person.id } : { id: person.id, client: about.client });
		const held = Object.entries(about.roles).flatMap(([role, ids]) =>
			Array.isArray(ids) && ids.includes(person.id) ? [role] : [],
		);
		const named = held.map(sayRole);
		const roles = named.filter((role) => role.toLowerCase() !== person.title?.toLowerCase()).join(", ");
		return html`<li><div><b>${person.name}</b> <span class="meta">${[person.title, roles].filter(Boolean).join(" · ")}</span></div>
<form method="post" action="/sign-in"><input type="hidden" name="person" value="${key}"><input type="hidden" name="next" value="${about.next}"><button class="btn">Be ${person.name.split(" ")[0]}</button></form></li>`;
	});
	return html`<section class="section"><h2>${name}</h2><ul class="rows">${rows}</ul></section>`;
}
