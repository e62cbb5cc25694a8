/**
 * What is kept beside a posted row, as an older or a damaged file may have it: read field by field, so that cards are drawn.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../src/base/json.ts";
import { dataOf, draftsIn, placeOf } from "../../src/chat/posts.ts";
import type { PostRow } from "../../src/engine/kept.ts";
import { actorKey } from "../../src/people/actor.ts";
import { openPostedWorld } from "./posted-world.ts";
import { HARRIET, MO } from "./world.ts";

const ADA = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };
const AT = "2026-11-22T12:00:00.000Z";
const row = (data: Json): PostRow => ({
	...{ run: "R", key: "run", addressee: "web direct a", surface: "web", kind: "direct", place: "a", card: "c" },
	...{ digest: "", rings: 0, closed: false, at: AT, data },
});

const ODD: readonly Json[] = [
	...[null, "", 7, [], {}, ["x"]],
	{ putAt: 5, plan: {}, above: "x", tried: 1, lost: "2", was: [], person: "mo", quiet: 1 },
	{ putAt: "soon", above: [1, null], lost: -3, person: { id: 4 }, more: "of a newer version" },
	{ putAt: "2026-13-40T25:00:00Z", lost: 1.5, person: { id: "mo", client: 3 } },
];

test("of a row's data only what is as it should be is read", () => {
	const kept = { plan: "p", above: ["1", "2"], tried: "t", quiet: true, lost: 2, was: "a#1", person: { id: "mo" } };
	assert.deepEqual(dataOf(row({ putAt: AT, ...kept })), { putAt: AT, ...kept });
	for (const data of ODD) {
		const { putAt, above = [], lost = 0, ...rest } = dataOf(row(data));
		assert.equal(putAt, AT);
		assert.deepEqual([above, lost, rest], [[], 0, {}], JSON.stringify(data));
		assert.deepEqual(placeOf(row(data)), { to: { surface: "web", kind: "direct", ref: "a" } });
	}
});

test("a card whose row was written otherwise is drawn and answered all the same", async () => {
	for (const data of ODD) {
		const world = await openPostedWorld();
		const run = await world.start(HARRIET, "newhire", ADA);
		world.posts.save({ ...world.rowOf(run, "run", HARRIET), data });
		const edits = world.poster.counters.edits;
		assert.deepEqual(await world.press(MO, world.rowOf(run, "approve/approve", MO).card, "approve"), { kind: "none" });
		await world.poster.idle();
		assert(world.poster.counters.edits > edits + 1);
		const [card] = world.messages.latest(actorKey(HARRIET), 10);
		assert.doesNotMatch(JSON.stringify(card?.drawn), /"verb":"approve"|Waiting for/u);
		await world.end();
	}
});

test("a form of a kind that is not known any more is none", async () => {
	const world = await openPostedWorld();
	const drafts = draftsIn(world.people);
	drafts.keep({ id: "d", at: AT, person: HARRIET, purpose: "note" });
	const kept = world.people.draft("d") ?? assert.fail("it is not kept");
	assert.equal(drafts.find("d")?.purpose, "note");
	for (const purpose of ["elsewhere", 3, null]) {
		world.people.saveDraft({ ...kept, typed: { purpose, values: {} } });
		assert.equal(drafts.find("d"), undefined);
	}
	await world.end();
});
