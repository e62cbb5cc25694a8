/**
 * The whole of Slack on loopback around a world of its own: the real local Slack, whose people say, press and send; our door,
 * by socket or by signed HTTP; the poster. Must never stand in for a part of ours.
 */
import { after, pause } from "../../../src/app-pause.ts";
import type { Values } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import { type Clock, systemClock } from "../../../src/base/time.ts";
import { reach as placesOf } from "../../../src/chat/audience.ts";
import { type Bot, createBot } from "../../../src/chat/bot.ts";
import { createLinkCodes } from "../../../src/chat/link-codes.ts";
import { createLinks } from "../../../src/chat/links.ts";
import { createPoster } from "../../../src/chat/poster.ts";
import { draftsIn } from "../../../src/chat/posts.ts";
import { createSlackDoor } from "../../../src/chat/slack/door.ts";
import { createPace } from "../../../src/chat/slack/pace.ts";
import { slackIdOf } from "../../../src/chat/slack/people.ts";
import { createPeopleLook } from "../../../src/chat/slack/people-look.ts";
import { createSpeak } from "../../../src/chat/slack/speak.ts";
import { createSlackSurface } from "../../../src/chat/slack/surface.ts";
import { createTell } from "../../../src/chat/slack/tell.ts";
import { createThreads } from "../../../src/chat/slack/threads.ts";
import { createSlackApi } from "../../../src/chat/slack/web-api.ts";
import { createWorkspaces, type WorkspaceToken } from "../../../src/chat/slack/workspaces.ts";
import { createLinkStore } from "../../../src/engine/embedded/links.ts";
import { createMemory } from "../../../src/engine/embedded/memory.ts";
import { view } from "../../../src/engine/view.ts";
import type { Actor, Person } from "../../../src/people/roster.ts";
import type { Client } from "../../../src/sop/definitions.ts";
import { type Slack, type SlackMessage, startSlack } from "../../fixtures/slack.ts";
import { APP, CHANNELS, PEOPLE, rosterId, type SlackWho, TEAM } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { openLines, openLoopback } from "../loopback.ts";
import { openWorld } from "../world.ts";

export type SlackWorld = Awaited<ReturnType<typeof openSlackWorld>>;

/** `around`: wraps the bot, to make it slow. `slack`: one that runs already. `folder`: the same world again,
 * after a stop. `shut`: Slack cannot be reached. `sops`:
 * more procedures of Contoso's. `approvals`: its channel for these. `people`: how each of them stands in the roster. */
