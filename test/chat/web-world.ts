/**
 * The web chat over real HTTP on loopback, around a world of its own; and a plain client with a cookie.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { Registry } from "prom-client";
import { loadCards } from "../../src/cards/load.ts";
import { createBot } from "../../src/chat/bot.ts";
import { createPoster } from "../../src/chat/poster.ts";
import { draftsIn } from "../../src/chat/posts.ts";
import { createWebChat } from "../../src/chat/web/receive.ts";
import { createSignIn } from "../../src/chat/web/sign-in.ts";
import { createWebSurface } from "../../src/chat/web/surface.ts";
import { createWeb } from "../../src/console/server.ts";
import { view } from "../../src/engine/view.ts";
import { openWorld } from "./world.ts";

const CARDS = fileURLToPath(new URL("../../cards", import.meta.url));

export type WebWorld = Awaited<ReturnType<typeof openWebWorld>>;

export async function openWebWorld() {
	const world = await openWorld();
	const { definitions, clock, audit } = world;
	const surface = createWebSurface(world);
	const poster = createPoster({
		...world,
		surfaces: [surface],
		view,
		rosterOf: (client) => definitions().clients[client]?.roster,
		after: (ms, act) => {
			const timer = setTimeout(act, ms);
			return () => clearTimeout(timer);
		},
		log: () => {},
	});
	await poster.start();
	const publicUrl = "http://127.0.0.1";
	const signIn = createSignIn({ sessions: world.people, definitions, clock, audit, publicUrl });
	const cards = loadCards(CARDS);
	const refresh = (run: string): void => void poster.refresh(run);
	const bot = createBot({ ...world, drafts: draftsIn(world.people), refresh, redraw: poster.redraw });
	const chat = createWebChat({ ...world, bot, cards, surface, signIn, publicUrl });
	const troubles: unknown[] = [];
	const mounts = [
		{ at: "/", handler: signIn.router },
		{ at: "/", handler: chat },
	];
	const complain = (error: unknown) => void troubles.push(error);
	const web = createWeb({
		clock,
		registry: new Registry(),
		ready: () => true,
		publicUrl,
		loopback: true,
		mounts,
		complain,
	});
	const server = createServer(web);
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		...world,
		surface,
		poster,
		url,
		troubles,
		end: async () => {
			server.closeAllConnections();
			await new Promise<void>((done) => server.close(() => done()));
			await poster.close();
			await world.end();
		},
	};
}

/** Signs a person in; gives a `fetch` with their cookie and our origin. */
export async function signedIn(url: string, person: string) {
	const answer = await fetch(`${url}/sign-in`, {
		method: "POST",
		redirect: "manual",
		headers: { origin: url, "content-type": "application/x-www-form-urlencoded" },
		body: new URLSearchParams({ person }).toString(),
	});
	const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
	const get = (path: string, more: { readonly [name: string]: string } = {}) =>
		fetch(`${url}${path}`, { redirect: "manual", headers: { cookie, ...more } });
	const post = (path: string, body: object, more: { readonly [name: string]: string } = {}) => {
		const headers = { cookie, origin: url, "content-type": "application/json", ...more };
		return fetch(`${url}${path}`, { method: "POST", redirect: "manual", headers, body: JSON.stringify(body) });
	};
	return { answer, cookie, get, post };
}
