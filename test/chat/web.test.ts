/**
 * Signing in and the web chat over real HTTP: who is refused, what is private, how a stream goes on.
 */
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, describe, test } from "node:test";
import { emptyCard } from "../../src/cards/card.ts";
import type { Shown } from "../../src/chat/web/show.ts";
import { addressOf } from "../../src/chat/web/surface.ts";
import { actorKey } from "../../src/people/actor.ts";
import { openWebWorld, signedIn, type WebWorld } from "./web-world.ts";
import { cardOf, HARRIET, MO } from "./world.ts";

let world: WebWorld;
before(async () => {
	world = await openWebWorld();
});
after(() => world.end());

type Answer = { readonly kind: "none" | "card"; readonly replace: boolean; readonly message: Shown };
const ADA = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };

describe("a request that did not come straight from this machine's browser is refused", () => {
	const rows: readonly { readonly [header: string]: string }[] = [
		{ host: "sopwith.contoso.example" },
		{ host: "127.0.0.1.contoso.example" },
		{ host: "192.168.1.4:3978" },
		{ forwarded: "for=203.0.113.1" },
		{ "x-forwarded-for": "127.0.0.1" },
		{ "x-forwarded-host": "127.0.0.1" },
		{ "x-forwarded-proto": "http" },
		{ via: "1.1 proxy" },
	];
	for (const headers of rows) {
		for (const [method, path] of [
			["GET", "/sign-in"],
			["POST", "/sign-in"],
			["GET", "/"],
			["POST", "/chat/say"],
		] as const) {
			test(`${method} ${path} with ${JSON.stringify(headers)}`, async () => {
				assert.equal(await statusOf(method, path, headers), 403);
			});
		}
	}
	test("but localhost under its names is not", async () => {
		const { port } = new URL(world.url);
		for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) {
			assert.equal(await statusOf("GET", "/sign-in", { host }), 200);
		}
	});
});

