/**
 * The web chat over HTTP: the page, what is typed and pressed, and the stream that keeps the page as it is. Must never
 * act for anyone but the session's own person.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import express, { type Request, type RequestHandler, type Response, Router } from "express";
import { readJson } from "../../base/body.ts";
import { asRecord, isRecord, sha256, type Values } from "../../base/json.ts";
import { openStream } from "../../base/stream.ts";
import type { Clock } from "../../base/time.ts";
import type { Cards } from "../../cards/load.ts";
import { rateCap, sameOrigin } from "../../console/guard.ts";
import { details, sendProblem } from "../../console/problem.ts";
import type { Desk } from "../../engine/desk.ts";
import type { WebMessage, WebMessages } from "../../engine/kept.ts";
import { actorKey } from "../../people/actor.ts";
import type { Actor } from "../../people/roster.ts";
import type { Bot } from "../bot.ts";
import { MOST_TYPED } from "../own-words.ts";
import type { Inbound } from "../surface.ts";
import { chatPage } from "./page.ts";
import type { SignIn } from "./session.ts";
import { shownMessage, shownReply } from "./show.ts";
import { addressOf, type WebSurface } from "./surface.ts";
import { zoneOf } from "./zone.ts";

type WebChatParts = {
	readonly bot: Bot;
	readonly desk: Desk;
	readonly cards: Cards;
	readonly surface: WebSurface;
	readonly messages: WebMessages;
	readonly signIn: SignIn;
	readonly clock: Clock;
	readonly newId: () => string;
	readonly publicUrl: string;
};

const STATIC = fileURLToPath(new URL("./static", import.meta.url));
const RENDERER = dirname(createRequire(import.meta.url).resolve("adaptivecards/dist/adaptivecards.min.js"));
const LATEST = 100;
const MOST_A_MINUTE = 120;
const BYTES = 64 * 1024;
/** How often an open page's session is looked at. */
const SESSION_MS = 30_000;

/** Makes the routes; mount at `/`. */
export function createWebChat(parts: WebChatParts): RequestHandler {
	const router = Router();
	const files = `/chat/static/${hashOfFiles()}`;
	const forever = { immutable: true, maxAge: "1y", index: false, redirect: false, dotfiles: "ignore" } as const;
	const { requireActor } = parts.signIn;
	const callerOf = (request: Request) => actorKey(request.res?.locals.actor as Actor);
	const cap = rateCap({ clock: parts.clock, most: MOST_A_MINUTE, perMs: 60_000, callerOf });
	const own = sameOrigin(parts.publicUrl);
	router.get(`${files}/adaptivecards.min.js`, (_request, response) => {
		response.sendFile("adaptivecards.min.js", { root: RENDERER, immutable: true, maxAge: "1y" });
	});
	router.use(files, express.static(STATIC, forever));
	router.get("/", requireActor, async (_request, response) => {
		const page = await chatPage({ ...parts, files }, actorIn(response));
		response.set("cache-control", "no-store").type("html").send(page);
	});
	router.get("/chat/messages", requireActor, (_request, response) => {
		const kept = parts.messages.latest(actorKey(actorIn(response)), LATEST);
		const last = kept.reduce((most, message) => Math.max(most, message.seq), 0);
		response
			.set("cache-control", "no-store")
			.json({ items: kept.map((message) => show(parts, response, message)), last });
	});
	router.get("/chat/waiting", requireActor, async (_request, response) => {
		const open = await parts.desk.waiting(actorIn(response));
		const approvals = open.filter(({ step }) => step.wait?.kind === "approval").length;
		response.set("cache-control", "no-store").json({ approvals, you: actorKey(actorIn(response)) });
	});
	router.get("/chat/stream", requireActor, (request, response) => stream(parts, request, response));
	router.post("/chat/say", own, requireActor, cap, (request, response) => say(parts, request, response));
	router.post("/chat/press", own, requireActor, cap, (request, response) => press(parts, request, response));
	return router;
}

async function say(parts: WebChatParts, request: Request, response: Response): Promise<void> {
	const body = await readJson(request, BYTES);
	const { text, key } = asRecord(body);
	if (typeof text !== "string" || text.length > MOST_TYPED) {
		sendProblem(response, details(422, "bad-input", "Send what was typed as `text`, at most 2,000 characters."));
		return;
	}
	await answer(parts, response, { kind: "said", text }, key);
}

async function press(parts: WebChatParts, request: Request, response: Response): Promise<void> {
	const body = await readJson(request, BYTES);
	const { id, verb, inputs, key } = asRecord(body);
	if (typeof id !== "string" || typeof verb !== "string" || !(inputs === undefined || isRecord(inputs))) {
		sendProblem(response, details(422, "bad-input", "Send the card's `id`, the button's `verb` and its `inputs`."));
		return;
	}
	const values: Values = inputs ?? {};
	await answer(parts, response, { kind: "pressed", card: id, verb, values }, key);
}

type Act =
	| { readonly kind: "said"; readonly text: string }
	| { readonly kind: "pressed"; readonly card: string; readonly verb: string; readonly values: Values };

async function answer(parts: WebChatParts, response: Response, act: Act, key: unknown): Promise<void> {
	const actor = actorIn(response);
	const at = parts.clock.now();
	const named = typeof key === "string" && /^[\w-]{8,64}$/u.test(key) ? key : parts.newId();
	const inbound: Inbound = {
		at,
		surface: "web",
		key: `web:${actorKey(actor)}:${named}`,
		person: actor,
		identity: actorKey(actor),
		place: addressOf(actor),
		...act,
	};
	const reply = await parts.bot.handle(inbound);
	const message = shownReply(parts.cards, reply, { at, zone: zoneOf(parts.desk.definitions(), actor) });
	const replace = reply.kind === "card" && reply.replace;
	response
		.set("cache-control", "no-store")
		.json(message === undefined ? { kind: "none" } : { kind: "card", replace, message });
}

/** Sends what changed since the number the page knows, then what changes, until the session ends or the page goes. */
function stream(parts: WebChatParts, request: Request, response: Response): void {
	const place = actorKey(actorIn(response));
	const out = openStream(request, response);
	let last = Number(request.headers["last-event-id"] ?? request.query.after ?? 0);
	if (!Number.isSafeInteger(last) || last < 0) last = 0;
	const push = (message: WebMessage): void => {
		if (message.seq <= last) return;
		last = message.seq;
		if (parts.signIn.actorOf(request) === undefined) return out.close();
		out.send("message", JSON.stringify(show(parts, response, message)), String(message.seq));
	};
	const stop = parts.surface.listen(place, push);
	for (let more = parts.messages.after(place, last); more.length > 0; more = parts.messages.after(place, last)) {
		for (const message of more) push(message);
	}
	// A page nobody touches is told within the minute that its session has ended: coming back, it is asked to sign in.
	const watch = setInterval(() => parts.signIn.actorOf(request) ?? out.close(), SESSION_MS);
	watch.unref();
	void out.closed.then(() => {
		clearInterval(watch);
		stop();
	});
}

function show(parts: WebChatParts, response: Response, message: WebMessage) {
	return shownMessage(parts.cards, message, zoneOf(parts.desk.definitions(), actorIn(response)));
}

function actorIn(response: Response): Actor {
	return response.locals.actor as Actor;
}

function hashOfFiles(): string {
	const all = ["chat.js", "card.js", "chat.css"].map((name) => readFileSync(join(STATIC, name), "utf8"));
	const renderer = readFileSync(join(RENDERER, "adaptivecards.min.js"), "utf8");
	return sha256([...all, renderer].join("\n")).slice(0, 12);
}
