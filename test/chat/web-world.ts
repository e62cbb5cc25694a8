/**
 * The web chat over real HTTP on loopback, around a world of its own; and a plain client with a cookie.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { Registry } from "prom-client";
import { loadCards } from "../../src/cards/load.ts";
import { createWebChat } from "../../src/chat/web/receive.ts";
import { createSignIn } from "../../src/chat/web/sign-in.ts";
import { createWeb } from "../../src/console/server.ts";
import { openPostedWorld } from "./posted-world.ts";

const CARDS = fileURLToPath(new URL("../../cards", import.meta.url));

export type WebWorld = Awaited<ReturnType<typeof openWebWorld>>;

export async function openWebWorld() {
	const world = await openPostedWorld();
	const { definitions, clock, audit } = world;
	const publicUrl = "http://127.0.0.1";
	const signIn = createSignIn({ sessions: world.people, definitions, clock, audit, publicUrl });
	const cards = loadCards(CARDS);
	const chat = createWebChat({ ...world, cards, signIn, publicUrl });
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
		url,
		troubles,
		end: async () => {
			server.closeAllConnections();
			await new Promise<void>((done) => server.close(() => done()));
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
