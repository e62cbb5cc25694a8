/**
 * Sign-in through each organisation's own provider of OpenID: an address says which one, the provider says who. Must never
 * tell a stranger which organisations there are, nor sign anybody in whom its roster does not name.
 */
import { type Request, type RequestHandler, type Response, Router, urlencoded } from "express";
import { DeniedError, SopwithError, UnavailableError } from "../../base/errors.ts";
import { html } from "../../base/html.ts";
import { sha256 } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import { type Instant, plusMs } from "../../base/time.ts";
import { frame } from "../../console/frame.ts";
import { rateCap, sameOrigin } from "../../console/guard.ts";
import { createRefusals, type Refusals } from "../../engine/refusals.ts";
import type { Person } from "../../people/roster.ts";
import type { SignInAt } from "../../sop/definitions.ts";
import type { ClientId } from "../../sop/sop.ts";
import { identityOf, personOfClaims } from "./oidc-person.ts";
import { type Asked, notBegunHere, type Provider, type Providers } from "./oidc-provider.ts";
import {
	beginSession,
	endSession,
	nextOf,
	type SessionParts,
	type SignIn,
	type SignInParts,
	sendOn,
	signInBy,
} from "./session.ts";
import { type TokenCookie, tokenCookie } from "./token-cookie.ts";

/** The MSP, when `client` is not there, or one of its clients. */
export type Organisation = {
	readonly client?: ClientId;
	readonly people: readonly Person[];
	readonly at: SignInAt;
};

type OidcParts = SignInParts & {
	readonly providers: Providers;
	/** Those that say where their people sign in. */
	readonly organisations: () => readonly Organisation[];
	/** Errors: `SopwithError` when the secret is not there. */
	readonly secretOf: (organisation: Organisation) => Promise<Secret>;
};

const BACK = "/sign-in/back";
const MOST_MS = 10 * 60_000;
const MOST_AT_ONCE = 5000;

type Parts = OidcParts & SessionParts & { readonly refused: Refusals };
type Flow = {
	readonly organisation: Organisation;
	readonly asked: Asked;
	readonly next: string;
	readonly until: Instant;
};

/** Makes it. Sign-ins under way are kept in memory alone: after a restart they are begun anew. */
export function createOidc(given: OidcParts): SignIn {
	const refused = createRefusals({ ...given, entry: { via: "web", what: "unknown-person" } });
	const parts: Parts = { ...given, proof: "vouched", refused };
	const flows = new Map<string, Flow>();
	const router = Router();
	const own = sameOrigin(parts.publicUrl);
	const body = urlencoded({ extended: false, limit: "4kb", parameterLimit: 4 });
	// Through a proxy everybody comes from one address: whoever floods one person's name leaves the others alone.
	const callerOf = (request: Request) =>
		`${request.socket.remoteAddress ?? ""} ${typedIn(request).email.toLowerCase()}`;
	const cap = rateCap({ clock: parts.clock, most: 120, perMs: 60_000, callerOf });
	router.get("/sign-in", (request, response) => sendPage(response, { next: nextOf(request.query.next) }));
	router.post(
		"/sign-in",
		own,
		body,
		cap,
		answering((request, response) => begin(parts, flows, { request, response })),
	);
	// Not counted: any page can make browsers ask for it, and only what was begun costs more than a page.
	router.get(
		`${BACK}{/:client}`,
		answering((request, response) => end(parts, flows, { request, response })),
	);
	router.post("/sign-out", own, (request, response) => {
		endSession(parts, { request, response });
		response.redirect(303, "/sign-in");
	});
	return signInBy(router, parts);
}

/**
 * Where an organisation's provider sends people back to: each to an address of its own, so that no provider is handed the
 * code of another. Source: https://www.rfc-editor.org/rfc/rfc9700#section-4.4.2.2
 */
export function backOf(publicUrl: string, client: ClientId | undefined): string {
	return new URL(client === undefined ? BACK : `${BACK}/${encodeURIComponent(client)}`, publicUrl).href;
}

type Exchange = { readonly request: Request; readonly response: Response };

/** Finds the organisation by the address, and sends the browser to its provider. */
async function begin(parts: Parts, flows: Map<string, Flow>, { request, response }: Exchange): Promise<void> {
	const { email, next } = typedIn(request);
	const organisation = organisationOf(parts.organisations(), email);
	if (organisation === undefined) {
		const wrong = "Nobody of that address signs in here. Nothing was done. The service desk knows your address here.";
		return sendPage(response, { next, email, wrong, status: 422 });
	}
	const back = backOf(parts.publicUrl, organisation.client);
	const { asked, to } = await parts.providers.begin(await providerOf(parts, organisation), { back, email });
	const now = parts.clock.now();
	for (const [name, flow] of flows) if (flow.until <= now || flows.size >= MOST_AT_ONCE) flows.delete(name);
	const token = cookieOf(parts).give(response, MOST_MS / 1000);
	flows.set(sha256(token), { organisation, asked, next, until: plusMs(now, MOST_MS) });
	sendOn(response, { to, words: `You sign in at ${new URL(to).host}.` });
}

