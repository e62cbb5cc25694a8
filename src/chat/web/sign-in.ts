/**
 * Local sign-in: choose a person of the roster. For a machine's own browser only. Must never be
 * reachable from another machine.
 */
import { type Request, type RequestHandler, type Response, Router, urlencoded } from "express";
import { html } from "../../base/html.ts";
import { frame } from "../../console/frame.ts";
import { loopbackOnly, rateCap, sameOrigin } from "../../console/guard.ts";
import { details, sendProblem } from "../../console/problem.ts";
import { actorKey, actorOf } from "../../people/actor.ts";
import { sayRole } from "../../people/names.ts";
import type { Person } from "../../people/roster.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { everyone, ownPeople } from "../../sop/everyone.ts";
import {
	beginSession,
	endSession,
	nextOf,
	type SessionParts,
	type SignIn,
	type SignInParts,
	signInBy,
} from "./session.ts";

/** Makes local sign-in. */
export function createSignIn(given: SignInParts): SignIn {
	const parts: SessionParts = { ...given, proof: "chosen" };
	return signInBy(routes(parts, loopbackOnly()), parts);
}

function routes(parts: SessionParts, local: RequestHandler): RequestHandler {
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
		const actor = everyone(parts.definitions()).find((each) => actorKey(each.actor) === person)?.actor;
		if (actor === undefined) {
			sendProblem(
				response,
				details(422, "no-such-person", "The roster does not name that person. Nobody is signed in."),
			);
			return;
		}
		beginSession(parts, actor, { request, response });
		response.redirect(303, nextOf(next));
	});
	router.post("/sign-out", local, own, (request, response) => {
		endSession(parts, { request, response });
		response.redirect(303, "/sign-in");
	});
	return router;
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
		const key = actorKey(actorOf(person, about.client));
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