export async function openSlackWorld(
	more: {
		readonly way?: "socket" | "http";
		readonly around?: (bot: Bot) => Bot;
		readonly slack?: Slack;
		readonly folder?: string;
		readonly shut?: boolean;
		readonly sops?: Client["sops"];
		readonly approvals?: string;
		readonly people?: (person: Person) => Person;
		readonly tokens?: readonly WorkspaceToken[];
	} = {},
) {
	const { way = "socket", around = (bot: Bot) => bot } = more;
	let clocks: Clock = systemClock;
	const slack = more.slack ?? (await startSlack({ way, clock: { now: () => clocks.now() } }));
	const world = await openWorld({
		channels: {
			operations: { slack: `${TEAM}/${CHANNELS.operations}` },
			...(more.approvals === undefined ? {} : { approvals: { slack: `${TEAM}/${more.approvals}` } }),
		},
		people: more.people ?? withSlack,
		...(more.sops === undefined ? {} : { sops: more.sops }),
		...(more.folder === undefined ? {} : { folder: more.folder }),
	});
	const { clock, store, audit, definitions, desk, posts, fill, newId } = world;
	clocks = clock;
	const { log, lines } = openLines(clock);
	const stopping = new AbortController();
	const wait = (ms: number): Promise<void> => pause(ms, stopping.signal);
	const complain = (error: unknown): void => log.warn({ error }, "complained");
	const tell = createTell({ audit, log });
	const workspaces = createWorkspaces({
		tokens: () => more.tokens ?? [{ token: new Secret(APP.bot) }],
		open: (token) => createSlackApi({ token, base: more.shut === true ? "http://127.0.0.1:9/api/" : slack.api }),
		clock,
		tell,
		complain,
		after,
	});
	const speak = createSpeak({
		workspaces,
		pace: createPace(Math.random),
		clock,
		tell,
		kept: createMemory(store, "slack"),
	});
	const linked = createLinkStore(store);
	const links = createLinks({ store: linked, definitions, clock, audit });
	const threads = createThreads({ speak, memory: createMemory(store, "slack-threads"), wait, complain });
	const look = createPeopleLook({ workspaces, clock });
	const people = { definitions, look, links };
	const surface = createSlackSurface({
		definitions,
		workspaces,
		speak,
		threads,
		identityOf: (person) => slackIdOf(people, person),
	});
	const door = await createSlackDoor({
		way:
			way === "socket"
				? { kind: "socket", token: new Secret(APP.token) }
				: { kind: "http", signingSecret: new Secret(APP.signingSecret) },
		base: slack.api,
		surface,
		workspaces,
		speak,
		tell,
		people,
		memory: createMemory(store, "slack-seen"),
		audit,
		clock,
		log,
		wait,
	});
	const poster = createPoster({
		...world,
		surfaces: [door.surface],
		view,
		rosterOf: (client) => definitions().clients[client]?.roster,
		after,
		log: (what, facts) => void lines.push(JSON.stringify({ what, ...facts })),
	});
	await poster.start();
	const surfaces = [door.surface];
	const reach = (person: Actor) => placesOf({ surfaces }, person);
	const codes = createLinkCodes({ store: linked, clock });
	const botParts = {
		linking: { links, codes, surfaces, reach, wait },
		...{ desk, posts, drafts: draftsIn(world.people), clock, audit, newId, fill },
		redraw: poster.redraw,
		refresh: (run: string) => void poster.refresh(run),
	};
	const handler = door.handler(around(createBot(botParts)), botParts);
	const { port, troubles, post, close } = await openLoopback(clock, "/slack/events", handler);
	if (way === "http") slack.deliverTo(`http://127.0.0.1:${port}/slack/events`);
	await door.start();
	const stop = async (): Promise<void> => {
		await close();
		await poster.close();
		const told = threads.close();
		stopping.abort();
		await door.close();
		await told;
		workspaces.close();
	};
	return {
		...world,
		...{ slack, door, poster, links, look, lines, troubles, port, post, workspaces },
		/** Stops it; the folder and Slack stay. */
		pause: async () => {
			await stop();
			await world.stop();
		},
		end: async () => {
			await stop();
			await world.end();
			if (more.slack === undefined) await slack.stop();
		},
	};
}

/** Those who are in the workspace, by name: another client's Mo is another one. */
export function withSlack(person: Person): Person {
	const found = Object.entries(PEOPLE).find(([, { name }]) => name === person.name);
	return found === undefined ? person : { ...person, slack: rosterId(found[0] as SlackWho) };
}

/** A message as it stands now. */
export function standing({ messages }: Slack, { channel, ts }: SlackMessage): SlackMessage {
	const found = messages(channel).find((message) => message.ts === ts);
	if (found === undefined) throw new Error("the message is gone");
	return found;
}

/** Waits until a message says that, and gives it. */
export function becoming(slack: Slack, message: SlackMessage, words: RegExp): Promise<SlackMessage> {
	const now = () => standing(slack, message);
	return until(
		() => words.test(wordsIn(now().blocks)) && now(),
		() => `it says: ${wordsIn(now().blocks)}`,
	);
}

/** Every text in blocks, in order. */
export function wordsIn(node: unknown): string {
	if (Array.isArray(node)) return node.map(wordsIn).join(" ");
	if (typeof node !== "object" || node === null) return "";
	const { text, ...rest } = node as Values;
	const own = typeof text === "string" ? text : wordsIn(text);
	return [own, ...["title", "fields", "elements", "blocks", "label", "element"].map((name) => wordsIn(rest[name]))]
		.filter((part) => part !== "")
		.join(" ");
}