/** Takes the browser back, once, and signs in whom the provider vouched for. */
async function end(parts: Parts, flows: Map<string, Flow>, { request, response }: Exchange): Promise<void> {
	const cookie = cookieOf(parts);
	const token = cookie.read(request);
	const flow = token === undefined ? undefined : flows.get(sha256(token));
	if (token !== undefined) flows.delete(sha256(token));
	cookie.drop(response);
	if (flow === undefined || flow.until <= parts.clock.now()) {
		const wrong = "That sign-in took more than 10 min, or was begun in another browser. Nobody is signed in.";
		return sendPage(response, { next: flow?.next ?? "/", wrong, status: 422 });
	}
	const { organisation, asked, next } = flow;
	if (request.params.client !== organisation.client) throw notBegunHere();
	const query = new URL(request.originalUrl, parts.publicUrl).search;
	const claims = await parts.providers.end(await providerOf(parts, organisation), asked, query);
	const { client } = organisation;
	const person = personOfClaims(claims, organisation.people);
	if (person === undefined) {
		const who = identityOf(claims);
		const at = client === undefined ? {} : { client };
		parts.refused(`${who} at ${organisation.at.issuer}`, at);
		const wrong = `You came as ${who}, whom the roster does not name. Nobody is signed in. The service desk can add that.`;
		return sendPage(response, { next, wrong, status: 403 });
	}
	beginSession(parts, { id: person.id, ...(client === undefined ? {} : { client }) }, { request, response });
	sendOn(response, { to: next, words: `You are signed in, ${person.name}.` });
}

function typedIn(request: Request): { readonly email: string; readonly next: string } {
	const { email, next } = (request.body ?? {}) as { readonly email?: unknown; readonly next?: unknown };
	return { email: typeof email === "string" ? email.trim().slice(0, 254) : "", next: nextOf(next) };
}

/** By somebody's own address, else by its domain when one organisation alone has people there. */
function organisationOf(all: readonly Organisation[], email: string): Organisation | undefined {
	const address = email.toLowerCase();
	const domain = address.slice(address.indexOf("@"));
	if (domain.length < 3 || !domain.startsWith("@")) return undefined;
	const listed = all.filter(({ people }) => people.some((person) => person.email.toLowerCase() === address));
	const near = all.filter(({ people }) => people.some((person) => person.email.toLowerCase().endsWith(domain)));
	const found = listed.length > 0 ? listed : near;
	return found.length === 1 ? found[0] : undefined;
}

async function providerOf(parts: OidcParts, organisation: Organisation): Promise<Provider> {
	const { issuer, clientId } = organisation.at;
	const secret = await parts.secretOf(organisation).catch((cause: unknown) => {
		if (!(cause instanceof SopwithError)) throw cause;
		const words = "Sign-in is not set up whole: its secret is not there. Nobody is signed in.";
		throw new UnavailableError("sign-in-not-set-up", words, { cause, advice: "The service desk can put it there." });
	});
	return { issuer, clientId, secret };
}

/** Lax: it has to come back with the browser that the provider sends to us. */
function cookieOf({ publicUrl }: OidcParts): TokenCookie {
	return tokenCookie(publicUrl, { name: "sopwith_signing_in", sameSite: "Lax" });
}

function answering(act: (request: Request, response: Response) => Promise<void>): RequestHandler {
	return (request, response, next) => {
		act(request, response).catch((error: unknown) => {
			const denied = error instanceof DeniedError;
			if (!denied && !(error instanceof UnavailableError)) return next(error);
			const status = denied ? 403 : 503;
			const wrong = error.advice === undefined ? error.message : `${error.message} ${error.advice}`;
			sendPage(response, { next: "/", wrong, status });
		});
	};
}

type Shown = { readonly next: string; readonly email?: string; readonly wrong?: string; readonly status?: number };

function sendPage(response: Response, { next, email = "", wrong, status = 200 }: Shown): void {
	const body = html`<div class="head"><h1>Who are you?</h1>
<p class="lede">Your own organisation says it: write your work address, then sign in there as you always do.</p></div>
<form method="post" action="/sign-in">
<input type="hidden" name="next" value="${next}">
<div class="field"><label for="email">Work e-mail</label>
${wrong !== undefined && html`<p class="error" id="wrong" role="alert">${wrong}</p>`}
<input id="email" name="email" type="email" autocomplete="username" required maxlength="254" value="${email}"${
		wrong !== undefined && html` aria-describedby="wrong"`
	}></div>
<div class="acts"><button class="btn primary">Go on</button></div></form>`;
	response.status(status).set("cache-control", "no-store").type("html");
	response.send(frame({ title: "Sign in", narrow: true, body }));
}
