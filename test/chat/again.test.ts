/**
 * A form that was handed out, drawn once more as it was, for whoever it was handed to. Must never make a second one of it.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { SHOW } from "../../src/chat/again.ts";
import { until } from "../fixtures/until.ts";
import { openPostedWorld, type PostedWorld } from "./posted-world.ts";
import { cardOf, DI, HARRIET, MO, TIA, wordsOf } from "./world.ts";

const ADA = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };
let world: PostedWorld;

beforeEach(async () => {
	world = await openPostedWorld();
});
afterEach(() => world.end());

describe("what was handed out comes again as it was:", () => {
	test("a form, with what was typed behind the word", async () => {
		const form = cardOf(await world.say(HARRIET, "newhire Ada Lovelace"));
		const again = cardOf(await world.press(HARRIET, form.id, SHOW));
		assert.equal(again.id, form.id);
		assert.deepEqual(again.data.fields, form.data.fields);
		assert.match(JSON.stringify(again.data.fields), /"value":"Lovelace"/);
	});

	test("the question for which client", async () => {
		const which = cardOf(await world.say(TIA, "newhire Ada"));
		const again = cardOf(await world.press(TIA, which.id, SHOW));
		assert.equal(again.id, which.id);
		assert.deepEqual(again.data, which.data);
	});

	test("the form of a run that is to be amended, as it stands by now", async () => {
		const run = await world.start(HARRIET, "newhire", ADA);
		const form = cardOf(await world.say(HARRIET, `amend ${run}`));
		const again = cardOf(await world.press(HARRIET, form.id, SHOW));
		assert.equal(again.id, form.id);
		assert.deepEqual(again.data.fields, form.data.fields);
	});

	test("the card of a run, to whoever may see the run", async () => {
		const run = await world.start(HARRIET, "newhire", ADA);
		const { card } = world.rowOf(run, "approve/approve", MO);
		assert.equal(cardOf(await world.press(MO, card, SHOW)).id, card);
	});
});

test("what was handed to somebody else, or is over, does not, and nothing is started", async () => {
	const form = cardOf(await world.say(HARRIET, "newhire Ada Lovelace"));
	assert.match(wordsOf(await world.press(DI, form.id, SHOW)), /the question has moved on/);
	assert.match(wordsOf(await world.press(HARRIET, "no-such-card", SHOW)), /the question has moved on/);
	const run = await world.start(HARRIET, "newhire", ADA);
	const note = cardOf(await world.say(HARRIET, `note ${run}`));
	assert.match(wordsOf(await world.press(HARRIET, note.id, SHOW)), /the question has moved on/);
	await until(async () => (await world.desk.list(HARRIET, {})).items.length === 1);
});