describe("signing in", () => {
	test("gives a cookie no script can read and no other site can send", async () => {
		const { answer } = await signedIn(world.url, actorKey(MO));
		assert.equal(answer.status, 303);
		const cookie = answer.headers.get("set-cookie") ?? "";
		for (const part of ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=28800"]) assert(cookie.includes(part), part);
		assert.equal(world.heard.at(-1)?.what, "signed-in");
	});

	test("as someone the roster does not name is refused, whatever the spelling", async () => {
		for (const person of ["fabrikam/harriet", "harriet", "/mo", "contoso/", "__proto__", ""]) {
			const { answer } = await signedIn(world.url, person);
			assert.equal(answer.status, 422, person);
			assert.equal(answer.headers.get("set-cookie"), null);
		}
	});

	test("from another origin, or from none, is refused", async () => {
		const body = new URLSearchParams({ person: actorKey(MO) }).toString();
		const type = { "content-type": "application/x-www-form-urlencoded" };
		for (const headers of [type, { ...type, origin: "http://evil.example" }, { ...type, origin: "null" }]) {
			const answer = await fetch(`${world.url}/sign-in`, { method: "POST", redirect: "manual", headers, body });
			assert.equal(answer.status, 403);
		}
	});

	test("goes on to a page of ours and nowhere else", async () => {
		for (const [next, expected] of [
			["/runs?client=contoso", "/runs?client=contoso"],
			["//evil.example", "/"],
			["/\\evil.example", "/"],
			["https://evil.example", "/"],
		] as const) {
			const answer = await fetch(`${world.url}/sign-in`, {
				method: "POST",
				redirect: "manual",
				headers: { origin: world.url, "content-type": "application/x-www-form-urlencoded" },
				body: new URLSearchParams({ person: actorKey(MO), next }).toString(),
			});
			assert.equal(answer.headers.get("location"), expected);
		}
	});

	test("ends after 30 minutes unused, after 8 hours in any case, and when one signs out", async () => {
		const idle = await signedIn(world.url, actorKey(MO));
		assert.equal((await idle.get("/chat/messages")).status, 200);
		world.clock.pass(30 * 60_000);
		assert.equal((await idle.get("/chat/messages", { accept: "application/json" })).status, 401);
		const busy = await signedIn(world.url, actorKey(MO));
		for (let passed = 0; passed < 8 * 60; passed += 20) {
			assert.equal((await busy.get("/chat/messages")).status, 200);
			world.clock.pass(20 * 60_000);
		}
		assert.equal((await busy.get("/chat/messages", { accept: "application/json" })).status, 401);
		const out = await signedIn(world.url, actorKey(MO));
		assert.equal((await out.post("/sign-out", {})).status, 303);
		assert.equal((await out.get("/chat/messages", { accept: "application/json" })).status, 401);
	});

	test("is asked of a page's reader, who comes back to it afterwards", async () => {
		const answer = await fetch(`${world.url}/`, { redirect: "manual", headers: { accept: "text/html" } });
		assert.equal(answer.status, 303);
		assert.equal(answer.headers.get("location"), "/sign-in?next=%2F");
		const said = await fetch(`${world.url}/chat/say`, { method: "POST", headers: { origin: world.url } });
		assert.equal(said.status, 401);
		const page = { origin: world.url, accept: "text/html", referer: `${world.url}/runs?phase=open` };
		const sent = await fetch(`${world.url}/chat/say`, { method: "POST", redirect: "manual", headers: page });
		assert.deepEqual(
			[sent.status, sent.headers.get("location")],
			[303, "/sign-in?next=%2Fruns"],
			"a form's sender too",
		);
	});
});

describe("the chat", () => {
	test("offers every word that `help` names, the procedures first", async () => {
		const me = await signedIn(world.url, actorKey(HARRIET));
		const page = await (await me.get("/")).text();
		const offered = [...page.matchAll(/<option value="([^"]+)">/gu)].map(([, word]) => word);
		const help = cardOf(await world.say(HARRIET, "help"));
		const named = help.data.facts.map(({ title }) => title.split(" ")[0]);
		assert.deepEqual(offered, [...named, "help"]);
		assert.deepEqual([offered[0], offered.includes("link"), offered.includes("unlink")], ["newhire", true, true]);
	});

	test("page holds no inline script or style and names its files by their content", async () => {
		const { get } = await signedIn(world.url, actorKey(HARRIET));
		const page = await get("/");
		const text = await page.text();
		assert.doesNotMatch(text, /<script(?![^>]*(src=|application\/json))|<style|\sstyle=|\son\w+=/u);
		for (const [, file = ""] of text.matchAll(/(?:src|href)="(\/chat\/static\/[^"]+)"/gu)) {
			const answer = await get(file);
			assert.equal(answer.status, 200, file);
			assert.match(answer.headers.get("cache-control") ?? "", /immutable/u);
		}
		assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'self'/u);
	});

	test("answers what is typed in private, and keeps nothing of it", async () => {
		const { get, post } = await signedIn(world.url, actorKey(HARRIET));
		const answer = (await (await post("/chat/say", { text: "newhrie" })).json()) as Answer;
		assert.deepEqual(answer.message.said, ["There is no “newhrie”. Did you mean “newhire”? Nothing was started."]);
		const kept = (await (await get("/chat/messages")).json()) as { readonly items: readonly Shown[] };
		assert.deepEqual(kept.items, []);
	});

	test("refuses what is not from its own page, or not what it takes", async () => {
		const { post } = await signedIn(world.url, actorKey(HARRIET));
		assert.equal((await post("/chat/say", { text: "runs" }, { origin: "http://evil.example" })).status, 403);
		assert.equal((await post("/chat/say", { text: "runs" }, { "content-type": "text/plain" })).status, 415);
		assert.equal((await post("/chat/say", { text: 1 })).status, 422);
		assert.equal((await post("/chat/say", { text: "x".repeat(2001) })).status, 422);
		assert.equal((await post("/chat/press", { id: "x", verb: "approve", inputs: [] })).status, 422);
		assert.equal((await post("/chat/say", { text: "x".repeat(100_000) })).status, 413);
	});

	test("takes a form, and shows the plan to each in their own chat", async () => {
		const harriet = await signedIn(world.url, actorKey(HARRIET));
		const form = (await (await harriet.post("/chat/say", { text: "newhire" })).json()) as Answer;
		const sent = (await (
			await harriet.post("/chat/press", { id: form.message.ref, verb: "submit", inputs: ADA })
		).json()) as Answer;
		assert.equal(sent.replace, true);
		await world.poster.idle();
		const mo = await signedIn(world.url, actorKey(MO));
		const card = await waitFor(async () => {
			await world.poster.idle();
			return (await itemsOf(mo)).find((item) => JSON.stringify(item.card).includes('"approve"'));
		});
		const hers = (await itemsOf(harriet)).map((item) => item.ref);
		assert(!hers.includes(card.ref));
		const id = /"id":"([0-9a-f-]{36})"/u.exec(JSON.stringify(card.card))?.[1];
		assert(id !== undefined);
		const refused = (await (await harriet.post("/chat/press", { id, verb: "approve", inputs: {} })).json()) as Answer;
		assert.equal(refused.kind, "card");
		const done = (await (await mo.post("/chat/press", { id, verb: "approve", inputs: {} })).json()) as Answer;
		assert.equal(done.kind, "none");
	});
});

