/**
 * A plan of 412 changes, turned page by page through the bot, by whoever may see the run, from what the poster keeps.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { isRecord, type Values } from "../../src/base/json.ts";
import type { CardData } from "../../src/cards/card.ts";
import { pageOf } from "../../src/cards/pages.ts";
import { createBot } from "../../src/chat/bot.ts";
import { filledOf } from "../../src/chat/fill.ts";
import { createPoster } from "../../src/chat/poster.ts";
import { draftsIn, type PostRow } from "../../src/chat/posts.ts";
import type { Reply } from "../../src/chat/surface.ts";
import { createWebSurface, keyOf } from "../../src/chat/web/surface.ts";
import { view } from "../../src/engine/view.ts";
import type { Actor } from "../../src/people/roster.ts";
import { openRoughSurface } from "./rough-surface.ts";
import { cardOf, FINN, HARRIET, MO, openWorld, wordsOf } from "./world.ts";

const MANY = { firstName: "Many", lastName: "412", startDate: "2026-12-01", profile: "sales" };
let world: Awaited<ReturnType<typeof openWorld>>;
let end: () => Promise<void>;
let poster: ReturnType<typeof createPoster>;
let press: (actor: Actor, card: string, verb: string, values?: Values) => Promise<Reply>;
let run: string;

beforeEach(async () => {
	world = await openWorld();
	const rough = await openRoughSurface();
	poster = createPoster({
		...world,
		surfaces: [createWebSurface(world), rough.surface],
		view,
		rosterOf: (client) => world.definitions().clients[client]?.roster,
		after: (ms, act) => {
			const timer = setTimeout(act, ms);
			return () => clearTimeout(timer);
		},
		log: () => {},
		paceMs: () => 0,
	});
	await poster.start();
	const { refresh, redraw } = poster;
	const bot = createBot({
		...world,
		drafts: draftsIn(world.people),
		refresh: (id) => void refresh(id),
		redraw,
	});
	press = (actor, card, verb, values = {}) => {
		const place = { surface: "web", kind: "direct", ref: keyOf(actor) } as const;
		const about = { at: world.clock.now(), surface: "web", key: world.newId(), person: actor, place } as const;
		return bot.handle({ ...about, identity: actor.id, kind: "pressed", card, verb, values: { ...values } });
	};
	end = async () => {
		await poster.close();
		await rough.close();
		await world.end();
	};
	const { id } = cardOf(await world.say(HARRIET, "newhire"));
	await press(HARRIET, id, "submit", MANY);
	run = (await world.desk.list(HARRIET, { phase: "open" })).items[0]?.id ?? "";
	await until(async () => (await world.desk.read(HARRIET, run))?.phase === "waiting");
	await poster.idle();
});
afterEach(() => end());

async function until(condition: () => Promise<boolean>): Promise<void> {
	for (let looked = 0; looked < 2000; looked++) {
		if (await condition()) return;
		await new Promise((next) => setImmediate(next));
	}
	assert.fail("it did not come to that");
}

function rowOf(key: string, actor: Actor): PostRow {
	const found = world.posts.ofRun(run).find((row) => row.key === key && row.place === keyOf(actor));
	assert(found !== undefined, `${actor.id} has no ${key}`);
	return found;
}

/** What the page shows: its number, and the numbers of the accounts on it. */
function shown(reply: Reply): { readonly pager: string; readonly numbers: readonly number[]; readonly data: CardData } {
	const { data, page } = cardOf(reply);
	const { lines, pager } = pageOf(filledOf(data), page);
	const numbers = lines.map(({ text }) => Number(/number (\d+)$/u.exec(text)?.[1] ?? 1));
	return { pager: pager?.words ?? "", numbers, data };
}

describe("a plan of 412 changes", () => {
	test("is turned to its end, in place of the card, and says on every page that approving covers all of them", async () => {
		const { card } = rowOf("approve/approve", MO);
		const seen: number[] = [];
		for (let page = 1; page <= 21; page += 1) {
			const reply = await press(MO, card, "page", { page: page % 2 === 0 ? String(page) : page });
			assert(reply.kind === "card" && reply.replace);
			assert.equal(reply.drawn.id, card, "its buttons mean the same card");
			const { pager, numbers, data } = shown(reply);
			assert.match(
				pager,
				new RegExp(`^Page ${page} of 21: .* of 412\\. Approving covers all of them, on every page\\.$`, "u"),
			);
			assert(data.buttons.some(({ verb }) => verb === "approve"));
			assert.match(JSON.stringify(data.lead), /412\u00a0changes/u);
			seen.push(...numbers);
		}
		assert.deepEqual(
			seen,
			Array.from({ length: 412 }, (_, at) => at + 1),
		);
	});

	test("stands at its first page for everybody else, and for everybody once it is drawn anew", async () => {
		const before = world.messages.latest(keyOf(MO), 10);
		await press(MO, rowOf("approve/approve", MO).card, "page", { page: 3 });
		await poster.idle();
		assert.deepEqual(world.messages.latest(keyOf(MO), 10), before);
		await poster.refresh(run);
		await poster.idle();
		const [stands] = world.messages.latest(keyOf(MO), 10).slice(-1);
		assert(isRecord(stands?.drawn) && stands.drawn.page === 1);
	});

	test("knows no page before the first or after the last", async () => {
		const { card } = rowOf("approve/approve", MO);
		for (const page of [0, -1, "", "x", null, {}, undefined]) {
			const reply = await press(MO, card, "page", page === undefined ? {} : { page });
			assert.match(shown(reply).pager, /^Page 1 of 21: /u);
		}
		for (const page of [22, 1e9, "99"]) {
			assert.match(shown(await press(MO, card, "page", { page })).pager, /^Page 21 of 21: /u);
		}
	});

	test("is shown to nobody who may not see the run, with the very card in hand", async () => {
		const reply = await press(FINN, rowOf("approve/approve", MO).card, "page", { page: 2 });
		assert.match(wordsOf(reply), /This card is from before; the question has moved on\. Nothing happened\./u);
		assert.equal(JSON.stringify(reply).includes("Make the account"), false);
	});

	test("is decided from any page, and a page of what was asked before is not turned any more", async () => {
		const { card } = rowOf("approve/approve", MO);
		await press(MO, card, "page", { page: 7 });
		assert.deepEqual(await press(MO, card, "approve"), { kind: "none" });
		const late = await press(MO, card, "page", { page: 8 });
		assert.match(wordsOf(late), /This card is from before .*the question has moved on\. Nothing happened\./u);
		await until(async () => (await world.desk.read(HARRIET, run))?.phase === "done");
		await poster.idle();
		const gone = await press(MO, "00000000-0000-4000-8000-000000000000", "page", { page: 2 });
		assert.match(wordsOf(gone), /the question has moved on/u);
	});

	test("is turned without an approval by whoever asked for it", async () => {
		const reply = await press(HARRIET, rowOf("run", HARRIET).card, "page", { page: 2 });
		const { pager, numbers } = shown(reply);
		assert.equal(pager, "Page 2 of 21: lines 21 to 40 of 412.");
		assert.deepEqual([numbers[0], numbers.at(-1)], [21, 40]);
	});
});
