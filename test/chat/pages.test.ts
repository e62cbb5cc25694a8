/**
 * A plan of 412 changes, turned page by page through the bot, by whoever may see the run, from what the poster keeps.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { isRecord } from "../../src/base/json.ts";
import type { CardData } from "../../src/cards/card.ts";
import { pageOf } from "../../src/cards/pages.ts";
import { filledOf } from "../../src/chat/fill.ts";
import type { Reply } from "../../src/chat/surface.ts";
import { actorKey } from "../../src/people/actor.ts";
import { until } from "../fixtures/until.ts";
import { openPostedWorld, type PostedWorld } from "./posted-world.ts";
import { cardOf, FINN, HARRIET, MO, wordsOf } from "./world.ts";

const MANY = { firstName: "Many", lastName: "412", startDate: "2026-12-01", profile: "sales" };
let world: PostedWorld;
let run: string;

beforeEach(async () => {
	world = await openPostedWorld();
	run = await world.start(HARRIET, "newhire", MANY);
});
afterEach(() => world.end());

/** What the page shows: its number, and the numbers of the accounts on it. */
function shown(reply: Reply): { readonly pager: string; readonly numbers: readonly number[]; readonly data: CardData } {
	const { data, page } = cardOf(reply);
	const { lines, pager } = pageOf(filledOf(data), page);
	const numbers = lines.map(({ text }) => Number(/number (\d+)$/u.exec(text)?.[1] ?? 1));
	return { pager: pager?.words ?? "", numbers, data };
}

describe("a plan of 412 changes", () => {
	test("is turned to its end, in place of the card, and says on every page that approving covers all of them", async () => {
		const { card } = world.rowOf(run, "approve/approve", MO);
		const seen: number[] = [];
		for (let page = 1; page <= 21; page += 1) {
			const reply = await world.press(MO, card, "page", { page: page % 2 === 0 ? String(page) : page });
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
		const before = world.messages.latest(actorKey(MO), 10);
		await world.press(MO, world.rowOf(run, "approve/approve", MO).card, "page", { page: 3 });
		await world.poster.idle();
		assert.deepEqual(world.messages.latest(actorKey(MO), 10), before);
		await world.poster.refresh(run);
		await world.poster.idle();
		const [stands] = world.messages.latest(actorKey(MO), 10).slice(-1);
		assert(isRecord(stands?.drawn) && stands.drawn.page === 1);
	});

	test("knows no page before the first or after the last", async () => {
		const { card } = world.rowOf(run, "approve/approve", MO);
		for (const page of [0, -1, "", "x", null, {}, undefined]) {
			const reply = await world.press(MO, card, "page", page === undefined ? {} : { page });
			assert.match(shown(reply).pager, /^Page 1 of 21: /u);
		}
		for (const page of [22, 1e9, "99"]) {
			assert.match(shown(await world.press(MO, card, "page", { page })).pager, /^Page 21 of 21: /u);
		}
	});

	test("is shown to nobody who may not see the run, with the very card in hand", async () => {
		const reply = await world.press(FINN, world.rowOf(run, "approve/approve", MO).card, "page", { page: 2 });
		assert.match(wordsOf(reply), /This card is from before; the question has moved on\. Nothing happened\./u);
		assert.equal(JSON.stringify(reply).includes("Make the account"), false);
	});

	test("is decided from any page, and a page of what was asked before is not turned any more", async () => {
		const { card } = world.rowOf(run, "approve/approve", MO);
		await world.press(MO, card, "page", { page: 7 });
		assert.deepEqual(await world.press(MO, card, "approve"), { kind: "none" });
		const late = await world.press(MO, card, "page", { page: 8 });
		assert.match(wordsOf(late), /This card is from before .*the question has moved on\. Nothing happened\./u);
		await until(async () => (await world.desk.read(HARRIET, run))?.phase === "done");
		await world.poster.idle();
		const gone = await world.press(MO, "00000000-0000-4000-8000-000000000000", "page", { page: 2 });
		assert.match(wordsOf(gone), /the question has moved on/u);
	});

	test("is turned without an approval by whoever asked for it", async () => {
		const reply = await world.press(HARRIET, world.rowOf(run, "run", HARRIET).card, "page", { page: 2 });
		const { pager, numbers } = shown(reply);
		assert.equal(pager, "Page 2 of 21: lines 21 to 40 of 412.");
		assert.deepEqual([numbers[0], numbers.at(-1)], [21, 40]);
	});
});
