/**
 * The doors to people: chat, pages, API and webhooks on one port. Must never know who may do what: the desk does.
 */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Request, RequestHandler } from "express";
import { licenceTitle } from "./actions/microsoft365/licence-titles.ts";
import type { House } from "./app-house.ts";
import { after } from "./app-pause.ts";
import { openSignIn } from "./app-sign-in.ts";
import type { Log } from "./base/log.ts";
import type { Clock } from "./base/time.ts";
import { type Cards, loadCards } from "./cards/load.ts";
import { type Bot, createBot } from "./chat/bot.ts";
import { createFill } from "./chat/fill.ts";
import { createPoster } from "./chat/poster.ts";
import { draftsIn } from "./chat/posts.ts";
import type { Surface } from "./chat/surface.ts";
import type { BotParts } from "./chat/turn.ts";
import { createWebChat } from "./chat/web/receive.ts";
import type { SignIn } from "./chat/web/session.ts";
import { createWebSurface } from "./chat/web/surface.ts";
import { createApi } from "./console/api.ts";
import { sameOrigin } from "./console/guard.ts";
import { createPages } from "./console/pages.ts";
import { createWeb } from "./console/server.ts";
import { createPosts } from "./engine/embedded/posts.ts";
import { createMarks, createWebMessages } from "./engine/embedded/web-messages.ts";
import { view } from "./engine/view.ts";
import { actorKey } from "./people/actor.ts";
import { createWebhooks } from "./triggers/webhook.ts";

const CARDS = fileURLToPath(new URL("../cards", import.meta.url));

/** Reads the templates of every card. */
export function openCards(): Cards {
	return loadCards(CARDS);
}

const newId = (): string => randomBytes(18).toString("base64url");

type Around = {
	readonly url: string;
	readonly clock: Clock;
	readonly log: Log;
	readonly local: boolean;
	readonly ready: () => boolean;
	readonly cards: Cards;
	readonly chats: readonly Chat[];
};

/** The door of a chat product. `handler`: its route, where it comes by one. */
export type Chat = {
	readonly surface: Surface;
	readonly handler: (bot: Bot, parts: BotParts) => RequestHandler | undefined;
	/** Begins to take what people do. */
	readonly start: () => Promise<void>;
	/** Finishes what is under way and lets go. */
	readonly close: () => Promise<void>;
};

/** Makes the web application and the poster that feeds it. Nothing is sent before the poster starts. */
export function openDoors(house: House, around: Around) {
	const { url, clock, log, cards, chats } = around;
	const { definitions, desk, audit, people } = house;
	const posts = createPosts(house.store);
	const messages = createWebMessages(house.store);
	const surface = createWebSurface({ messages, definitions, clock, newId });
	const fill = createFill({ definitions, clock, link: (path) => new URL(path, url).href });
	const marks = createMarks(house.store);
	const warn = (what: string, facts: object): void => log.warn(facts, what);
	const surfaces = [surface, ...chats.map((one) => one.surface)];
	const poster = createPoster({
		posts,
		surfaces,
		lastUsed: house.lastUsed,
		rosterOf: house.rosterOf,
		marks,
		host: house.host,
		view,
		fill,
		clock,
		newId,
		after,
		log: warn,
	});
	const refresh = (run: string): void => void poster.refresh(run);
	const { redraw } = poster;
	const told = { refresh, redraw, linking: house.linkingOver(surfaces), acted: house.acted };
	const botParts = { desk, posts, drafts: draftsIn(people), clock, audit, newId, fill, ...told };
	const bot = createBot(botParts);
	const signIn = openSignIn(house, around);
	const chat = createWebChat({ bot, desk, cards, surface, messages, signIn, clock, newId, publicUrl: url });
	const web = createWeb({
		clock,
		registry: house.metrics.registry,
		ready: () => around.ready() && house.host.health().serving,
		publicUrl: url,
		loopback: around.local,
		personOf: personBy(signIn),
		signed: [
			...chats.flatMap((one) => routeOf(one.handler(bot, botParts))),
			{ at: "/", handler: createWebhooks({ desk, clock, audit, log: warn, key: house.office.hookKey }) },
		],
		mounts: [
			{ at: "/", handler: signIn.router },
			{ at: "/", handler: chat },
			{ at: "/api/v1", handler: session(signIn) },
			{ at: "/api/v1", handler: createApi({ desk, tokens: house.office.tokens, clock }) },
			{ at: "/", handler: pages(house, { signIn, url, clock }) },
		],
		complain: (error, about) => log.error({ error, ...about }, "A request met a mistake of ours"),
	});
	return { web, poster };
}

function routeOf(handler: RequestHandler | undefined) {
	return handler === undefined ? [] : [{ at: "/", handler }];
}

function personBy(signIn: SignIn) {
	return (request: Request): string | undefined => {
		const actor = signIn.actorOf(request);
		return actor && actorKey(actor);
	};
}

/** Lets pages read the API with the session they have. */
function session(signIn: SignIn): RequestHandler {
	return (request, response, next) => {
		response.locals.actor = signIn.actorOf(request);
		next();
	};
}

function pages(
	house: House,
	by: { readonly signIn: SignIn; readonly url: string; readonly clock: Clock },
): RequestHandler {
	const { desk, vault, audit, host } = house;
	return createPages({
		desk,
		vault,
		audit,
		clock: by.clock,
		requireActor: by.signIn.requireActor,
		isSignedIn: (request) => by.signIn.actorOf(request) !== undefined,
		sameOrigin: sameOrigin(by.url),
		tokens: house.office.tokens,
		licenceTitle,
		sandbox: async (id) => {
			const client = house.clientOf(id);
			return client?.values.sandbox === true ? house.tenantOf(client).readOut() : undefined;
		},
		changes: (listener) => host.onChange(({ run }) => listener(run.id)),
	});
}
