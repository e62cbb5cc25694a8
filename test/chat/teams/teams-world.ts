/**
 * The whole of Teams on loopback around a world of its own: people send activities over HTTP with signed tokens, the bot
 * answers through the SDK to a connector over TLS. Must never stand in for a part of ours.
 */
import { fileURLToPath } from "node:url";
import { after } from "../../../src/app-pause.ts";
import { openTeams } from "../../../src/app-teams.ts";
import { isRecord, type Json, type Values } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import { toMs } from "../../../src/base/time.ts";
import { loadCards } from "../../../src/cards/load.ts";
import { type Bot, createBot } from "../../../src/chat/bot.ts";
import { createPoster } from "../../../src/chat/poster.ts";
import { draftsIn } from "../../../src/chat/posts.ts";
import { view } from "../../../src/engine/view.ts";
import type { Client } from "../../../src/sop/definitions.ts";
import { type Headers, openLines, openLoopback } from "../loopback.ts";
import { openWorld, TEAMS_IDS } from "../world.ts";
import { APP, type Message, type Microsoft, openMicrosoft, TENANT, tokenOf } from "./microsoft.ts";

const CARDS = fileURLToPath(new URL("../../../cards", import.meta.url));

/** Contoso's channel, as its file names it. */
export const OPERATIONS = "19:operations@thread.tacv2";

export type Who = keyof typeof TEAMS_IDS;
export type TeamsWorld = Awaited<ReturnType<typeof openTeamsWorld>>;
export type Answered = { readonly status: number; readonly body: Json };

/**
 * `around`: wraps the bot, to make it slow. `issuer`: of another of Microsoft's clouds. `sops`: more of Contoso's.
 * `approvals`: its channel for these.
 */
export async function openTeamsWorld(
	more: {
		readonly around?: (bot: Bot) => Bot;
		readonly issuer?: string;
		readonly sops?: Client["sops"];
		readonly approvals?: string;
	} = {},
) {
	const microsoft = await openMicrosoft(more.issuer);
	const approvals = more.approvals === undefined ? {} : { approvals: { teams: more.approvals } };
	const world = await openWorld({
		channels: { operations: { teams: OPERATIONS }, ...approvals },
		sops: more.sops ?? {},
	});
	const { clock, definitions, audit, desk, posts, fill, newId } = world;
	const { log, lines } = openLines(clock);
	const config = {
		app: { id: APP, password: new Secret("a-long-secret"), tenant: TENANT },
		tenants: [TENANT],
	};
	const cards = loadCards(CARDS);
	const { cloud, host } = microsoft;
	const teams = await openTeams(config, world, { clock, log, cards, cloud, hosts: [host] });
	const poster = createPoster({
		...world,
		surfaces: [teams.surface],
		view,
		rosterOf: (client) => definitions().clients[client]?.roster,
		after,
		log: (what, facts) => void lines.push(JSON.stringify({ what, ...facts })),
	});
	await poster.start();
	const botParts = { desk, posts, drafts: draftsIn(world.people), clock, audit, newId, fill };
	const refresh = (run: string): void => void poster.refresh(run);
	const bot = createBot({ ...botParts, refresh, redraw: poster.redraw });
	const handler = teams.handler((more.around ?? ((own) => own))(bot), botParts);
	const web = await openLoopback(clock, "/api/messages", handler);
	const post = async (body: string | Buffer, headers: Headers): Promise<Answered> => {
		const answer = await web.post(body, headers);
		return { ...answer, body: parsed(answer.body) };
	};
	let number = 0;
	const by = (who: Who, activity: Values): Values => activityOf(microsoft, who, { id: `a${++number}`, ...activity });
	const send = (activity: Values, token = goodToken(microsoft, toMs(clock.now()))): Promise<Answered> =>
		post(JSON.stringify(activity), { "content-type": "application/json", authorization: `Bearer ${token}` });
	return {
		...world,
		microsoft,
		teams,
		poster,
		lines,
		troubles: web.troubles,
		post,
		by,
		send,
		say: (who: Who, text: string, rest: Values = {}) => send(by(who, { type: "message", text, ...rest })),
		press: (who: Who, card: Values, verb: string, inputs: Values = {}) =>
			send(by(who, invoke({ action: { type: "Action.Execute", verb, data: { ...idOf(card), ...inputs } } }))),
		end: async () => {
			await web.close();
			await poster.close();
			await teams.close();
			await world.end();
			await microsoft.close();
		},
	};
}

export function invoke(value: Values): Values {
	return { type: "invoke", name: "adaptiveCard/action", value };
}

/** What the Bot Framework would sign. */
export function claimsOf(microsoft: Microsoft, nowMs: number): Values {
	const second = Math.floor(nowMs / 1000);
	return {
		iss: microsoft.cloud.issuer,
		aud: APP,
		nbf: second - 60,
		exp: second + 3600,
		serviceurl: microsoft.serviceUrl,
	};
}

export function goodToken(microsoft: Microsoft, nowMs: number): string {
	const [first] = microsoft.keys;
	if (first === undefined) throw new Error("there is no key");
	return tokenOf(first, claimsOf(microsoft, nowMs));
}

function activityOf({ serviceUrl }: Microsoft, who: Who, activity: Values): Values {
	const object = TEAMS_IDS[who];
	return {
		channelId: "msteams",
		serviceUrl,
		from: { id: `29:${who}`, name: who, aadObjectId: object },
		recipient: { id: `28:${APP}`, name: "Sopwith" },
		conversation: { id: `chat-${who}`, conversationType: "personal", tenantId: TENANT },
		channelData: { tenant: { id: TENANT } },
		...activity,
	};
}

/** A group's chat or a team's channel, where several read. */
export function among(kind: "groupChat" | "channel", id: string): Values {
	return { conversation: { id, conversationType: kind, isGroup: true, tenantId: TENANT } };
}

/** The card of a message. */
export function cardIn(message: Message | undefined): Values {
	const attachments = message?.body.attachments as readonly Values[] | undefined;
	const content = attachments?.[0]?.content;
	if (!isRecord(content)) throw new Error("the message has no card");
	return content;
}

/** The words of a card: every text in it, in order. */
export function textIn(card: Json): string {
	if (Array.isArray(card)) return card.map((item: Json) => textIn(item)).join(" ");
	if (!isRecord(card)) return "";
	const own = typeof card.text === "string" ? [card.text] : [];
	return [...own, ...["body", "items", "columns", "inlines"].map((name) => textIn(card[name] ?? null))]
		.filter((part) => part !== "")
		.join(" ");
}

/** The random id that a card's buttons carry. */
export function idOf(card: Values): { readonly id: string } {
	const actions = (card.actions ?? []) as readonly Values[];
	const found = actions.map(({ data }) => (isRecord(data) ? data.id : undefined)).find((id) => typeof id === "string");
	if (typeof found !== "string") throw new Error("the card has no button that comes back");
	return { id: found };
}

function parsed(text: string): Json {
	try {
		return JSON.parse(text) as Json;
	} catch {
		return text;
	}
}
