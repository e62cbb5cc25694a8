/**
 * The send side of Slack, whole, around a world of its own: who is where, what was told, what stands in threads. Time is the
 * world's clock; only how long a reply waits is hurried. Must never stand in for a part of ours.
 */
import assert from "node:assert/strict";
import type { Values } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import { blockProblems } from "../../../src/cards/blocks-limits.ts";
import { emptyCard } from "../../../src/cards/card.ts";
import { createPace } from "../../../src/chat/slack/pace.ts";
import { createPeopleLook } from "../../../src/chat/slack/people-look.ts";
import { createSpeak } from "../../../src/chat/slack/speak.ts";
import { createSlackSurface } from "../../../src/chat/slack/surface.ts";
import { createTell } from "../../../src/chat/slack/tell.ts";
import { createThreads } from "../../../src/chat/slack/threads.ts";
import { createSlackApi } from "../../../src/chat/slack/web-api.ts";
import { createWorkspaces, type WorkspaceToken } from "../../../src/chat/slack/workspaces.ts";
import type { Address, Drawn } from "../../../src/chat/surface.ts";
import { createMemory } from "../../../src/engine/embedded/memory.ts";
import type { Actor } from "../../../src/people/roster.ts";
import { APP, CHANNELS, PEOPLE, TEAM } from "../../fixtures/slack-people.ts";
import { openWorld } from "../world.ts";
import { openRoughSlack } from "./rough-slack.ts";

export type SendWorld = Awaited<ReturnType<typeof openSendWorld>>;
export type RoughWorld = Awaited<ReturnType<typeof openRoughWorld>>;

export const MO: Address = { surface: "slack", kind: "direct", ref: `${TEAM}/${PEOPLE.mo.id}` };
export const DI: Address = { surface: "slack", kind: "direct", ref: `${TEAM}/${PEOPLE.di.id}` };
/** The channel that is opened for Mo. */
export const MOS_CHAT = `D${PEOPLE.mo.id.slice(1)}`;
export const OPERATIONS: Address = { surface: "slack", kind: "channel", ref: `${TEAM}/${CHANNELS.operations}` };

/** A card that says one thing. */
export const drawn = (title: string, more: Partial<Drawn> = {}): Drawn => ({
	card: "notice",
	data: { ...emptyCard, title, summary: title },
	id: "c1",
	...more,
});

const LISTED: { readonly [id: string]: string } = {
	...Object.fromEntries(Object.entries(PEOPLE).map(([id, person]) => [id, `${TEAM}/${person.id}`])),
	finn: "T02FABRIKAM/U90FINN",
};

/** `tokens`: other ones than the first workspace's. */
export async function openSendWorld(base: string, more: { readonly tokens?: readonly WorkspaceToken[] } = {}) {
	const world = await openWorld({ channels: { operations: { slack: OPERATIONS.ref } } });
	const { clock, store, audit, definitions } = world;
	const warned: Values[] = [];
	const log = { warn: ((facts: Values) => void warned.push(facts)) as never };
	const wrong: unknown[] = [];
	const complain = (error: unknown): void => void wrong.push(error);
	const tell = createTell({ audit, log });
	let inFlight = 0;
	const tokens = more.tokens ?? [{ token: new Secret(APP.bot) }];
	const workspaces = createWorkspaces({
		tokens: () => tokens,
		open: (token) => {
			const api = createSlackApi({ token, base });
			const call: typeof api.call = async (method, body) => {
				inFlight += 1;
				return api.call(method, body).finally(() => {
					inFlight -= 1;
				});
			};
			return { call };
		},
		clock,
		tell,
		complain,
		after: () => () => undefined,
	});
	const speak = createSpeak({
		workspaces,
		pace: createPace(() => 0.5),
		clock,
		tell,
		kept: createMemory(store, "slack"),
	});
	/** Replies wait at least this long. */
	const held = { until: Promise.resolve() };
	const openThreads = () =>
		createThreads({
			speak,
			memory: createMemory(store, "slack-threads"),
			wait: async (ms) => {
				clock.pass(ms);
				await new Promise((next) => setImmediate(next));
				await held.until;
			},
			complain,
		});
	const threads = openThreads();
	const surface = createSlackSurface({
		definitions,
		workspaces,
		speak,
		threads,
		identityOf: ({ id }: Actor) => LISTED[id],
	});
	return {
		...world,
		...{ warned, wrong, held, tell, workspaces, speak, threads, openThreads, surface },
		look: createPeopleLook({ workspaces, clock }),
		/** Nothing is on its way to Slack. */
		quiet: () => inFlight === 0,
		end: async () => {
			workspaces.close();
			await threads.close();
			await world.end();
		},
	};
}

/** The send side at a Slack that misbehaves. At its end nothing went wrong unseen, and Slack takes every message. */
export async function openRoughWorld() {
	const slack = await openRoughSlack();
	const world = await openSendWorld(slack.base);
	return {
		...{ ...world, slack },
		end: async (): Promise<void> => {
			assert.deepEqual(world.wrong, []);
			for (const { body } of slack.messages) assert.deepEqual(blockProblems(body), []);
			await world.end();
			await slack.close();
		},
	};
}
