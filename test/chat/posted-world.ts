/**
 * A world whose messages stand in the web chat, so that what is pressed is what was posted. Must never stand in for a part
 * of ours.
 */
import assert from "node:assert/strict";
import type { Values } from "../../src/base/json.ts";
import { createBot } from "../../src/chat/bot.ts";
import { createPoster } from "../../src/chat/poster.ts";
import { draftsIn } from "../../src/chat/posts.ts";
import { addressOf, createWebSurface } from "../../src/chat/web/surface.ts";
import type { PostRow } from "../../src/engine/kept.ts";
import { view } from "../../src/engine/view.ts";
import { actorKey } from "../../src/people/actor.ts";
import type { Actor } from "../../src/people/roster.ts";
import { until } from "../fixtures/until.ts";
import { cardOf, openWorld } from "./world.ts";

export type PostedWorld = Awaited<ReturnType<typeof openPostedWorld>>;

/** Opens it with its poster started. `more`: what the world takes. */
export async function openPostedWorld(more: Parameters<typeof openWorld>[0] = {}) {
	const world = await openWorld(more);
	const { clock, definitions, desk, newId, posts } = world;
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
	const refresh = (run: string): void => void poster.refresh(run);
	const bot = createBot({ ...world, drafts: draftsIn(world.people), refresh, redraw: poster.redraw });
	const press = (actor: Actor, card: string, verb: string, values: Values = {}) => {
		const from = { at: clock.now(), surface: "web", key: newId(), person: actor, identity: actor.id } as const;
		return bot.handle({ ...from, place: addressOf(actor), kind: "pressed", card, verb, values });
	};
	return {
		...world,
		surface,
		poster,
		bot,
		press,
		/** Fills in the form of a procedure; gives its run, once somebody is asked and every message stands. */
		start: async (actor: Actor, command: string, form: Values): Promise<string> => {
			await press(actor, cardOf(await world.say(actor, command)).id, "submit", form);
			const [run] = (await desk.list(actor, { phase: "open" })).items;
			assert(run !== undefined, "nothing was started");
			await until(async () => (await desk.read(actor, run.id))?.phase === "waiting");
			await poster.idle();
			return run.id;
		},
		rowOf: (run: string, key: string, actor: Actor): PostRow => {
			const found = posts.ofRun(run).find((row) => row.key === key && row.place === actorKey(actor));
			assert(found !== undefined, `${actor.id} has no ${key}`);
			return found;
		},
		end: async () => {
			await poster.close();
			await world.end();
		},
	};
}
