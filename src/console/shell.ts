/**
 * What every page shares: who reads it, what waits for them, whose world is simulated. Must never be cached by anyone but
 * the reader, nor shown to somebody who is not signed in.
 */
import type { Request, RequestHandler, Response } from "express";
import type { Html } from "../base/html.ts";
import type { Clock } from "../base/time.ts";
import type { Reader } from "../cards/fill.ts";
import type { Desk, OpenWait, RunDescription } from "../engine/desk.ts";
import type { RunId } from "../engine/event.ts";
import type { Audit, Vault } from "../engine/ports.ts";
import type { ReadOut } from "../engine/read-out.ts";
import type { Actor, Involved } from "../people/roster.ts";
import type { Definitions } from "../sop/definitions.ts";
import { personOf } from "../sop/everyone.ts";
import type { ClientId } from "../sop/sop.ts";
import { type Frame, frame, type Place } from "./frame.ts";
import { errorBody } from "./page-error.ts";
import { clientsOf, readerOf, wallClock } from "./reader.ts";
import { involvedIn, knowing } from "./run-words.ts";
import type { Tokens } from "./token.ts";

export type PageParts = {
	readonly desk: Desk;
	readonly clock: Clock;
	readonly vault: Pick<Vault, "take" | "taken">;
	readonly audit: Audit;
	/** Lets through who is signed in, as `res.locals.actor`; sends others to sign in. */
	readonly requireActor: RequestHandler;
	/** Whether the session a request came with still holds; a stream asks before each thing it sends. */
	readonly isSignedIn: (request: Request) => boolean;
	/** The read-out of a sandbox takes a program's token as well. */
	readonly tokens: Tokens;
	/** Refuses a form that was not sent from our own pages. */
	readonly sameOrigin: RequestHandler;
	/** A sandboxed client's world as it is now; undefined for a client that is not sandboxed. */
	readonly sandbox: (client: ClientId) => Promise<ReadOut | undefined>;
	/** What a licence is called: `SPB` is "Business Premium". */
	readonly licenceTitle: (sku: string) => string;
	/** Told after each durable change of a run. Returns how to stop listening. */
	readonly changes: (listener: (run: RunId) => void) => () => void;
};

/** One request of somebody who is signed in. */
export type Visit = {
	readonly parts: PageParts;
	readonly request: Request;
	readonly response: Response;
	readonly actor: Actor;
	readonly definitions: Definitions;
};

type Page = {
	readonly title: string;
	readonly current?: Place;
	/** The client the page is about, for its clock and its banner. */
	readonly client?: ClientId;
	readonly status?: number;
	readonly narrow?: boolean;
	readonly scripts?: readonly string[];
	/** What waits for the reader, when the page has asked already. */
	readonly waiting?: readonly OpenWait[];
	readonly body: Html;
};

/** Reads who visits from what sign-in left behind. */
export function visitOf(parts: PageParts, request: Request, response: Response): Visit {
	return { parts, request, response, actor: response.locals.actor, definitions: parts.desk.definitions() };
}

/** Sends a page in its frame. */
export async function show(visit: Visit, page: Page): Promise<void> {
	const { parts, actor, definitions, response } = visit;
	const waiting = page.waiting ?? (await parts.desk.waiting(actor));
	const reader = readerFor(visit, page.client);
	const simulated = simulatedClients(visit, page.client);
	const [first] = simulatedClients(visit, undefined);
	const text = frame({
		title: page.title,
		actor: {
			id: actor.id,
			name: personOf(definitions, actor)?.name ?? actor.id,
			place: reader.place,
			time: wallClock(reader.now, reader.zone),
		},
		counts: { approvals: waiting.filter((open) => open.step.wait?.kind === "approval").length },
		clientPlace: reader.clientPlace,
		body: page.body,
		...(page.current === undefined ? {} : { current: page.current }),
		...(simulated.length === 0 ? {} : { banner: sandboxBanner(visit, simulated) }),
		...(first === undefined ? {} : { directory: `/directory/${encodeURIComponent(first)}` }),
		...(page.narrow === undefined ? {} : { narrow: page.narrow }),
		...(page.scripts === undefined ? {} : { scripts: page.scripts }),
	});
	response
		.status(page.status ?? 200)
		.set("cache-control", "no-store")
		.type("html")
		.send(text);
}

/** The reader of this page. */
export function readerFor({ parts, actor, definitions }: Visit, client?: ClientId, involved?: Involved): Reader {
	return readerOf(definitions, actor, {
		clock: parts.clock,
		...(client === undefined ? {} : { client }),
		...(involved === undefined ? {} : { involved }),
	});
}

/** The reader of a page about a run: whoever a wait means are those who may answer it now, as the desk said. */
export function readerOfRun(visit: Visit, run: RunDescription): Reader {
	return knowing(readerFor(visit, run.client, involvedIn(run, visit.definitions)), run);
}

/** Sends the page for what is not there or not theirs to see: the same for both. */
export async function showNotThere(visit: Visit): Promise<void> {
	await show(visit, { title: "Not here", status: 404, narrow: true, body: errorBody(404) });
}

function simulatedClients(visit: Visit, client: ClientId | undefined): readonly ClientId[] {
	const about = client === undefined ? clientsOf(visit.definitions, visit.actor) : [client];
	return about.filter((id) => visit.definitions.clients[id]?.values.sandbox === true);
}

function sandboxBanner({ definitions }: Visit, clients: readonly ClientId[]): NonNullable<Frame["banner"]> {
	const names = clients.map((id) => definitions.clients[id]?.name ?? id);
	const who = names.length > 2 ? `${names.length} clients` : names.join(" and ");
	const rest = `${who} ${names.length === 1 ? "is" : "are"} simulated here. Nothing reaches a real directory, licence or mailbox.`;
	return { kind: "sandbox", strong: "Sandbox", rest };
}
