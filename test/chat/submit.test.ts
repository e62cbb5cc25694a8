/**
 * What comes back from one form more than once, or does not fit, against the real desk: nothing is dropped unsaid, nothing
 * is done twice.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { until } from "../fixtures/until.ts";
import { cardOf, HARRIET, openWorld, type World, wordsOf } from "./world.ts";

const ADA = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };
let world: World;
let run: string;
before(async () => {
	world = await openWorld();
	const { id } = cardOf(await world.say(HARRIET, "newhire"));
	await world.press(HARRIET, id, "submit", ADA);
	const [first] = (await world.desk.list(HARRIET, { phase: "open" })).items;
	run = first?.id ?? assert.fail("nothing was started");
	await until(async () => (await world.desk.read(HARRIET, run))?.phase === "waiting");
});
after(() => world.end());

test("a form sent again with other values says so, and changes nothing", async () => {
	const { id } = cardOf(await world.say(HARRIET, "newhire"));
	await world.press(HARRIET, id, "submit", { ...ADA, firstName: "Carl" });
	const words = wordsOf(await world.press(HARRIET, id, "submit", { ...ADA, firstName: "Dora" }));
	assert.match(words, /^This form was sent before, with other values\. No second run was started/u);
	const { items } = await world.desk.list(HARRIET, { phase: "open" });
	assert.deepEqual(
		items.filter(({ subject }) => /^(Carl|Dora)/u.test(subject)).map(({ subject }) => subject),
		["Carl Lovelace"],
	);
});

describe("what is sent about a run", () => {
	test("takes every correction that is sent from one form, and each once", async () => {
		const { id } = cardOf(await world.say(HARRIET, `amend ${run}`));
		const lastName = async () => (await world.desk.read(HARRIET, run))?.form.lastName;
		for (const name of ["One", "Two", "Two", "One"]) {
			const sent = await world.press(HARRIET, id, "submit", { ...ADA, lastName: name });
			assert.match(wordsOf(sent), /^Changed\./u);
			assert.equal(await lastName(), name);
		}
		const kinds = [];
		for await (const { kind } of (await world.desk.journal(HARRIET, run)) ?? []) kinds.push(kind);
		assert.equal(kinds.filter((kind) => kind === "amended").length, 3);
	});

	test("keeps every note that is sent from one card, and each once", async () => {
		const { id } = cardOf(await world.say(HARRIET, `note ${run}`));
		for (const words of ["Badge.", "Badge.", "Keys."]) {
			assert.equal(wordsOf(await world.press(HARRIET, id, "submit", { words })), "Noted.");
		}
		const notes = (await world.desk.read(HARRIET, run))?.notes.map(({ words }) => words) ?? [];
		assert.deepEqual(notes.slice(-2), ["Badge.", "Keys."]);
		assert.equal(notes.filter((words) => words === "Badge.").length, 1);
	});

	const unfit: readonly (readonly [string, string, RegExp])[] = [
		["note", "x".repeat(2001), /^The note has 2001 characters; 2000 are the most\.$/u],
		["note", " \n ", /^Enter the note\.$/u],
		["cancel", "x".repeat(501), /^The reason has 501 characters; 500 are the most\.$/u],
	];
	for (const [word, typed, wrong] of unfit) {
		test(`says at the field that ${word} does not take ${typed.trim().length} characters, and does nothing`, async () => {
			const before = await world.desk.read(HARRIET, run);
			const { id } = cardOf(await world.say(HARRIET, `${word} ${run}`));
			const reply = await world.press(HARRIET, id, "submit", { words: typed });
			assert(reply.kind === "card" && reply.replace);
			assert.equal(reply.drawn.id, id);
			assert.match(wordsOf(reply), /Nothing happened\. What you typed is kept\./u);
			const [field] = reply.drawn.data.fields;
			assert.match(field?.error ?? "", wrong);
			assert.equal(field?.value, typed);
			const after = await world.desk.read(HARRIET, run);
			assert.deepEqual([after?.notes, after?.phase], [before?.notes, before?.phase]);
		});
	}

	test("takes no note that is typed behind the word and too long", async () => {
		const words = wordsOf(await world.say(HARRIET, `note ${run} ${"x".repeat(2001)}`));
		assert.match(words, /^The note has 2001 characters; 2000 are the most\. Nothing happened\.$/u);
	});
});