describe("the stream", () => {
	test("goes on where it was cut, with each message as it is now", async () => {
		const { cookie } = await signedIn(world.url, "contoso/di");
		const di = addressOf({ id: "di", client: "contoso" });
		const put = (title: string) =>
			world.surface.put(di, { card: "notice", data: { ...emptyCard, title, summary: title }, id: title }, false);
		const { ref } = await put("one");
		const first = await readStream(cookie, undefined, 1);
		assert.deepEqual(
			first.map((event) => event.said),
			[["one"]],
		);
		await put("two");
		await world.surface.edit(di, ref, {
			card: "notice",
			data: { ...emptyCard, title: "one, edited", summary: "" },
			id: "x",
		});
		const live = readStream(cookie, first.at(-1)?.id, 3);
		const rest = await Promise.all([live, put("three")]).then(([events]) => events);
		assert.deepEqual(
			rest.map((event) => event.said[0]),
			["two", "one, edited", "three"],
		);
		assert.equal(rest[1]?.ref, ref);
	});

	test("never carries another person's messages", async () => {
		const { cookie } = await signedIn(world.url, "fabrikam/mo");
		const stream = readStream(cookie, undefined, 1);
		const data = (title: string) =>
			({ card: "notice", data: { ...emptyCard, title, summary: title }, id: title }) as const;
		await world.surface.put(addressOf(MO), data("for Mo of Contoso"), false);
		await world.surface.put(addressOf({ id: "mo", client: "fabrikam" }), data("for Mona"), false);
		assert.deepEqual(
			(await stream).map((event) => event.said),
			[["for Mona"]],
		);
	});
});

async function itemsOf(who: Awaited<ReturnType<typeof signedIn>>): Promise<readonly Shown[]> {
	return ((await (await who.get("/chat/messages")).json()) as { readonly items: readonly Shown[] }).items;
}

async function waitFor<T>(look: () => Promise<T | undefined>): Promise<T> {
	for (let looked = 0; looked < 500; looked++) {
		const found = await look();
		if (found !== undefined) return found;
		await new Promise((next) => setImmediate(next));
	}
	assert.fail("it did not come to that");
}

type StreamEvent = { readonly id: string; readonly ref: string; readonly said: readonly string[] };

/** Reads so many events of a stream, then leaves. */
async function readStream(cookie: string, last: string | undefined, most: number): Promise<readonly StreamEvent[]> {
	const leave = new AbortController();
	const headers = { cookie, ...(last === undefined ? {} : { "last-event-id": last }) };
	const answer = await fetch(`${world.url}/chat/stream`, { headers, signal: leave.signal });
	assert.equal(answer.headers.get("content-type"), "text/event-stream; charset=utf-8");
	const events: StreamEvent[] = [];
	let text = "";
	const decoder = new TextDecoder();
	for await (const chunk of answer.body ?? []) {
		text += decoder.decode(chunk as Uint8Array, { stream: true });
		for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
			const event = text.slice(0, end);
			text = text.slice(end + 2);
			const id = /^id: (.*)$/mu.exec(event)?.[1];
			const data = /^data: (.*)$/mu.exec(event)?.[1];
			if (id !== undefined && data !== undefined) events.push({ ...(JSON.parse(data) as StreamEvent), id });
		}
		if (events.length >= most) break;
	}
	leave.abort();
	return events;
}

/** A request with any headers at all, which `fetch` would not send. */
function statusOf(
	method: string,
	path: string,
	headers: { readonly [name: string]: string },
): Promise<number | undefined> {
	return new Promise((done, failed) => {
		const call = request(`${world.url}${path}`, { method, headers: { accept: "text/html", ...headers } }, (answer) => {
			answer.resume();
			done(answer.statusCode);
		});
		call.on("error", failed).end();
	});
}
