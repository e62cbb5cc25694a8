/**
 * Sessions where others can reach the pages: the cookie is this host's alone, so nobody who runs another host of the domain
 * can sign a browser in as somebody else.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import express from "express";
import { beginSession, endSession, type SessionParts, signInBy } from "../../src/chat/web/session.ts";
import { MO, openWorld, type World } from "./world.ts";

const PUBLIC_URL = "https://sopwith.example";
let world: World;
let url = "";
const web = express();
const server = createServer(web);

before(async () => {
	world = await openWorld();
	const { people: sessions, definitions, clock, audit } = world;
	const parts: SessionParts = { ...{ sessions, definitions, clock, audit }, publicUrl: PUBLIC_URL, proof: "vouched" };
	web.get("/begin", (request, response) => {
		beginSession(parts, MO, { request, response });
		response.end();
	});
	web.get("/choose", (request, response) => {
		beginSession({ ...parts, proof: "chosen" }, MO, { request, response });
		response.end();
	});
	web.get("/end", (request, response) => {
		endSession(parts, { request, response });
		response.end();
	});
	const { requireActor } = signInBy((_request, _response, next) => next(), parts);
	web.get("/whoami", requireActor, (_request, response) => void response.json(response.locals.actor));
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(async () => {
	server.closeAllConnections();
	await new Promise((done) => server.close(done));
	await world.end();
});

async function cookieOf(path: string, cookie = ""): Promise<string> {
	return (await fetch(`${url}${path}`, { headers: { cookie } })).headers.getSetCookie().join("\n");
}

async function who(cookie: string): Promise<unknown> {
	const answer = await fetch(`${url}/whoami`, { headers: { cookie, accept: "application/json" } });
	return answer.status === 200 ? answer.json() : answer.status;
}

test("over TLS the cookie is one that no other host of the domain can set", async () => {
	const given = await cookieOf("/begin");
	assert.match(given, /^__Host-sopwith_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800; Secure$/);
	const [own = ""] = given.split(";");
	assert.deepEqual(await who(own), MO);
	const planted = own.replace("__Host-", "");
	assert.equal(await who(planted), 401);
	assert.deepEqual(await who(`${planted}; ${own}`), MO);
});

test("signing in again ends the session there was, and signing out takes the cookie away", async () => {
	const first = (await cookieOf("/begin")).split(";")[0] ?? "";
	const second = (await cookieOf("/begin", first)).split(";")[0] ?? "";
	assert.equal(await who(first), 401);
	assert.deepEqual(await who(second), MO);
	assert.match(await cookieOf("/end", second), /^__Host-sopwith_session=; .*Max-Age=0; Secure$/);
	assert.equal(await who(second), 401);
});

test("a session of somebody who chose who they are is none where a provider has to say it", async () => {
	const chosen = (await cookieOf("/choose")).split(";")[0] ?? "";
	assert.equal(await who(chosen), 401);
});
